/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/qr-view.h"

/* ISO/IEC 18004 section 6.3.8: four modules of white around the code. */
#define QUIET_ZONE 4
#define MIN_SIZE   200
#define SIZE       280

struct _SallyQrView
{
  GtkWidget parent_instance;

  SallyQrCode *code;
};

G_DEFINE_FINAL_TYPE (SallyQrView, sally_qr_view, GTK_TYPE_WIDGET)

static GtkSizeRequestMode
sally_qr_view_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
sally_qr_view_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = MIN_SIZE;
  *natural = SIZE;
}

/* Whole device pixels to a module keep the edges sharp. */
static void
sally_qr_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  SallyQrView *self = SALLY_QR_VIEW (widget);
  const GdkRGBA white = { 1, 1, 1, 1 };
  const GdkRGBA black = { 0, 0, 0, 1 };
  int size = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  guint modules = self->code != NULL ? self->code->width : 1;
  float module = (float) MAX (1, size / (int) (modules + 2 * QUIET_ZONE));
  float left = (float) (int) (((float) gtk_widget_get_width (widget) - module * modules) / 2);
  float top = (float) (int) (((float) gtk_widget_get_height (widget) - module * modules) / 2);
  float zone = QUIET_ZONE * module;

  gtk_snapshot_append_color (snapshot, &white,
                             &GRAPHENE_RECT_INIT (left - zone, top - zone,
                                                  module * modules + 2 * zone,
                                                  module * modules + 2 * zone));
  if (self->code == NULL)
    return;
  for (guint y = 0; y < modules; y++)
    for (guint x = 0; x < modules; x++)
      if (self->code->modules[y * modules + x] != 0)
        gtk_snapshot_append_color (snapshot, &black,
                                   &GRAPHENE_RECT_INIT (left + module * x, top + module * y, module,
                                                        module));
}

static void
sally_qr_view_finalize (GObject *object)
{
  g_clear_pointer (&SALLY_QR_VIEW (object)->code, sally_qr_code_free);

  G_OBJECT_CLASS (sally_qr_view_parent_class)->finalize (object);
}

static void
sally_qr_view_class_init (SallyQrViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sally_qr_view_finalize;
  widget_class->get_request_mode = sally_qr_view_get_request_mode;
  widget_class->measure = sally_qr_view_measure;
  widget_class->snapshot = sally_qr_view_snapshot;
  gtk_widget_class_set_css_name (widget_class, "qrview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
sally_qr_view_init (SallyQrView *self)
{
}

gboolean
sally_qr_view_set_text (SallyQrView *self, SallySecret *text)
{
  g_return_val_if_fail (SALLY_IS_QR_VIEW (self), FALSE);

  g_clear_pointer (&self->code, sally_qr_code_free);
  if (text != NULL)
    self->code = sally_qr_code_new (text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return text == NULL || self->code != NULL;
}
