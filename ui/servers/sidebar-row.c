/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/sidebar-row.h"

#include <glib/gi18n.h>

struct _SallySidebarRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;
  GtkLabel *title_label;
  GtkImage *given_image;
  GtkImage *status_image;
  GtkLabel *count_label;
  GMenuModel *server_menu;

  SallyConnection *connection; /* NULL for a place */
  GtkWidget *menu;
};

G_DEFINE_FINAL_TYPE (SallySidebarRow, sally_sidebar_row, GTK_TYPE_LIST_BOX_ROW)

typedef enum
{
  SIGNAL_EDIT,
  SIGNAL_DELETE,
  N_SIGNALS,
} SallySidebarRowSignal;

static guint signals[N_SIGNALS];

static void
update_server (SallySidebarRow *self)
{
  SallyServer *server = sally_connection_get_server (self->connection);
  g_autofree char *address = sally_server_dup_address (server);

  gboolean is_given = *sally_server_get_given_by (server) != '\0';

  gtk_label_set_text (self->title_label, sally_server_get_name (server));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), address);
  gtk_widget_set_visible (GTK_WIDGET (self->given_image), is_given);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.delete", !is_given);
}

/* The dot never tells its state by colour alone: a connection that stands is a filled dot, one that
 * comes up an open one, and the row's accessible description has the words. */
static void
update_state (SallySidebarRow *self)
{
  SallyConnectionState state = sally_connection_get_state (self->connection);
  gboolean is_ready = state == SALLY_CONNECTION_READY;
  gboolean is_closed = state == SALLY_CONNECTION_CLOSED;
  const char *words = is_ready    ? _ ("Connected")
                      : is_closed ? _ ("Not connected")
                                  : _ ("Connecting");

  gtk_widget_set_visible (GTK_WIDGET (self->status_image), !is_closed);
  gtk_image_set_from_icon_name (self->status_image, is_ready ? "sally-connected-symbolic"
                                                             : "sally-connecting-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->status_image), words);
  if (is_ready)
    gtk_widget_add_css_class (GTK_WIDGET (self->status_image), "success");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->status_image), "success");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words,
                                  -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.disconnect", is_ready);
}

static void
show_menu (SallySidebarRow *self, double x, double y)
{
  if (self->connection == NULL)
    return;
  if (self->menu == NULL)
    {
      self->menu = gtk_popover_menu_new_from_model (self->server_menu);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu),
                               &(GdkRectangle) { (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_pressed (SallySidebarRow *self, int n_press, double x, double y)
{
  show_menu (self, x, y);
}

static void
on_menu (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  show_menu (SALLY_SIDEBAR_ROW (widget), 24, gtk_widget_get_height (widget));
}

static void
on_edit (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_EDIT], 0);
}

static void
on_delete (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_DELETE], 0);
}

static void
on_disconnect (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_connection_disconnect_async (SALLY_SIDEBAR_ROW (widget)->connection, NULL, NULL, NULL);
}

static void
sally_sidebar_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  SallySidebarRow *self = SALLY_SIDEBAR_ROW (widget);

  GTK_WIDGET_CLASS (sally_sidebar_row_parent_class)
      ->size_allocate (widget, width, height, baseline);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
sally_sidebar_row_dispose (GObject *object)
{
  SallySidebarRow *self = SALLY_SIDEBAR_ROW (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_SIDEBAR_ROW);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sally_sidebar_row_parent_class)->dispose (object);
}

static void
sally_sidebar_row_class_init (SallySidebarRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_sidebar_row_dispose;
  widget_class->size_allocate = sally_sidebar_row_size_allocate;

  signals[SIGNAL_EDIT] = g_signal_new ("edit", SALLY_TYPE_SIDEBAR_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_DELETE] = g_signal_new ("delete", SALLY_TYPE_SIDEBAR_ROW, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/servers/sidebar-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SallySidebarRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SallySidebarRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, SallySidebarRow, given_image);
  gtk_widget_class_bind_template_child (widget_class, SallySidebarRow, status_image);
  gtk_widget_class_bind_template_child (widget_class, SallySidebarRow, count_label);
  gtk_widget_class_bind_template_child (widget_class, SallySidebarRow, server_menu);

  gtk_widget_class_install_action (widget_class, "row.edit", NULL, on_edit);
  gtk_widget_class_install_action (widget_class, "row.delete", NULL, on_delete);
  gtk_widget_class_install_action (widget_class, "row.disconnect", NULL, on_disconnect);
  gtk_widget_class_install_action (widget_class, "row.menu", NULL, on_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "row.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "row.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "row.edit", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "row.delete", NULL);
}

static void
sally_sidebar_row_init (SallySidebarRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_pressed), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect_object (press, "pressed", G_CALLBACK (show_menu), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}

GtkWidget *
sally_sidebar_row_new_for_place (const char *title, const char *icon_name)
{
  SallySidebarRow *self;

  g_return_val_if_fail (title != NULL, NULL);

  self = g_object_new (SALLY_TYPE_SIDEBAR_ROW, NULL);
  gtk_label_set_text (self->title_label, title);
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.edit", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.delete", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.disconnect", FALSE);
  return GTK_WIDGET (self);
}

GtkWidget *
sally_sidebar_row_new_for_server (SallyConnection *connection)
{
  SallySidebarRow *self;

  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);

  self = g_object_new (SALLY_TYPE_SIDEBAR_ROW, NULL);
  self->connection = g_object_ref (connection);
  gtk_image_set_from_icon_name (self->icon, "network-server-symbolic");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  self->title_label, NULL, -1);
  g_signal_connect_object (connection, "notify::state", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sally_connection_get_server (connection), "notify",
                           G_CALLBACK (update_server), self, G_CONNECT_SWAPPED);
  update_server (self);
  update_state (self);
  return GTK_WIDGET (self);
}

static void
update_count (SallySidebarRow *self, GParamSpec *pspec, SallyTransferQueue *queue)
{
  g_autofree char *text = NULL;
  guint n_active = 0;

  g_object_get (queue, "n-active", &n_active, NULL);
  text = g_strdup_printf ("%u", n_active);
  gtk_label_set_text (self->count_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->count_label), n_active > 0);
}

void
sally_sidebar_row_count_transfers (SallySidebarRow *self, SallyTransferQueue *queue)
{
  g_return_if_fail (SALLY_IS_SIDEBAR_ROW (self));
  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (queue));

  g_signal_connect_object (queue, "notify::n-active", G_CALLBACK (update_count), self,
                           G_CONNECT_SWAPPED);
  update_count (self, NULL, queue);
}

SallyServer *
sally_sidebar_row_get_server (SallySidebarRow *self)
{
  g_return_val_if_fail (SALLY_IS_SIDEBAR_ROW (self), NULL);

  return self->connection != NULL ? sally_connection_get_server (self->connection) : NULL;
}
