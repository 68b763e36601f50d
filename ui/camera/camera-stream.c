/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "camera/camera-stream.h"

#include "base/error.h"
#include "camera/camera-session.h"

#include <glib/gstdio.h>
#include <gtk/gtk.h>

struct _SallyCameraStream
{
  GObject parent_instance;

  SallyCameraSession *session; /* NULL after the end */
  GtkStringList *names;
  guint camera;
  gboolean is_mirror;
};

G_DEFINE_FINAL_TYPE (SallyCameraStream, sally_camera_stream, G_TYPE_OBJECT)

typedef enum
{
  PROP_CAMERA = 1,
} SallyCameraStreamProperty;

static GParamSpec *properties[PROP_CAMERA + 1];

typedef enum
{
  SIGNAL_FRAME,
  SIGNAL_FAILED,
  N_SIGNALS,
} SallyCameraStreamSignal;

static guint signals[N_SIGNALS];

SallyCameraSession *
sally_camera_session_ref (SallyCameraSession *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
session_clear (gpointer data)
{
  SallyCameraSession *session = data;

  g_clear_fd (&session->fd, NULL);
  g_weak_ref_clear (&session->stream);
  g_main_loop_unref (session->loop);
  g_main_context_unref (session->context);
  g_clear_pointer (&session->frame.pixels, g_bytes_unref);
  g_mutex_clear (&session->lock);
}

void
sally_camera_session_unref (gpointer self)
{
  g_atomic_rc_box_release_full (self, session_clear);
}

/* On its way from another thread to the stream. */
typedef struct
{
  SallyCameraSession *session;
  gboolean is_frame;
  GError *error; /* or NULL */
  char **names;  /* NULL: as before */
  guint camera;
  gboolean is_mirror;
} News;

static News *
news_new (SallyCameraSession *session)
{
  News *news = g_new0 (News, 1);

  news->session = sally_camera_session_ref (session);
  return news;
}

static void
news_free (gpointer data)
{
  News *news = data;

  sally_camera_session_unref (news->session);
  g_clear_error (&news->error);
  g_strfreev (news->names);
  g_free (news);
}

static void
take_cameras (SallyCameraStream *self, const News *news)
{
  guint n_names = g_list_model_get_n_items (G_LIST_MODEL (self->names));

  gtk_string_list_splice (self->names, 0, n_names, (const char *const *) news->names);
  self->is_mirror = news->is_mirror;
  self->camera = news->camera;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAMERA]);
}

static gboolean
on_news (gpointer data)
{
  News *news = data;
  g_autoptr (SallyCameraStream) self = g_weak_ref_get (&news->session->stream);

  if (news->is_frame)
    {
      g_mutex_lock (&news->session->lock);
      news->session->is_told = FALSE;
      g_mutex_unlock (&news->session->lock);
    }
  if (self == NULL || self->session != news->session)
    return G_SOURCE_REMOVE;
  if (news->names != NULL)
    take_cameras (self, news);
  else if (news->error != NULL)
    g_signal_emit (self, signals[SIGNAL_FAILED], 0, news->error);
  else
    g_signal_emit (self, signals[SIGNAL_FRAME], 0);
  return G_SOURCE_REMOVE;
}

static void
send_news (News *news)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_news, news, news_free);
}

void
sally_camera_session_tell_frame (SallyCameraSession *self, SallyCameraFrame *frame)
{
  gboolean is_told;
  News *news;

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->frame.pixels, g_bytes_unref);
  self->frame = *frame;
  is_told = self->is_told;
  self->is_told = TRUE;
  g_mutex_unlock (&self->lock);
  if (is_told)
    return;
  news = news_new (self);
  news->is_frame = TRUE;
  send_news (news);
}

void
sally_camera_session_tell_error (SallyCameraSession *self, const char *format, ...)
{
  News *news = news_new (self);
  va_list arguments;

  va_start (arguments, format);
  news->error = g_error_new_valist (SALLY_ERROR, SALLY_ERROR_FAILED, format, arguments);
  va_end (arguments);
  send_news (news);
}

void
sally_camera_session_tell_cameras (SallyCameraSession *self,
                                   char **names,
                                   guint camera,
                                   gboolean is_mirror)
{
  News *news = news_new (self);

  news->names = names;
  news->camera = camera;
  news->is_mirror = is_mirror;
  send_news (news);
}

static void
sally_camera_stream_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SallyCameraStreamProperty) id)
    {
    case PROP_CAMERA:
      g_value_set_uint (value, SALLY_CAMERA_STREAM (object)->camera);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_camera_stream_dispose (GObject *object)
{
  sally_camera_stream_stop (SALLY_CAMERA_STREAM (object));

  G_OBJECT_CLASS (sally_camera_stream_parent_class)->dispose (object);
}

static void
sally_camera_stream_finalize (GObject *object)
{
  g_clear_object (&SALLY_CAMERA_STREAM (object)->names);

  G_OBJECT_CLASS (sally_camera_stream_parent_class)->finalize (object);
}

static void
sally_camera_stream_class_init (SallyCameraStreamClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sally_camera_stream_get_property;
  object_class->dispose = sally_camera_stream_dispose;
  object_class->finalize = sally_camera_stream_finalize;

  properties[PROP_CAMERA] =
      g_param_spec_uint ("camera", NULL, NULL, 0, G_MAXUINT, 0,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_FRAME] = g_signal_new ("frame", SALLY_TYPE_CAMERA_STREAM, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] = g_signal_new ("failed", SALLY_TYPE_CAMERA_STREAM, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
sally_camera_stream_init (SallyCameraStream *self)
{
  self->names = gtk_string_list_new (NULL);
}

SallyCameraStream *
sally_camera_stream_new (int fd)
{
  SallyCameraStream *self;
  SallyCameraSession *session;

  g_return_val_if_fail (fd >= 0, NULL);

  self = g_object_new (SALLY_TYPE_CAMERA_STREAM, NULL);
  session = self->session = g_atomic_rc_box_new0 (SallyCameraSession);
  g_weak_ref_init (&session->stream, self);
  g_mutex_init (&session->lock);
  session->context = g_main_context_new ();
  session->loop = g_main_loop_new (session->context, FALSE);
  session->fd = fd;
  g_thread_unref (
      g_thread_new ("camera", sally_camera_thread_run, sally_camera_session_ref (session)));
  return self;
}

/* As a source of its own, for what is invoked could come before the thread's loop runs. */
static void
tell_thread (SallyCameraSession *session,
             GSourceFunc function,
             gpointer data,
             GDestroyNotify destroy)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, function, data, destroy);
  g_source_attach (source, session->context);
  g_source_unref (source);
}

static gboolean
on_quit (gpointer data)
{
  SallyCameraSession *session = data;

  g_main_loop_quit (session->loop);
  return G_SOURCE_REMOVE;
}

void
sally_camera_stream_stop (SallyCameraStream *self)
{
  SallyCameraSession *session;

  g_return_if_fail (SALLY_IS_CAMERA_STREAM (self));

  session = g_steal_pointer (&self->session);
  if (session != NULL)
    tell_thread (session, on_quit, session, sally_camera_session_unref);
}

gboolean
sally_camera_stream_get_frame (SallyCameraStream *self, SallyCameraFrame *frame)
{
  g_return_val_if_fail (SALLY_IS_CAMERA_STREAM (self), FALSE);
  g_return_val_if_fail (frame != NULL, FALSE);

  if (self->session == NULL)
    return FALSE;
  g_mutex_lock (&self->session->lock);
  *frame = self->session->frame;
  if (frame->pixels != NULL)
    g_bytes_ref (frame->pixels);
  g_mutex_unlock (&self->session->lock);
  return frame->pixels != NULL;
}

GListModel *
sally_camera_stream_get_cameras (SallyCameraStream *self)
{
  g_return_val_if_fail (SALLY_IS_CAMERA_STREAM (self), NULL);

  return G_LIST_MODEL (self->names);
}

guint
sally_camera_stream_get_camera (SallyCameraStream *self)
{
  g_return_val_if_fail (SALLY_IS_CAMERA_STREAM (self), 0);

  return self->camera;
}

/* For another camera, on its way to the thread. */
typedef struct
{
  SallyCameraSession *session;
  guint camera;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *wish = data;

  sally_camera_session_unref (wish->session);
  g_free (wish);
}

static gboolean
on_wish (gpointer data)
{
  const Wish *wish = data;

  sally_camera_thread_choose (wish->session, wish->camera);
  return G_SOURCE_REMOVE;
}

void
sally_camera_stream_set_camera (SallyCameraStream *self, guint camera)
{
  Wish *wish;

  g_return_if_fail (SALLY_IS_CAMERA_STREAM (self));

  if (self->session == NULL)
    return;
  wish = g_new (Wish, 1);
  *wish = (Wish) { sally_camera_session_ref (self->session), camera };
  tell_thread (self->session, on_wish, wish, wish_free);
}

gboolean
sally_camera_stream_is_mirror (SallyCameraStream *self)
{
  g_return_val_if_fail (SALLY_IS_CAMERA_STREAM (self), FALSE);

  return self->is_mirror;
}
