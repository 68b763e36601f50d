/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "camera/viewfinder.h"

#define MIN_WIDTH      240
#define MIN_HEIGHT     180
#define NATURAL_WIDTH  480
#define NATURAL_HEIGHT 360

/* Of the shorter side of the picture. */
#define GUIDE_PART   0.72f
/* Of the guide's own side. */
#define CORNER_PART  0.16f
#define LINE_WIDTH   4.0f
#define SHADOW_WIDTH 7.0f

struct _SallyViewfinder
{
  GtkWidget parent_instance;

  GdkTexture *texture;
  gboolean is_mirror;
};

G_DEFINE_FINAL_TYPE (SallyViewfinder, sally_viewfinder, GTK_TYPE_WIDGET)

static void
sally_viewfinder_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  const gboolean is_width = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = is_width ? MIN_WIDTH : MIN_HEIGHT;
  *natural = is_width ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

/* Where the whole picture fits. */
static graphene_rect_t
place_picture (SallyViewfinder *self, float width, float height)
{
  float aspect = self->texture != NULL ? (float) gdk_texture_get_width (self->texture) /
                                             (float) gdk_texture_get_height (self->texture)
                                       : width / height;
  float fit_width = MIN (width, height * aspect);
  float fit_height = fit_width / aspect;

  return GRAPHENE_RECT_INIT ((width - fit_width) / 2, (height - fit_height) / 2, fit_width,
                             fit_height);
}

static void
draw_picture (SallyViewfinder *self, GtkSnapshot *snapshot, const graphene_rect_t *place)
{
  gtk_snapshot_save (snapshot);
  if (self->is_mirror)
    {
      gtk_snapshot_translate (snapshot,
                              &GRAPHENE_POINT_INIT (2 * place->origin.x + place->size.width, 0));
      gtk_snapshot_scale (snapshot, -1, 1);
    }
  gtk_snapshot_append_scaled_texture (snapshot, self->texture, GSK_SCALING_FILTER_LINEAR, place);
  gtk_snapshot_restore (snapshot);
}

static void
stroke (GtkSnapshot *snapshot, GskPath *path, float width, const GdkRGBA *color)
{
  GskStroke *line = gsk_stroke_new (width);

  gsk_stroke_set_line_cap (line, GSK_LINE_CAP_ROUND);
  gsk_stroke_set_line_join (line, GSK_LINE_JOIN_ROUND);
  gtk_snapshot_append_stroke (snapshot, path, line, color);
  gsk_stroke_free (line);
}

/* Four corners; the shadow keeps them visible on any picture. */
static void
draw_guide (SallyViewfinder *self, GtkSnapshot *snapshot, const graphene_rect_t *place)
{
  const GdkRGBA shadow = { 0, 0, 0, 0.45f };
  GdkRGBA color;
  float side = GUIDE_PART * MIN (place->size.width, place->size.height);
  float corner = CORNER_PART * side;
  float left = place->origin.x + (place->size.width - side) / 2;
  float top = place->origin.y + (place->size.height - side) / 2;
  g_autoptr (GskPathBuilder) builder = gsk_path_builder_new ();
  g_autoptr (GskPath) path = NULL;

  for (guint i = 0; i < 4; i++)
    {
      float x = i % 2 == 0 ? left : left + side;
      float y = i / 2 == 0 ? top : top + side;
      float across = i % 2 == 0 ? corner : -corner;
      float down = i / 2 == 0 ? corner : -corner;

      gsk_path_builder_move_to (builder, x, y + down);
      gsk_path_builder_line_to (builder, x, y + down / 2);
      gsk_path_builder_quad_to (builder, x, y, x + across / 2, y);
      gsk_path_builder_line_to (builder, x + across, y);
    }
  path = gsk_path_builder_to_path (builder);
  gtk_widget_get_color (GTK_WIDGET (self), &color);
  stroke (snapshot, path, SHADOW_WIDTH, &shadow);
  stroke (snapshot, path, LINE_WIDTH, &color);
}

static void
sally_viewfinder_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SallyViewfinder *self = SALLY_VIEWFINDER (widget);
  graphene_rect_t place;

  if (self->texture == NULL)
    return;
  place = place_picture (self, (float) gtk_widget_get_width (widget),
                         (float) gtk_widget_get_height (widget));
  draw_picture (self, snapshot, &place);
  draw_guide (self, snapshot, &place);
}

static void
sally_viewfinder_finalize (GObject *object)
{
  g_clear_object (&SALLY_VIEWFINDER (object)->texture);

  G_OBJECT_CLASS (sally_viewfinder_parent_class)->finalize (object);
}

static void
sally_viewfinder_class_init (SallyViewfinderClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sally_viewfinder_finalize;
  widget_class->measure = sally_viewfinder_measure;
  widget_class->snapshot = sally_viewfinder_snapshot;
  gtk_widget_class_set_css_name (widget_class, "viewfinder");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sally_viewfinder_init (SallyViewfinder *self)
{
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

void
sally_viewfinder_show (SallyViewfinder *self, GdkTexture *texture, gboolean is_mirror)
{
  g_return_if_fail (SALLY_IS_VIEWFINDER (self));
  g_return_if_fail (texture == NULL || GDK_IS_TEXTURE (texture));

  g_set_object (&self->texture, texture);
  self->is_mirror = is_mirror;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
sally_viewfinder_set_has_found (SallyViewfinder *self, gboolean has_found)
{
  g_return_if_fail (SALLY_IS_VIEWFINDER (self));

  if (has_found)
    gtk_widget_add_css_class (GTK_WIDGET (self), "found");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "found");
}
