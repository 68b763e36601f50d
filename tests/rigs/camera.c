/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A camera without hardware: a source of pictures in PipeWire, which shows what a file holds.
 *
 * usage: camera NAME FRAME-FILE
 *
 * The file is read anew for each picture: 640 by 480 pixels, red, green and blue, a byte each. */

#include "config.h"

#include <glib.h>
#include <pipewire/pipewire.h>
#include <spa/param/video/format-utils.h>
#include <string.h>

#define WIDTH       640
#define HEIGHT      480
#define STRIDE      (WIDTH * 3)
#define FRAME_BYTES (STRIDE * HEIGHT)
#define RATE        10
#define N_BUFFERS   4

typedef struct
{
  struct pw_main_loop *loop;
  struct pw_stream *stream;
  struct spa_source *timer;
  const char *path;
} Camera;

/* Pictures are made while somebody watches. */
static void
on_state_changed (void *data,
                  enum pw_stream_state old,
                  enum pw_stream_state state,
                  const char *error)
{
  Camera *camera = data;
  struct timespec interval = { 0,
                               state == PW_STREAM_STATE_STREAMING ? SPA_NSEC_PER_SEC / RATE : 0 };

  if (state == PW_STREAM_STATE_ERROR)
    g_printerr ("camera: %s\n", error);
  pw_loop_update_timer (pw_main_loop_get_loop (camera->loop), camera->timer, &interval, &interval,
                        false);
}

static void
on_timer (void *data, guint64 expirations)
{
  pw_stream_trigger_process (((Camera *) data)->stream);
}

static void
on_process (void *data)
{
  Camera *camera = data;
  struct pw_buffer *buffer = pw_stream_dequeue_buffer (camera->stream);
  g_autofree char *frame = NULL;
  struct spa_data *plane;
  gsize length = 0;

  if (buffer == NULL)
    return;
  plane = &buffer->buffer->datas[0];
  g_file_get_contents (camera->path, &frame, &length, NULL);
  if (plane->data != NULL && length == FRAME_BYTES && plane->maxsize >= FRAME_BYTES)
    memcpy (plane->data, frame, length);
  plane->chunk->offset = 0;
  plane->chunk->stride = STRIDE;
  plane->chunk->size = FRAME_BYTES;
  pw_stream_queue_buffer (camera->stream, buffer);
}

static void
on_param_changed (void *data, guint32 id, const struct spa_pod *param)
{
  Camera *camera = data;
  guint8 memory[1024];
  struct spa_pod_builder builder = SPA_POD_BUILDER_INIT (memory, sizeof memory);
  const struct spa_pod *params[1];

  if (param == NULL || id != SPA_PARAM_Format)
    return;
  params[0] = spa_pod_builder_add_object (&builder, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers,
                                          SPA_PARAM_BUFFERS_buffers,
                                          SPA_POD_CHOICE_RANGE_Int (N_BUFFERS, 2, 2 * N_BUFFERS),
                                          SPA_PARAM_BUFFERS_blocks, SPA_POD_Int (1),
                                          SPA_PARAM_BUFFERS_size, SPA_POD_Int (FRAME_BYTES),
                                          SPA_PARAM_BUFFERS_stride, SPA_POD_Int (STRIDE));
  pw_stream_update_params (camera->stream, params, 1);
}

static const struct pw_stream_events events = {
  PW_VERSION_STREAM_EVENTS,
  .state_changed = on_state_changed,
  .param_changed = on_param_changed,
  .process = on_process,
};

static void
connect_stream (Camera *camera, const char *name)
{
  guint8 memory[1024];
  struct spa_pod_builder builder = SPA_POD_BUILDER_INIT (memory, sizeof memory);
  const struct spa_pod *params[1];

  camera->stream =
      pw_stream_new_simple (pw_main_loop_get_loop (camera->loop), name,
                            pw_properties_new (PW_KEY_MEDIA_CLASS, "Video/Source",
                                               PW_KEY_MEDIA_ROLE, "Camera", PW_KEY_NODE_NAME, name,
                                               PW_KEY_NODE_DESCRIPTION, name, NULL),
                            &events, camera);
  params[0] =
      spa_pod_builder_add_object (&builder, SPA_TYPE_OBJECT_Format, SPA_PARAM_EnumFormat,
                                  SPA_FORMAT_mediaType, SPA_POD_Id (SPA_MEDIA_TYPE_video),
                                  SPA_FORMAT_mediaSubtype, SPA_POD_Id (SPA_MEDIA_SUBTYPE_raw),
                                  SPA_FORMAT_VIDEO_format, SPA_POD_Id (SPA_VIDEO_FORMAT_RGB),
                                  SPA_FORMAT_VIDEO_size,
                                  SPA_POD_Rectangle (&SPA_RECTANGLE (WIDTH, HEIGHT)),
                                  SPA_FORMAT_VIDEO_framerate,
                                  SPA_POD_Fraction (&SPA_FRACTION (RATE, 1)));
  pw_stream_connect (camera->stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
                     PW_STREAM_FLAG_DRIVER | PW_STREAM_FLAG_MAP_BUFFERS, params, 1);
}

int
main (int argc, char **argv)
{
  Camera camera = { 0 };

  if (argc != 3)
    {
      g_printerr ("usage: camera NAME FRAME-FILE\n");
      return 2;
    }
  pw_init (NULL, NULL);
  camera.path = argv[2];
  camera.loop = pw_main_loop_new (NULL);
  camera.timer = pw_loop_add_timer (pw_main_loop_get_loop (camera.loop), on_timer, &camera);
  connect_stream (&camera, argv[1]);
  pw_main_loop_run (camera.loop);
  pw_stream_destroy (camera.stream);
  pw_main_loop_destroy (camera.loop);
  pw_deinit ();
  return 0;
}
