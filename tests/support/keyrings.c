/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tests/support/keyrings.h"

#include "base/error.h"
#include "tests/support/await.h"

struct _TestAnswers
{
  GObject parent_instance;

  char **answers;
  guint n_given;
  guint n_unlock;
  guint n_choose;
  guint n_refused;
};

static void test_answers_prompter_init (SallyVaultPrompterInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestAnswers,
                               test_answers,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SALLY_TYPE_VAULT_PROMPTER,
                                                      test_answers_prompter_init))

gboolean
keyring_store (
    SallyKeyring *keyring, SallyKeyringKind kind, const char *id, const char *text, GError **error)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_store_async (keyring, kind, id, secret, NULL, await_ready, &result);
  return sally_keyring_store_finish (keyring, await_result (&result), error);
}

char *
keyring_lookup (SallyKeyring *keyring, SallyKeyringKind kind, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallySecret) secret = NULL;

  sally_keyring_lookup_async (keyring, kind, id, NULL, await_ready, &result);
  secret = sally_keyring_lookup_finish (keyring, await_result (&result), error);
  return secret != NULL ? g_strdup (sally_secret_peek (secret, NULL)) : NULL;
}

GPtrArray *
keyring_list (SallyKeyring *keyring, SallyKeyringKind kind, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_list_async (keyring, kind, NULL, await_ready, &result);
  return sally_keyring_list_finish (keyring, await_result (&result), error);
}

gboolean
keyring_remove (SallyKeyring *keyring, SallyKeyringKind kind, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_remove_async (keyring, kind, id, NULL, await_ready, &result);
  return sally_keyring_remove_finish (keyring, await_result (&result), error);
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const SallyKeyringItem *) a)->id, ((const SallyKeyringItem *) b)->id);
}

gboolean
keyring_is_open (SallyKeyring *keyring)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_open;

  sally_keyring_is_open_async (keyring, NULL, await_ready, &result);
  is_open = sally_keyring_is_open_finish (keyring, await_result (&result), &error);
  g_assert_no_error (error);
  return is_open;
}

char *
keyring_to_string (SallyKeyring *keyring, SallyKeyringKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = keyring_list (keyring, kind, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  g_ptr_array_sort_values (items, compare_items);
  for (guint i = 0; i < items->len; i++)
    {
      SallyKeyringItem *item = items->pdata[i];

      g_string_append_printf (text, "%s%s=%s", i > 0 ? " " : "", item->id,
                              sally_secret_peek (item->secret, NULL));
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
ask_async (SallyVaultPrompter *prompter,
           SallyVaultQuestion question,
           const GError *refusal,
           GCancellable *cancellable,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  TestAnswers *self = TEST_ANSWERS (prompter);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *answer = self->answers[self->n_given];

  if (question == SALLY_VAULT_UNLOCK)
    self->n_unlock++;
  else
    self->n_choose++;
  if (refusal != NULL)
    self->n_refused++;
  if (answer == NULL)
    {
      g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED, "closed");
      return;
    }
  self->n_given++;
  g_task_return_pointer (task, sally_secret_new (answer, -1), (GDestroyNotify) sally_secret_unref);
}

static SallySecret *
ask_finish (SallyVaultPrompter *prompter, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_answers_finalize (GObject *object)
{
  g_strfreev (TEST_ANSWERS (object)->answers);

  G_OBJECT_CLASS (test_answers_parent_class)->finalize (object);
}

static void
test_answers_prompter_init (SallyVaultPrompterInterface *iface)
{
  iface->ask_async = ask_async;
  iface->ask_finish = ask_finish;
}

static void
test_answers_class_init (TestAnswersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_answers_finalize;
}

static void
test_answers_init (TestAnswers *self)
{
}

TestAnswers *
test_answers_new (const char *const *answers)
{
  TestAnswers *self = g_object_new (TEST_TYPE_ANSWERS, NULL);

  self->answers = answers != NULL ? g_strdupv ((char **) answers) : g_new0 (char *, 1);
  return self;
}

guint
test_answers_get_n_unlock (TestAnswers *self)
{
  return self->n_unlock;
}

guint
test_answers_get_n_choose (TestAnswers *self)
{
  return self->n_choose;
}

guint
test_answers_get_n_refused (TestAnswers *self)
{
  return self->n_refused;
}
