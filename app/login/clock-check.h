/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: is this computer's clock right? From what servers' clocks showed. Pure. Codes are made by
 * this computer's clock all the same: an offset is told, and never applied. */
#pragma once

#include "login/doctor.h"

G_BEGIN_DECLS

/* Beyond the accuracy. A code has half a minute, and most verifiers take the one before and after
 * (RFC 6238 section 5.2): with ten seconds missing some sign-ins fail already. */
#define SALLY_CLOCK_LIMIT_S 10

/* One server's clock, read once. */
typedef struct
{
  char *address;      /* the server: what two of them are told apart by */
  char *name;         /* for display */
  gint64 offset_s;    /* its clock less ours */
  guint accuracy_s;   /* either way */
  gint64 time_s;      /* when, by our clock; unix seconds */
  gint64 boot_time_s; /* our clock less the time since it was booted: changes when it is set */
  char *boot_id;      /* of this run of the computer; "": unknown */
} SallyClockSighting;

/* This computer's clock, as it is now. */
typedef struct
{
  gint64 time_s;
  gint64 boot_time_s;
  const char *boot_id;
  SallyClock state;
} SallyClockNow;

typedef struct
{
  gint64 offset_s; /* this computer's clock less the right time */
  guint accuracy_s;
  const char *name; /* of the server that tells; the sighting's */
} SallyClockVerdict;

void sally_clock_sighting_free (SallyClockSighting *self);

/* Whether it still says something: less than a day old, and our clock was not set since. */
gboolean sally_clock_sighting_is_valid (const SallyClockSighting *self, const SallyClockNow *now);

/* (element-type SallyClockSighting). TRUE, with the verdict, if this computer's clock is off by
 * more than a code survives for sure. Two servers that agree are believed; one alone is not where
 * another one contradicts it, where the network sets our clock, or where it is off by what looks
 * like a time zone. */
gboolean
sally_clock_check (GPtrArray *sightings, const SallyClockNow *now, SallyClockVerdict *verdict);

/* Whether a person who dismissed `dismissed_s` (0: nothing) has seen what there is to say: off by
 * about as much, in the same direction. */
gboolean sally_clock_is_dismissed (gint64 offset_s, gint64 dismissed_s);

/* The same in words, translated, without a final stop: "This computer's clock is 43 s behind that
 * of “web”, and codes count the time". `name` NULL: "the server's". */
char *sally_clock_dup_sentence (gint64 offset_s, const char *name);
/* What a person does about it. */
const char *sally_clock_get_next_step (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyClockSighting, sally_clock_sighting_free)

G_END_DECLS
