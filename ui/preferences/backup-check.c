/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "preferences/backup-check.h"

#include "base/error.h"
#include "export/backup-words.h"

#include <glib/gi18n.h>

typedef struct
{
  SallyBackups *backups;
  GtkWidget *parent;
  char *path;
  AdwDialog *question; /* borrowed, while it is asked */
  GtkEditable *password_row;
} Check;

static void
check_free (Check *check)
{
  g_object_unref (check->backups);
  g_object_unref (check->parent);
  g_free (check->path);
  g_free (check);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Check, check_free)

static void check_with (Check *check, SallySecret *password);

static void
say (Check *check, const char *heading, const char *body)
{
  AdwDialog *dialog = adw_alert_dialog_new (heading, body);

  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, check->parent);
}

static void
on_password_response (AdwAlertDialog *dialog, const char *response, Check *check)
{
  g_autoptr (SallySecret) password = NULL;

  if (!g_str_equal (response, "open"))
    {
      check_free (check);
      return;
    }
  password = sally_secret_new (gtk_editable_get_text (check->password_row), -1);
  check_with (check, password);
}

static void
on_password_changed (Check *check)
{
  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (check->question), "open",
                                         *gtk_editable_get_text (check->password_row) != '\0');
}

static void
ask_password (Check *check, const char *why)
{
  AdwDialog *dialog = adw_alert_dialog_new (_ ("Password of the File"), why);
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *row = adw_password_entry_row_new ();

  check->question = dialog;
  check->password_row = GTK_EDITABLE (row);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Password"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), group);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "open",
                                  _ ("_Open"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "open",
                                            ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "open");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_signal_connect_swapped (row, "changed", G_CALLBACK (on_password_changed), check);
  g_signal_connect (dialog, "response", G_CALLBACK (on_password_response), check);
  on_password_changed (check);
  adw_dialog_present (dialog, check->parent);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Check) check = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyComparison) comparison =
      sally_backups_check_finish (SALLY_BACKUPS (source), result, &error);
  g_autofree char *words = NULL;

  if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED) ||
      g_error_matches (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG))
    {
      ask_password (g_steal_pointer (&check), error->message);
      return;
    }
  if (comparison == NULL)
    {
      say (check, _ ("Nothing Would Come Back"), error->message);
      return;
    }
  words = sally_backup_words_comparison (comparison);
  say (check,
       sally_comparison_is_same (comparison) ? _ ("The Backup Is Good")
                                             : _ ("The Backup Is Readable, and Differs"),
       words);
}

static void
check_with (Check *check, SallySecret *password)
{
  sally_backups_check_async (check->backups, check->path, password, NULL, on_checked, check);
}

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Check) check = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (file == NULL)
    return;
  check->path = g_file_get_path (file);
  if (check->path != NULL)
    check_with (g_steal_pointer (&check), NULL);
  else
    say (check, _ ("Nothing Was Checked"), _ ("Only files of this computer can be opened"));
}

void
sally_backup_check_start (SallyBackups *backups, GtkWidget *parent)
{
  g_autoptr (GtkFileDialog) dialog = NULL;
  g_autofree char *folder = NULL;
  g_autoptr (GFile) initial = NULL;
  Check *check;

  g_return_if_fail (SALLY_IS_BACKUPS (backups));
  g_return_if_fail (GTK_IS_WIDGET (parent));

  check = g_new0 (Check, 1);
  check->backups = g_object_ref (backups);
  check->parent = g_object_ref (parent);
  dialog = gtk_file_dialog_new ();
  folder = sally_backups_dup_folder (backups);
  initial = folder != NULL ? g_file_new_for_path (folder) : NULL;
  gtk_file_dialog_set_title (dialog, _ ("Check a Backup"));
  gtk_file_dialog_set_initial_folder (dialog, initial);
  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_root (parent)), NULL, on_file_chosen,
                        check);
}
