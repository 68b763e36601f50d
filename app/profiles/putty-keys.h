/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The host keys that PuTTY and WinSCP have come to trust, as they write them down. */
#pragma once

#include "profiles/draft.h"
#include "profiles/sections.h"

G_BEGIN_DECLS

/* "ssh-ed25519 SHA256:...", the type and the fingerprint that OpenSSH shows, of a key by the name
 * that PuTTY gives its type ("rsa2", "ssh-ed25519", "ecdsa-sha2-nistp256") and its value ("0x...,
 * 0x..."); NULL if it is none. Pure. */
char *sally_putty_key_describe (const char *type, const char *value) G_GNUC_WARN_UNUSED_RESULT;

/* Gives each of the file's servers the keys of its host and port ("TYPE@PORT:HOST" = value). */
void sally_putty_keys_apply (SallyProfiles *profiles, const SallySection *section);

G_END_DECLS
