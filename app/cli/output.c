/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/output.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/cli.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The error of a write that came before the end, when errno means something else already. */
static int write_errno;

void
sally_message (const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *shown = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  shown = sally_text_from_server (text, -1, FALSE);
  fflush (stdout);
  fprintf (stderr, "sally: %s\n", shown);
}

int
sally_message_error (const GError *error)
{
  if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT))
    /* Translators: a whole sentence, then what to do. */
    sally_message (_ ("%s (“sally keyring move vault” makes one)"), error->message);
  else if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_CHANGED) ||
           g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED))
    sally_message (_ ("%s. Bring back the one that does, or give it up with “sally keyring "
                      "start-afresh”"),
                   error->message);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sally_message ("%s", error->message);
  return sally_error_exit_code (error);
}

char *
sally_show_name (const char *name)
{
  return sally_text_from_name (name, strlen (name));
}

void
sally_print_name (const char *name)
{
  static int is_terminal = -1; /* a listing has 100,000 names */
  g_autofree char *shown = NULL;

  if (is_terminal < 0)
    is_terminal = isatty (STDOUT_FILENO);
  if (is_terminal)
    shown = sally_show_name (name);
  fputs (shown != NULL ? shown : name, stdout);
}

/* Like g_utf8_make_valid(), but no two names become one. */
static char *
escape_invalid (const char *name)
{
  g_autoptr (GString) escaped = g_string_new (NULL);
  const char *cursor = name;

  while (*cursor != '\0')
    {
      const char *end;

      g_utf8_validate (cursor, -1, &end);
      g_string_append_len (escaped, cursor, end - cursor);
      cursor = end;
      if (*cursor != '\0')
        g_string_append_printf (escaped, "\\x%02X", (guint) (guchar) *cursor++);
    }
  return g_string_free_and_steal (g_steal_pointer (&escaped));
}

void
sally_json_add_string (JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

void
sally_json_add_int (JsonBuilder *builder, const char *key, gint64 value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, value);
}

void
sally_json_add_name (JsonBuilder *builder, const char *key, const char *name)
{
  g_autofree char *escaped = escape_invalid (name);
  g_autofree char *bytes_key = NULL;
  g_autofree char *base64 = NULL;

  sally_json_add_string (builder, key, escaped);
  if (g_str_equal (escaped, name))
    return;
  bytes_key = g_strconcat (key, "_bytes", NULL);
  base64 = g_base64_encode ((const guchar *) name, strlen (name));
  sally_json_add_string (builder, bytes_key, base64);
}

void
sally_json_print (JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = NULL;

  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);
  puts (text);
}

static gboolean
write_all (const char *bytes, gsize length)
{
  while (length > 0)
    {
      ssize_t written = write (STDOUT_FILENO, bytes, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          write_errno = errno;
          return FALSE;
        }
      bytes += written;
      length -= (gsize) written;
    }
  return TRUE;
}

gboolean
sally_print_secret (const char *before, SallySecret *secret, const char *after)
{
  gsize length;
  const char *bytes = sally_secret_peek (secret, &length);

  fflush (stdout);
  return write_all (before, strlen (before)) && write_all (bytes, length) &&
         write_all (after, strlen (after));
}

char *
sally_format_time (gint64 unix_time_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (unix_time_s);

  return time != NULL ? g_date_time_format (time, "%Y-%m-%d %H:%M") : g_strdup ("?");
}

int
sally_finish_output (int code)
{
  errno = 0;
  if (fflush (stdout) != 0 || ferror (stdout))
    write_errno = errno != 0 ? errno : EIO;
  if (write_errno == 0)
    return code;
  if (write_errno != EPIPE)
    sally_message (_ ("Standard output could not be written: %s"), g_strerror (write_errno));
  return code != SALLY_EXIT_DONE ? code : SALLY_EXIT_PARTLY;
}
