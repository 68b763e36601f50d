/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/path-bar.h"

#include "base/text.h"
#include "model/remote-path.h"

#include <glib/gi18n.h>

/* Deeper paths lose their first buttons; "up" and the entry still go there. */
#define MAX_CRUMBS 64

struct _SallyPathBar
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkBox *crumbs_box;
  GtkEditable *entry;

  char *path;
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (SallyPathBar, sally_path_bar, ADW_TYPE_BIN)

static guint open_path_signal;

typedef enum
{
  PROP_NARROW = 1,
} SallyPathBarProperty;

static GParamSpec *properties[PROP_NARROW + 1];

static void
on_crumb_clicked (GtkButton *button, SallyPathBar *self)
{
  g_signal_emit (self, open_path_signal, 0,
                 (const char *) g_object_get_data (G_OBJECT (button), "path"));
}

/* `name` NULL is the root. */
static GtkWidget *
create_crumb (SallyPathBar *self, const char *path, const char *name)
{
  GtkWidget *button = gtk_button_new ();

  if (name == NULL)
    {
      gtk_button_set_icon_name (GTK_BUTTON (button), "drive-harddisk-symbolic");
      gtk_widget_set_tooltip_text (button, _ ("Top Folder"));
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Top folder"), -1);
    }
  else
    {
      g_autofree char *display = sally_text_from_name (name, strlen (name));

      gtk_button_set_label (GTK_BUTTON (button), display);
    }
  gtk_widget_add_css_class (button, "flat");
  g_object_set_data_full (G_OBJECT (button), "path", g_strdup (path), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_crumb_clicked), self,
                           G_CONNECT_DEFAULT);
  return button;
}

static void
scroll_to_end (gpointer user_data)
{
  g_autoptr (SallyPathBar) self = user_data;
  GtkAdjustment *adjustment;

  if (self->scroller == NULL)
    return;
  adjustment = gtk_scrolled_window_get_hadjustment (self->scroller);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
}

static void
rebuild (SallyPathBar *self)
{
  g_autofree char *path = g_strdup (self->path);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->crumbs_box))) != NULL)
    gtk_box_remove (self->crumbs_box, child);

  for (guint i = 0; i < MAX_CRUMBS; i++)
    {
      g_autofree char *name = sally_remote_path_dup_name (path);
      gboolean is_root = name[0] == '\0';
      GtkWidget *crumb = create_crumb (self, path, is_root ? NULL : name);
      char *parent;

      if (i == 0)
        gtk_widget_add_css_class (crumb, "current");
      gtk_box_prepend (self->crumbs_box, crumb);
      parent = sally_remote_path_dup_parent (path);
      if (is_root || g_str_equal (parent, path) || g_str_equal (parent, "."))
        {
          g_free (parent);
          break;
        }
      child = gtk_image_new_from_icon_name ("sally-crumb-symbolic");
      gtk_widget_add_css_class (child, "dimmed");
      gtk_box_prepend (self->crumbs_box, child);
      g_free (path);
      path = parent;
    }
  g_idle_add_once (scroll_to_end, g_object_ref (self));
}

static void
on_entry_activate (SallyPathBar *self)
{
  g_autofree char *path = sally_remote_path_normalize (gtk_editable_get_text (self->entry));

  gtk_stack_set_visible_child_name (self->stack, "crumbs");
  g_signal_emit (self, open_path_signal, 0, path);
}

static void
on_edit (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyPathBar *self = SALLY_PATH_BAR (widget);
  g_autofree char *display = sally_text_from_name (self->path, strlen (self->path));

  gtk_editable_set_text (self->entry, display);
  gtk_stack_set_visible_child_name (self->stack, "entry");
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_set_position (self->entry, -1);
}

static void
leave_entry (SallyPathBar *self)
{
  gtk_stack_set_visible_child_name (self->stack, "crumbs");
}

static gboolean
on_key_pressed (SallyPathBar *self, guint keyval)
{
  if (keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  leave_entry (self);
  return GDK_EVENT_STOP;
}

static void
sally_path_bar_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SallyPathBarProperty) id)
    {
    case PROP_NARROW:
      g_value_set_boolean (value, SALLY_PATH_BAR (object)->narrow);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_path_bar_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SallyPathBar *self = SALLY_PATH_BAR (object);

  switch ((SallyPathBarProperty) id)
    {
    case PROP_NARROW:
      if (self->narrow == g_value_get_boolean (value))
        return;
      self->narrow = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_path_bar_dispose (GObject *object)
{
  SallyPathBar *self = SALLY_PATH_BAR (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_PATH_BAR);
  g_clear_pointer (&self->path, g_free);

  G_OBJECT_CLASS (sally_path_bar_parent_class)->dispose (object);
}

static void
sally_path_bar_class_init (SallyPathBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sally_path_bar_get_property;
  object_class->set_property = sally_path_bar_set_property;
  object_class->dispose = sally_path_bar_dispose;

  properties[PROP_NARROW] =
      g_param_spec_boolean ("narrow", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  open_path_signal = g_signal_new ("open-path", SALLY_TYPE_PATH_BAR, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/browser/path-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyPathBar, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyPathBar, scroller);
  gtk_widget_class_bind_template_child (widget_class, SallyPathBar, crumbs_box);
  gtk_widget_class_bind_template_child (widget_class, SallyPathBar, entry);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_install_action (widget_class, "path-bar.edit", NULL, on_edit);
}

static void
sally_path_bar_init (SallyPathBar *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->path = g_strdup ("/");
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), keys);
  g_signal_connect_object (focus, "leave", G_CALLBACK (leave_entry), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->entry), focus);
}

void
sally_path_bar_set_path (SallyPathBar *self, const char *path)
{
  g_return_if_fail (SALLY_IS_PATH_BAR (self));
  g_return_if_fail (path != NULL);

  g_set_str (&self->path, path);
  leave_entry (self);
  rebuild (self);
}
