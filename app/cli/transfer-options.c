/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/transfer-options.h"

#include "base/error.h"
#include "cli/output.h"

#include <glib/gi18n.h>
#include <string.h>

void
sally_transfer_options_clear (SallyTransferOptions *self)
{
  g_clear_pointer (&self->conflict_word, g_free);
  g_clear_pointer (&self->links_word, g_free);
  g_clear_pointer (&self->limit_word, g_free);
  g_clear_pointer (&self->attempts_word, g_free);
}

/* "500K", "2M", "1G", "65536": bytes a second, in powers of 1024 as wget and scp have them. */
static gboolean
parse_rate (const char *text, guint64 *rate, GError **error)
{
  static const char suffixes[] = "KMG";
  gsize length = strlen (text);
  const char *suffix = length > 0 ? strchr (suffixes, g_ascii_toupper (text[length - 1])) : NULL;
  g_autofree char *digits = g_strndup (text, suffix != NULL ? length - 1 : length);
  guint shift = suffix != NULL ? 10 * (guint) (suffix - suffixes + 1) : 0;
  guint64 number;

  if (!sally_cli_parse_number ("--limit", digits, 1, G_MAXINT64 >> shift, &number, error))
    return FALSE;
  *rate = number << shift;
  return TRUE;
}

static gboolean
apply_keeping (SallyTransferOptions *self, SallyCli *cli, GError **error)
{
  SallyLinks links;

  if (self->links_word != NULL)
    {
      if (!sally_links_from_word (self->links_word, &links))
        {
          g_autofree char *shown = sally_show_name (self->links_word);

          g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("--links knows safe, follow, skip and recreate, but not “%s”"), shown);
          return FALSE;
        }
      sally_transfer_queue_set_links (cli->transfers, links);
    }
  if (self->verifies)
    sally_transfer_queue_set_verifies (cli->transfers, TRUE);
  sally_transfer_queue_set_keeps (cli->transfers,
                                  !self->drops_permissions &&
                                      sally_transfer_queue_get_keeps_permissions (cli->transfers),
                                  !self->drops_times &&
                                      sally_transfer_queue_get_keeps_times (cli->transfers));
  return TRUE;
}

gboolean
sally_transfer_options_apply (SallyTransferOptions *self, SallyCli *cli, GError **error)
{
  guint64 attempts = SALLY_CLI_MAX_ATTEMPTS;
  guint64 rate = 0;

  self->conflict = SALLY_CONFLICT_REPLACE;
  if (self->conflict_word != NULL &&
      !sally_conflict_from_word (self->conflict_word, &self->conflict))
    {
      g_autofree char *shown = sally_show_name (self->conflict_word);

      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("--conflict knows replace, skip, newer, keep-both, resume, ask and fail, but "
                      "not “%s”"),
                   shown);
      return FALSE;
    }
  if (!apply_keeping (self, cli, error))
    return FALSE;
  if (self->limit_word != NULL)
    {
      if (!parse_rate (self->limit_word, &rate, error))
        return FALSE;
      sally_transfer_queue_set_limits (cli->transfers, rate, rate);
      cli->has_limit = TRUE;
    }
  if (self->attempts_word != NULL &&
      !sally_cli_parse_number ("--attempts", self->attempts_word, 0, G_MAXUINT16, &attempts, error))
    return FALSE;
  sally_transfer_queue_set_max_attempts (cli->transfers, (guint) attempts);
  sally_transfer_queue_set_resumes (cli->transfers, !self->restarts);
  cli->prints_json = self->json;
  return TRUE;
}
