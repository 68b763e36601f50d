/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "camera/scan-dialog.h"

#include "base/error.h"
#include "base/text.h"
#include "camera/camera-stream.h"
#include "camera/viewfinder.h"
#include "otp/otp-gathering.h"
#include "qr/qr-scanner.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* Without a picture: some cameras take seconds to wake up. */
#define PATIENCE_S      10
/* Frames that are still read after an account was found: its neighbours may come a moment later. */
#define N_FRAMES_BEYOND 2
/* Frames without a code until what the last one was is no longer said. */
#define N_FRAMES_EMPTY  10

struct _SallyScanDialog
{
  AdwDialog parent_instance;

  GtkStack *stack;
  GtkMenuButton *camera_button;
  SallyViewfinder *viewfinder;
  GtkLabel *status_label;
  GtkWidget *finish_button;
  AdwStatusPage *error_page;

  SallyCameraAccess *access;
  GtkWindow *window;         /* borrowed while mapped */
  GCancellable *cancellable; /* NULL while the camera is not wanted */
  SallyCameraStream *stream; /* NULL until it is open */
  SallyQrScanner *scanner;
  SallyOtpGathering *gathering;
  guint n_frames_left; /* until what was found is taken; 0: nothing was */
  guint n_frames_empty;
  guint patience_id;
  gboolean is_alive; /* a picture came since patience was last looked at */
  gboolean is_closed;
};

G_DEFINE_FINAL_TYPE (SallyScanDialog, sally_scan_dialog, ADW_TYPE_DIALOG)

typedef enum
{
  PROP_CAMERA = 1,
} SallyScanDialogProperty;

static GParamSpec *properties[PROP_CAMERA + 1];

typedef enum
{
  SIGNAL_SCANNED,
  N_SIGNALS,
} SallyScanDialogSignal;

static guint signals[N_SIGNALS];

/* Told aloud, too, whenever it changes. */
static void
show_status (SallyScanDialog *self, const char *status)
{
  if (g_str_equal (gtk_label_get_text (self->status_label), status))
    return;
  gtk_label_set_text (self->status_label, status);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), status,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
show_progress (SallyScanDialog *self)
{
  guint n_read, n_parts;
  g_autofree char *status = NULL;

  sally_otp_gathering_get_parts (self->gathering, &n_read, &n_parts);
  gtk_widget_set_visible (self->finish_button, n_read < n_parts);
  if (n_read < n_parts)
    status = g_strdup_printf (_ ("%u of %u parts are read: show the next code"), n_read, n_parts);
  show_status (self, status != NULL ? status : _ ("Hold the QR code in front of the camera"));
}

static void
show_error (SallyScanDialog *self, const GError *error)
{
  g_autofree char *escaped = g_markup_escape_text (error->message, -1);

  adw_status_page_set_description (self->error_page, escaped);
  gtk_stack_set_visible_child_name (self->stack, "error");
}

static void
stop (SallyScanDialog *self)
{
  g_clear_handle_id (&self->patience_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->stream != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->stream, self);
      sally_camera_stream_stop (self->stream);
    }
  g_clear_object (&self->stream);
  if (self->scanner != NULL)
    sally_qr_scanner_stop (self->scanner);
  g_clear_object (&self->scanner);
  self->n_frames_left = 0;
  self->n_frames_empty = 0;
  sally_viewfinder_show (self->viewfinder, NULL, FALSE);
  sally_viewfinder_set_has_found (self->viewfinder, FALSE);
}

static void
finish (SallyScanDialog *self)
{
  stop (self);
  g_signal_emit (self, signals[SIGNAL_SCANNED], 0);
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
take_texts (SallyScanDialog *self, GPtrArray *texts)
{
  guint counts[SALLY_OTP_GATHERED_FOREIGN + 1] = { 0 };

  for (guint i = 0; i < texts->len; i++)
    counts[sally_otp_gathering_add (self->gathering, texts->pdata[i])]++;
  self->n_frames_empty = texts->len > 0 ? 0 : self->n_frames_empty + 1;
  sally_viewfinder_set_has_found (self->viewfinder, counts[SALLY_OTP_GATHERED_NEW] > 0 ||
                                                        counts[SALLY_OTP_GATHERED_KNOWN] > 0);
  if (counts[SALLY_OTP_GATHERED_NEW] > 0)
    self->n_frames_left = N_FRAMES_BEYOND + 1;
  else if (counts[SALLY_OTP_GATHERED_KNOWN] > 0 && self->n_frames_left == 0)
    self->n_frames_left = 1;
  if (counts[SALLY_OTP_GATHERED_FOREIGN] > 0 && self->n_frames_left == 0)
    show_status (self, _ ("This QR code holds no account: show another one"));
  else if (counts[SALLY_OTP_GATHERED_NEW] > 0 || self->n_frames_empty == N_FRAMES_EMPTY)
    show_progress (self);
  if (self->n_frames_left > 0 && --self->n_frames_left == 0 &&
      sally_otp_gathering_is_complete (self->gathering))
    finish (self);
}

static void
on_scanned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyScanDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) texts =
      sally_qr_scanner_read_finish (SALLY_QR_SCANNER (source), result, &error);

  if (SALLY_QR_SCANNER (source) != self->scanner)
    return;
  if (texts != NULL)
    {
      take_texts (self, texts);
      return;
    }
  stop (self);
  show_error (self, error);
}

static void
on_frame (SallyScanDialog *self)
{
  SallyCameraFrame frame;
  g_autoptr (GBytes) pixels = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  if (!sally_camera_stream_get_frame (self->stream, &frame))
    return;
  pixels = frame.pixels;
  self->is_alive = TRUE;
  texture = gdk_memory_texture_new ((int) frame.width, (int) frame.height, GDK_MEMORY_B8G8R8X8,
                                    pixels, frame.stride);
  sally_viewfinder_show (self->viewfinder, texture, sally_camera_stream_is_mirror (self->stream));
  gtk_stack_set_visible_child_name (self->stack, "live");
  if (sally_qr_scanner_is_ready (self->scanner))
    sally_qr_scanner_read_async (self->scanner, g_bytes_get_data (pixels, NULL), frame.width,
                                 frame.height, frame.stride, on_scanned, g_object_ref (self));
}

static void
on_failed (SallyScanDialog *self, const GError *error)
{
  show_error (self, error);
}

/* What has been said already stays. */
static gboolean
on_patience_over (gpointer user_data)
{
  SallyScanDialog *self = user_data;
  gboolean is_failed = g_str_equal (gtk_stack_get_visible_child_name (self->stack), "error");

  if (!self->is_alive && !is_failed)
    {
      g_autoptr (GError) error =
          g_error_new_literal (SALLY_ERROR, SALLY_ERROR_FAILED,
                               _ ("The camera gives no picture: another program may be using it"));

      show_error (self, error);
    }
  self->is_alive = FALSE;
  return G_SOURCE_CONTINUE;
}

/* In a menu an underscore would mark a key. */
static char *
make_menu_label (const char *name)
{
  g_autofree char *safe = sally_text_from_name (name, strlen (name));
  g_auto (GStrv) pieces = g_strsplit (safe, "_", -1);

  return g_strjoinv ("__", pieces);
}

static void
update_menu (SallyScanDialog *self)
{
  GListModel *cameras = sally_camera_stream_get_cameras (self->stream);
  guint n_cameras = g_list_model_get_n_items (cameras);
  g_autoptr (GMenu) menu = g_menu_new ();

  for (guint i = 0; i < n_cameras; i++)
    {
      g_autoptr (GtkStringObject) name = g_list_model_get_item (cameras, i);
      g_autofree char *label = make_menu_label (gtk_string_object_get_string (name));
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

      g_menu_item_set_action_and_target (item, "scan.camera", "u", i);
      g_menu_append_item (menu, item);
    }
  gtk_menu_button_set_menu_model (self->camera_button, G_MENU_MODEL (menu));
  gtk_widget_set_visible (GTK_WIDGET (self->camera_button), n_cameras > 1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAMERA]);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyScanDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofd int fd = sally_camera_access_open_finish (SALLY_CAMERA_ACCESS (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->cancellable == NULL ||
      self->stream != NULL)
    return;
  if (fd < 0)
    {
      show_error (self, error);
      return;
    }
  self->scanner = sally_qr_scanner_new ();
  self->stream = sally_camera_stream_new (g_steal_fd (&fd));
  g_signal_connect_object (self->stream, "frame", G_CALLBACK (on_frame), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stream, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stream, "notify::camera", G_CALLBACK (update_menu), self,
                           G_CONNECT_SWAPPED);
  self->patience_id = g_timeout_add_seconds (PATIENCE_S, on_patience_over, self);
}

static void
start (SallyScanDialog *self)
{
  gtk_stack_set_visible_child_name (self->stack, "starting");
  show_progress (self);
  self->cancellable = g_cancellable_new ();
  sally_camera_access_open_async (self->access, self->cancellable, on_opened, g_object_ref (self));
}

/* No camera runs while nobody looks. */
static void
update_running (SallyScanDialog *self)
{
  gboolean is_wanted = self->window != NULL && !gtk_window_is_suspended (self->window) &&
                       gtk_widget_get_mapped (GTK_WIDGET (self)) && !self->is_closed;

  if (is_wanted && self->cancellable == NULL)
    start (self);
  else if (!is_wanted)
    stop (self);
}

static void
on_try_again (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  stop (SALLY_SCAN_DIALOG (widget));
  update_running (SALLY_SCAN_DIALOG (widget));
}

static void
on_finish (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyScanDialog *self = SALLY_SCAN_DIALOG (widget);

  if (sally_otp_gathering_get_n_texts (self->gathering) > 0)
    finish (self);
}

static void
sally_scan_dialog_map (GtkWidget *widget)
{
  SallyScanDialog *self = SALLY_SCAN_DIALOG (widget);

  GTK_WIDGET_CLASS (sally_scan_dialog_parent_class)->map (widget);
  self->window = GTK_WINDOW (gtk_widget_get_root (widget));
  g_signal_connect_object (self->window, "notify::suspended", G_CALLBACK (update_running), self,
                           G_CONNECT_SWAPPED);
  update_running (self);
}

static void
sally_scan_dialog_unmap (GtkWidget *widget)
{
  SallyScanDialog *self = SALLY_SCAN_DIALOG (widget);

  if (self->window != NULL)
    g_signal_handlers_disconnect_by_data (self->window, self);
  self->window = NULL;
  update_running (self);
  GTK_WIDGET_CLASS (sally_scan_dialog_parent_class)->unmap (widget);
}

static void
sally_scan_dialog_closed (AdwDialog *dialog)
{
  SallyScanDialog *self = SALLY_SCAN_DIALOG (dialog);

  self->is_closed = TRUE;
  stop (self);
}

static void
sally_scan_dialog_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyScanDialog *self = SALLY_SCAN_DIALOG (object);

  switch ((SallyScanDialogProperty) id)
    {
    case PROP_CAMERA:
      g_value_set_uint (value,
                        self->stream != NULL ? sally_camera_stream_get_camera (self->stream) : 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_scan_dialog_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SallyScanDialog *self = SALLY_SCAN_DIALOG (object);

  switch ((SallyScanDialogProperty) id)
    {
    case PROP_CAMERA:
      if (self->stream != NULL)
        sally_camera_stream_set_camera (self->stream, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_scan_dialog_dispose (GObject *object)
{
  SallyScanDialog *self = SALLY_SCAN_DIALOG (object);

  if (self->viewfinder != NULL)
    stop (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_SCAN_DIALOG);
  g_clear_object (&self->access);

  G_OBJECT_CLASS (sally_scan_dialog_parent_class)->dispose (object);
}

static void
sally_scan_dialog_finalize (GObject *object)
{
  sally_otp_gathering_free (SALLY_SCAN_DIALOG (object)->gathering);

  G_OBJECT_CLASS (sally_scan_dialog_parent_class)->finalize (object);
}

static void
sally_scan_dialog_class_init (SallyScanDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sally_scan_dialog_get_property;
  object_class->set_property = sally_scan_dialog_set_property;
  object_class->dispose = sally_scan_dialog_dispose;
  object_class->finalize = sally_scan_dialog_finalize;
  widget_class->map = sally_scan_dialog_map;
  widget_class->unmap = sally_scan_dialog_unmap;
  ADW_DIALOG_CLASS (klass)->closed = sally_scan_dialog_closed;

  properties[PROP_CAMERA] =
      g_param_spec_uint ("camera", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_SCANNED] = g_signal_new ("scanned", SALLY_TYPE_SCAN_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (SALLY_TYPE_VIEWFINDER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/camera/scan-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyScanDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyScanDialog, camera_button);
  gtk_widget_class_bind_template_child (widget_class, SallyScanDialog, viewfinder);
  gtk_widget_class_bind_template_child (widget_class, SallyScanDialog, status_label);
  gtk_widget_class_bind_template_child (widget_class, SallyScanDialog, finish_button);
  gtk_widget_class_bind_template_child (widget_class, SallyScanDialog, error_page);

  gtk_widget_class_install_action (widget_class, "scan.finish", NULL, on_finish);
  gtk_widget_class_install_action (widget_class, "scan.try-again", NULL, on_try_again);
  gtk_widget_class_install_property_action (widget_class, "scan.camera", "camera");
}

static void
sally_scan_dialog_init (SallyScanDialog *self)
{
  self->gathering = sally_otp_gathering_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

SallyScanDialog *
sally_scan_dialog_new (SallyCameraAccess *access)
{
  SallyScanDialog *self;

  g_return_val_if_fail (SALLY_IS_CAMERA_ACCESS (access), NULL);

  self = g_object_new (SALLY_TYPE_SCAN_DIALOG, NULL);
  self->access = g_object_ref (access);
  return self;
}

GPtrArray *
sally_scan_dialog_ref_texts (SallyScanDialog *self)
{
  g_return_val_if_fail (SALLY_IS_SCAN_DIALOG (self), NULL);

  return sally_otp_gathering_ref_texts (self->gathering);
}
