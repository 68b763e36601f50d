/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/key-row.h"

#include "model/server.h"

#include <glib/gi18n.h>

/* How long the copy button says that it has copied. */
#define COPIED_MS 2000

struct _SallyKeyRow
{
  AdwActionRow parent_instance;

  GtkWidget *copy_button;
  GtkMenuButton *menu_button;

  SallyKeyStore *keys;
  char *identity;
  char *error; /* why the keys could not be loaded; NULL */
  gboolean has_begun_loading;
  gboolean is_loaded;
  guint copied_timeout;
};

enum
{
  PROP_IDENTITY = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (SallyKeyRow, sally_key_row, ADW_TYPE_ACTION_ROW)

static const char *
get_key_id (SallyKeyRow *self)
{
  return g_str_has_prefix (self->identity, SALLY_SERVER_KEY_PREFIX)
             ? self->identity + strlen (SALLY_SERVER_KEY_PREFIX)
             : NULL;
}

/* The key of ours that is chosen; NULL if it is none, or not there. */
static SallySshKey *
get_key (SallyKeyRow *self)
{
  const char *id = get_key_id (self);

  return id != NULL && self->keys != NULL ? sally_key_store_get_by_id (self->keys, id) : NULL;
}

static char *
dup_words (SallyKeyRow *self)
{
  SallySshKey *key = get_key (self);

  if (self->error != NULL)
    return g_strdup (self->error);
  if (key != NULL)
    return g_strdup_printf ("%s\n%s", sally_ssh_key_get_name (key),
                            sally_ssh_key_get_public_line (key));
  if (get_key_id (self) != NULL)
    return g_strdup (self->is_loaded ? _ ("It is not in the keyring any more") : _ ("Loading…"));
  if (*self->identity != '\0')
    return g_filename_display_name (self->identity);
  return g_strdup (_ ("The keys of your SSH agent"));
}

static void
append_key (GMenu *menu, SallySshKey *key)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (NULL, NULL);
  /* An underscore of the name is not a mnemonic. */
  g_auto (GStrv) parts = g_strsplit (sally_ssh_key_get_name (key), "_", -1);
  g_autofree char *label = g_strjoinv ("__", parts);

  g_menu_item_set_label (item, label);
  g_menu_item_set_action_and_target (item, "key.use", "s", sally_ssh_key_get_id (key));
  g_menu_append_item (menu, item);
}

static void
update (SallyKeyRow *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) keys = g_menu_new ();
  g_autoptr (GMenu) others = g_menu_new ();
  g_autofree char *words = dup_words (self);
  g_autofree char *subtitle = NULL;

  /* A hyphen at the end of a line would look like a part of the key. */
  subtitle = g_markup_printf_escaped ("<span insert_hyphens=\"false\">%s</span>", words);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_widget_set_visible (self->copy_button, get_key (self) != NULL);

  for (guint i = 0; self->keys != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->keys));
       i++)
    {
      g_autoptr (SallySshKey) key = g_list_model_get_item (G_LIST_MODEL (self->keys), i);

      append_key (keys, key);
    }
  g_menu_append (others, _ ("_Make a Key…"), "key.make");
  g_menu_append (others, _ ("Choose a _File…"), "key.choose-file");
  g_menu_append (others, _ ("Use the SSH _Agent’s Keys"), "key.clear");
  if (g_menu_model_get_n_items (G_MENU_MODEL (keys)) > 0)
    g_menu_append_section (menu, _ ("Made Here"), G_MENU_MODEL (keys));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));
  gtk_menu_button_set_menu_model (self->menu_button, G_MENU_MODEL (menu));
}

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeyRow) self = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_open_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (file != NULL && g_file_peek_path (file) != NULL)
    sally_key_row_set_identity (self, g_file_peek_path (file));
}

static void
on_choose_file (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  g_autofree char *folder = g_build_filename (g_get_home_dir (), ".ssh", NULL);
  g_autoptr (GFile) initial = g_file_new_for_path (folder);

  gtk_file_dialog_set_title (dialog, _ ("Choose a Private Key"));
  gtk_file_dialog_set_initial_folder (dialog, initial);
  gtk_file_dialog_open (dialog, GTK_WINDOW (gtk_widget_get_root (widget)), NULL, on_file_chosen,
                        g_object_ref (SALLY_KEY_ROW (widget)));
}

static void
on_clear (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_key_row_set_identity (SALLY_KEY_ROW (widget), "");
}

static void
use_key (SallyKeyRow *self, const char *id)
{
  g_autofree char *identity = g_strconcat (SALLY_SERVER_KEY_PREFIX, id, NULL);

  sally_key_row_set_identity (self, identity);
}

static void
on_use (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  use_key (SALLY_KEY_ROW (widget), g_variant_get_string (parameter, NULL));
}

static void
show_failure (SallyKeyRow *self, const GError *error)
{
  AdwDialog *dialog = adw_alert_dialog_new (_ ("No Key Was Made"), error->message);

  adw_alert_dialog_add_response (ADW_ALERT_DIALOG (dialog), "close", _ ("_Close"));
  adw_dialog_present (dialog, GTK_WIDGET (self));
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeyRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallySshKey) key =
      sally_key_store_make_finish (SALLY_KEY_STORE (source), result, &error);

  if (key == NULL)
    show_failure (self, error);
  else
    use_key (self, sally_ssh_key_get_id (key));
}

static void
on_name_answered (AdwAlertDialog *dialog, const char *response, SallyKeyRow *self)
{
  GtkWidget *list = adw_alert_dialog_get_extra_child (dialog);
  GtkEditable *row = GTK_EDITABLE (gtk_list_box_get_row_at_index (GTK_LIST_BOX (list), 0));
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  if (g_str_equal (response, "make"))
    sally_key_store_make_async (self->keys, name, NULL, on_made, g_object_ref (self));
}

static void
on_name_changed (GtkEditable *row, AdwAlertDialog *dialog)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (row)));

  adw_alert_dialog_set_response_enabled (dialog, "make", sally_ssh_key_validate_name (name, NULL));
}

/* As ssh-keygen names a key. */
static char *
suggest_name (SallyKeyRow *self)
{
  g_autofree char *first = g_strdup_printf ("%s@%s", g_get_user_name (), g_get_host_name ());
  char *name = g_strdup (first);

  if (!sally_ssh_key_validate_name (first, NULL))
    {
      g_free (name);
      return g_strdup ("");
    }
  for (guint number = 2; sally_key_store_find (self->keys, name, NULL) != NULL; number++)
    {
      g_free (name);
      name = g_strdup_printf ("%s %u", first, number);
    }
  return name;
}

static void
on_make (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyKeyRow *self = SALLY_KEY_ROW (widget);
  AdwDialog *dialog = adw_alert_dialog_new (
      _ ("Make a Key"), _ ("Its private half stays in your keyring. Its public half is for whoever "
                           "runs the server."));
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *row = adw_entry_row_new ();
  g_autofree char *name = suggest_name (self);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Name"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), row);
  adw_alert_dialog_set_extra_child (ADW_ALERT_DIALOG (dialog), list);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog), "cancel", _ ("_Cancel"), "make",
                                  _ ("_Make"), NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "make",
                                            ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "make");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "cancel");
  g_signal_connect_object (row, "changed", G_CALLBACK (on_name_changed), dialog, 0);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_name_answered), self, 0);
  gtk_editable_set_text (GTK_EDITABLE (row), name);
  on_name_changed (GTK_EDITABLE (row), ADW_ALERT_DIALOG (dialog));
  adw_dialog_set_focus (dialog, row);
  adw_dialog_present (dialog, widget);
}

static gboolean
on_copied_is_over (gpointer user_data)
{
  SallyKeyRow *self = user_data;

  self->copied_timeout = 0;
  gtk_button_set_icon_name (GTK_BUTTON (self->copy_button), "edit-copy-symbolic");
  return G_SOURCE_REMOVE;
}

/* It is no secret: an ordinary clipboard will do. */
static void
on_copy (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyKeyRow *self = SALLY_KEY_ROW (widget);
  SallySshKey *key = get_key (self);

  if (key == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), sally_ssh_key_get_public_line (key));
  gtk_button_set_icon_name (GTK_BUTTON (self->copy_button), "object-select-symbolic");
  gtk_accessible_announce (GTK_ACCESSIBLE (self), _ ("Public key copied"),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  g_clear_handle_id (&self->copied_timeout, g_source_remove);
  self->copied_timeout = g_timeout_add (COPIED_MS, on_copied_is_over, self);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyKeyRow) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_loaded = sally_key_store_load_finish (SALLY_KEY_STORE (source), result, &error);
  if (!self->is_loaded && get_key_id (self) != NULL)
    self->error = g_strdup (error->message);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "key.make", self->is_loaded);
  update (self);
}

static void
sally_key_row_map (GtkWidget *widget)
{
  SallyKeyRow *self = SALLY_KEY_ROW (widget);

  GTK_WIDGET_CLASS (sally_key_row_parent_class)->map (widget);
  if (self->keys == NULL || self->has_begun_loading)
    return;
  self->has_begun_loading = TRUE;
  sally_key_store_load_async (self->keys, NULL, on_loaded, g_object_ref (self));
}

static void
sally_key_row_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  if (property == PROP_IDENTITY)
    g_value_set_string (value, SALLY_KEY_ROW (object)->identity);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
sally_key_row_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  if (property == PROP_IDENTITY)
    sally_key_row_set_identity (SALLY_KEY_ROW (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
sally_key_row_dispose (GObject *object)
{
  SallyKeyRow *self = SALLY_KEY_ROW (object);

  g_clear_handle_id (&self->copied_timeout, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_KEY_ROW);
  g_clear_object (&self->keys);
  G_OBJECT_CLASS (sally_key_row_parent_class)->dispose (object);
}

static void
sally_key_row_finalize (GObject *object)
{
  SallyKeyRow *self = SALLY_KEY_ROW (object);

  g_free (self->identity);
  g_free (self->error);
  G_OBJECT_CLASS (sally_key_row_parent_class)->finalize (object);
}

static void
sally_key_row_class_init (SallyKeyRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sally_key_row_get_property;
  object_class->set_property = sally_key_row_set_property;
  object_class->dispose = sally_key_row_dispose;
  object_class->finalize = sally_key_row_finalize;
  widget_class->map = sally_key_row_map;

  properties[PROP_IDENTITY] =
      g_param_spec_string ("identity", NULL, NULL, "",
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, SALLY_RESOURCES "/servers/key-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyKeyRow, copy_button);
  gtk_widget_class_bind_template_child (widget_class, SallyKeyRow, menu_button);

  gtk_widget_class_install_action (widget_class, "key.use", "s", on_use);
  gtk_widget_class_install_action (widget_class, "key.clear", NULL, on_clear);
  gtk_widget_class_install_action (widget_class, "key.choose-file", NULL, on_choose_file);
  gtk_widget_class_install_action (widget_class, "key.make", NULL, on_make);
  gtk_widget_class_install_action (widget_class, "key.copy", NULL, on_copy);
}

static void
sally_key_row_init (SallyKeyRow *self)
{
  self->identity = g_strdup ("");
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "key.make", FALSE);
  update (self);
}

void
sally_key_row_set_keys (SallyKeyRow *self, SallyKeyStore *keys)
{
  g_return_if_fail (SALLY_IS_KEY_ROW (self));
  g_return_if_fail (SALLY_IS_KEY_STORE (keys));

  g_set_object (&self->keys, keys);
  g_signal_connect_object (keys, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

const char *
sally_key_row_get_identity (SallyKeyRow *self)
{
  g_return_val_if_fail (SALLY_IS_KEY_ROW (self), "");

  return self->identity;
}

void
sally_key_row_set_identity (SallyKeyRow *self, const char *identity)
{
  g_return_if_fail (SALLY_IS_KEY_ROW (self));

  if (!g_set_str (&self->identity, identity != NULL ? identity : ""))
    return;
  g_clear_pointer (&self->error, g_free);
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IDENTITY]);
}
