/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A host key as a person compares it: its fingerprint and its picture. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "SHA256:" and unpadded base64, as OpenSSH writes it, of a key's wire blob. */
char *sally_fingerprint_new (const guint8 *blob, gsize length);

/* The picture that ssh-keygen -lv draws of a key ("The drunken bishop", Loss, Limmer, von Gernler
 * 2009; sshkey.c): eleven lines of nineteen characters, without an end of line at the end. `blob`
 * is the key on the wire, which also tells its kind and size. Pure; any bytes do. */
char *sally_randomart_new (const guint8 *blob, gsize length);

G_END_DECLS
