/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/dialog-prompter.h"

#include "base/error.h"
#include "servers/host-key-dialog.h"
#include "servers/prompt-dialog.h"

#include <glib/gi18n.h>

struct _SallyDialogPrompter
{
  GObject parent_instance;

  GtkApplication *application; /* weak */
  SallyLock *lock;             /* weak: what waits there holds this */
};

static void sally_dialog_prompter_iface_init (SallyPrompterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyDialogPrompter,
                               sally_dialog_prompter,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_PROMPTER,
                                                      sally_dialog_prompter_iface_init))

/* A question on its way to the person; its dialog's response returns the task. */
typedef struct
{
  GTask *task;
  AdwDialog *dialog;
  GCallback on_response;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->task);
  g_object_unref (question->dialog);
  g_free (question);
}

static void
on_cancelled (GCancellable *cancellable, AdwDialog *dialog)
{
  adw_dialog_force_close (dialog);
}

/* A dialog that does not show yet has no response. */
static void
on_cancelled_early (GCancellable *cancellable, GTask *task)
{
  g_task_return_error_if_cancelled (task);
}

static void
show_question (gpointer user_data)
{
  Question *question = user_data;
  SallyDialogPrompter *self = g_task_get_source_object (question->task);
  GtkWindow *window =
      self->application != NULL ? gtk_application_get_active_window (self->application) : NULL;
  GCancellable *cancellable = g_task_get_cancellable (question->task);

  if (g_cancellable_is_cancelled (cancellable))
    return;
  if (cancellable != NULL)
    g_signal_handlers_disconnect_by_func (cancellable, on_cancelled_early, question->task);
  if (window == NULL)
    {
      g_task_return_new_error_literal (question->task, SALLY_ERROR,
                                       SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
                                       _ ("There is no window to ask in"));
      return;
    }
  g_signal_connect_data (question->dialog, "response", question->on_response,
                         g_object_ref (question->task), (GClosureNotify) (GCallback) g_object_unref,
                         G_CONNECT_DEFAULT);
  adw_dialog_present (question->dialog, GTK_WIDGET (window));
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled), question->dialog,
                             G_CONNECT_DEFAULT);
}

/* Ties the dialog to the task, which is taken. A question names a server: while the window is
 * locked it waits. */
static void
present (SallyDialogPrompter *self, GTask *task, AdwDialog *dialog, GCallback on_response)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Question *question;

  if (g_task_return_error_if_cancelled (task))
    {
      g_object_ref_sink (dialog);
      g_object_unref (dialog);
      g_object_unref (task);
      return;
    }
  question = g_new (Question, 1);
  *question = (Question) { task, g_object_ref_sink (dialog), on_response };
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (on_cancelled_early), task,
                             G_CONNECT_DEFAULT);
  sally_lock_when_open (self->lock, show_question, question, question_free);
}

static void
on_host_key_response (AdwAlertDialog *dialog, const char *response, GTask *task)
{
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, g_str_equal (response, "trust"));
}

static void
confirm_host_key_async (SallyPrompter *prompter,
                        const SallyHostQuestion *question,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (prompter, cancellable, callback, user_data);

  g_task_set_source_tag (task, confirm_host_key_async);
  present (SALLY_DIALOG_PROMPTER (prompter), task, sally_host_key_dialog_new (question),
           G_CALLBACK (on_host_key_response));
}

static gboolean
confirm_host_key_finish (SallyPrompter *prompter,
                         GAsyncResult *result,
                         gboolean *accepted,
                         GError **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (g_task_is_valid (result, prompter), FALSE);

  *accepted = g_task_propagate_boolean (G_TASK (result), &local_error);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

typedef struct
{
  GPtrArray *answers;
  gboolean remember;
} Answered;

static void
answered_free (Answered *answered)
{
  g_clear_pointer (&answered->answers, g_ptr_array_unref);
  g_free (answered);
}

static void
on_prompt_response (SallyPromptDialog *dialog, const char *response, GTask *task)
{
  g_autoptr (GPtrArray) answers = sally_prompt_dialog_take_answers (dialog);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (g_str_equal (response, "answer") || answers->len == 0)
    {
      Answered *answered = g_new0 (Answered, 1);

      answered->answers = g_steal_pointer (&answers);
      answered->remember = sally_prompt_dialog_get_remember (dialog);
      g_task_return_pointer (task, answered, (GDestroyNotify) answered_free);
    }
  else
    g_task_return_new_error_literal (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                     _ ("The question was not answered"));
}

static void
ask_async (SallyPrompter *prompter,
           const SallyPromptQuestion *question,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  GTask *task = g_task_new (prompter, cancellable, callback, user_data);

  g_task_set_source_tag (task, ask_async);
  present (SALLY_DIALOG_PROMPTER (prompter), task, sally_prompt_dialog_new (question),
           G_CALLBACK (on_prompt_response));
}

static GPtrArray *
ask_finish (SallyPrompter *prompter, GAsyncResult *result, gboolean *remember, GError **error)
{
  Answered *answered;
  GPtrArray *answers;

  g_return_val_if_fail (g_task_is_valid (result, prompter), NULL);

  answered = g_task_propagate_pointer (G_TASK (result), error);
  if (answered == NULL)
    return NULL;
  answers = g_steal_pointer (&answered->answers);
  *remember = answered->remember;
  answered_free (answered);
  return answers;
}

static gboolean
is_there (SallyPrompter *prompter)
{
  SallyDialogPrompter *self = SALLY_DIALOG_PROMPTER (prompter);

  return self->application != NULL && gtk_application_get_active_window (self->application) != NULL;
}

/* The server's page shows that it is held back, with a button that allows one more attempt: no
 * dialog jumps at a person who has just opened a page. */
static void
confirm_attempt_async (SallyPrompter *prompter,
                       const SallyAttemptQuestion *question,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (prompter, cancellable, callback, user_data);

  g_task_set_source_tag (task, confirm_attempt_async);
  g_task_return_boolean (task, FALSE);
}

static gboolean
confirm_attempt_finish (SallyPrompter *prompter,
                        GAsyncResult *result,
                        gboolean *allowed,
                        GError **error)
{
  return confirm_host_key_finish (prompter, result, allowed, error);
}

static void
sally_dialog_prompter_iface_init (SallyPrompterInterface *iface)
{
  iface->confirm_host_key_async = confirm_host_key_async;
  iface->confirm_host_key_finish = confirm_host_key_finish;
  iface->ask_async = ask_async;
  iface->ask_finish = ask_finish;
  iface->is_there = is_there;
  iface->confirm_attempt_async = confirm_attempt_async;
  iface->confirm_attempt_finish = confirm_attempt_finish;
}

static void
sally_dialog_prompter_dispose (GObject *object)
{
  g_clear_weak_pointer (&SALLY_DIALOG_PROMPTER (object)->application);
  g_clear_weak_pointer (&SALLY_DIALOG_PROMPTER (object)->lock);

  G_OBJECT_CLASS (sally_dialog_prompter_parent_class)->dispose (object);
}

static void
sally_dialog_prompter_class_init (SallyDialogPrompterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sally_dialog_prompter_dispose;
}

static void
sally_dialog_prompter_init (SallyDialogPrompter *self)
{
}

SallyPrompter *
sally_dialog_prompter_new (GtkApplication *application, SallyLock *lock)
{
  SallyDialogPrompter *self;

  g_return_val_if_fail (GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (SALLY_IS_LOCK (lock), NULL);

  self = g_object_new (SALLY_TYPE_DIALOG_PROMPTER, NULL);
  g_set_weak_pointer (&self->application, application);
  g_set_weak_pointer (&self->lock, lock);
  return SALLY_PROMPTER (self);
}
