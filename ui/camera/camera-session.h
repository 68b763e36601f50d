/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a camera's stream and its thread share. */
#pragma once

#include "camera/camera-stream.h"

G_BEGIN_DECLS

/* The thread owns all that is of GStreamer, for PipeWire may let one wait; the pictures come from
 * yet another one. */
typedef struct
{
  GWeakRef stream;
  GMainContext *context; /* of the thread */
  GMainLoop *loop;
  int fd; /* open as long as the session: GStreamer knows the connection by its number */

  GMutex lock;
  SallyCameraFrame frame; /* the newest; under the lock */
  gboolean is_told;       /* that it is there; under the lock */
} SallyCameraSession;

/* Counted; any thread. */
SallyCameraSession *sally_camera_session_ref (SallyCameraSession *self);
void sally_camera_session_unref (gpointer self);

/* News for the stream, told on the main thread. Any thread. */
void
sally_camera_session_tell_frame (SallyCameraSession *self, SallyCameraFrame *frame); /* taken */
void sally_camera_session_tell_error (SallyCameraSession *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);
/* `names` is taken. */
void sally_camera_session_tell_cameras (SallyCameraSession *self,
                                        char **names,
                                        guint camera,
                                        gboolean is_mirror);

/* camera-thread.c: what the thread does with a session, which it takes, until its loop is quit. */
gpointer sally_camera_thread_run (gpointer session);

/* The camera that is to be used, by its index. On the thread. */
void sally_camera_thread_choose (SallyCameraSession *session, guint camera);

G_END_DECLS
