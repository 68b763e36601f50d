/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/browser-private.h"

#include "common/error-words.h"
#include "model/remote-path.h"

#include <glib/gi18n.h>

/* Where one has been, as far back as anyone goes. */
#define MAX_HISTORY         100
/* Folders that are kept for whoever comes back, and what they hold together. */
#define MAX_VISITED         16
#define MAX_VISITED_ENTRIES 200000

G_DEFINE_FINAL_TYPE (SallyBrowser, sally_browser, ADW_TYPE_BIN)

void
sally_browser_show_message (SallyBrowser *self, const char *message)
{
  AdwToast *toast;

  if (self->toasts == NULL)
    return;
  toast = adw_toast_new (message);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
sally_browser_show_error (SallyBrowser *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    sally_browser_show_message (self, error->message);
}

static void
update_actions (SallyBrowser *self)
{
  g_autoptr (GPtrArray) selected = sally_file_list_dup_selected (self->file_list);
  GtkWidget *widget = GTK_WIDGET (self);
  const char *path = self->directory != NULL ? sally_directory_get_path (self->directory) : "/";

  gtk_widget_action_set_enabled (widget, "browser.back", self->history_index > 0);
  gtk_widget_action_set_enabled (widget, "browser.forward",
                                 self->history_index + 1 < self->history->len);
  gtk_widget_action_set_enabled (widget, "browser.up", !g_str_equal (path, "/"));
  gtk_widget_action_set_enabled (widget, "browser.open", selected->len == 1);
  gtk_widget_action_set_enabled (widget, "browser.rename", selected->len == 1);
  gtk_widget_action_set_enabled (widget, "browser.properties", selected->len == 1);
  gtk_widget_action_set_enabled (widget, "browser.delete", selected->len > 0);
  gtk_widget_action_set_enabled (widget, "browser.download", sally_browser_can_download (selected));
  gtk_widget_action_set_enabled (widget, "browser.save-to", sally_browser_can_download (selected));
}

static void
update_state (SallyBrowser *self)
{
  const GError *error = sally_directory_get_error (self->directory);
  guint n_files = g_list_model_get_n_items (G_LIST_MODEL (self->directory));

  if (error != NULL)
    {
      sally_error_words_show (error, self->error_page, self->error_button);
      gtk_button_set_label (self->error_button,
                            sally_next_step_get_caption (SALLY_NEXT_STEP_RETRY));
      gtk_stack_set_visible_child_name (self->stack, "error");
    }
  else if (sally_file_list_get_n_shown (self->file_list) > 0)
    gtk_stack_set_visible_child_name (self->stack, "files");
  else if (sally_directory_get_is_loading (self->directory))
    gtk_stack_set_visible_child_name (self->stack, "loading");
  else if (n_files > 0 && gtk_editable_get_text (GTK_EDITABLE (self->search_entry))[0] != '\0')
    gtk_stack_set_visible_child_name (self->stack, "no-results");
  else
    gtk_stack_set_visible_child_name (self->stack, "empty");

  if (!sally_directory_get_is_loading (self->directory) && self->select_name != NULL)
    {
      g_autofree char *name = g_steal_pointer (&self->select_name);

      sally_file_list_select_name (self->file_list, name);
    }
}

static void
on_directory_changed (SallyBrowser *self)
{
  update_state (self);
}

/* What was seen before is shown as it was, and refreshed. */
static SallyDirectory *
visit (SallyBrowser *self, const char *path)
{
  SallyDirectory *directory = NULL;
  guint n_entries = 0;

  for (guint i = 0; i < self->visited->len && directory == NULL; i++)
    if (g_str_equal (sally_directory_get_path (self->visited->pdata[i]), path))
      directory = g_ptr_array_steal_index (self->visited, i);
  if (directory != NULL)
    sally_directory_reload (directory);
  else
    directory = sally_directory_new (self->connection, path);
  g_ptr_array_add (self->visited, directory);
  for (guint i = self->visited->len; i > 0; i--)
    {
      n_entries += g_list_model_get_n_items (self->visited->pdata[i - 1]);
      if (i < self->visited->len &&
          (n_entries > MAX_VISITED_ENTRIES || self->visited->len - i >= MAX_VISITED))
        {
          g_ptr_array_remove_range (self->visited, 0, i);
          break;
        }
    }
  return g_object_ref (directory);
}

static void
set_directory (SallyBrowser *self, const char *path)
{
  if (self->directory != NULL)
    g_signal_handlers_disconnect_by_data (self->directory, self);
  g_clear_object (&self->directory);

  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  self->directory = visit (self, path);
  sally_file_list_set_directory (self->file_list, self->directory);
  g_signal_connect_object (self->directory, "notify", G_CALLBACK (on_directory_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->directory, "items-changed", G_CALLBACK (on_directory_changed),
                           self, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  sally_path_bar_set_path (self->path_bar, path);
  update_state (self);
  update_actions (self);
}

/* Goes to `path` as a new step: what lay ahead in the history is forgotten. */
static void
go_to (SallyBrowser *self, const char *path)
{
  g_autofree char *target = g_strdup (path);

  if (self->directory != NULL && g_str_equal (sally_directory_get_path (self->directory), target))
    {
      sally_directory_reload (self->directory);
      return;
    }
  if (self->history->len > 0)
    g_ptr_array_set_size (self->history, (int) self->history_index + 1);
  if (self->history->len == MAX_HISTORY)
    g_ptr_array_remove_index (self->history, 0);
  g_ptr_array_add (self->history, g_strdup (target));
  self->history_index = self->history->len - 1;
  set_directory (self, target);
}

static void
on_path_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyBrowser) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path =
      sally_connection_real_path_finish (SALLY_CONNECTION (source), result, &error);

  if (path == NULL)
    sally_browser_show_error (self, error);
  else if (self->directory != NULL)
    go_to (self, path);
}

/* A typed path may be relative or hold "..": only the server knows what it means. */
static void
on_open_path (SallyBrowser *self, const char *path)
{
  g_autofree char *target = NULL;

  if (g_path_is_absolute (path))
    target = g_strdup (path);
  else
    target = sally_remote_path_join (sally_directory_get_path (self->directory), path);
  sally_connection_real_path_async (self->connection, target, self->cancellable, on_path_resolved,
                                    g_object_ref (self));
}

static void
enter (SallyBrowser *self, SallyRemoteFile *file)
{
  g_autofree char *path = sally_remote_path_join (sally_directory_get_path (self->directory),
                                                  sally_remote_file_get_raw_name (file));

  go_to (self, path);
}

/* A folder is entered; a file is downloaded: its double click should give the file. */
static void
on_file_activated (SallyBrowser *self, SallyRemoteFile *file)
{
  if (sally_remote_file_is_enterable (file))
    enter (self, file);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "browser.download", NULL);
}

static void
on_selection_changed (SallyBrowser *self)
{
  g_autoptr (GPtrArray) selected = sally_file_list_dup_selected (self->file_list);

  /* What is seen before the server has answered can be chosen: that choice is a person's. */
  if (selected->len > 0)
    g_clear_pointer (&self->select_name, g_free);
  update_actions (self);
}

static void
on_search_changed (SallyBrowser *self)
{
  sally_file_list_set_search (self->file_list,
                              gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  if (self->directory != NULL)
    update_state (self);
}

static void
on_menu (SallyBrowser *self, double x, double y)
{
  g_autoptr (GPtrArray) selected = sally_file_list_dup_selected (self->file_list);

  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (NULL);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self->file_list));
      /* Back to the files, that keys go on from there. */
      g_signal_connect_object (self->menu, "closed", G_CALLBACK (gtk_widget_grab_focus),
                               sally_file_list_get_view (self->file_list), G_CONNECT_SWAPPED);
    }
  gtk_popover_menu_set_menu_model (GTK_POPOVER_MENU (self->menu),
                                   selected->len > 0 ? self->file_menu : self->folder_menu);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_step (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);

  self->history_index += g_str_equal (action_name, "browser.back") ? -1 : 1;
  set_directory (self, g_ptr_array_index (self->history, self->history_index));
}

static void
on_up (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  const char *path = sally_directory_get_path (self->directory);
  g_autofree char *parent = sally_remote_path_dup_parent (path);

  g_free (self->select_name);
  self->select_name = sally_remote_path_dup_name (path);
  go_to (self, parent);
}

static void
on_home (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  g_autofree char *home = sally_connection_dup_start_directory (self->connection);

  if (home != NULL)
    go_to (self, home);
}

static void
on_reload (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_directory_reload (SALLY_BROWSER (widget)->directory);
}

static void
on_search (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
on_edit_location (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gtk_widget_activate_action (GTK_WIDGET (SALLY_BROWSER (widget)->path_bar), "path-bar.edit", NULL);
}

static void
on_open (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  g_autoptr (GPtrArray) selected = sally_file_list_dup_selected (self->file_list);

  if (selected->len == 1)
    on_file_activated (self, g_ptr_array_index (selected, 0));
}

typedef enum
{
  PROP_SHOW_HIDDEN = 1,
} SallyBrowserProperty;

static GParamSpec *properties[PROP_SHOW_HIDDEN + 1];

static void
sally_browser_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SallyBrowserProperty) id)
    {
    case PROP_SHOW_HIDDEN:
      g_value_set_boolean (value, SALLY_BROWSER (object)->show_hidden);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_browser_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SallyBrowser *self = SALLY_BROWSER (object);

  switch ((SallyBrowserProperty) id)
    {
    case PROP_SHOW_HIDDEN:
      if (self->show_hidden == g_value_get_boolean (value))
        return;
      self->show_hidden = g_value_get_boolean (value);
      sally_file_list_set_show_hidden (self->file_list, self->show_hidden);
      if (self->directory != NULL)
        update_state (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_browser_dispose (GObject *object)
{
  SallyBrowser *self = SALLY_BROWSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_weak_pointer (&self->drop_row);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_BROWSER);
  g_clear_handle_id (&self->tell_source, g_source_remove);
  g_clear_object (&self->directory);
  g_ptr_array_set_size (self->visited, 0);
  g_clear_object (&self->connection);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (sally_browser_parent_class)->dispose (object);
}

static void
sally_browser_finalize (GObject *object)
{
  SallyBrowser *self = SALLY_BROWSER (object);

  g_ptr_array_unref (self->history);
  g_ptr_array_unref (self->visited);
  g_free (self->ended_name);
  g_clear_error (&self->failure);
  g_object_unref (self->cancellable);
  g_free (self->select_name);

  G_OBJECT_CLASS (sally_browser_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class, SALLY_RESOURCES "/browser/browser.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, window_title);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, transfers_button);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, path_bar);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, search_bar);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, toasts);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, file_list);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, error_page);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, error_button);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, file_menu);
  gtk_widget_class_bind_template_child (widget_class, SallyBrowser, folder_menu);
  gtk_widget_class_bind_template_callback (widget_class, on_open_path);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_file_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_selection_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_menu);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } bindings[] = {
    { GDK_KEY_Left, GDK_ALT_MASK, "browser.back" },
    { GDK_KEY_Right, GDK_ALT_MASK, "browser.forward" },
    { GDK_KEY_Up, GDK_ALT_MASK, "browser.up" },
    { GDK_KEY_BackSpace, 0, "browser.up" },
    { GDK_KEY_Home, GDK_ALT_MASK, "browser.home" },
    { GDK_KEY_r, GDK_CONTROL_MASK, "browser.reload" },
    { GDK_KEY_F5, 0, "browser.reload" },
    { GDK_KEY_l, GDK_CONTROL_MASK, "browser.edit-location" },
    { GDK_KEY_h, GDK_CONTROL_MASK, "browser.show-hidden" },
    { GDK_KEY_N, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "browser.new-folder" },
    { GDK_KEY_F2, 0, "browser.rename" },
    { GDK_KEY_Delete, 0, "browser.delete" },
    { GDK_KEY_Return, GDK_ALT_MASK, "browser.properties" },
    { GDK_KEY_d, GDK_CONTROL_MASK, "browser.download" },
    { GDK_KEY_s, GDK_CONTROL_MASK, "browser.save-to" },
    { GDK_KEY_u, GDK_CONTROL_MASK, "browser.upload" },
  };

  gtk_widget_class_install_action (widget_class, "browser.back", NULL, on_step);
  gtk_widget_class_install_action (widget_class, "browser.forward", NULL, on_step);
  gtk_widget_class_install_action (widget_class, "browser.up", NULL, on_up);
  gtk_widget_class_install_action (widget_class, "browser.home", NULL, on_home);
  gtk_widget_class_install_action (widget_class, "browser.reload", NULL, on_reload);
  gtk_widget_class_install_action (widget_class, "browser.search", NULL, on_search);
  gtk_widget_class_install_action (widget_class, "browser.edit-location", NULL, on_edit_location);
  gtk_widget_class_install_action (widget_class, "browser.open", NULL, on_open);
  gtk_widget_class_install_property_action (widget_class, "browser.show-hidden", "show-hidden");
  sally_browser_install_change_actions (widget_class);
  sally_browser_install_transfer_actions (widget_class);
  sally_browser_install_sync_actions (widget_class);
  for (guint i = 0; i < G_N_ELEMENTS (bindings); i++)
    gtk_widget_class_add_binding_action (widget_class, bindings[i].key, bindings[i].modifiers,
                                         bindings[i].action, NULL);
}

static void
sally_browser_class_init (SallyBrowserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sally_browser_get_property;
  object_class->set_property = sally_browser_set_property;
  object_class->dispose = sally_browser_dispose;
  object_class->finalize = sally_browser_finalize;

  properties[PROP_SHOW_HIDDEN] =
      g_param_spec_boolean ("show-hidden", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (SALLY_TYPE_FILE_LIST);
  g_type_ensure (SALLY_TYPE_PATH_BAR);
  g_type_ensure (SALLY_TYPE_TRANSFERS_BUTTON);
  bind_template (GTK_WIDGET_CLASS (klass));
  install_actions (GTK_WIDGET_CLASS (klass));
}

static void
sally_browser_init (SallyBrowser *self)
{
  self->history = g_ptr_array_new_with_free_func (g_free);
  self->visited = g_ptr_array_new_with_free_func (g_object_unref);
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}

static void
update_title (SallyBrowser *self)
{
  SallyServer *server = sally_connection_get_server (self->connection);
  g_autofree char *address = sally_server_dup_address (server);
  g_autofree char *subtitle = g_strdup_printf ("%s@%s", sally_server_get_user (server), address);

  adw_window_title_set_title (self->window_title, sally_server_get_name (server));
  adw_window_title_set_subtitle (self->window_title, subtitle);
}

GtkWidget *
sally_browser_new (SallyConnection *connection, SallyTransferQueue *queue, SallySettings *settings)
{
  SallyBrowser *self;
  g_autofree char *start = NULL;
  GSettings *gsettings;

  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (queue), NULL);
  g_return_val_if_fail (SALLY_IS_SETTINGS (settings), NULL);

  self = g_object_new (SALLY_TYPE_BROWSER, NULL);
  self->connection = g_object_ref (connection);
  self->queue = g_object_ref (queue);
  self->settings = g_object_ref (settings);
  sally_transfers_button_set_queue (self->transfers_button, queue);
  sally_browser_set_up_transfers (self);
  g_signal_connect_object (sally_connection_get_server (connection), "notify",
                           G_CALLBACK (update_title), self, G_CONNECT_SWAPPED);
  update_title (self);

  gsettings = sally_settings_get_gsettings (settings);
  if (gsettings != NULL)
    g_settings_bind (gsettings, "show-hidden-files", self, "show-hidden", G_SETTINGS_BIND_DEFAULT);
  start = sally_connection_dup_start_directory (connection);
  go_to (self, start != NULL ? start : "/");
  return GTK_WIDGET (self);
}

void
sally_browser_open_path (SallyBrowser *self, const char *path)
{
  g_return_if_fail (SALLY_IS_BROWSER (self));
  g_return_if_fail (path != NULL);

  sally_connection_real_path_async (self->connection, path, self->cancellable, on_path_resolved,
                                    g_object_ref (self));
}
