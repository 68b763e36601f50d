/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the readers of files build with: a server as a file says it, judged once in one place. */
#pragma once

#include "profiles/input.h"

G_BEGIN_DECLS

/* Empty; fill it, then sally_profiles_take(). */
SallyProfile *sally_profile_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* A property of the server; NULL changes nothing, blanks around it are dropped. */
void sally_profile_set (SallyProfile *self, const char *property, const char *value);

/* A decimal number; NULL and "" mean the default, what is none is refused by sally_profiles_take().
 */
void sally_profile_set_port (SallyProfile *self, const char *text);

/* A private key and, with it, a recipe that uses it. PuTTY's and Windows' paths cannot come along,
 * and are said. `path` may be NULL or "": nothing happens. */
void sally_profile_set_key (SallyProfile *self, SallyProfilesInput *input, const char *path);

/* A name and a port in one: "host", "host:port", "[v6]:port", with "user@" before it or without. */
void sally_profile_set_address (SallyProfile *self, const char *text);

/* Says what could not come along. Text of the file among it is made safe to show. */
void sally_profile_lose (SallyProfile *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* That a saved password stays where it is. */
void sally_profile_lose_password (SallyProfile *self);

/* That `names`, comma-separated settings of the file, have no counterpart; nothing if it is empty.
 */
void sally_profile_lose_settings (SallyProfile *self, const char *names);

/* Makes the name fit, completes the user, validates. What is no server is left out with a notice:
 * NULL; else borrowed. `profile` is transferred. */
SallyProfile *
sally_profiles_take (SallyProfiles *self, SallyProfilesInput *input, SallyProfile *profile);

/* Says something once for the whole file. */
void sally_profiles_notice (SallyProfiles *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Sets SALLY_ERROR_INVALID, and gives FALSE. */
gboolean sally_profiles_set_damaged (GError **error);

/* The bytes of %XX, as PuTTY and WinSCP escape names; what is no escape stays. Always UTF-8. */
char *sally_profiles_unescape (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
