/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fingerprint of a host key, as ssh-keygen shows it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "SHA256:..." with or without the prefix, padding or spaces -> the canonical form; NULL if it is
 * none. Any thread. */
char *sally_fingerprint_canonical (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
