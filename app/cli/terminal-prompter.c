/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/terminal-prompter.h"

#include "base/error.h"
#include "base/text.h"
#include "cli/terminal.h"
#include "model/fingerprint.h"

#include <glib/gi18n.h>
#include <string.h>

/* Answers that are neither yes nor no. */
#define MAX_HOST_KEY_ANSWERS 3
/* Every line of a server's words begins with it, so that none can pass for ours. */
#define QUOTE                "  | "

struct _SallyTerminalPrompter
{
  GObject parent_instance;
};

static void sally_terminal_prompter_prompter_init (SallyPrompterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyTerminalPrompter,
                               sally_terminal_prompter,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_PROMPTER,
                                                      sally_terminal_prompter_prompter_init))

/* A question of ours about a host key, until it is answered. */
typedef struct
{
  char *fingerprint;
  guint n_asked;
} HostQuestion;

/* What is asked, copied: the caller's question ends with its call. */
typedef struct
{
  char **texts; /* as they are shown */
  gboolean *echo;
  guint n_prompts;
  GPtrArray *answers; /* so far, of SallySecret */
  gboolean offers_memory;
  gboolean remember;
} Prompts;

static void
host_question_free (HostQuestion *question)
{
  g_free (question->fingerprint);
  g_free (question);
}

static void
prompts_free (Prompts *prompts)
{
  g_strfreev (prompts->texts);
  g_free (prompts->echo);
  g_ptr_array_unref (prompts->answers);
  g_free (prompts);
}

static void
sally_terminal_prompter_class_init (SallyTerminalPrompterClass *klass)
{
}

static void
sally_terminal_prompter_init (SallyTerminalPrompter *self)
{
}

SallyPrompter *
sally_terminal_prompter_new (void)
{
  return g_object_new (SALLY_TYPE_TERMINAL_PROMPTER, NULL);
}

static void host_key_answered (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_about_host_key (GTask *task)
{
  HostQuestion *question = g_task_get_task_data (task);

  question->n_asked++;
  sally_terminal_ask_async (question->n_asked == 1
                                ? _ ("Trust this key and go on? (yes/no, or the fingerprint) ")
                                : _ ("Please type “yes”, “no” or the fingerprint: "),
                            TRUE, g_task_get_cancellable (task), host_key_answered,
                            g_object_ref (task));
}

static void
host_key_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  HostQuestion *question = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (SallySecret) answer = sally_terminal_ask_finish (result, &error);
  g_autofree char *word = NULL;
  g_autofree char *fingerprint = NULL;

  if (answer == NULL && g_error_matches (error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON))
    {
      g_error_free (error);
      g_task_return_boolean (task, FALSE);
      return;
    }
  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  word = g_strstrip (g_strdup (sally_secret_peek (answer, NULL)));
  fingerprint = sally_fingerprint_canonical (word);
  if (g_ascii_strcasecmp (word, "yes") == 0 || g_strcmp0 (word, _ ("yes")) == 0)
    g_task_return_boolean (task, TRUE);
  else if (fingerprint != NULL)
    g_task_return_boolean (task, g_str_equal (fingerprint, question->fingerprint));
  else if (g_ascii_strcasecmp (word, "no") == 0 || g_strcmp0 (word, _ ("no")) == 0 ||
           question->n_asked >= MAX_HOST_KEY_ANSWERS)
    g_task_return_boolean (task, FALSE);
  else
    ask_about_host_key (task);
}

/* `name` as it is typed in a shell. */
static char *
dup_shell_word (const char *name)
{
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.@+", *c) == NULL)
      return g_shell_quote (name);
  return g_strdup (name);
}

static void
confirm_host_key_async (SallyPrompter *prompter,
                        const SallyHostQuestion *question,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (prompter, cancellable, callback, user_data);
  g_autofree char *address = sally_server_dup_address (question->server);
  const char *name = sally_server_get_name (question->server);
  g_autofree char *type = sally_text_from_server (question->key_type, -1, FALSE);
  g_autofree char *text = NULL;
  HostQuestion *kept;

  g_task_set_source_tag (task, confirm_host_key_async);
  if (!sally_terminal_is_there ())
    {
      g_autofree char *word = dup_shell_word (name);

      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_HOST_KEY_UNKNOWN,
                               _ ("The host key of %s (%s %s) is not known. If its administrator "
                                  "confirms it, type: sally server trust %s %s"),
                               address, type, question->fingerprint, word, question->fingerprint);
      return;
    }

  text =
      g_strdup_printf (_ ("The host key of “%s” (%s) is not known yet:\n"
                          "  %s %s\n"
                          "%s\n"
                          "%s"
                          "Its administrator can tell whether this is the right one.\n"),
                       name, address, type, question->fingerprint, question->randomart,
                       question->has_authority
                           ? _ ("known_hosts trusts certificates for it, which Sallyport does not "
                                "read: compare the key itself.\n")
                           : "");
  sally_terminal_say (text);
  kept = g_new0 (HostQuestion, 1);
  kept->fingerprint = g_strdup (question->fingerprint);
  g_task_set_task_data (task, kept, (GDestroyNotify) host_question_free);
  ask_about_host_key (task);
}

static gboolean
confirm_host_key_finish (SallyPrompter *prompter,
                         GAsyncResult *result,
                         gboolean *accepted,
                         GError **error)
{
  GError *reason = NULL;

  g_return_val_if_fail (g_task_is_valid (result, prompter), FALSE);

  *accepted = g_task_propagate_boolean (G_TASK (result), &reason);
  if (reason == NULL)
    return TRUE;
  g_propagate_error (error, reason);
  return FALSE;
}

/* The lines of `words`, each behind a mark, appended to `text`. */
static void
quote (GString *text, const char *words)
{
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      g_string_append_printf (text, QUOTE "%s\n", lines[i]);
}

/* What a server says beside its prompts. */
static void
show_words (const SallyPromptQuestion *question)
{
  g_autoptr (GString) text = g_string_new (NULL);

  quote (text, question->name);
  quote (text, question->instruction);
  if (text->len == 0)
    return;
  if (question->is_own)
    g_string_printf (text, "%s\n", question->instruction);
  else
    {
      g_autofree char *title =
          g_strdup_printf (_ ("“%s” says:\n"), sally_server_get_name (question->server));

      g_string_prepend (text, title);
    }
  sally_terminal_say (text->str);
}

/* Before the words themselves: that they are not the ones that worked, and which those were. */
static void
show_change (const SallyPromptQuestion *question)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text,
                          _ ("The questions of “%s” have changed since the last sign-in: nothing "
                             "saved was sent.\nIt used to ask:\n"),
                          sally_server_get_name (question->server));
  quote (text, *question->before != '\0' ? question->before : _ ("nothing at this point"));
  sally_terminal_say (text->str);
}

static char *
format_prompt (const SallyPromptQuestion *question, const SallyPrompt *prompt)
{
  g_autofree char *one_line = sally_text_from_server (prompt->text, -1, FALSE);

  if (question->is_own)
    return g_strdup_printf (_ ("%s for “%s”: "), one_line,
                            sally_server_get_name (question->server));
  return g_strdup_printf (_ ("“%s” asks:\n" QUOTE "%s "), sally_server_get_name (question->server),
                          g_strstrip (one_line));
}

/* Nobody is there: what the person can do beforehand. */
static void
return_needs_person (GTask *task, const SallyPromptQuestion *question)
{
  const char *name = sally_server_get_name (question->server);
  g_autofree char *asked = sally_text_from_server (question->prompts[0].text, -1, FALSE);
  g_autofree char *word = dup_shell_word (name);
  gboolean is_key = *sally_server_get_identity_file (question->server) != '\0' &&
                    g_str_has_prefix (sally_server_get_recipe (question->server), "key") &&
                    g_strcmp0 (asked, _ ("Password")) != 0;

  if (question->is_changed)
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
                             _ ("“%s” asks “%s”, which is not what it asked before: nothing saved "
                                "was sent, and there is no terminal to ask you on. Sign in once at "
                                "a terminal or in the window to see it and to accept it"),
                             name, g_strstrip (asked));
  else if (!question->is_own)
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
                             _ ("“%s” asks “%s”, for which its login “%s” has no answer, and there "
                                "is no terminal to ask you on"),
                             name, g_strstrip (asked), sally_server_get_recipe (question->server));
  else if (is_key)
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
                             _ ("The key of “%s” wants its passphrase, and there is no terminal to "
                                "ask for it. Save the right one with: sally server passphrase %s"),
                             name, word);
  else
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
                             _ ("No password is saved for “%s”, and there is no terminal to ask "
                                "for it. Save it with: sally server password %s"),
                             name, word);
}

static void prompt_answered (GObject *source, GAsyncResult *result, gpointer user_data);

static gboolean
is_word (const char *answer, const char *english, const char *translated)
{
  return g_ascii_strcasecmp (answer, english) == 0 || g_strcmp0 (answer, translated) == 0;
}

static gboolean
is_yes (SallySecret *answer)
{
  g_autofree char *word = g_strstrip (g_strdup (sally_secret_peek (answer, NULL)));

  return is_word (word, "y", _ ("y")) || is_word (word, "yes", _ ("yes"));
}

static void
memory_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Prompts *prompts = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (SallySecret) answer = sally_terminal_ask_finish (result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  prompts->remember = is_yes (answer);
  g_task_return_pointer (task, g_ptr_array_ref (prompts->answers),
                         (GDestroyNotify) g_ptr_array_unref);
}

static void
ask_next (GTask *task)
{
  Prompts *prompts = g_task_get_task_data (task);
  guint next = prompts->answers->len;

  if (next == prompts->n_prompts && prompts->offers_memory)
    sally_terminal_ask_async (_ ("If this works, answer such questions by itself from now on? "
                                 "(y/N) "),
                              TRUE, g_task_get_cancellable (task), memory_answered,
                              g_object_ref (task));
  else if (next == prompts->n_prompts)
    g_task_return_pointer (task, g_ptr_array_ref (prompts->answers),
                           (GDestroyNotify) g_ptr_array_unref);
  else
    sally_terminal_ask_async (prompts->texts[next], prompts->echo[next],
                              g_task_get_cancellable (task), prompt_answered, g_object_ref (task));
}

static void
prompt_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Prompts *prompts = g_task_get_task_data (task);
  GError *error = NULL;
  SallySecret *answer = sally_terminal_ask_finish (result, &error);

  if (answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_add (prompts->answers, answer);
  ask_next (task);
}

static void
ask_async (SallyPrompter *prompter,
           const SallyPromptQuestion *question,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (prompter, cancellable, callback, user_data);
  Prompts *prompts;

  g_task_set_source_tag (task, ask_async);
  if (question->n_prompts > 0 && !sally_terminal_is_there ())
    {
      return_needs_person (task, question);
      return;
    }
  if (question->is_changed)
    show_change (question);
  show_words (question);
  prompts = g_new0 (Prompts, 1);
  prompts->n_prompts = question->n_prompts;
  prompts->offers_memory = question->offers_memory && question->n_prompts > 0;
  prompts->texts = g_new0 (char *, question->n_prompts + 1);
  prompts->echo = g_new0 (gboolean, question->n_prompts + 1);
  prompts->answers = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  for (guint i = 0; i < question->n_prompts; i++)
    {
      prompts->texts[i] = format_prompt (question, &question->prompts[i]);
      prompts->echo[i] = question->prompts[i].echo;
    }
  g_task_set_task_data (task, prompts, (GDestroyNotify) prompts_free);
  ask_next (task);
}

static void
attempt_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (SallySecret) answer = sally_terminal_ask_finish (result, &error);

  if (answer == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, is_yes (answer));
}

static void
confirm_attempt_async (SallyPrompter *prompter,
                       const SallyAttemptQuestion *question,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (prompter, cancellable, callback, user_data);
  const char *name = sally_server_get_name (question->server);
  g_autofree char *text = NULL;

  g_task_set_source_tag (task, confirm_attempt_async);
  if (!sally_terminal_is_there ())
    {
      g_autofree char *word = dup_shell_word (name);

      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_SIGN_IN_HELD,
                               _ ("“%s” refused the last %u sign-ins, and one more could lock the "
                                  "account: nothing was sent. Check the password and the account, "
                                  "then type: sally server unlock %s"),
                               name, question->n_refusals, word);
      return;
    }
  text =
      g_strdup_printf (_ ("“%s” refused the last %u sign-ins. One more could lock the account.\n"),
                       name, question->n_refusals);
  sally_terminal_say (text);
  sally_terminal_ask_async (_ ("Try once more? (y/N) "), TRUE, cancellable, attempt_answered,
                            g_steal_pointer (&task));
}

/* Ends both questions that are answered by yes or no. */
static gboolean
confirm_attempt_finish (SallyPrompter *prompter,
                        GAsyncResult *result,
                        gboolean *allowed,
                        GError **error)
{
  return confirm_host_key_finish (prompter, result, allowed, error);
}

static GPtrArray *
ask_finish (SallyPrompter *prompter, GAsyncResult *result, gboolean *remember, GError **error)
{
  Prompts *prompts;

  g_return_val_if_fail (g_task_is_valid (result, prompter), NULL);

  prompts = g_task_get_task_data (G_TASK (result));
  *remember = prompts != NULL && prompts->remember;

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
is_there (SallyPrompter *prompter)
{
  return sally_terminal_is_there ();
}

static void
sally_terminal_prompter_prompter_init (SallyPrompterInterface *iface)
{
  iface->confirm_host_key_async = confirm_host_key_async;
  iface->confirm_host_key_finish = confirm_host_key_finish;
  iface->ask_async = ask_async;
  iface->ask_finish = ask_finish;
  iface->is_there = is_there;
  iface->confirm_attempt_async = confirm_attempt_async;
  iface->confirm_attempt_finish = confirm_attempt_finish;
}
