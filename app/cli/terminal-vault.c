/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/terminal-vault.h"

#include "base/error.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/terminal.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define DESCRIPTOR_VARIABLE "SALLY_VAULT_PASSPHRASE_FD"

struct _SallyTerminalVault
{
  GObject parent_instance;

  SallySecret *given; /* from the descriptor; NULL: not read, or there is none */
};

typedef struct
{
  SallyVaultQuestion question;
  SallySecret *first; /* of the two times that a new one is entered */
} Question;

static void sally_terminal_vault_prompter_init (SallyVaultPrompterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyTerminalVault,
                               sally_terminal_vault,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_VAULT_PROMPTER,
                                                      sally_terminal_vault_prompter_init))

static void ask (GTask *task);

static void
question_free (gpointer data)
{
  Question *question = data;

  g_clear_pointer (&question->first, sally_secret_unref);
  g_free (question);
}

static void
fail (GTask *task, SallyError code, const char *message)
{
  g_task_return_new_error_literal (task, SALLY_ERROR, (int) code, message);
  g_object_unref (task);
}

static void
read_thread (GTask *reader, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autofd int descriptor = GPOINTER_TO_INT (task_data);
  GError *error = NULL;
  SallySecret *secret = sally_secret_read_fd (descriptor, &error);

  if (secret != NULL)
    g_task_return_pointer (reader, secret, (GDestroyNotify) sally_secret_unref);
  else
    g_task_return_error (reader, error);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  SallyTerminalVault *self = SALLY_TERMINAL_VAULT (source);
  GTask *task = user_data;
  GError *error = NULL;
  g_autoptr (SallySecret) read = g_task_propagate_pointer (G_TASK (result), &error);

  if (read == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  self->given = sally_cli_chomp (read);
  if (sally_secret_get_length (self->given) == 0)
    {
      fail (task, SALLY_ERROR_KEYRING_LOCKED,
            _ ("Nothing came from the descriptor that SALLY_VAULT_PASSPHRASE_FD names"));
      return;
    }
  g_task_return_pointer (task, sally_secret_ref (self->given), (GDestroyNotify) sally_secret_unref);
  g_object_unref (task);
}

static void
read_descriptor (GTask *task, const char *number)
{
  guint64 descriptor;
  g_autoptr (GTask) reader = NULL;

  if (!g_ascii_string_to_unsigned (number, 10, 0, G_MAXINT, &descriptor, NULL))
    {
      fail (task, SALLY_ERROR_INVALID,
            _ ("SALLY_VAULT_PASSPHRASE_FD is the number of a descriptor"));
      return;
    }
  reader = g_task_new (g_task_get_source_object (task), NULL, on_read, task);
  g_task_set_source_tag (reader, read_descriptor);
  g_task_set_task_data (reader, GINT_TO_POINTER ((int) descriptor), NULL);
  g_task_run_in_thread (reader, read_thread);
}

/* The next line, or the whole answer. */
static void
on_line (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (SallySecret) line = sally_terminal_ask_finish (result, &error);

  if (line == NULL && g_error_matches (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON))
    g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED,
                                     _ ("The vault stays locked, because no passphrase was "
                                        "entered"));
  else if (line == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (sally_secret_get_length (line) == 0)
    g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED,
                                     question->question == SALLY_VAULT_UNLOCK
                                         ? _ ("The vault stays locked, because no passphrase was "
                                              "entered")
                                         : _ ("An empty passphrase protects nothing"));
  else if (question->question == SALLY_VAULT_CHOOSE && question->first == NULL)
    {
      question->first = g_steal_pointer (&line);
      ask (g_steal_pointer (&task));
    }
  else if (question->first != NULL && !sally_secret_equal (question->first, line))
    g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED,
                                     _ ("The two passphrases are not the same: nothing was "
                                        "changed"));
  else
    g_task_return_pointer (task, g_steal_pointer (&line), (GDestroyNotify) sally_secret_unref);
}

static void
ask (GTask *task)
{
  Question *question = g_task_get_task_data (task);
  const char *text = question->question == SALLY_VAULT_UNLOCK ? _ ("Passphrase of the vault: ")
                     : question->first == NULL                ? _ ("New passphrase of the vault: ")
                                                              : _ ("The same again: ");

  sally_terminal_ask_async (text, FALSE, g_task_get_cancellable (task), on_line, task);
}

static void
ask_async (SallyVaultPrompter *prompter,
           SallyVaultQuestion question,
           const GError *refusal,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  SallyTerminalVault *self = SALLY_TERMINAL_VAULT (prompter);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const char *number = g_getenv (DESCRIPTOR_VARIABLE);
  Question *data = g_new0 (Question, 1);

  g_task_set_source_tag (task, ask_async);
  data->question = question;
  g_task_set_task_data (task, data, question_free);
  if (number != NULL && refusal != NULL)
    {
      /* It will not be another one the next time. */
      g_task_return_error (task, g_error_copy (refusal));
      g_object_unref (task);
    }
  else if (self->given != NULL)
    {
      g_task_return_pointer (task, sally_secret_ref (self->given),
                             (GDestroyNotify) sally_secret_unref);
      g_object_unref (task);
    }
  else if (number != NULL)
    read_descriptor (task, number);
  else if (!sally_terminal_is_there ())
    fail (task, SALLY_ERROR_KEYRING_LOCKED,
          _ ("The vault is locked, and there is no terminal to ask for its passphrase: "
             "SALLY_VAULT_PASSPHRASE_FD can name a descriptor to read it from"));
  else
    {
      if (refusal != NULL)
        sally_message ("%s", refusal->message);
      ask (task);
    }
}

static SallySecret *
ask_finish (SallyVaultPrompter *prompter, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, prompter), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
sally_terminal_vault_finalize (GObject *object)
{
  g_clear_pointer (&SALLY_TERMINAL_VAULT (object)->given, sally_secret_unref);

  G_OBJECT_CLASS (sally_terminal_vault_parent_class)->finalize (object);
}

static void
sally_terminal_vault_prompter_init (SallyVaultPrompterInterface *iface)
{
  iface->ask_async = ask_async;
  iface->ask_finish = ask_finish;
}

static void
sally_terminal_vault_class_init (SallyTerminalVaultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_terminal_vault_finalize;
}

static void
sally_terminal_vault_init (SallyTerminalVault *self)
{
}

SallyVaultPrompter *
sally_terminal_vault_new (void)
{
  return g_object_new (SALLY_TYPE_TERMINAL_VAULT, NULL);
}
