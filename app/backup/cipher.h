/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key derivations and ciphers of backup files, with caps on what a hostile file may cost. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* A file chooses what opening it costs. These are above what any known program writes, and end a
 * hostile one after some seconds. Beyond them: SALLY_ERROR_INVALID. */
#define SALLY_CIPHER_MAX_PBKDF2_ITERATIONS 10000000
/* Ente asks for 1 GiB where it can get it. */
#define SALLY_CIPHER_MAX_MEMORY_BYTES      (G_GUINT64_CONSTANT (1025) * 1024 * 1024)
#define SALLY_CIPHER_MAX_ARGON2_PASSES     16
#define SALLY_CIPHER_MAX_ARGON2_LANES      16
/* scrypt's cost is memory times p: four gibibytes of mixing are some ten seconds. */
#define SALLY_CIPHER_MAX_SCRYPT_WORK       (G_GUINT64_CONSTANT (4) * 1024 * 1024 * 1024)
/* The longest salt met has 256 bytes (2FAS). */
#define SALLY_CIPHER_MAX_SALT_BYTES        1024

#define SALLY_CIPHER_KEY_BYTES 32
#define SALLY_CIPHER_TAG_BYTES 16

/* All of these block: call them on a worker thread. A key is a secret of SALLY_CIPHER_KEY_BYTES. */

/* RFC 8018 section 5.2; `digest` is OpenSSL's name of a hash. */
SallySecret *sally_cipher_pbkdf2 (const char *digest,
                                  SallySecret *password,
                                  GBytes *salt,
                                  guint64 iterations,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* RFC 7914. */
SallySecret *sally_cipher_scrypt (SallySecret *password,
                                  GBytes *salt,
                                  guint64 n,
                                  guint64 r,
                                  guint64 p,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* RFC 9106, version 0x13. */
SallySecret *sally_cipher_argon2id (SallySecret *password,
                                    GBytes *salt,
                                    guint64 passes,
                                    guint64 memory_kib,
                                    guint64 lanes,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The hash of a password, where a program takes that for a key. */
SallySecret *sally_cipher_sha256 (SallySecret *password) G_GNUC_WARN_UNUSED_RESULT;
GBytes *sally_cipher_sha256_bytes (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* HKDF-Expand with SHA-256 (RFC 5869 section 2.3). */
SallySecret *
sally_cipher_hkdf_expand (SallySecret *key, const char *info) G_GNUC_WARN_UNUSED_RESULT;

/* `sealed` ends with the tag. SALLY_ERROR_PASSWORD_WRONG if the tag is not right: another password,
 * or changed bytes; nobody can tell. `associated` is nullable. */
GBytes *sally_cipher_open_gcm (SallySecret *key,
                               GBytes *nonce,
                               GBytes *associated,
                               GBytes *sealed,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The ciphertext and behind it the tag. */
GBytes *sally_cipher_seal_gcm (SallySecret *key, GBytes *nonce, GBytes *associated, GBytes *plain)
    G_GNUC_WARN_UNUSED_RESULT;

/* AES-256-CBC with PKCS #7 padding; SALLY_ERROR_PASSWORD_WRONG where that is broken. A wrong key
 * passes once in 256 times: look at what came out. `iv` NULL: zeros. */
GBytes *sally_cipher_open_cbc (SallySecret *key, GBytes *iv, GBytes *sealed, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Whether `mac` is the HMAC-SHA-256 of the two pieces, compared in constant time. */
gboolean sally_cipher_check_hmac (SallySecret *key, GBytes *first, GBytes *second, GBytes *mac);

/* Random bytes, for salts, nonces and keys. */
GBytes *sally_cipher_random (gsize length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
