/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What servers' clocks showed, kept for all programs, and this computer's own clock: for
 * login/clock-check.h. */
#pragma once

#include "login/clock-check.h"
#include "model/server.h"

G_BEGIN_DECLS

/* $XDG_STATE_HOME/sallyport/clocks; it is replaced whole whenever something is added. */
char *sally_clock_notes_dup_path (void);

/* Keeps what the engine read off this server (engine.xml, property Info), if it did and it is news;
 * one sighting an address, for a day. */
void sally_clock_notes_add (SallyServer *server, GVariant *info);

/* (element-type SallyClockSighting), never NULL: what cannot be read is not there. */
GPtrArray *sally_clock_notes_load (void) G_GNUC_WARN_UNUSED_RESULT;

/* This server's own among them, borrowed, or NULL. */
const SallyClockSighting *sally_clock_notes_find (GPtrArray *sightings, SallyServer *server);

/* What the clock shows, and what the kernel knows about it. Strings are static. */
void sally_clock_notes_get_now (SallyClockNow *now);

G_END_DECLS
