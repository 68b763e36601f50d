/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/file-list.h"

#include "browser/file-cell.h"
#include "browser/file-words.h"

#include <glib/gi18n.h>

struct _SallyFileList
{
  AdwBin parent_instance;

  GtkColumnView *column_view;
  GtkColumnViewColumn *name_column;
  GtkMultiSelection *selection;
  GtkMultiSorter *sorter;
  GtkFilterListModel *filtered;
  GtkCustomFilter *hidden_filter;
  GtkStringFilter *name_filter;

  gboolean show_hidden;
  gboolean holds_top; /* nobody has moved in this folder yet */
};

G_DEFINE_FINAL_TYPE (SallyFileList, sally_file_list, ADW_TYPE_BIN)

typedef enum
{
  SIGNAL_ACTIVATED,
  SIGNAL_SELECTION_CHANGED,
  SIGNAL_MENU,
  N_SIGNALS,
} SallyFileListSignal;

static guint signals[N_SIGNALS];

static char *
size_words (GtkListItem *list_item, SallyRemoteFile *file)
{
  return file != NULL ? sally_file_words_size (file) : NULL;
}

static char *
modified_words (GtkListItem *list_item, SallyRemoteFile *file)
{
  return file != NULL ? sally_file_words_modified (file) : NULL;
}

static char *
permission_words (GtkListItem *list_item, SallyRemoteFile *file)
{
  return file != NULL ? sally_remote_file_dup_mode_string (file) : NULL;
}

static int
folder_rank (SallyRemoteFile *item, gpointer user_data)
{
  return sally_remote_file_is_enterable (item) ? 0 : 1;
}

static gboolean
is_shown (gpointer item, gpointer user_data)
{
  SallyFileList *self = user_data;

  return self->show_hidden || !sally_remote_file_is_hidden (SALLY_REMOTE_FILE (item));
}

static void
on_activate (SallyFileList *self, guint position)
{
  g_autoptr (SallyRemoteFile) file =
      g_list_model_get_item (G_LIST_MODEL (self->selection), position);

  if (file != NULL)
    g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0, file);
}

static void
on_selection_changed (SallyFileList *self)
{
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

/* GTK holds on to the row that came first, wherever the sorting carries it. */
static void
on_rows_changed (SallyFileList *self)
{
  if (self->holds_top && g_list_model_get_n_items (G_LIST_MODEL (self->selection)) > 0)
    gtk_column_view_scroll_to (self->column_view, 0, NULL, GTK_LIST_SCROLL_NONE, NULL);
}

static gboolean
on_any_event (SallyFileList *self, GdkEvent *event)
{
  switch (gdk_event_get_event_type (event))
    {
    case GDK_BUTTON_PRESS:
    case GDK_KEY_PRESS:
    case GDK_SCROLL:
    case GDK_TOUCH_BEGIN:
      self->holds_top = FALSE;
      break;
    default:
      break;
    }
  return GDK_EVENT_PROPAGATE;
}

static guint
find_position (SallyFileList *self, SallyRemoteFile *file)
{
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (SallyRemoteFile) item = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (item == file)
        return i;
    }
  return GTK_INVALID_LIST_POSITION;
}

/* A context menu speaks of what is selected, so that what is under the pointer is selected first.
 */
static void
on_pressed (SallyFileList *self, int n_press, double x, double y)
{
  SallyRemoteFile *file = sally_file_cell_pick (GTK_WIDGET (self->column_view), x, y, NULL);
  graphene_point_t point;

  if (file == NULL)
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  else
    {
      guint position = find_position (self, file);

      if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
        gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
    }
  if (gtk_widget_compute_point (GTK_WIDGET (self->column_view), GTK_WIDGET (self),
                                &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    g_signal_emit (self, signals[SIGNAL_MENU], 0, (double) point.x, (double) point.y);
}

static void
on_long_pressed (SallyFileList *self, double x, double y)
{
  on_pressed (self, 1, x, y);
}

static void
sally_file_list_dispose (GObject *object)
{
  SallyFileList *self = SALLY_FILE_LIST (object);

  if (self->hidden_filter != NULL)
    gtk_custom_filter_set_filter_func (self->hidden_filter, NULL, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_FILE_LIST);

  G_OBJECT_CLASS (sally_file_list_parent_class)->dispose (object);
}

static void
sally_file_list_class_init (SallyFileListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_file_list_dispose;

  signals[SIGNAL_ACTIVATED] =
      g_signal_new ("activated", SALLY_TYPE_FILE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, SALLY_TYPE_REMOTE_FILE);
  signals[SIGNAL_SELECTION_CHANGED] =
      g_signal_new ("selection-changed", SALLY_TYPE_FILE_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MENU] = g_signal_new ("menu", SALLY_TYPE_FILE_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 2, G_TYPE_DOUBLE, G_TYPE_DOUBLE);

  g_type_ensure (SALLY_TYPE_FILE_CELL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/browser/file-list.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyFileList, column_view);
  gtk_widget_class_bind_template_child (widget_class, SallyFileList, name_column);
  gtk_widget_class_bind_template_child (widget_class, SallyFileList, selection);
  gtk_widget_class_bind_template_child (widget_class, SallyFileList, sorter);
  gtk_widget_class_bind_template_child (widget_class, SallyFileList, filtered);
  gtk_widget_class_bind_template_child (widget_class, SallyFileList, hidden_filter);
  gtk_widget_class_bind_template_child (widget_class, SallyFileList, name_filter);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_selection_changed);
  gtk_widget_class_bind_template_callback (widget_class, size_words);
  gtk_widget_class_bind_template_callback (widget_class, modified_words);
  gtk_widget_class_bind_template_callback (widget_class, permission_words);
  gtk_widget_class_bind_template_callback (widget_class, folder_rank);
}

static void
sally_file_list_init (SallyFileList *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  GtkEventController *any = gtk_event_controller_legacy_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_custom_filter_set_filter_func (self->hidden_filter, is_shown, self, NULL);
  gtk_multi_sorter_append (self->sorter,
                           g_object_ref (gtk_column_view_get_sorter (self->column_view)));
  gtk_column_view_sort_by_column (self->column_view, self->name_column, GTK_SORT_ASCENDING);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_pressed), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->column_view), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect_object (press, "pressed", G_CALLBACK (on_long_pressed), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->column_view), GTK_EVENT_CONTROLLER (press));

  gtk_event_controller_set_propagation_phase (any, GTK_PHASE_CAPTURE);
  g_signal_connect_object (any, "event", G_CALLBACK (on_any_event), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), any);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_rows_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

void
sally_file_list_set_directory (SallyFileList *self, SallyDirectory *directory)
{
  g_return_if_fail (SALLY_IS_FILE_LIST (self));

  self->holds_top = TRUE;
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (directory));
}

void
sally_file_list_set_search (SallyFileList *self, const char *search)
{
  g_return_if_fail (SALLY_IS_FILE_LIST (self));

  gtk_string_filter_set_search (self->name_filter, search);
}

void
sally_file_list_set_show_hidden (SallyFileList *self, gboolean show_hidden)
{
  g_return_if_fail (SALLY_IS_FILE_LIST (self));

  if (self->show_hidden == show_hidden)
    return;
  self->show_hidden = show_hidden;
  gtk_filter_changed (GTK_FILTER (self->hidden_filter),
                      show_hidden ? GTK_FILTER_CHANGE_LESS_STRICT : GTK_FILTER_CHANGE_MORE_STRICT);
}

guint
sally_file_list_get_n_shown (SallyFileList *self)
{
  g_return_val_if_fail (SALLY_IS_FILE_LIST (self), 0);

  return g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
}

GPtrArray *
sally_file_list_dup_selected (SallyFileList *self)
{
  g_autoptr (GtkBitset) bitset = NULL;
  GPtrArray *files;
  GtkBitsetIter iter;
  guint position;

  g_return_val_if_fail (SALLY_IS_FILE_LIST (self), NULL);

  files = g_ptr_array_new_with_free_func (g_object_unref);
  bitset = gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));
  for (gboolean valid = gtk_bitset_iter_init_first (&iter, bitset, &position); valid;
       valid = gtk_bitset_iter_next (&iter, &position))
    g_ptr_array_add (files, g_list_model_get_item (G_LIST_MODEL (self->selection), position));
  return files;
}

void
sally_file_list_select_name (SallyFileList *self, const char *raw_name)
{
  guint n_items;

  g_return_if_fail (SALLY_IS_FILE_LIST (self));
  g_return_if_fail (raw_name != NULL);

  n_items = g_list_model_get_n_items (G_LIST_MODEL (self->selection));
  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (SallyRemoteFile) file = g_list_model_get_item (G_LIST_MODEL (self->selection), i);

      if (g_str_equal (sally_remote_file_get_raw_name (file), raw_name))
        {
          self->holds_top = FALSE;
          gtk_column_view_scroll_to (self->column_view, i, NULL,
                                     GTK_LIST_SCROLL_SELECT | GTK_LIST_SCROLL_FOCUS, NULL);
          return;
        }
    }
}

GtkWidget *
sally_file_list_get_view (SallyFileList *self)
{
  g_return_val_if_fail (SALLY_IS_FILE_LIST (self), NULL);

  return GTK_WIDGET (self->column_view);
}
