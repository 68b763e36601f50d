/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "preferences/backups-page.h"

#include "base/error.h"
#include "export/backup-words.h"
#include "preferences/backup-check.h"
#include "preferences/backup-password-dialog.h"

#include <glib/gi18n.h>

struct _SallyBackupsPage
{
  AdwPreferencesPage parent_instance;

  AdwActionRow *status_row;
  GtkImage *status_icon;
  GtkWidget *spinner;
  AdwSwitchRow *enabled_row;
  AdwActionRow *folder_row;
  AdwActionRow *password_row;
  GtkButton *password_button;
  AdwComboRow *interval_row;
  AdwSpinRow *keep_row;
  AdwSpinRow *remind_row;

  SallyBackups *backups;
  gboolean has_password; /* as far as it is known */
};

G_DEFINE_FINAL_TYPE (SallyBackupsPage, sally_backups_page, ADW_TYPE_PREFERENCES_PAGE)

static gint64
now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Where the portal of a sandbox shows a folder, its path says nothing to a person. */
static char *
show_path (const char *path)
{
  return g_str_has_prefix (path, "/run/") ? g_filename_display_basename (path)
                                          : g_filename_display_name (path);
}

static void
show_status (SallyBackupsPage *self, const SallyScheduleFacts *facts)
{
  static const char *const classes[] = { "success", "warning" };
  g_autofree char *failure =
      facts->failed_s != 0 ? sally_backups_dup_failure (self->backups) : NULL;
  g_autofree char *file = sally_backups_dup_file (self->backups);
  g_autofree char *title =
      sally_backup_words_last (facts->done_s, sally_backups_get_n_accounts (self->backups), now ());
  g_autofree char *subtitle = NULL;
  gboolean is_good = facts->done_s != 0 && failure == NULL;

  if (failure != NULL)
    subtitle = g_strdup_printf (_ ("The last attempt failed. %s"), failure);
  else if (facts->done_s != 0 && file != NULL)
    subtitle = show_path (file);
  else if (!facts->is_enabled)
    subtitle = g_strdup (_ ("Choose a folder and set a password below"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->status_row), title);
  adw_action_row_set_subtitle (self->status_row, subtitle);
  gtk_image_set_from_icon_name (self->status_icon,
                                is_good ? "object-select-symbolic" : "dialog-warning-symbolic");
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->status_icon), classes[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self->status_icon), classes[is_good ? 0 : 1]);
}

static void
update (SallyBackupsPage *self)
{
  g_autofree char *folder = sally_backups_dup_folder (self->backups);
  g_autofree char *shown = folder != NULL ? show_path (folder) : NULL;
  gboolean is_ready = folder != NULL && self->has_password;
  SallyScheduleFacts facts;

  sally_backups_get_facts (self->backups, &facts);
  show_status (self, &facts);
  gtk_widget_set_visible (self->spinner, sally_backups_get_is_busy (self->backups));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "backups.run", is_ready);
  adw_action_row_set_subtitle (self->folder_row, shown != NULL ? shown : _ ("None is chosen yet"));
  adw_combo_row_set_selected (self->interval_row, facts.interval);
  /* What was switched on can be switched off, whatever is missing. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->enabled_row), is_ready || facts.is_enabled);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->enabled_row),
                               is_ready ? _ ("While the window is open, as soon as one is due")
                                        : _ ("Choose a folder and set a password first"));
}

/* Who has chosen both wants backups; to switch them off again is one click. */
static void
enable_if_ready (SallyBackupsPage *self)
{
  g_autofree char *folder = sally_backups_dup_folder (self->backups);

  if (folder != NULL && self->has_password)
    sally_backups_set_is_enabled (self->backups, TRUE);
}

static void
show_password (SallyBackupsPage *self, const GError *error)
{
  const char *words =
      _ ("In the keyring. Write it down as well: without it nobody opens a backup.");

  if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING))
    words = _ ("Not set yet");
  else if (error != NULL)
    words = error->message;
  adw_action_row_set_subtitle (self->password_row, words);
  gtk_button_set_label (self->password_button, self->has_password ? _ ("_Change…") : _ ("_Set…"));
  update (self);
}

static void
on_password (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyBackupsPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallySecret) password =
      sally_backups_get_password_finish (SALLY_BACKUPS (source), result, &error);

  /* The dialog may be gone. */
  if (self->backups == NULL)
    return;
  self->has_password = password != NULL;
  show_password (self, error);
}

static void
on_password_set (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyBackupsPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_backup_password_dialog_finish (result, &error) || self->backups == NULL)
    return;
  self->has_password = TRUE;
  show_password (self, NULL);
  enable_if_ready (self);
}

static void
on_set_password (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBackupsPage *self = SALLY_BACKUPS_PAGE (widget);

  sally_backup_password_dialog_present (self->backups, widget, on_password_set,
                                        g_object_ref (self));
}

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyBackupsPage) self = user_data;
  g_autoptr (GFile) folder =
      gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (folder == NULL || g_file_peek_path (folder) == NULL || self->backups == NULL)
    return;
  sally_backups_set_folder (self->backups, g_file_peek_path (folder));
  enable_if_ready (self);
}

static void
on_choose_folder (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBackupsPage *self = SALLY_BACKUPS_PAGE (widget);
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *folder = sally_backups_dup_folder (self->backups);
  g_autoptr (GFile) initial = folder != NULL ? g_file_new_for_path (folder) : NULL;

  gtk_file_dialog_set_title (dialog, _ ("Folder for Backups"));
  gtk_file_dialog_set_initial_folder (dialog, initial);
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL,
                                 on_folder_chosen, g_object_ref (self));
}

/* How it went shows in the status. Meanwhile the row stays as it is: one that became insensitive
 * would lose the focus, and with it the keyboard. */
static void
on_run (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBackupsPage *self = SALLY_BACKUPS_PAGE (widget);

  if (!sally_backups_get_is_busy (self->backups))
    sally_backups_run_async (self->backups, FALSE, NULL, NULL, NULL);
}

static void
on_check (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_backup_check_start (SALLY_BACKUPS_PAGE (widget)->backups, widget);
}

static void
on_interval_selected (SallyBackupsPage *self)
{
  SallyScheduleFacts facts;
  guint selected = adw_combo_row_get_selected (self->interval_row);

  if (self->backups == NULL)
    return;
  sally_backups_get_facts (self->backups, &facts);
  if (selected != (guint) facts.interval)
    sally_backups_set_interval (self->backups, (SallyInterval) selected);
}

static void
sally_backups_page_dispose (GObject *object)
{
  SallyBackupsPage *self = SALLY_BACKUPS_PAGE (object);

  g_clear_object (&self->backups);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_BACKUPS_PAGE);

  G_OBJECT_CLASS (sally_backups_page_parent_class)->dispose (object);
}

static void
sally_backups_page_class_init (SallyBackupsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_backups_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/preferences/backups-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, status_row);
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, status_icon);
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, enabled_row);
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, folder_row);
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, password_row);
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, password_button);
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, interval_row);
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, keep_row);
  gtk_widget_class_bind_template_child (widget_class, SallyBackupsPage, remind_row);
  gtk_widget_class_bind_template_callback (widget_class, on_interval_selected);
  gtk_widget_class_install_action (widget_class, "backups.run", NULL, on_run);
  gtk_widget_class_install_action (widget_class, "backups.check", NULL, on_check);
  gtk_widget_class_install_action (widget_class, "backups.choose-folder", NULL, on_choose_folder);
  gtk_widget_class_install_action (widget_class, "backups.set-password", NULL, on_set_password);
}

static void
sally_backups_page_init (SallyBackupsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sally_backups_page_set_up (SallyBackupsPage *self, SallyBackups *backups)
{
  GSettings *gsettings;

  g_return_if_fail (SALLY_IS_BACKUPS_PAGE (self));
  g_return_if_fail (SALLY_IS_BACKUPS (backups));
  g_return_if_fail (self->backups == NULL);

  self->backups = g_object_ref (backups);
  gsettings = sally_backups_get_gsettings (backups);
  if (gsettings == NULL)
    {
      gtk_widget_set_sensitive (GTK_WIDGET (self), FALSE);
      return;
    }
  g_settings_bind (gsettings, "backup-enabled", self->enabled_row, "active",
                   G_SETTINGS_BIND_DEFAULT | G_SETTINGS_BIND_NO_SENSITIVITY);
  g_settings_bind (gsettings, "backup-keep", self->keep_row, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (gsettings, "backup-remind-days", self->remind_row, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (backups, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (backups, "notify::is-busy", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  sally_backups_get_password_async (backups, NULL, on_password, g_object_ref (self));
}
