/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/conflict-question.h"

#include "cli/terminal.h"

#include <glib/gi18n.h>

typedef struct
{
  SallyCli *cli;
  SallyTransfer *transfer;
} Question;

static void ask (Question *question);

static void
question_free (Question *question)
{
  g_object_unref (question->transfer);
  g_free (question);
}

/* FALSE if it is none of the letters. */
static gboolean
understand (const char *text, SallyConflict *answer, gboolean *for_all)
{
  static const SallyConflict answers[] = { SALLY_CONFLICT_REPLACE, SALLY_CONFLICT_SKIP,
                                           SALLY_CONFLICT_NEWER, SALLY_CONFLICT_KEEP_BOTH };
  const char *letters = g_dpgettext2 (NULL, "conflict letters", "rsnk");
  gunichar given = g_utf8_get_char (text);
  guint i = 0;

  *for_all = g_unichar_isupper (given);
  for (const char *c = letters; *c != '\0' && i < G_N_ELEMENTS (answers);
       c = g_utf8_next_char (c), i++)
    if (g_utf8_get_char (c) == g_unichar_tolower (given))
      {
        *answer = answers[i];
        return TRUE;
      }
  return FALSE;
}

static void
answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  g_autoptr (SallySecret) text = sally_terminal_ask_finish (result, NULL);
  SallyConflict answer = SALLY_CONFLICT_FAIL;
  gboolean for_all = FALSE;

  if (text != NULL && !understand (sally_secret_peek (text, NULL), &answer, &for_all))
    {
      ask (question);
      return;
    }
  sally_transfer_queue_answer (question->cli->transfers, question->transfer, answer, for_all);
  question_free (question);
}

static void
ask (Question *question)
{
  g_autofree char *text = g_strdup_printf (
      /* Translators: the name of a file. The letters are those of "conflict letters". */
      _ ("“%s” exists: [r]eplace, [s]kip, replace if [n]ewer, [k]eep both? (capital: all) "),
      sally_transfer_get_name (question->transfer));

  sally_terminal_ask_async (text, TRUE, question->cli->cancellable, answered, question);
}

static void
met (SallyTransferQueue *queue, SallyTransfer *transfer, gboolean is_remote, SallyCli *cli)
{
  Question *question = g_new (Question, 1);

  *question = (Question) { cli, g_object_ref (transfer) };
  ask (question);
}

void
sally_conflict_question_set_up (SallyCli *cli)
{
  g_signal_connect (cli->transfers, "conflict", G_CALLBACK (met), cli);
}
