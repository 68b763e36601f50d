/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/secretstream.h"

#include "backup/wiped.h"
#include "base/error.h"

#include <glib/gi18n.h>
#include <sodium.h>

GBytes *
sally_secretstream_open (SallySecret *key, GBytes *header, GBytes *sealed, GError **error)
{
  crypto_secretstream_xchacha20poly1305_state state;
  gsize length = g_bytes_get_size (sealed);
  g_autoptr (GBytes) plain = NULL;
  unsigned long long written = 0;
  guint8 tag = 0;
  guint8 *out;
  gboolean ok = FALSE;

  g_return_val_if_fail (sally_secret_get_length (key) ==
                            crypto_secretstream_xchacha20poly1305_KEYBYTES,
                        NULL);

  if (sodium_init () < 0)
    g_error ("libsodium could not be started");
  if (g_bytes_get_size (header) == crypto_secretstream_xchacha20poly1305_HEADERBYTES &&
      length >= crypto_secretstream_xchacha20poly1305_ABYTES)
    {
      plain = sally_wiped_new (length - crypto_secretstream_xchacha20poly1305_ABYTES, &out);
      ok = crypto_secretstream_xchacha20poly1305_init_pull (
               &state, g_bytes_get_data (header, NULL),
               (const guchar *) sally_secret_peek (key, NULL)) == 0 &&
           crypto_secretstream_xchacha20poly1305_pull (&state, out, &written, &tag,
                                                       g_bytes_get_data (sealed, NULL), length,
                                                       NULL, 0) == 0;
      sodium_memzero (&state, sizeof state);
    }
  if (ok && (tag == crypto_secretstream_xchacha20poly1305_TAG_MESSAGE ||
             tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL))
    return g_steal_pointer (&plain);
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG,
                       _ ("The password does not open this file, or the file is damaged"));
  return NULL;
}
