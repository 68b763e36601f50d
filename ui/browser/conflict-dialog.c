/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/conflict-dialog.h"

#include <glib/gi18n.h>

static const struct
{
  const char *response;
  SallyConflict answer;
} answers[] = {
  { "cancel", SALLY_CONFLICT_ASK },      { "skip", SALLY_CONFLICT_SKIP },
  { "replace", SALLY_CONFLICT_REPLACE }, { "keep-both", SALLY_CONFLICT_KEEP_BOTH },
  { "newer", SALLY_CONFLICT_NEWER },     { "resume", SALLY_CONFLICT_RESUME },
};

static void
on_response (AdwAlertDialog *dialog, const char *response, GTask *task)
{
  GtkWidget *check = adw_alert_dialog_get_extra_child (dialog);

  g_task_set_task_data (task,
                        GINT_TO_POINTER (check != NULL &&
                                         gtk_check_button_get_active (GTK_CHECK_BUTTON (check))),
                        NULL);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      if (g_str_equal (answers[i].response, response))
        g_task_return_int (task, answers[i].answer);
    }
}

void
sally_conflict_dialog_choose_async (GtkWidget *parent,
                                    const char *name,
                                    gboolean is_remote,
                                    gboolean offer_all,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *heading = NULL;
  AdwDialog *dialog;

  g_task_set_source_tag (task, sally_conflict_dialog_choose_async);
  /* Translators: the name of a file. */
  heading = g_strdup_printf (_ ("Replace “%s”?"), name);
  dialog =
      adw_alert_dialog_new (heading, is_remote ? _ ("The server's folder has a file of that name.")
                                               : _ ("Your folder has a file of that name."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "skip",
                                  _ ("_Skip"), NULL);
  /* What lies on a server under its final name cannot be gone on with in hiding. */
  if (!is_remote)
    adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "resume", _ ("_Resume"));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "newer", _ ("Replace If _Newer"),
                                  "keep-both", _ ("_Keep Both"), "replace", _ ("_Replace"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "replace",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "keep-both");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  if (offer_all)
    adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog),
                                      gtk_check_button_new_with_mnemonic (
                                          _ ("Do the same for _all others")));
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), task,
                         (GClosureNotify) (GCallback) g_object_unref, G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, parent);
}

SallyConflict
sally_conflict_dialog_choose_finish (GAsyncResult *result, gboolean *for_all)
{
  gssize answer;

  g_return_val_if_fail (g_task_is_valid (result, NULL), SALLY_CONFLICT_ASK);

  *for_all = GPOINTER_TO_INT (g_task_get_task_data (G_TASK (result)));
  answer = g_task_propagate_int (G_TASK (result), NULL);
  return answer < 0 ? SALLY_CONFLICT_ASK : (SallyConflict) answer;
}

typedef struct
{
  SallyTransferQueue *queue;
  SallyTransfer *transfer;
  gboolean is_remote;
  GtkWidget *parent; /* weak */
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->queue);
  g_object_unref (question->transfer);
  g_clear_weak_pointer (&question->parent);
  g_free (question);
}

static Question *
question_new (SallyTransferQueue *queue,
              SallyTransfer *transfer,
              gboolean is_remote,
              GtkWidget *parent)
{
  Question *question = g_new0 (Question, 1);

  question->queue = g_object_ref (queue);
  question->transfer = g_object_ref (transfer);
  question->is_remote = is_remote;
  g_set_weak_pointer (&question->parent, parent);
  return question;
}

/* That of the parent: what waits there is not to hold it. */
static SallyLock *
get_lock (GtkWidget *parent)
{
  return g_object_get_data (G_OBJECT (parent), "lock");
}

static void ask_when_open (Question *question);

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  gboolean for_all = FALSE;
  SallyConflict answer = sally_conflict_dialog_choose_finish (result, &for_all);

  /* The lock has closed it, not the person, whose transfer is not to suffer. */
  if (answer == SALLY_CONFLICT_ASK && question->parent != NULL &&
      sally_lock_get_is_locked (get_lock (question->parent)))
    {
      ask_when_open (question);
      return;
    }
  sally_transfer_queue_answer (question->queue, question->transfer, answer, for_all);
  question_free (question);
}

static void
ask (gpointer user_data)
{
  Question *question = user_data;

  if (question->parent != NULL)
    sally_conflict_dialog_choose_async (question->parent,
                                        sally_transfer_get_name (question->transfer),
                                        question->is_remote, TRUE, NULL, on_answered,
                                        question_new (question->queue, question->transfer,
                                                      question->is_remote, question->parent));
}

/* Takes `question`. It names a file. */
static void
ask_when_open (Question *question)
{
  sally_lock_when_open (get_lock (question->parent), ask, question, question_free);
}

static void
on_conflict (SallyTransferQueue *queue,
             SallyTransfer *transfer,
             gboolean is_remote,
             GtkWidget *parent)
{
  ask_when_open (question_new (queue, transfer, is_remote, parent));
}

void
sally_conflict_dialog_watch (GtkWidget *parent, SallyTransferQueue *queue, SallyLock *lock)
{
  g_object_set_data_full (G_OBJECT (parent), "lock", g_object_ref (lock), g_object_unref);
  g_signal_connect_object (queue, "conflict", G_CALLBACK (on_conflict), parent, G_CONNECT_DEFAULT);
}
