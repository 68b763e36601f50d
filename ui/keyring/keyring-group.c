/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "keyring/keyring-group.h"

#include "base/error.h"

#include <glib/gi18n.h>

struct _SallyKeyringGroup
{
  AdwPreferencesGroup parent_instance;

  AdwActionRow *place_row;
  GtkWidget *spinner;
  GtkButton *move_button;
  GtkWidget *passphrase_row;
  GtkWidget *left_row;

  SallyKeyringHome *home;
  SallyKeyringStatus status;
  gboolean is_busy;
};

G_DEFINE_FINAL_TYPE (SallyKeyringGroup, sally_keyring_group, ADW_TYPE_PREFERENCES_GROUP)

static const char *
describe_place (const SallyKeyringStatus *status)
{
  switch (status->store)
    {
    case SALLY_KEYRING_STORE_SYSTEM:
      return _ ("The keyring of the system");
    case SALLY_KEYRING_STORE_VAULT:
      return _ ("A vault with a passphrase");
    case SALLY_KEYRING_STORE_MEMORY:
      return _ ("Memory, until the window is closed");
    case SALLY_KEYRING_STORE_NONE:
    default:
      return _ ("Nowhere yet: there is no keyring");
    }
}

static void
update (SallyKeyringGroup *self)
{
  const SallyKeyringStatus *status = &self->status;
  gboolean has_vault = status->store == SALLY_KEYRING_STORE_VAULT;
  gboolean has_system = status->has_service || status->has_portal;

  adw_action_row_set_subtitle (self->place_row, describe_place (status));
  gtk_button_set_label (self->move_button,
                        has_vault ? _ ("_Move to the Keyring…") : _ ("_Move to a Vault…"));
  gtk_widget_set_visible (GTK_WIDGET (self->move_button),
                          status->store != SALLY_KEYRING_STORE_MEMORY &&
                              (!has_vault || has_system));
  gtk_widget_set_visible (self->passphrase_row, has_vault && status->has_vault);
  gtk_widget_set_visible (self->left_row, status->leaving != SALLY_KEYRING_STORE_NONE);
  gtk_widget_set_visible (self->spinner, self->is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "keyring.move", !self->is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "keyring.clear", !self->is_busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "keyring.change-passphrase", !self->is_busy);
}

static void
on_examined (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeyringGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  SallyKeyringStatus status;

  if (sally_keyring_home_examine_finish (SALLY_KEYRING_HOME (source), result, &status, &error))
    self->status = status;
  if (self->home == NULL)
    return;
  update (self);
  if (error != NULL)
    adw_action_row_set_subtitle (self->place_row, error->message);
}

static void
examine (SallyKeyringGroup *self)
{
  sally_keyring_home_examine_async (self->home, NULL, on_examined, g_object_ref (self));
}

static void
set_busy (SallyKeyringGroup *self, gboolean is_busy)
{
  self->is_busy = is_busy;
  update (self);
}

/* In a toast, or if it failed (`error`, nullable) in a dialog; not what the person has closed. */
static void
tell (SallyKeyringGroup *self, const char *message, const char *heading, const GError *error)
{
  GtkWidget *dialog = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_PREFERENCES_DIALOG);
  AdwDialog *alert;

  if (dialog == NULL || g_error_matches (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DISMISSED))
    return;
  if (error == NULL)
    {
      adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (dialog), adw_toast_new (message));
      return;
    }
  alert = adw_alert_dialog_new (heading, error->message);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (alert), "close", _ ("_Close"));
  adw_dialog_present (alert, GTK_WIDGET (self));
}

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeyringGroup) self = user_data;
  g_autoptr (GError) error = NULL;

  sally_keyring_home_move_finish (SALLY_KEYRING_HOME (source), result, &error);
  if (self->home == NULL)
    return;
  set_busy (self, FALSE);
  tell (self, _ ("All codes and passwords were moved"), _ ("They Were Not Moved"), error);
  examine (self);
}

static void
move (SallyKeyringGroup *self, SallyKeyringStore target)
{
  set_busy (self, TRUE);
  sally_keyring_home_move_async (self->home, target, NULL, on_moved, g_object_ref (self));
}

static SallyKeyringStore
get_target (SallyKeyringGroup *self)
{
  return self->status.store == SALLY_KEYRING_STORE_VAULT ? SALLY_KEYRING_STORE_SYSTEM
                                                         : SALLY_KEYRING_STORE_VAULT;
}

static void
on_move_response (AdwAlertDialog *dialog, const char *response, SallyKeyringGroup *self)
{
  if (g_str_equal (response, "move"))
    move (self, get_target (self));
}

static void
on_move (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyKeyringGroup *self = SALLY_KEYRING_GROUP (widget);
  gboolean to_vault = get_target (self) == SALLY_KEYRING_STORE_VAULT;
  AdwDialog *dialog = adw_alert_dialog_new (
      to_vault ? _ ("Move to a Vault?") : _ ("Move to the Keyring?"),
      to_vault
          ? _ ("All codes and passwords go into an encrypted file, whose passphrase you choose "
               "next. They are read back and compared before the keyring forgets them.")
          : _ ("All codes and passwords go into the keyring of the system, which opens with "
               "your session. They are read back and compared before the vault is removed."));

  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "move",
                                  _ ("_Move"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "move",
                                            ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_move_response), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

/* The end of the move that was broken off. */
static void
on_clear (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyKeyringGroup *self = SALLY_KEYRING_GROUP (widget);

  move (self, self->status.store);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeyringGroup) self = user_data;
  g_autoptr (GError) error = NULL;

  sally_keyring_vault_change_passphrase_finish (SALLY_KEYRING_VAULT (source), result, &error);
  if (self->home == NULL)
    return;
  set_busy (self, FALSE);
  tell (self, _ ("The vault has another passphrase"), _ ("The Passphrase Was Not Changed"), error);
}

static void
on_change_passphrase (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyKeyringGroup *self = SALLY_KEYRING_GROUP (widget);

  set_busy (self, TRUE);
  sally_keyring_vault_change_passphrase_async (sally_keyring_home_get_vault (self->home), NULL,
                                               NULL, NULL, on_changed, g_object_ref (self));
}

static void
sally_keyring_group_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SALLY_TYPE_KEYRING_GROUP);
  g_clear_object (&SALLY_KEYRING_GROUP (object)->home);

  G_OBJECT_CLASS (sally_keyring_group_parent_class)->dispose (object);
}

static void
sally_keyring_group_class_init (SallyKeyringGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_keyring_group_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/keyring/keyring-group.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringGroup, place_row);
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringGroup, spinner);
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringGroup, move_button);
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringGroup, passphrase_row);
  gtk_widget_class_bind_template_child (widget_class, SallyKeyringGroup, left_row);
  gtk_widget_class_install_action (widget_class, "keyring.move", NULL, on_move);
  gtk_widget_class_install_action (widget_class, "keyring.clear", NULL, on_clear);
  gtk_widget_class_install_action (widget_class, "keyring.change-passphrase", NULL,
                                   on_change_passphrase);
}

static void
sally_keyring_group_init (SallyKeyringGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sally_keyring_group_set_up (SallyKeyringGroup *self, SallyKeyringHome *home)
{
  g_return_if_fail (SALLY_IS_KEYRING_GROUP (self));
  g_return_if_fail (SALLY_IS_KEYRING_HOME (home));

  self->home = g_object_ref (home);
  self->status.store = sally_keyring_home_get_store (home);
  update (self);
  examine (self);
}
