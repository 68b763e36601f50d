/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/file-cell.h"

/* A row of a column view holds cells, which hold our widgets: the depth at which one is found. */
#define MAX_PICK_DEPTH 4

struct _SallyFileCell
{
  GtkBox parent_instance;

  GtkImage *icon;
  GtkLabel *name_label;

  SallyRemoteFile *file;
};

G_DEFINE_FINAL_TYPE (SallyFileCell, sally_file_cell, GTK_TYPE_BOX)

typedef enum
{
  PROP_FILE = 1,
} SallyFileCellProperty;

static GParamSpec *properties[PROP_FILE + 1];

static void
set_file (SallyFileCell *self, SallyRemoteFile *file)
{
  g_autoptr (GIcon) icon = NULL;

  if (!g_set_object (&self->file, file))
    return;
  if (file != NULL)
    {
      g_object_get (file, "icon", &icon, NULL);
      gtk_image_set_from_gicon (self->icon, icon);
      gtk_label_set_text (self->name_label, sally_remote_file_get_name (file));
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FILE]);
}

static void
sally_file_cell_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SallyFileCellProperty) id)
    {
    case PROP_FILE:
      g_value_set_object (value, SALLY_FILE_CELL (object)->file);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_file_cell_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((SallyFileCellProperty) id)
    {
    case PROP_FILE:
      set_file (SALLY_FILE_CELL (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_file_cell_dispose (GObject *object)
{
  SallyFileCell *self = SALLY_FILE_CELL (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_FILE_CELL);
  g_clear_object (&self->file);

  G_OBJECT_CLASS (sally_file_cell_parent_class)->dispose (object);
}

static void
sally_file_cell_class_init (SallyFileCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sally_file_cell_get_property;
  object_class->set_property = sally_file_cell_set_property;
  object_class->dispose = sally_file_cell_dispose;

  properties[PROP_FILE] =
      g_param_spec_object ("file", NULL, NULL, SALLY_TYPE_REMOTE_FILE,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/browser/file-cell.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyFileCell, icon);
  gtk_widget_class_bind_template_child (widget_class, SallyFileCell, name_label);
}

static void
sally_file_cell_init (SallyFileCell *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

SallyRemoteFile *
sally_file_cell_get_file (SallyFileCell *self)
{
  g_return_val_if_fail (SALLY_IS_FILE_CELL (self), NULL);

  return self->file;
}

static SallyFileCell *
find_below (GtkWidget *widget, guint depth)
{
  if (SALLY_IS_FILE_CELL (widget))
    return SALLY_FILE_CELL (widget);
  if (depth == 0)
    return NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      SallyFileCell *cell = find_below (child, depth - 1);

      if (cell != NULL)
        return cell;
    }
  return NULL;
}

SallyRemoteFile *
sally_file_cell_pick (GtkWidget *column_view, double x, double y, GtkWidget **row)
{
  GtkWidget *widget;
  SallyFileCell *cell;

  g_return_val_if_fail (GTK_IS_WIDGET (column_view), NULL);

  widget = gtk_widget_pick (column_view, x, y, GTK_PICK_DEFAULT);
  while (widget != NULL && widget != column_view &&
         g_strcmp0 (gtk_widget_get_css_name (widget), "row") != 0)
    widget = gtk_widget_get_parent (widget);
  if (widget == NULL || widget == column_view)
    return NULL;

  cell = find_below (widget, MAX_PICK_DEPTH);
  if (row != NULL)
    *row = widget;
  return cell != NULL ? cell->file : NULL;
}
