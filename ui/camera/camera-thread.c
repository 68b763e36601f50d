/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "camera/camera-session.h"

#include <glib/gi18n.h>
#include <gst/app/gstappsink.h>
#include <gst/gst.h>
#include <gst/video/video.h>

#define PROVIDER "pipewiredeviceprovider"
#define SOURCE   "pipewiresrc"

/* What shows a QR code well, then what is usable, then anything. Only uncompressed pictures, so
 * that nothing of what a camera sends is parsed here. */
#define WANTED                                                                                     \
  "video/x-raw,width=1280,height=720,framerate=[15/1,60/1];"                                       \
  "video/x-raw,width=[640,1920],height=[480,1080],framerate=[10/1,60/1];"                          \
  "video/x-raw"
#define SIDE     "[1," G_STRINGIFY (SALLY_CAMERA_MAX_SIDE) "]"
#define RENDERED "video/x-raw,format=BGRx,pixel-aspect-ratio=1/1,width=" SIDE ",height=" SIDE
/* The newest picture wins, in the queue as in the sink. */
#define PIPELINE                                                                                   \
  "capsfilter name=wanted ! queue leaky=downstream max-size-buffers=1 ! videoconvert ! "           \
  "videoscale ! capsfilter name=rendered ! appsink name=sink sync=false max-buffers=1 drop=true"

/* What ends a pipeline first is often that its camera goes, which is told in other words. */
#define GRACE_MS 1000

/* A computer with more of them is none that we know. */
#define MAX_CAMERAS 32

/* What distributions put into packages of their own. */
static const char *const parts[] = { SOURCE, "videoconvert", "videoscale", "appsink" };

/* GStreamer's provider of devices is one object for the whole program, which knows one connection
 * at a time. */
static GMutex one_at_a_time;

/* A pipeline may take half a minute to start if its camera goes at that moment, and cannot be ended
 * before: that is for other threads, one after the other. */
typedef struct
{
  SallyCameraSession *session; /* whose connection stays open until it has ended */
  GMutex lock;
  gint is_closed;
} Player;

/* Of the thread that holds the lock above. */
static struct
{
  SallyCameraSession *session;
  GstDeviceProvider *provider;
  GPtrArray *devices; /* (element-type GstDevice) */
  GstDevice *device;  /* in use, or NULL */
  GstElement *pipeline;
  Player *player;   /* of the pipeline */
  char *failure;    /* why it ended, until that is told */
  GSource *failing; /* which tells it */
} thread;

static void
player_clear (gpointer data)
{
  Player *player = data;

  sally_camera_session_unref (player->session);
  g_mutex_clear (&player->lock);
}

static void
player_unref (gpointer player)
{
  g_atomic_rc_box_release_full (player, player_clear);
}

static Player *
player_new (SallyCameraSession *session)
{
  Player *player = g_atomic_rc_box_new0 (Player);

  player->session = sally_camera_session_ref (session);
  g_mutex_init (&player->lock);
  return player;
}

static void
play (GstElement *pipeline, gpointer user_data)
{
  Player *player = user_data;

  g_mutex_lock (&player->lock);
  if (!g_atomic_int_get (&player->is_closed))
    gst_element_set_state (pipeline, GST_STATE_PLAYING);
  g_mutex_unlock (&player->lock);
}

static void
end_play (GstElement *pipeline, gpointer user_data)
{
  Player *player = user_data;

  g_mutex_lock (&player->lock);
  gst_element_set_state (pipeline, GST_STATE_NULL);
  g_mutex_unlock (&player->lock);
}

/* Copied, for the buffer belongs to PipeWire and goes back to it. */
static gboolean
copy_frame (GstSample *sample, SallyCameraFrame *frame)
{
  GstCaps *caps = gst_sample_get_caps (sample);
  GstBuffer *buffer = gst_sample_get_buffer (sample);
  GstVideoInfo info;
  GstVideoFrame video;

  if (caps == NULL || buffer == NULL || !gst_video_info_from_caps (&info, caps) ||
      !gst_video_frame_map (&video, &info, buffer, GST_MAP_READ))
    return FALSE;
  frame->width = (guint) GST_VIDEO_FRAME_WIDTH (&video);
  frame->height = (guint) GST_VIDEO_FRAME_HEIGHT (&video);
  frame->stride = (gsize) GST_VIDEO_FRAME_PLANE_STRIDE (&video, 0);
  frame->pixels =
      g_bytes_new (GST_VIDEO_FRAME_PLANE_DATA (&video, 0), frame->stride * frame->height);
  gst_video_frame_unmap (&video);
  return TRUE;
}

/* On GStreamer's thread of the pictures. */
static GstFlowReturn
on_sample (GstAppSink *sink, gpointer user_data)
{
  GstSample *sample = gst_app_sink_pull_sample (sink);
  SallyCameraFrame frame;

  if (sample == NULL)
    return GST_FLOW_EOS;
  if (copy_frame (sample, &frame))
    sally_camera_session_tell_frame (user_data, &frame);
  gst_sample_unref (sample);
  return GST_FLOW_OK;
}

static void
close_pipeline (void)
{
  g_autoptr (GstBus) bus = NULL;

  if (thread.failing != NULL)
    g_source_destroy (thread.failing);
  g_clear_pointer (&thread.failing, g_source_unref);
  g_clear_pointer (&thread.failure, g_free);
  if (thread.pipeline == NULL)
    return;
  bus = gst_element_get_bus (thread.pipeline);
  gst_bus_remove_watch (bus);
  g_atomic_int_set (&thread.player->is_closed, TRUE);
  gst_element_call_async (thread.pipeline, end_play, g_steal_pointer (&thread.player),
                          player_unref);
  gst_clear_object (&thread.pipeline);
}

static void
fail (const char *reason)
{
  sally_camera_session_tell_error (
      thread.session, _ ("The camera gives no picture (%s): choose another one, or try again"),
      reason);
}

/* The camera is still there, and may be chosen again. */
static gboolean
on_grace_over (gpointer user_data)
{
  g_autofree char *reason = g_steal_pointer (&thread.failure);

  close_pipeline ();
  gst_clear_object (&thread.device);
  fail (reason);
  return G_SOURCE_REMOVE;
}

static gboolean
on_pipeline_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR)
    gst_message_parse_error (message, &error, NULL);
  else if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_EOS)
    return G_SOURCE_CONTINUE;
  close_pipeline ();
  thread.failure = g_strdup (error != NULL ? error->message : _ ("it ended"));
  thread.failing = g_timeout_source_new (GRACE_MS);
  g_source_set_callback (thread.failing, on_grace_over, NULL, NULL);
  g_source_attach (thread.failing, thread.session->context);
  return G_SOURCE_CONTINUE;
}

static void
set_caps (GstElement *pipeline, const char *name, const char *text)
{
  g_autoptr (GstElement) filter = gst_bin_get_by_name (GST_BIN (pipeline), name);
  g_autoptr (GstCaps) caps = gst_caps_from_string (text);

  g_object_set (filter, "caps", caps, NULL);
}

/* `source` is taken. */
static GstElement *
build_pipeline (GstElement *source, GError **error)
{
  GstAppSinkCallbacks callbacks = { .new_sample = on_sample };
  g_autoptr (GstElement) owned = gst_object_ref_sink (source);
  GstElement *pipeline = gst_parse_launch (PIPELINE, error);
  g_autoptr (GstElement) first = NULL;
  g_autoptr (GstElement) sink = NULL;

  if (pipeline == NULL)
    return NULL;
  set_caps (pipeline, "wanted", WANTED);
  set_caps (pipeline, "rendered", RENDERED);
  sink = gst_bin_get_by_name (GST_BIN (pipeline), "sink");
  gst_app_sink_set_callbacks (GST_APP_SINK (sink), &callbacks,
                              sally_camera_session_ref (thread.session),
                              sally_camera_session_unref);
  first = gst_bin_get_by_name (GST_BIN (pipeline), "wanted");
  gst_bin_add (GST_BIN (pipeline), owned);
  gst_element_link (owned, first);
  return pipeline;
}

/* This camera or none: what is unplugged is an error at once, and no other one takes its place. */
static GstElement *
create_source (GstDevice *device, int fd)
{
  GstElement *source = gst_device_create_element (device, NULL);
  g_autoptr (GstStructure) words =
      gst_structure_new ("words", "node.dont-fallback", G_TYPE_STRING, "true",
                         "node.dont-reconnect", G_TYPE_STRING, "true", "media.role", G_TYPE_STRING,
                         "Camera", NULL);

  if (source != NULL)
    g_object_set (source, "fd", fd, "stream-properties", words, NULL);
  return source;
}

static void
open_pipeline (void)
{
  GstElement *source = create_source (thread.device, thread.session->fd);
  g_autoptr (GError) error = NULL;
  g_autoptr (GstBus) bus = NULL;

  if (source != NULL)
    thread.pipeline = build_pipeline (source, &error);
  if (thread.pipeline == NULL)
    {
      fail (error != NULL ? error->message : SOURCE);
      return;
    }
  bus = gst_element_get_bus (thread.pipeline);
  gst_bus_add_watch (bus, on_pipeline_message, NULL);
  thread.player = player_new (thread.session);
  gst_element_call_async (thread.pipeline, play, g_atomic_rc_box_acquire (thread.player),
                          player_unref);
}

/* What PipeWire knows of a camera; NULL if it does not. */
static char *
dup_word (GstDevice *device, const char *name)
{
  g_autoptr (GstStructure) words = gst_device_get_properties (device);

  return g_strdup (words != NULL ? gst_structure_get_string (words, name) : NULL);
}

static void
tell_cameras (void)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autofree char *location = NULL;
  guint camera = 0;

  for (guint i = 0; i < thread.devices->len; i++)
    {
      g_strv_builder_take (names, gst_device_get_display_name (thread.devices->pdata[i]));
      if (thread.devices->pdata[i] == thread.device)
        camera = i;
    }
  if (thread.device != NULL)
    location = dup_word (thread.device, "api.libcamera.location");
  sally_camera_session_tell_cameras (thread.session, g_strv_builder_end (names), camera,
                                     g_strcmp0 (location, "back") != 0);
}

/* NULL: none is left. */
static void
use_device (GstDevice *device)
{
  close_pipeline ();
  gst_object_replace ((GstObject **) &thread.device, (GstObject *) device);
  tell_cameras ();
  if (device != NULL)
    open_pipeline ();
  else
    sally_camera_session_tell_error (thread.session,
                                     _ ("No camera is there: connect one, and it is used at once"));
}

/* Screens that are shared are sources of pictures, too. */
static gboolean
is_camera (GstDevice *device)
{
  g_autofree char *role = dup_word (device, "media.role");

  return gst_device_has_classes (device, "Video/Source") &&
         (role == NULL || g_str_equal (role, "Camera"));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  g_autofree char *name_a = gst_device_get_display_name ((GstDevice *) a);
  g_autofree char *name_b = gst_device_get_display_name ((GstDevice *) b);

  return g_utf8_collate (name_a, name_b);
}

/* What the desktop's settings say, else the first; NULL if there is none. */
static GstDevice *
find_usual (void)
{
  for (guint i = 0; i < thread.devices->len; i++)
    {
      g_autoptr (GstStructure) words = gst_device_get_properties (thread.devices->pdata[i]);
      gboolean is_default = FALSE;

      if (words != NULL && gst_structure_get_boolean (words, "is-default", &is_default) &&
          is_default)
        return thread.devices->pdata[i];
    }
  return thread.devices->len > 0 ? thread.devices->pdata[0] : NULL;
}

static void
list_devices (void)
{
  GList *devices = gst_device_provider_get_devices (thread.provider);
  gboolean is_there = FALSE;

  g_ptr_array_set_size (thread.devices, 0);
  for (GList *link = devices; link != NULL; link = link->next)
    if (is_camera (link->data) && thread.devices->len < MAX_CAMERAS)
      {
        g_ptr_array_add (thread.devices, gst_object_ref (link->data));
        is_there = is_there || link->data == thread.device;
      }
  g_list_free_full (devices, gst_object_unref);
  g_ptr_array_sort_values (thread.devices, compare_names);

  if (is_there)
    tell_cameras ();
  else
    use_device (find_usual ());
}

static gboolean
on_provider_message (GstBus *bus, GstMessage *message, gpointer user_data)
{
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_DEVICE_ADDED ||
      GST_MESSAGE_TYPE (message) == GST_MESSAGE_DEVICE_REMOVED)
    list_devices ();
  return G_SOURCE_CONTINUE;
}

/* FALSE if this computer's GStreamer cannot show a camera. */
static gboolean
find_parts (void)
{
  g_autoptr (GError) error = NULL;
  const char *missing = NULL;

  if (!gst_init_check (NULL, NULL, &error))
    {
      sally_camera_session_tell_error (thread.session, _ ("GStreamer does not start: %s"),
                                       error->message);
      return FALSE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (parts) && missing == NULL; i++)
    {
      g_autoptr (GstElementFactory) factory = gst_element_factory_find (parts[i]);

      if (factory == NULL)
        missing = parts[i];
    }
  thread.provider = gst_device_provider_factory_get_by_name (PROVIDER);
  if (missing == NULL && thread.provider == NULL)
    missing = PROVIDER;
  if (missing != NULL)
    sally_camera_session_tell_error (thread.session,
                                     _ ("GStreamer lacks a part that cameras need (%s): install "
                                        "its base plugins and its PipeWire plugin"),
                                     missing);
  return missing == NULL;
}

static void
follow_cameras (void)
{
  g_autoptr (GstBus) bus = gst_device_provider_get_bus (thread.provider);

  g_object_set (thread.provider, "fd", thread.session->fd, NULL);
  gst_bus_add_watch (bus, on_provider_message, NULL);
  if (gst_device_provider_start (thread.provider))
    {
      list_devices ();
      g_main_loop_run (thread.session->loop);
      close_pipeline ();
      gst_device_provider_stop (thread.provider);
    }
  else
    {
      sally_camera_session_tell_error (thread.session,
                                       _ ("PipeWire, which has the cameras, does not answer"));
      g_main_loop_run (thread.session->loop);
    }
  gst_bus_remove_watch (bus);
}

gpointer
sally_camera_thread_run (gpointer data)
{
  SallyCameraSession *session = data;

  g_mutex_lock (&one_at_a_time);
  g_main_context_push_thread_default (session->context);
  thread.session = session;
  thread.devices = g_ptr_array_new_with_free_func (gst_object_unref);
  if (find_parts ())
    follow_cameras ();
  else
    g_main_loop_run (session->loop);
  /* Wishes that came too late hold the session until they have been seen. */
  g_ptr_array_set_size (thread.devices, 0);
  while (g_main_context_iteration (session->context, FALSE))
    ;
  g_clear_pointer (&thread.devices, g_ptr_array_unref);
  gst_clear_object (&thread.device);
  gst_clear_object (&thread.provider);
  thread.session = NULL;
  g_main_context_pop_thread_default (session->context);
  g_mutex_unlock (&one_at_a_time);
  sally_camera_session_unref (session);
  return NULL;
}

void
sally_camera_thread_choose (SallyCameraSession *session, guint camera)
{
  g_return_if_fail (session == thread.session);

  if (camera < thread.devices->len && thread.devices->pdata[camera] != thread.device)
    use_device (thread.devices->pdata[camera]);
}
