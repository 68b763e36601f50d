/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/import-row.h"

struct _SallyImportRow
{
  AdwBin parent_instance;

  GtkLabel *title_label;
  GtkLabel *subtitle_label;
  GtkLabel *status_label;
  GtkSwitch *chosen_switch;

  SallyImportItem *item;
  GBindingGroup *bindings;
};

G_DEFINE_FINAL_TYPE (SallyImportRow, sally_import_row, ADW_TYPE_BIN)

typedef enum
{
  PROP_ITEM = 1,
} SallyImportRowProperty;

static GParamSpec *properties[PROP_ITEM + 1];

static gboolean
to_visible (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  const char *text = g_value_get_string (from);

  g_value_set_boolean (to, text != NULL && *text != '\0');
  return TRUE;
}

static gboolean
to_text (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  const char *text = g_value_get_string (from);

  g_value_set_string (to, text != NULL ? text : "");
  return TRUE;
}

static void
sally_import_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SallyImportRowProperty) id)
    {
    case PROP_ITEM:
      g_value_set_object (value, SALLY_IMPORT_ROW (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_import_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SallyImportRow *self = SALLY_IMPORT_ROW (object);

  switch ((SallyImportRowProperty) id)
    {
    case PROP_ITEM:
      if (g_set_object (&self->item, g_value_get_object (value)))
        {
          g_binding_group_set_source (self->bindings, self->item);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_import_row_dispose (GObject *object)
{
  SallyImportRow *self = SALLY_IMPORT_ROW (object);

  g_clear_object (&self->bindings);
  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_IMPORT_ROW);

  G_OBJECT_CLASS (sally_import_row_parent_class)->dispose (object);
}

static void
sally_import_row_class_init (SallyImportRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sally_import_row_get_property;
  object_class->set_property = sally_import_row_set_property;
  object_class->dispose = sally_import_row_dispose;

  properties[PROP_ITEM] =
      g_param_spec_object ("item", NULL, NULL, SALLY_TYPE_IMPORT_ITEM,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/codes/import-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyImportRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, SallyImportRow, subtitle_label);
  gtk_widget_class_bind_template_child (widget_class, SallyImportRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, SallyImportRow, chosen_switch);
}

static void
sally_import_row_init (SallyImportRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->bindings = g_binding_group_new ();
  g_binding_group_bind (self->bindings, "title", self->title_label, "label", G_BINDING_SYNC_CREATE);
  g_binding_group_bind_full (self->bindings, "subtitle", self->subtitle_label, "label",
                             G_BINDING_SYNC_CREATE, to_text, NULL, NULL, NULL);
  g_binding_group_bind_full (self->bindings, "subtitle", self->subtitle_label, "visible",
                             G_BINDING_SYNC_CREATE, to_visible, NULL, NULL, NULL);
  g_binding_group_bind (self->bindings, "status", self->status_label, "label",
                        G_BINDING_SYNC_CREATE);
  g_binding_group_bind (self->bindings, "can-choose", self->chosen_switch, "sensitive",
                        G_BINDING_SYNC_CREATE);
  g_binding_group_bind (self->bindings, "chosen", self->chosen_switch, "active",
                        G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}
