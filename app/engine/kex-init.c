/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/kex-init.h"

#include "base/text.h"
#include "engine/sftp-wire.h"

#include <string.h>

/* RFC 4253 section 4.2 allows lines before the identification; who sends more says nothing. */
#define MAX_LINES       64
#define SSH_MSG_KEXINIT 20
#define COOKIE_BYTES    16
/* The name-lists: kex, host key, ciphers and MACs in both directions, then ones nobody asks for. */
#define N_NAME_LISTS    6
/* An honest list is a few hundred bytes. */
#define MAX_LIST_BYTES  4096

/* Skips the lines up to and with the identification, which it keeps; 0 if that has not come. */
static gsize
parse_ident (const guint8 *bytes, gsize length, SallyKexInit *init)
{
  gsize start = 0;

  for (guint i = 0; i < MAX_LINES && start < length; i++)
    {
      const guint8 *end = memchr (bytes + start, '\n', length - start);
      gsize line_length;

      if (end == NULL)
        return 0;
      line_length = (gsize) (end - (bytes + start));
      if (line_length >= 4 && memcmp (bytes + start, "SSH-", 4) == 0)
        {
          init->ident =
              sally_text_from_server ((const char *) bytes + start, (gssize) line_length, FALSE);
          g_strchomp (init->ident);
          return start + line_length + 1;
        }
      start += line_length + 1;
    }
  return 0;
}

static gboolean
is_name_list (const guint8 *bytes, gsize length)
{
  if (length > MAX_LIST_BYTES)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isgraph (bytes[i]))
      return FALSE;
  return TRUE;
}

void
sally_kex_init_parse (const guint8 *bytes, gsize length, SallyKexInit *init)
{
  char **const lists[N_NAME_LISTS] = { &init->key_exchanges, &init->host_keys,
                                       &init->ciphers,       NULL,
                                       &init->macs,          NULL };
  SallySftpReader reader;
  gsize start;

  g_return_if_fail (bytes != NULL || length == 0);
  g_return_if_fail (init != NULL);

  start = parse_ident (bytes, length, init);
  if (start == 0)
    return;
  /* The binary packet (section 6): length, length of the padding, message number, cookie. */
  sally_sftp_reader_init (&reader, bytes + start, length - start);
  sally_sftp_reader_u32 (&reader);
  sally_sftp_reader_u8 (&reader);
  if (sally_sftp_reader_u8 (&reader) != SSH_MSG_KEXINIT)
    return;
  for (guint i = 0; i < COOKIE_BYTES; i++)
    sally_sftp_reader_u8 (&reader);
  for (guint i = 0; i < N_NAME_LISTS; i++)
    {
      gsize list_length;
      const guint8 *list = sally_sftp_reader_string (&reader, &list_length);

      if (list == NULL || !is_name_list (list, list_length))
        return;
      if (lists[i] != NULL)
        *lists[i] = g_strndup ((const char *) list, list_length);
    }
}

void
sally_kex_init_clear (SallyKexInit *init)
{
  g_return_if_fail (init != NULL);

  g_free (init->ident);
  g_free (init->key_exchanges);
  g_free (init->host_keys);
  g_free (init->ciphers);
  g_free (init->macs);
  memset (init, 0, sizeof *init);
}
