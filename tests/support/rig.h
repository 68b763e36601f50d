/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real server for a test: starts a script of tests/rigs/, knows its facts, ends it. */
#pragma once

#include "base/secret.h"

#include <glib.h>

G_BEGIN_DECLS

/* Main thread. What goes wrong here ends the test program with words: no test can go on without its
 * server. The server ends with the test program, however that ends. */
typedef struct _SallyRig SallyRig;

/* `name` is a script of tests/rigs/ ("openssh-combined"); its options follow ("--rekey-limit",
 * "16M", NULL). Blocks until the server listens. */
SallyRig *sally_rig_start (const char *name, ...) G_GNUC_NULL_TERMINATED G_GNUC_WARN_UNUSED_RESULT;

/* Ends the server and its sessions and removes its files, then frees `rig`. */
void sally_rig_stop (SallyRig *rig);

/* Kills the server and its sessions where they stand, as a crash would. sally_rig_stop is still
 * due. */
void sally_rig_kill_server (SallyRig *rig);

/* Kills the processes of all connections that stand; the server goes on. Gives how many. */
guint sally_rig_kill_sessions (SallyRig *rig);

/* On 127.0.0.1. */
guint16 sally_rig_get_port (SallyRig *rig);
const char *sally_rig_get_user (SallyRig *rig);
/* As OpenSSH writes it: "SHA256:..." */
const char *sally_rig_get_host_key (SallyRig *rig);
/* The user's home as this machine sees it, and as the server calls it. */
const char *sally_rig_get_home (SallyRig *rig);
const char *sally_rig_get_start (SallyRig *rig);
const char *sally_rig_get_log (SallyRig *rig);

/* A file of the server's state folder, such as "key"; free with g_free(). */
char *sally_rig_dup_path (SallyRig *rig, const char *name);

/* NULL where the server has none. The seed is base32 text. */
SallySecret *sally_rig_dup_password (SallyRig *rig) G_GNUC_WARN_UNUSED_RESULT;
SallySecret *sally_rig_dup_seed (SallyRig *rig) G_GNUC_WARN_UNUSED_RESULT;
SallySecret *sally_rig_dup_passphrase (SallyRig *rig) G_GNUC_WARN_UNUSED_RESULT;

/* Whole sign-ins that the server accepted, and lines of its log that contain `text` ("Failed
 * password"). A server may write its line a moment after its client has gone on. */
guint sally_rig_count_accepted (SallyRig *rig);
guint sally_rig_count_log (SallyRig *rig, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyRig, sally_rig_stop)

G_END_DECLS
