/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/sidebar.h"

#include "servers/sidebar-row.h"

#include <glib/gi18n.h>

struct _SallySidebar
{
  AdwBin parent_instance;

  GtkListBox *list_box;

  SallyServerStore *servers;
  SallyConnections *connections;
  GtkSortListModel *sorted; /* servers by group, then by name */
  GPtrArray *server_rows;   /* (element-type SallySidebarRow), in the order of `sorted` */
  SallyServer *selected;    /* stays selected while rows are made anew */
  gboolean is_selecting;    /* the window's doing, which it need not be told */
};

G_DEFINE_FINAL_TYPE (SallySidebar, sally_sidebar, ADW_TYPE_BIN)

typedef enum
{
  SIGNAL_PLACE_SELECTED,
  SIGNAL_PLACE_ACTIVATED,
  SIGNAL_SERVER_SELECTED,
  SIGNAL_SERVER_ACTIVATED,
  SIGNAL_EDIT_SERVER,
  SIGNAL_DELETE_SERVER,
  N_SIGNALS,
} SallySidebarSignal;

static guint signals[N_SIGNALS];

static guint
get_place (SallySidebarRow *row)
{
  return (guint) gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));
}

static void
on_row_activated (SallySidebar *self, SallySidebarRow *row)
{
  SallyServer *server = sally_sidebar_row_get_server (row);

  if (server != NULL)
    g_signal_emit (self, signals[SIGNAL_SERVER_ACTIVATED], 0, server);
  else
    g_signal_emit (self, signals[SIGNAL_PLACE_ACTIVATED], 0, get_place (row));
}

/* The selection follows the focus, so that the arrow keys leaf through the pages; no connection is
 * made by that. */
static void
on_row_selected (SallySidebar *self, SallySidebarRow *row)
{
  SallyServer *server = row != NULL ? sally_sidebar_row_get_server (row) : NULL;

  if (row == NULL || self->is_selecting)
    return;
  g_set_object (&self->selected, server);
  if (server != NULL)
    g_signal_emit (self, signals[SIGNAL_SERVER_SELECTED], 0, server);
  else
    g_signal_emit (self, signals[SIGNAL_PLACE_SELECTED], 0, get_place (row));
}

static void
on_edit (SallySidebarRow *row, SallySidebar *self)
{
  g_signal_emit (self, signals[SIGNAL_EDIT_SERVER], 0, sally_sidebar_row_get_server (row));
}

static void
on_delete (SallySidebarRow *row, SallySidebar *self)
{
  g_signal_emit (self, signals[SIGNAL_DELETE_SERVER], 0, sally_sidebar_row_get_server (row));
}

static const char *
get_heading (SallyServer *server)
{
  const char *group = sally_server_get_group (server);

  return group[0] != '\0' ? group : _ ("Servers");
}

static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data)
{
  SallyServer *server = sally_sidebar_row_get_server (SALLY_SIDEBAR_ROW (row));
  SallyServer *previous =
      before != NULL ? sally_sidebar_row_get_server (SALLY_SIDEBAR_ROW (before)) : NULL;
  GtkWidget *label;

  if (server == NULL ||
      (previous != NULL && g_str_equal (get_heading (server), get_heading (previous))))
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }

  label = gtk_label_new (get_heading (server));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "sidebar-heading");
  gtk_list_box_row_set_header (row, label);
}

static int
compare_servers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  SallyServer *first = (SallyServer *) a;
  SallyServer *second = (SallyServer *) b;
  const char *group_a = sally_server_get_group (first);
  const char *group_b = sally_server_get_group (second);

  if (!g_str_equal (group_a, group_b))
    return g_utf8_collate (group_a, group_b);
  return g_utf8_collate (sally_server_get_name (first), sally_server_get_name (second));
}

static void
select_row (SallySidebar *self, gpointer row)
{
  self->is_selecting = TRUE;
  gtk_list_box_select_row (self->list_box, row);
  self->is_selecting = FALSE;
}

/* Connected on behalf of a row, so that it ends with it. */
static void
resort (GtkWidget *row)
{
  SallySidebar *self = SALLY_SIDEBAR (gtk_widget_get_ancestor (row, SALLY_TYPE_SIDEBAR));

  gtk_sorter_changed (gtk_sort_list_model_get_sorter (self->sorted), GTK_SORTER_CHANGE_DIFFERENT);
  gtk_list_box_invalidate_headers (self->list_box);
}

static void
on_servers_changed (SallySidebar *self, guint position, guint n_removed, guint n_added)
{
  self->is_selecting = TRUE;
  for (guint i = 0; i < n_removed; i++)
    {
      gtk_list_box_remove (self->list_box, g_ptr_array_index (self->server_rows, position));
      g_ptr_array_remove_index (self->server_rows, position);
    }
  self->is_selecting = FALSE;
  for (guint i = position; i < position + n_added; i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (G_LIST_MODEL (self->sorted), i);
      GtkWidget *row =
          sally_sidebar_row_new_for_server (sally_connections_get (self->connections, server));

      g_signal_connect_object (row, "edit", G_CALLBACK (on_edit), self, G_CONNECT_DEFAULT);
      g_signal_connect_object (row, "delete", G_CALLBACK (on_delete), self, G_CONNECT_DEFAULT);
      g_signal_connect_object (server, "notify::group", G_CALLBACK (resort), row,
                               G_CONNECT_SWAPPED | G_CONNECT_AFTER);
      g_signal_connect_object (server, "notify::name", G_CALLBACK (resort), row,
                               G_CONNECT_SWAPPED | G_CONNECT_AFTER);
      gtk_list_box_insert (self->list_box, row, (int) (SALLY_N_PLACES + i));
      g_ptr_array_insert (self->server_rows, (int) i, row);
      if (server == self->selected)
        select_row (self, row);
    }
  gtk_list_box_invalidate_headers (self->list_box);
}

static void
sally_sidebar_dispose (GObject *object)
{
  SallySidebar *self = SALLY_SIDEBAR (object);

  g_clear_object (&self->sorted);
  g_ptr_array_set_size (self->server_rows, 0);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_SIDEBAR);
  g_clear_object (&self->servers);
  g_clear_object (&self->connections);
  g_clear_object (&self->selected);

  G_OBJECT_CLASS (sally_sidebar_parent_class)->dispose (object);
}

static void
sally_sidebar_finalize (GObject *object)
{
  g_ptr_array_unref (SALLY_SIDEBAR (object)->server_rows);

  G_OBJECT_CLASS (sally_sidebar_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, GType type)
{
  return g_signal_new (name, SALLY_TYPE_SIDEBAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 1, type);
}

static void
sally_sidebar_class_init (SallySidebarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_sidebar_dispose;
  G_OBJECT_CLASS (klass)->finalize = sally_sidebar_finalize;

  signals[SIGNAL_PLACE_SELECTED] = add_signal ("place-selected", G_TYPE_UINT);
  signals[SIGNAL_PLACE_ACTIVATED] = add_signal ("place-activated", G_TYPE_UINT);
  signals[SIGNAL_SERVER_SELECTED] = add_signal ("server-selected", SALLY_TYPE_SERVER);
  signals[SIGNAL_SERVER_ACTIVATED] = add_signal ("server-activated", SALLY_TYPE_SERVER);
  signals[SIGNAL_EDIT_SERVER] = add_signal ("edit-server", SALLY_TYPE_SERVER);
  signals[SIGNAL_DELETE_SERVER] = add_signal ("delete-server", SALLY_TYPE_SERVER);

  gtk_widget_class_set_template_from_resource (widget_class, SALLY_RESOURCES "/servers/sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, SallySidebar, list_box);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
}

static void
sally_sidebar_init (SallySidebar *self)
{
  self->server_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_list_box_set_header_func (self->list_box, update_header, NULL, NULL);
}

void
sally_sidebar_set_up (SallySidebar *self,
                      SallyServerStore *servers,
                      SallyConnections *connections,
                      SallyTransferQueue *queue)
{
  GtkWidget *transfers;

  g_return_if_fail (SALLY_IS_SIDEBAR (self));
  g_return_if_fail (self->servers == NULL);

  self->servers = g_object_ref (servers);
  self->connections = g_object_ref (connections);

  gtk_list_box_append (self->list_box,
                       sally_sidebar_row_new_for_place (_ ("Codes"), "dialog-password-symbolic"));
  transfers = sally_sidebar_row_new_for_place (_ ("Transfers"), "sally-transfers-symbolic");
  sally_sidebar_row_count_transfers (SALLY_SIDEBAR_ROW (transfers), queue);
  gtk_list_box_append (self->list_box, transfers);
  gtk_list_box_append (self->list_box,
                       sally_sidebar_row_new_for_place (_ ("History"),
                                                        "document-open-recent-symbolic"));

  self->sorted =
      gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (servers)),
                               GTK_SORTER (gtk_custom_sorter_new (compare_servers, NULL, NULL)));
  g_signal_connect_object (self->sorted, "items-changed", G_CALLBACK (on_servers_changed), self,
                           G_CONNECT_SWAPPED);
  on_servers_changed (self, 0, 0, g_list_model_get_n_items (G_LIST_MODEL (self->sorted)));
}

void
sally_sidebar_select_place (SallySidebar *self, SallyPlace place)
{
  g_return_if_fail (SALLY_IS_SIDEBAR (self));

  g_clear_object (&self->selected);
  select_row (self, gtk_list_box_get_row_at_index (self->list_box, (int) place));
}

void
sally_sidebar_select_server (SallySidebar *self, SallyServer *server)
{
  g_return_if_fail (SALLY_IS_SIDEBAR (self));
  g_return_if_fail (SALLY_IS_SERVER (server));

  g_set_object (&self->selected, server);
  for (guint i = 0; i < self->server_rows->len; i++)
    {
      SallySidebarRow *row = g_ptr_array_index (self->server_rows, i);

      if (sally_sidebar_row_get_server (row) == server)
        select_row (self, row);
    }
}
