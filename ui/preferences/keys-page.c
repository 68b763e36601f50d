/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "preferences/keys-page.h"

#include <glib/gi18n.h>

struct _SallyKeysPage
{
  AdwPreferencesPage parent_instance;

  AdwPreferencesGroup *keys_group;
  AdwActionRow *state_row;
  GtkWidget *retry_button;

  SallyKeyStore *keys;
  SallyServerStore *servers;
  GPtrArray *rows; /* (element-type GtkWidget) of the keys; borrowed */
  char *error;     /* why the keyring could not be read; NULL */
  gboolean is_loaded;
};

G_DEFINE_FINAL_TYPE (SallyKeysPage, sally_keys_page, ADW_TYPE_PREFERENCES_PAGE)

/* The servers that sign in with it, as in “web”, “mail”; NULL if there is none. */
static char *
dup_users (SallyKeysPage *self, SallySshKey *key)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->servers)); i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);

      if (g_strcmp0 (sally_server_get_key_id (server), sally_ssh_key_get_id (key)) != 0)
        continue;
      if (names->len > 0)
        g_string_append (names, ", ");
      /* Translators: the name of a server, one of several. */
      g_string_append_printf (names, _ ("“%s”"), sally_server_get_name (server));
    }
  return names->len > 0 ? g_string_free_and_steal (g_steal_pointer (&names)) : NULL;
}

static char *
dup_subtitle (SallyKeysPage *self, SallySshKey *key)
{
  g_autofree char *fingerprint = sally_ssh_key_dup_fingerprint (key);
  g_autofree char *users = dup_users (self, key);

  if (users == NULL)
    return g_strdup_printf ("%s\n%s", fingerprint, _ ("No server signs in with it"));
  /* Translators: the fingerprint of a key, then names of servers. */
  return g_strdup_printf (_ ("%s\nSigns in to %s"), fingerprint, users);
}

static void
add_button (
    GtkWidget *row, SallySshKey *key, const char *icon_name, const char *label, const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, sally_ssh_key_get_name (key),
                                  -1);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", sally_ssh_key_get_id (key));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static GtkWidget *
create_row (SallyKeysPage *self, SallySshKey *key)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *subtitle = dup_subtitle (self, key);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sally_ssh_key_get_name (key));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_selectable (ADW_ACTION_ROW (row), TRUE);
  add_button (row, key, "edit-copy-symbolic", _ ("Copy Public Key"), "keys.copy");
  add_button (row, key, "user-trash-symbolic", _ ("Remove Key"), "keys.remove");
  return row;
}

static void
update (SallyKeysPage *self)
{
  guint n_keys = g_list_model_get_n_items (G_LIST_MODEL (self->keys));
  const char *title = _ ("No key was made yet");

  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->keys_group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < n_keys; i++)
    {
      g_autoptr (SallySshKey) key = g_list_model_get_item (G_LIST_MODEL (self->keys), i);
      GtkWidget *row = create_row (self, key);

      adw_preferences_group_add (self->keys_group, row);
      g_ptr_array_add (self->rows, row);
    }
  if (self->error != NULL)
    title = self->error;
  else if (!self->is_loaded)
    title = _ ("Loading…");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->state_row), title);
  gtk_widget_set_visible (GTK_WIDGET (self->state_row), n_keys == 0 || self->error != NULL);
  gtk_widget_set_visible (self->retry_button, self->error != NULL);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeysPage) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_loaded = sally_key_store_load_finish (SALLY_KEY_STORE (source), result, &error);
  g_set_str (&self->error, error != NULL ? error->message : NULL);
  if (self->keys != NULL)
    update (self);
}

static void
reload (SallyKeysPage *self)
{
  g_clear_pointer (&self->error, g_free);
  update (self);
  sally_key_store_load_async (self->keys, NULL, on_loaded, g_object_ref (self));
}

static void
on_reload (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  reload (SALLY_KEYS_PAGE (widget));
}

static void
tell (SallyKeysPage *self, const char *message)
{
  GtkWidget *dialog = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_PREFERENCES_DIALOG);

  if (dialog != NULL)
    adw_preferences_dialog_add_toast (ADW_PREFERENCES_DIALOG (dialog), adw_toast_new (message));
}

/* It is no secret: an ordinary clipboard will do. */
static void
on_copy (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyKeysPage *self = SALLY_KEYS_PAGE (widget);
  SallySshKey *key = sally_key_store_get_by_id (self->keys, g_variant_get_string (parameter, NULL));

  if (key == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), sally_ssh_key_get_public_line (key));
  tell (self, _ ("Public key copied"));
}

/* It went with the row, and without one no key would reach the dialog. */
static void
ensure_focus (SallyKeysPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_PREFERENCES_DIALOG);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (dialog != NULL && (focus == NULL || !gtk_widget_is_ancestor (focus, dialog)))
    gtk_widget_child_focus (dialog, GTK_DIR_TAB_FORWARD);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeysPage) self = user_data;
  g_autoptr (GError) error = NULL;
  AdwDialog *dialog;

  if (sally_key_store_remove_finish (SALLY_KEY_STORE (source), result, &error))
    {
      ensure_focus (self);
      tell (self, _ ("Key removed"));
      return;
    }
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  dialog = adw_alert_dialog_new (_ ("The Key Was Not Removed"), error->message);
  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_remove_response (AdwAlertDialog *dialog, const char *response, SallyKeysPage *self)
{
  if (g_str_equal (response, "remove"))
    sally_key_store_remove_async (self->keys, g_object_get_data (G_OBJECT (dialog), "key"), NULL,
                                  on_removed, g_object_ref (self));
}

static void
on_remove (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyKeysPage *self = SALLY_KEYS_PAGE (widget);
  SallySshKey *key = sally_key_store_get_by_id (self->keys, g_variant_get_string (parameter, NULL));
  AdwDialog *dialog;
  g_autofree char *users = NULL;

  if (key == NULL)
    return;
  users = dup_users (self, key);
  dialog = adw_alert_dialog_new (NULL, NULL);
  adw_alert_dialog_format_heading (ADW_ALERT_DIALOG (dialog), _ ("Remove “%s”?"),
                                   sally_ssh_key_get_name (key));
  if (users != NULL)
    adw_alert_dialog_format_body (
        ADW_ALERT_DIALOG (dialog),
        /* Translators: names of servers. */
        _ ("There is no other copy of this key, and it signs in to %s: choose another key there "
           "first. This cannot be undone."),
        users);
  else
    adw_alert_dialog_set_body (ADW_ALERT_DIALOG (dialog),
                               _ ("There is no other copy of this key. This cannot be undone."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "remove",
                                  users != NULL ? _ ("_Remove Anyway") : _ ("_Remove"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "remove",
                                            ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "key", g_object_ref (key), g_object_unref);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_remove_response), self,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, widget);
}

static void
sally_keys_page_map (GtkWidget *widget)
{
  SallyKeysPage *self = SALLY_KEYS_PAGE (widget);

  GTK_WIDGET_CLASS (sally_keys_page_parent_class)->map (widget);
  if (!self->is_loaded)
    reload (self);
}

static void
sally_keys_page_dispose (GObject *object)
{
  SallyKeysPage *self = SALLY_KEYS_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_KEYS_PAGE);
  g_clear_object (&self->keys);
  g_clear_object (&self->servers);

  G_OBJECT_CLASS (sally_keys_page_parent_class)->dispose (object);
}

static void
sally_keys_page_finalize (GObject *object)
{
  SallyKeysPage *self = SALLY_KEYS_PAGE (object);

  g_ptr_array_unref (self->rows);
  g_free (self->error);

  G_OBJECT_CLASS (sally_keys_page_parent_class)->finalize (object);
}

static void
sally_keys_page_class_init (SallyKeysPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sally_keys_page_dispose;
  object_class->finalize = sally_keys_page_finalize;
  widget_class->map = sally_keys_page_map;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/preferences/keys-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyKeysPage, keys_group);
  gtk_widget_class_bind_template_child (widget_class, SallyKeysPage, state_row);
  gtk_widget_class_bind_template_child (widget_class, SallyKeysPage, retry_button);

  gtk_widget_class_install_action (widget_class, "keys.copy", "s", on_copy);
  gtk_widget_class_install_action (widget_class, "keys.remove", "s", on_remove);
  gtk_widget_class_install_action (widget_class, "keys.reload", NULL, on_reload);
}

static void
sally_keys_page_init (SallyKeysPage *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sally_keys_page_set_up (SallyKeysPage *self, SallyKeyring *keyring, SallyServerStore *servers)
{
  g_return_if_fail (SALLY_IS_KEYS_PAGE (self));
  g_return_if_fail (SALLY_IS_KEYRING (keyring));
  g_return_if_fail (SALLY_IS_SERVER_STORE (servers));

  self->keys = sally_key_store_new (keyring);
  self->servers = g_object_ref (servers);
  g_signal_connect_object (self->keys, "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}
