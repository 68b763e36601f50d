/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/keys.h"

#include "base/error.h"
#include "model/ssh-key.h"
#include "remote/private-agent.h"

#include <glib/gi18n-lib.h>

/* A person mistypes; a loop would only try their patience. */
#define MAX_PASSPHRASES 3

struct _SallyKeys
{
  GObject parent_instance;

  SallyServer *server;
  SallyConnectionServices *services;
  SallyPrivateAgent *private_agent;
  guint n_asked;
};

G_DEFINE_FINAL_TYPE (SallyKeys, sally_keys, G_TYPE_OBJECT)

static void
sally_keys_dispose (GObject *object)
{
  SallyKeys *self = SALLY_KEYS (object);

  g_clear_object (&self->server);
  g_clear_object (&self->services);
  g_clear_object (&self->private_agent);
  G_OBJECT_CLASS (sally_keys_parent_class)->dispose (object);
}

static void
sally_keys_class_init (SallyKeysClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sally_keys_dispose;
}

static void
sally_keys_init (SallyKeys *self)
{
}

SallyKeys *
sally_keys_new (SallyServer *server, SallyConnectionServices *services)
{
  SallyKeys *self = g_object_new (SALLY_TYPE_KEYS, NULL);

  self->server = g_object_ref (server);
  self->services = g_object_ref (services);
  return self;
}

static void add_key (SallyKeys *self, GTask *task, SallySecret *passphrase);

static void
passphrase_asked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) answers =
      sally_prompter_ask_finish (SALLY_PROMPTER (source), result, NULL, &error);

  if (answers == NULL)
    g_task_return_error (task, error);
  else
    add_key (g_task_get_source_object (task), task, g_ptr_array_index (answers, 0));
}

static void
ask_passphrase (SallyKeys *self, GTask *task)
{
  g_autofree char *name =
      g_filename_display_basename (sally_server_get_identity_file (self->server));
  g_autofree char *text = g_strdup_printf (_ ("Passphrase of the key “%s”"), name);
  const SallyPrompt prompt = { text, FALSE };
  const SallyPromptQuestion question = { .server = self->server,
                                         .is_own = TRUE,
                                         .name = "",
                                         .instruction =
                                             self->n_asked > 0 ? _ ("That was not right.") : "",
                                         .prompts = &prompt,
                                         .n_prompts = 1 };

  self->n_asked++;
  sally_prompter_ask_async (sally_connection_services_get_prompter (self->services), &question,
                            g_task_get_cancellable (task), passphrase_asked, g_object_ref (task));
}

static void
key_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyKeys *self = g_task_get_source_object (task);
  SallyPrivateAgent *agent = SALLY_PRIVATE_AGENT (source);
  GError *error = NULL;
  gboolean wants_passphrase;

  if (sally_private_agent_add_finish (agent, result, &wants_passphrase, &error))
    g_task_return_pointer (task, sally_ssh_agent_new (sally_private_agent_get_socket_path (agent)),
                           g_object_unref);
  else if (wants_passphrase && self->n_asked < MAX_PASSPHRASES)
    {
      g_error_free (error);
      ask_passphrase (self, task);
    }
  else
    g_task_return_error (task, error);
}

static void
add_key (SallyKeys *self, GTask *task, SallySecret *passphrase)
{
  const char *file = sally_server_get_identity_file (self->server);
  g_autofree char *path = NULL;

  if (g_str_has_prefix (file, "~/"))
    path = g_build_filename (g_get_home_dir (), file + 2, NULL);
  else
    path = g_strdup (file);
  sally_private_agent_add_async (self->private_agent, path, passphrase,
                                 g_task_get_cancellable (task), key_added, g_object_ref (task));
}

static void
passphrase_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallySecret) passphrase =
      sally_keyring_lookup_finish (SALLY_KEYRING (source), result, &error);

  /* A key without a passphrase needs no keyring: whatever went wrong there, the key may still do.
   */
  add_key (g_task_get_source_object (task), task, passphrase);
}

/* The keyring's text goes to the agent as it is. */
static void
key_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyKeys *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (SallySecret) stored =
      sally_keyring_lookup_finish (SALLY_KEYRING (source), result, &error);
  g_autoptr (SallySshKey) key = NULL;

  if (stored != NULL)
    key = sally_ssh_key_new_from_stored (sally_server_get_key_id (self->server), stored);
  if (key != NULL)
    sally_private_agent_add_secret_async (self->private_agent, sally_ssh_key_get_name (key),
                                          sally_ssh_key_get_private (key),
                                          g_task_get_cancellable (task), key_added,
                                          g_object_ref (task));
  else if (stored != NULL || g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING))
    {
      g_clear_error (&error);
      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                               _ ("The key that “%s” signs in with is not in the keyring any more. "
                                  "Choose or make another one in the server's settings"),
                               sally_server_get_name (self->server));
    }
  else
    g_task_return_error (task, error);
}

void
sally_keys_open_async (SallyKeys *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  SallyKeyring *keyring;
  const char *socket_path;

  g_return_if_fail (SALLY_IS_KEYS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_keys_open_async);

  if (*sally_server_get_identity_file (self->server) == '\0')
    {
      socket_path = g_getenv ("SSH_AUTH_SOCK");
      if (socket_path == NULL || *socket_path == '\0')
        g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                                 _ ("No SSH key agent is running. Start one, or choose a key file "
                                    "in the server's settings"));
      else
        g_task_return_pointer (task, sally_ssh_agent_new (socket_path), g_object_unref);
      return;
    }

  if (self->private_agent == NULL)
    self->private_agent = sally_private_agent_new ();
  keyring =
      sally_account_store_get_keyring (sally_connection_services_get_accounts (self->services));
  if (sally_server_get_key_id (self->server) != NULL)
    {
      sally_keyring_lookup_async (keyring, SALLY_KEYRING_SSH_KEY,
                                  sally_server_get_key_id (self->server), cancellable,
                                  key_looked_up, g_steal_pointer (&task));
      return;
    }
  sally_keyring_lookup_async (keyring, SALLY_KEYRING_PASSPHRASE, sally_server_get_id (self->server),
                              cancellable, passphrase_looked_up, g_steal_pointer (&task));
}

SallySshAgent *
sally_keys_open_finish (SallyKeys *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
