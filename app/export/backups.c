/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/backups-private.h"

#include "base/error.h"

#include <glib/gi18n.h>

/* The one item of its kind. */
#define ITEM_ID      "0f0a7f5e-3b86-4b0e-9d57-21f6a4a6c9e2"
/* The schema's, for a build that is run where it is not installed. */
#define DEFAULT_KEEP 10

G_DEFINE_FINAL_TYPE (SallyBackups, sally_backups, G_TYPE_OBJECT)

typedef enum
{
  PROP_IS_BUSY = 1,
} SallyBackupsProperty;

static GParamSpec *properties[PROP_IS_BUSY + 1];
static guint changed_signal;

void
sally_backups_add_busy (SallyBackups *self, int n)
{
  gboolean was_busy = self->n_busy > 0;

  self->n_busy = (guint) ((int) self->n_busy + n);
  if (was_busy != (self->n_busy > 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_BUSY]);
}

static void
on_setting_changed (SallyBackups *self, const char *key)
{
  if (g_str_has_prefix (key, "backup-") || g_str_equal (key, "export-time"))
    g_signal_emit (self, changed_signal, 0);
}

static void
sally_backups_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if ((SallyBackupsProperty) id == PROP_IS_BUSY)
    g_value_set_boolean (value, sally_backups_get_is_busy (SALLY_BACKUPS (object)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
sally_backups_dispose (GObject *object)
{
  SallyBackups *self = SALLY_BACKUPS (object);

  g_clear_object (&self->accounts);
  g_clear_object (&self->keyring);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (sally_backups_parent_class)->dispose (object);
}

static void
sally_backups_class_init (SallyBackupsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sally_backups_get_property;
  object_class->dispose = sally_backups_dispose;

  properties[PROP_IS_BUSY] =
      g_param_spec_boolean ("is-busy", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
  changed_signal = g_signal_new ("changed", SALLY_TYPE_BACKUPS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
sally_backups_init (SallyBackups *self)
{
}

SallyBackups *
sally_backups_new (SallyAccountStore *accounts, SallySettings *settings)
{
  SallyBackups *self;
  GSettings *gsettings;

  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (accounts), NULL);
  g_return_val_if_fail (SALLY_IS_SETTINGS (settings), NULL);

  self = g_object_new (SALLY_TYPE_BACKUPS, NULL);
  gsettings = sally_settings_get_gsettings (settings);
  self->accounts = g_object_ref (accounts);
  self->keyring = g_object_ref (sally_account_store_get_keyring (accounts));
  if (gsettings != NULL)
    {
      self->settings = g_object_ref (gsettings);
      g_signal_connect_object (gsettings, "changed", G_CALLBACK (on_setting_changed), self,
                               G_CONNECT_SWAPPED);
    }
  return self;
}

GSettings *
sally_backups_get_gsettings (SallyBackups *self)
{
  g_return_val_if_fail (SALLY_IS_BACKUPS (self), NULL);

  return self->settings;
}

SallyAccountStore *
sally_backups_get_accounts (SallyBackups *self)
{
  g_return_val_if_fail (SALLY_IS_BACKUPS (self), NULL);

  return self->accounts;
}

void
sally_backups_get_facts (SallyBackups *self, SallyScheduleFacts *facts)
{
  g_return_if_fail (SALLY_IS_BACKUPS (self) && facts != NULL);

  *facts = (SallyScheduleFacts) { 0 };
  if (self->settings == NULL)
    return;
  facts->is_enabled = g_settings_get_boolean (self->settings, "backup-enabled");
  facts->interval = (SallyInterval) g_settings_get_enum (self->settings, "backup-interval");
  facts->done_s = g_settings_get_int64 (self->settings, "backup-time");
  facts->failed_s = g_settings_get_int64 (self->settings, "backup-failure-time");
  facts->exported_s = g_settings_get_int64 (self->settings, "export-time");
  facts->postponed_s = g_settings_get_int64 (self->settings, "backup-postponed-time");
  facts->since_s = g_settings_get_int64 (self->settings, "backup-accounts-since");
  facts->remind_days = g_settings_get_uint (self->settings, "backup-remind-days");
}

gboolean
sally_backups_get_is_busy (SallyBackups *self)
{
  g_return_val_if_fail (SALLY_IS_BACKUPS (self), FALSE);

  return self->n_busy > 0;
}

/* NULL for an empty one. */
static char *
dup_string (SallyBackups *self, const char *key)
{
  g_autofree char *text =
      self->settings != NULL ? g_settings_get_string (self->settings, key) : NULL;

  return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
}

char *
sally_backups_dup_folder (SallyBackups *self)
{
  g_return_val_if_fail (SALLY_IS_BACKUPS (self), NULL);

  return dup_string (self, "backup-folder");
}

guint
sally_backups_get_keep (SallyBackups *self)
{
  g_return_val_if_fail (SALLY_IS_BACKUPS (self), DEFAULT_KEEP);

  return self->settings != NULL ? g_settings_get_uint (self->settings, "backup-keep")
                                : DEFAULT_KEEP;
}

guint
sally_backups_get_n_accounts (SallyBackups *self)
{
  g_return_val_if_fail (SALLY_IS_BACKUPS (self), 0);

  return self->settings != NULL ? g_settings_get_uint (self->settings, "backup-accounts") : 0;
}

char *
sally_backups_dup_file (SallyBackups *self)
{
  g_return_val_if_fail (SALLY_IS_BACKUPS (self), NULL);

  return dup_string (self, "backup-file");
}

char *
sally_backups_dup_failure (SallyBackups *self)
{
  g_return_val_if_fail (SALLY_IS_BACKUPS (self), NULL);

  return dup_string (self, "backup-failure");
}

gboolean
sally_backups_check_settings (SallyBackups *self, GError **error)
{
  g_autoptr (GObject) backend = NULL;

  g_return_val_if_fail (SALLY_IS_BACKUPS (self), FALSE);

  if (self->settings != NULL)
    g_object_get (self->settings, "backend", &backend, NULL);
  if (backend != NULL && g_strcmp0 (G_OBJECT_TYPE_NAME (backend), "GMemorySettingsBackend") != 0)
    return TRUE;
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_FAILED,
                       _ ("Settings are not kept on this computer: install dconf and its GSettings "
                          "module, or set GSETTINGS_BACKEND=keyfile"));
  return FALSE;
}

void
sally_backups_set_folder (SallyBackups *self, const char *folder)
{
  g_return_if_fail (SALLY_IS_BACKUPS (self));
  g_return_if_fail (folder != NULL && g_path_is_absolute (folder));

  if (self->settings == NULL || !g_utf8_validate (folder, -1, NULL))
    return;
  g_settings_set_string (self->settings, "backup-folder", folder);
  /* Another folder has none yet, and why the last one failed is over. */
  g_settings_reset (self->settings, "backup-time");
  g_settings_reset (self->settings, "backup-failure-time");
  g_settings_reset (self->settings, "backup-failure");
}

void
sally_backups_set_interval (SallyBackups *self, SallyInterval interval)
{
  g_return_if_fail (SALLY_IS_BACKUPS (self));

  if (self->settings != NULL)
    g_settings_set_enum (self->settings, "backup-interval", (int) interval);
}

void
sally_backups_set_keep (SallyBackups *self, guint keep)
{
  g_return_if_fail (SALLY_IS_BACKUPS (self));

  if (self->settings != NULL)
    g_settings_set_uint (self->settings, "backup-keep", keep);
}

void
sally_backups_set_is_enabled (SallyBackups *self, gboolean is_enabled)
{
  g_return_if_fail (SALLY_IS_BACKUPS (self));

  if (self->settings == NULL)
    return;
  g_settings_set_boolean (self->settings, "backup-enabled", is_enabled);
  if (!is_enabled)
    {
      g_settings_reset (self->settings, "backup-failure-time");
      g_settings_reset (self->settings, "backup-failure");
    }
}

void
sally_backups_note_export (SallyBackups *self, gint64 now_s)
{
  g_return_if_fail (SALLY_IS_BACKUPS (self));

  if (self->settings != NULL)
    g_settings_set_int64 (self->settings, "export-time", now_s);
}

void
sally_backups_postpone (SallyBackups *self, gint64 now_s)
{
  g_return_if_fail (SALLY_IS_BACKUPS (self));

  if (self->settings != NULL)
    g_settings_set_int64 (self->settings, "backup-postponed-time", now_s);
}

void
sally_backups_note_accounts (SallyBackups *self, guint n_accounts, gint64 now_s)
{
  SallyScheduleFacts facts;
  gint64 since_s;

  g_return_if_fail (SALLY_IS_BACKUPS (self));

  sally_backups_get_facts (self, &facts);
  since_s = sally_schedule_get_since_s (&facts, n_accounts, now_s);
  if (self->settings != NULL && since_s != facts.since_s)
    g_settings_set_int64 (self->settings, "backup-accounts-since", since_s);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sally_keyring_store_finish (SALLY_KEYRING (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sally_keyring_remove_finish (SALLY_KEYRING (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
sally_backups_set_password_async (SallyBackups *self,
                                  SallySecret *password,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_BACKUPS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_backups_set_password_async);
  if (password == NULL)
    sally_keyring_remove_async (self->keyring, SALLY_KEYRING_BACKUP, ITEM_ID, cancellable,
                                on_removed, task);
  else
    sally_keyring_store_async (self->keyring, SALLY_KEYRING_BACKUP, ITEM_ID, password, cancellable,
                               on_stored, task);
}

gboolean
sally_backups_set_password_finish (SallyBackups *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  SallySecret *password = sally_keyring_lookup_finish (SALLY_KEYRING (source), result, &error);

  if (password != NULL)
    g_task_return_pointer (task, password, (GDestroyNotify) sally_secret_unref);
  else if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING))
    {
      g_error_free (error);
      g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING,
                                       _ ("The password for backups is not in the keyring: set it "
                                          "again"));
    }
  else
    g_task_return_error (task, error);
}

void
sally_backups_get_password_async (SallyBackups *self,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_BACKUPS (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_backups_get_password_async);
  sally_keyring_lookup_async (self->keyring, SALLY_KEYRING_BACKUP, ITEM_ID, cancellable,
                              on_looked_up, task);
}

SallySecret *
sally_backups_get_password_finish (SallyBackups *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
