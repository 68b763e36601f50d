/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "transfers/transfer-words.h"

#include <glib/gi18n.h>

char *
sally_transfer_time_words (gint64 seconds_left)
{
  guint64 minutes;

  if (seconds_left < 0)
    return NULL;
  if (seconds_left < 60)
    {
      /* Rounded up to five seconds: figures that jump each second cannot be read. */
      guint seconds = ((guint) seconds_left / 5 + 1) * 5;

      return g_strdup_printf (ngettext ("about %u second left", "about %u seconds left", seconds),
                              seconds);
    }
  minutes = ((guint64) seconds_left + 30) / 60;
  if (minutes < 60)
    return g_strdup_printf (ngettext ("about %u minute left", "about %u minutes left",
                                      (guint) minutes),
                            (guint) minutes);
  return g_strdup_printf (ngettext ("about %u hour left", "about %u hours left",
                                    (guint) ((minutes + 30) / 60)),
                          (guint) ((minutes + 30) / 60));
}

char *
sally_transfer_size_words (guint64 done, guint64 size)
{
  g_autofree char *total = g_format_size (size);
  g_autofree char *total_value = g_format_size_full (size, G_FORMAT_SIZE_ONLY_VALUE);
  g_autofree char *total_unit = g_format_size_full (size, G_FORMAT_SIZE_ONLY_UNIT);
  g_autofree char *done_text = g_format_size (done);
  g_autofree char *done_value = g_format_size_full (done, G_FORMAT_SIZE_ONLY_VALUE);
  g_autofree char *done_unit = g_format_size_full (done, G_FORMAT_SIZE_ONLY_UNIT);

  if (g_str_equal (total_unit, done_unit))
    /* Translators: a part of a size and the whole, such as "12.1 of 30 MB". */
    return g_strdup_printf (_ ("%s of %s"), done_value, total);
  return g_strdup_printf (_ ("%s of %s"), done_text, total);
}

char *
sally_transfers_total_words (guint n_active, guint64 speed, gint64 seconds_left)
{
  g_autofree char *count =
      g_strdup_printf (ngettext ("%u transfer", "%u transfers", n_active), n_active);
  g_autofree char *rate = g_format_size (speed);
  g_autofree char *left = sally_transfer_time_words (seconds_left);

  if (speed == 0)
    return g_steal_pointer (&count);
  if (left == NULL)
    return g_strdup_printf (_ ("%s — %s/s"), count, rate);
  return g_strdup_printf (_ ("%s — %s/s — %s"), count, rate, left);
}

static char *
dup_running_words (SallyTransfer *transfer)
{
  g_autofree char *sizes = sally_transfer_size_words (sally_transfer_get_done (transfer),
                                                      sally_transfer_get_size (transfer));
  g_autofree char *speed = g_format_size (sally_transfer_get_speed (transfer));
  g_autofree char *left = sally_transfer_time_words (sally_transfer_get_seconds_left (transfer));

  if (sally_transfer_get_speed (transfer) == 0)
    return g_steal_pointer (&sizes);
  if (left == NULL)
    /* Translators: sizes, then a speed. */
    return g_strdup_printf (_ ("%s — %s/s"), sizes, speed);
  /* Translators: sizes, a speed, and the time left. */
  return g_strdup_printf (_ ("%s — %s/s — %s"), sizes, speed, left);
}

static char *
dup_paused_words (SallyTransfer *transfer)
{
  const GError *error = sally_transfer_get_error (transfer);
  g_autofree char *sizes = sally_transfer_size_words (sally_transfer_get_done (transfer),
                                                      sally_transfer_get_size (transfer));

  if (error != NULL)
    /* Translators: sizes, then the reason. */
    return g_strdup_printf (_ ("Paused at %s — %s"), sizes, error->message);
  /* Translators: sizes. */
  return g_strdup_printf (_ ("Paused at %s"), sizes);
}

char *
sally_transfer_words (SallyTransfer *transfer)
{
  const GError *error;

  g_return_val_if_fail (SALLY_IS_TRANSFER (transfer), NULL);

  switch (sally_transfer_get_state (transfer))
    {
    case SALLY_TRANSFER_QUEUED:
      return g_strdup (_ ("Waiting"));
    case SALLY_TRANSFER_RUNNING:
      return dup_running_words (transfer);
    case SALLY_TRANSFER_WAITING:
      return g_strdup (_ ("Waiting for the connection"));
    case SALLY_TRANSFER_PAUSED:
      return dup_paused_words (transfer);
    case SALLY_TRANSFER_SKIPPED:
      return g_strdup (_ ("Skipped: it is there already"));
    case SALLY_TRANSFER_FINISHED:
      return g_format_size (sally_transfer_get_size (transfer));
    case SALLY_TRANSFER_CANCELLED:
      return g_strdup (_ ("Cancelled"));
    case SALLY_TRANSFER_FAILED:
    default:
      error = sally_transfer_get_error (transfer);
      return g_strdup (error != NULL ? error->message : _ ("Failed"));
    }
}
