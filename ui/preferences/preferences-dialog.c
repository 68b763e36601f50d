/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "preferences/preferences-dialog.h"

#include "common/folders.h"
#include "keyring/keyring-group.h"
#include "lock/passphrase-dialog.h"
#include "preferences/backups-page.h"
#include "preferences/keys-page.h"

#include <glib/gi18n.h>

struct _SallyPreferencesDialog
{
  AdwPreferencesDialog parent_instance;

  AdwSpinRow *clipboard_row;
  AdwSwitchRow *codes_hidden_row;
  AdwSwitchRow *search_row;
  GtkButton *passphrase_button;
  SallyKeyringGroup *keyring_group;
  AdwSpinRow *lock_after_row;
  AdwSwitchRow *lock_screen_row;
  AdwSpinRow *life_row;
  AdwSpinRow *linger_row;
  AdwSpinRow *parallel_row;
  AdwSpinRow *download_row;
  AdwSpinRow *upload_row;
  AdwSwitchRow *permissions_row;
  AdwSwitchRow *times_row;
  AdwSwitchRow *verify_row;
  AdwComboRow *links_row;
  AdwActionRow *folder_row;
  AdwSwitchRow *hidden_row;
  SallyBackupsPage *backups_page;
  SallyKeysPage *keys_page;

  SallySettings *settings;
  SallyLock *lock;
};

G_DEFINE_FINAL_TYPE (SallyPreferencesDialog, sally_preferences_dialog, ADW_TYPE_PREFERENCES_DIALOG)

static void
update_folder (SallyPreferencesDialog *self)
{
  g_autofree char *folder = sally_folders_dup_download (self->settings);

  adw_action_row_set_subtitle (self->folder_row,
                               folder != NULL ? folder : _ ("You are asked at the first download"));
}

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyPreferencesDialog) self = user_data;
  g_autoptr (GFile) folder =
      gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (folder == NULL)
    return;
  sally_folders_set_download (self->settings, folder);
  update_folder (self);
}

static void
on_choose_folder (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyPreferencesDialog *self = SALLY_PREFERENCES_DIALOG (widget);
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *folder = sally_folders_dup_download (self->settings);
  g_autoptr (GFile) initial = folder != NULL ? g_file_new_for_path (folder) : NULL;

  gtk_file_dialog_set_title (dialog, _ ("Download Folder"));
  gtk_file_dialog_set_initial_folder (dialog, initial);
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL,
                                 on_folder_chosen, g_object_ref (self));
}

static void
on_set_passphrase (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_passphrase_dialog_present (SALLY_PREFERENCES_DIALOG (widget)->lock, widget);
}

static void
update_lock (SallyPreferencesDialog *self)
{
  gboolean is_set = sally_lock_get_is_set (self->lock);

  gtk_button_set_label (self->passphrase_button, is_set ? _ ("_Change…") : _ ("_Set…"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->lock_after_row), is_set);
  gtk_widget_set_sensitive (GTK_WIDGET (self->lock_screen_row), is_set);
}

static void
sally_preferences_dialog_dispose (GObject *object)
{
  SallyPreferencesDialog *self = SALLY_PREFERENCES_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_PREFERENCES_DIALOG);
  g_clear_object (&self->settings);
  g_clear_object (&self->lock);

  G_OBJECT_CLASS (sally_preferences_dialog_parent_class)->dispose (object);
}

static void
sally_preferences_dialog_class_init (SallyPreferencesDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_preferences_dialog_dispose;

  g_type_ensure (SALLY_TYPE_BACKUPS_PAGE);
  g_type_ensure (SALLY_TYPE_KEYRING_GROUP);
  g_type_ensure (SALLY_TYPE_KEYS_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class, SALLY_RESOURCES
                                               "/preferences/preferences-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, clipboard_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, codes_hidden_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, search_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, passphrase_button);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, keyring_group);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, lock_after_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, lock_screen_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, life_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, linger_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, parallel_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, download_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, upload_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, permissions_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, times_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, verify_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, links_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, hidden_row);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, backups_page);
  gtk_widget_class_bind_template_child (widget_class, SallyPreferencesDialog, keys_page);
  gtk_widget_class_install_action (widget_class, "preferences.set-passphrase", NULL,
                                   on_set_passphrase);
  gtk_widget_class_install_action (widget_class, "preferences.choose-folder", NULL,
                                   on_choose_folder);
}

static void
sally_preferences_dialog_init (SallyPreferencesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* The rows stand in the order of the setting's numbers. */
static gboolean
links_to_row (GValue *value, GVariant *nick, gpointer user_data)
{
  GSettings *gsettings = user_data;

  g_value_set_uint (value, (guint) g_settings_get_enum (gsettings, "links"));
  return TRUE;
}

static GVariant *
links_from_row (const GValue *value, const GVariantType *type, gpointer user_data)
{
  static const char *const nicks[] = { "safe", "follow", "skip", "recreate" };
  guint selected = g_value_get_uint (value);

  return selected < G_N_ELEMENTS (nicks) ? g_variant_new_string (nicks[selected]) : NULL;
}

static void
bind_links (SallyPreferencesDialog *self, GSettings *gsettings)
{
  g_settings_bind_with_mapping (gsettings, "links", self->links_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, links_to_row, links_from_row, gsettings,
                                NULL);
}

AdwDialog *
sally_preferences_dialog_new (SallySettings *settings,
                              SallyLock *lock,
                              SallyBackups *backups,
                              SallyKeyringHome *home,
                              SallyServerStore *servers)
{
  SallyPreferencesDialog *self;
  GSettings *gsettings;

  g_return_val_if_fail (SALLY_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (SALLY_IS_KEYRING_HOME (home), NULL);
  g_return_val_if_fail (SALLY_IS_SERVER_STORE (servers), NULL);

  self = g_object_new (SALLY_TYPE_PREFERENCES_DIALOG, NULL);
  self->settings = g_object_ref (settings);
  self->lock = g_object_ref (lock);
  sally_backups_page_set_up (self->backups_page, backups);
  sally_keys_page_set_up (self->keys_page, SALLY_KEYRING (home), servers);
  update_folder (self);
  sally_keyring_group_set_up (self->keyring_group, home);

  /* Flatpak hands a program's search to the desktop switched off. */
  if (g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    adw_action_row_set_subtitle (ADW_ACTION_ROW (self->search_row),
                                 _ ("Has to be switched on in the desktop’s settings, under "
                                    "Search, as well; never shows a code"));

  gsettings = sally_settings_get_gsettings (settings);
  if (gsettings == NULL)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (self), FALSE);
      return ADW_DIALOG (self);
    }
  g_settings_bind (gsettings, "clipboard-clear", self->clipboard_row, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "codes-hidden", self->codes_hidden_row, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "desktop-search", self->search_row, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "lock-after-minutes", self->lock_after_row, "value",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
  g_settings_bind (gsettings, "lock-with-screen", self->lock_screen_row, "active",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
  g_signal_connect_object (lock, "notify::is-set", G_CALLBACK (update_lock), self,
                           G_CONNECT_SWAPPED);
  update_lock (self);
  g_settings_bind (gsettings, "minimum-code-life", self->life_row, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "linger-minutes", self->linger_row, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "parallel-files", self->parallel_row, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "download-limit", self->download_row, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "upload-limit", self->upload_row, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "keep-permissions", self->permissions_row, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "keep-times", self->times_row, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "verify-uploads", self->verify_row, "active",
                   G_SETTINGS_BIND_DEFAULT);
  bind_links (self, gsettings);
  g_settings_bind (gsettings, "show-hidden-files", self->hidden_row, "active",
                   G_SETTINGS_BIND_DEFAULT);
  return ADW_DIALOG (self);
}
