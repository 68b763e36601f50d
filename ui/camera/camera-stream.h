/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pictures of a camera, by PipeWire and GStreamer, which no other file sees. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The longer side of a picture: what is sharper is made smaller. */
#define SALLY_CAMERA_MAX_SIDE 1280

/* Pixels of four bytes: blue, green, red, and one that is ignored. */
typedef struct
{
  GBytes *pixels;
  guint width;
  guint height;
  gsize stride;
} SallyCameraFrame;

/* Runs from sally_camera_stream_new() to sally_camera_stream_stop() or its end, on threads of its
 * own: nothing here waits for a camera. Cameras may come and go meanwhile. Signals, on the main
 * thread: "frame", there is a new picture; "failed" (const GError *), there is none, for that
 * reason, until the next "frame". Properties: camera, the index of the one in use in the list of
 * names. */
#define SALLY_TYPE_CAMERA_STREAM (sally_camera_stream_get_type ())
G_DECLARE_FINAL_TYPE (SallyCameraStream, sally_camera_stream, SALLY, CAMERA_STREAM, GObject)

/* `fd` is a connection to PipeWire and is taken. */
SallyCameraStream *sally_camera_stream_new (int fd) G_GNUC_WARN_UNUSED_RESULT;

/* Lets go of the camera at once; no signal comes afterwards. */
void sally_camera_stream_stop (SallyCameraStream *self);

/* The newest picture, TRUE if there is one; `frame->pixels` is owned by the caller. */
gboolean sally_camera_stream_get_frame (SallyCameraStream *self, SallyCameraFrame *frame);

/* The names of the cameras (item-type GtkStringObject), for people. */
GListModel *sally_camera_stream_get_cameras (SallyCameraStream *self);

guint sally_camera_stream_get_camera (SallyCameraStream *self);
void sally_camera_stream_set_camera (SallyCameraStream *self, guint camera);

/* Whether it looks at the person, who then expects to see a mirror. */
gboolean sally_camera_stream_is_mirror (SallyCameraStream *self);

G_END_DECLS
