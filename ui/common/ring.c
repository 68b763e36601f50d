/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/ring.h"

#include <math.h>

/* The line's width as a part of the ring's diameter, and how strong its track shows. */
#define LINE_PART   0.14f
#define TRACK_ALPHA 0.18f

struct _SallyRing
{
  GtkWidget parent_instance;

  double fraction;
};

G_DEFINE_FINAL_TYPE (SallyRing, sally_ring, GTK_TYPE_WIDGET)

typedef enum
{
  PROP_FRACTION = 1,
} SallyRingProperty;

static GParamSpec *properties[PROP_FRACTION + 1];

/* The arc runs clockwise and ends at twelve o'clock, as a clock's hand would wipe it away. It is
 * the same in right-to-left layouts: clocks are. */
static GskPath *
create_arc (float radius, float centre_x, float centre_y, double fraction)
{
  g_autoptr (GskPathBuilder) builder = gsk_path_builder_new ();
  double angle = 2 * G_PI * (1 - fraction);

  if (fraction > 0.999)
    {
      gsk_path_builder_add_circle (builder, &GRAPHENE_POINT_INIT (centre_x, centre_y), radius);
      return gsk_path_builder_to_path (builder);
    }
  gsk_path_builder_move_to (builder, centre_x + radius * (float) sin (angle),
                            centre_y - radius * (float) cos (angle));
  gsk_path_builder_svg_arc_to (builder, radius, radius, 0, fraction > 0.5, TRUE, centre_x,
                               centre_y - radius);
  return gsk_path_builder_to_path (builder);
}

static void
sally_ring_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SallyRing *self = SALLY_RING (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  float diameter = MIN (width, height);
  float line = MAX (diameter * LINE_PART, 2.f);
  float radius = (diameter - line) / 2;
  g_autoptr (GskStroke) stroke = gsk_stroke_new (line);
  g_autoptr (GskPath) track = NULL;
  GdkRGBA color;

  if (radius <= 0)
    return;

  gtk_widget_get_color (widget, &color);
  track = create_arc (radius, width / 2, height / 2, 1);
  gsk_stroke_set_line_cap (stroke, GSK_LINE_CAP_ROUND);

  color.alpha *= TRACK_ALPHA;
  gtk_snapshot_append_stroke (snapshot, track, stroke, &color);
  if (self->fraction > 0)
    {
      g_autoptr (GskPath) arc = create_arc (radius, width / 2, height / 2, self->fraction);

      color.alpha /= TRACK_ALPHA;
      gtk_snapshot_append_stroke (snapshot, arc, stroke, &color);
    }
}

static void
sally_ring_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyRing *self = SALLY_RING (object);

  switch ((SallyRingProperty) id)
    {
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_ring_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((SallyRingProperty) id)
    {
    case PROP_FRACTION:
      sally_ring_set_fraction (SALLY_RING (object), g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_ring_class_init (SallyRingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sally_ring_get_property;
  object_class->set_property = sally_ring_set_property;
  widget_class->snapshot = sally_ring_snapshot;

  properties[PROP_FRACTION] =
      g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_css_name (widget_class, "ring");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_METER);
}

static void
sally_ring_init (SallyRing *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 1.0, -1);
}

void
sally_ring_set_fraction (SallyRing *self, double fraction)
{
  g_return_if_fail (SALLY_IS_RING (self));

  fraction = CLAMP (fraction, 0, 1);
  if (G_APPROX_VALUE (self->fraction, fraction, 1e-6))
    return;

  self->fraction = fraction;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW,
                                  fraction, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
}
