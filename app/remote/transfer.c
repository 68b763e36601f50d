/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/transfer.h"

#include "base/text.h"
#include "model/remote-path.h"
#include "remote/speed.h"
#include "remote/transfer-private.h"

#include <string.h>

struct _SallyTransfer
{
  GObject parent_instance;

  SallyConnection *connection;
  SallyTransferRecord *record;
  gpointer job;
  char *name;
  guint64 size;
  guint64 done;
  SallyTransferState state;
  GError *error;
  SallySpeed *speed; /* while it runs: a hundred thousand may wait */
  char *sha256;
  const char *proof;
};

enum
{
  PROP_0,
  PROP_CONNECTION,
  PROP_IS_UPLOAD,
  PROP_NAME,
  PROP_LOCAL_PATH,
  PROP_SIZE,
  PROP_DONE,
  PROP_STATE,
  PROP_SPEED,
  PROP_SECONDS_LEFT,
  PROP_FRACTION,
  PROP_ERROR,
  PROP_IS_ACTIVE,
  PROP_SHA256,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SallyTransfer, sally_transfer, G_TYPE_OBJECT)

static void
sally_transfer_dispose (GObject *object)
{
  SallyTransfer *self = SALLY_TRANSFER (object);

  g_clear_object (&self->connection);
  G_OBJECT_CLASS (sally_transfer_parent_class)->dispose (object);
}

static void
sally_transfer_finalize (GObject *object)
{
  SallyTransfer *self = SALLY_TRANSFER (object);

  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self->sha256);
  g_free (self->speed);
  sally_transfer_record_free (self->record);
  G_OBJECT_CLASS (sally_transfer_parent_class)->finalize (object);
}

static guint64
get_speed (SallyTransfer *self)
{
  return self->speed != NULL ? self->speed->bytes_a_second : 0;
}

static double
get_fraction (SallyTransfer *self)
{
  if (self->state == SALLY_TRANSFER_FINISHED)
    return 1.0;
  return self->size > 0 ? MIN ((double) self->done / (double) self->size, 1.0) : 0.0;
}

static void
sally_transfer_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyTransfer *self = SALLY_TRANSFER (object);

  switch (id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;
    case PROP_IS_UPLOAD:
      g_value_set_boolean (value, self->record->is_upload);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_LOCAL_PATH:
      g_value_set_string (value, self->record->local_path);
      break;
    case PROP_SIZE:
      g_value_set_uint64 (value, self->size);
      break;
    case PROP_DONE:
      g_value_set_uint64 (value, self->done);
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_SPEED:
      g_value_set_uint64 (value, get_speed (self));
      break;
    case PROP_SECONDS_LEFT:
      g_value_set_int64 (value, sally_transfer_get_seconds_left (self));
      break;
    case PROP_FRACTION:
      g_value_set_double (value, get_fraction (self));
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_IS_ACTIVE:
      g_value_set_boolean (value, sally_transfer_is_active (self));
      break;
    case PROP_SHA256:
      g_value_set_string (value, self->sha256);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_transfer_class_init (SallyTransferClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = sally_transfer_dispose;
  object_class->finalize = sally_transfer_finalize;
  object_class->get_property = sally_transfer_get_property;

  properties[PROP_CONNECTION] =
      g_param_spec_object ("connection", NULL, NULL, SALLY_TYPE_CONNECTION, flags);
  properties[PROP_IS_UPLOAD] = g_param_spec_boolean ("is-upload", NULL, NULL, FALSE, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_LOCAL_PATH] = g_param_spec_string ("local-path", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_DONE] = g_param_spec_uint64 ("done", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_STATE] =
      g_param_spec_uint ("state", NULL, NULL, 0, SALLY_TRANSFER_CANCELLED, 0, flags);
  properties[PROP_SPEED] = g_param_spec_uint64 ("speed", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_SECONDS_LEFT] =
      g_param_spec_int64 ("seconds-left", NULL, NULL, -1, G_MAXINT64, -1, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_IS_ACTIVE] = g_param_spec_boolean ("is-active", NULL, NULL, TRUE, flags);
  properties[PROP_SHA256] = g_param_spec_string ("sha256", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sally_transfer_init (SallyTransfer *self)
{
}

static void
update_name (SallyTransfer *self)
{
  g_autofree char *name = NULL;

  if (self->record->is_upload)
    name = sally_remote_path_dup_name (self->record->remote_path);
  else
    name = g_path_get_basename (self->record->local_path);
  g_free (self->name);
  self->name = sally_text_from_name (name, strlen (name));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
}

SallyTransfer *
sally_transfer_new (SallyConnection *connection, SallyTransferRecord *record)
{
  SallyTransfer *self = g_object_new (SALLY_TYPE_TRANSFER, NULL);

  g_set_object (&self->connection, connection);
  self->record = record;
  self->size = record->size;
  self->done = record->offset;
  update_name (self);
  return self;
}

SallyTransferRecord *
sally_transfer_get_record (SallyTransfer *self)
{
  return self->record;
}

gpointer
sally_transfer_get_job (SallyTransfer *self)
{
  return self->job;
}

void
sally_transfer_set_job (SallyTransfer *self, gpointer job)
{
  self->job = job;
}

static void
notify (SallyTransfer *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
sally_transfer_set_size (SallyTransfer *self, guint64 size)
{
  if (self->size == size)
    return;
  self->size = size;
  notify (self, PROP_SIZE);
  notify (self, PROP_FRACTION);
}

void
sally_transfer_set_connection (SallyTransfer *self, SallyConnection *connection)
{
  if (g_set_object (&self->connection, connection))
    notify (self, PROP_CONNECTION);
}

void
sally_transfer_set_done (SallyTransfer *self, guint64 done, gint64 now_us)
{
  self->done = done;
  if (self->speed != NULL)
    sally_speed_add (self->speed, done, now_us);
  notify (self, PROP_DONE);
  notify (self, PROP_SPEED);
  notify (self, PROP_SECONDS_LEFT);
  notify (self, PROP_FRACTION);
}

static void
set_state (SallyTransfer *self, SallyTransferState state)
{
  gboolean was_active = sally_transfer_is_active (self);

  if (self->state == state)
    return;
  self->state = state;
  notify (self, PROP_STATE);
  notify (self, PROP_FRACTION);
  if (was_active != sally_transfer_is_active (self))
    notify (self, PROP_IS_ACTIVE);
}

static void
clear_speed (SallyTransfer *self)
{
  g_clear_pointer (&self->speed, g_free);
  notify (self, PROP_SPEED);
  notify (self, PROP_SECONDS_LEFT);
}

/* Takes the error. */
static void
set_error (SallyTransfer *self, GError *error)
{
  if (self->error == NULL && error == NULL)
    return;
  g_clear_error (&self->error);
  self->error = error;
  notify (self, PROP_ERROR);
}

void
sally_transfer_set_state (SallyTransfer *self, SallyTransferState state, const GError *error)
{
  clear_speed (self);
  set_error (self, error != NULL ? g_error_copy (error) : NULL);
  if (state == SALLY_TRANSFER_RUNNING)
    {
      self->speed = g_new0 (SallySpeed, 1);
      sally_speed_add (self->speed, self->done, g_get_monotonic_time ());
    }
  set_state (self, state);
}

void
sally_transfer_set_local_path (SallyTransfer *self, const char *path)
{
  if (!g_set_str (&self->record->local_path, path))
    return;
  notify (self, PROP_LOCAL_PATH);
  update_name (self);
}

void
sally_transfer_set_remote_path (SallyTransfer *self, const char *path)
{
  if (g_set_str (&self->record->remote_path, path))
    update_name (self);
}

void
sally_transfer_set_sha256 (SallyTransfer *self, const char *digest)
{
  if (g_set_str (&self->sha256, digest))
    notify (self, PROP_SHA256);
}

void
sally_transfer_set_proof (SallyTransfer *self, const char *method)
{
  self->proof = method;
}

void
sally_transfer_end (SallyTransfer *self, GError *error)
{
  SallyTransferState state = SALLY_TRANSFER_FINISHED;

  if (error != NULL)
    state = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? SALLY_TRANSFER_CANCELLED
                                                                      : SALLY_TRANSFER_FAILED;
  clear_speed (self);
  set_error (self, error);
  set_state (self, state);
}

SallyConnection *
sally_transfer_get_connection (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), NULL);

  return self->connection;
}

const char *
sally_transfer_get_server_id (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), NULL);

  return self->record->server_id;
}

gboolean
sally_transfer_get_is_upload (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), FALSE);

  return self->record->is_upload;
}

const char *
sally_transfer_get_name (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), NULL);

  return self->name;
}

const char *
sally_transfer_get_local_path (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), NULL);

  return self->record->local_path;
}

const char *
sally_transfer_get_remote_path (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), NULL);

  return self->record->remote_path;
}

guint64
sally_transfer_get_size (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), 0);

  return self->size;
}

guint64
sally_transfer_get_done (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), 0);

  return self->done;
}

SallyTransferState
sally_transfer_get_state (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), SALLY_TRANSFER_FAILED);

  return self->state;
}

guint64
sally_transfer_get_speed (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), 0);

  return get_speed (self);
}

gint64
sally_transfer_get_seconds_left (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), -1);

  if (self->speed == NULL || self->size < self->done)
    return -1;
  return sally_speed_get_seconds_left (self->speed, self->size - self->done);
}

const GError *
sally_transfer_get_error (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), NULL);

  return self->error;
}

gboolean
sally_transfer_is_active (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), FALSE);

  return self->state <= SALLY_TRANSFER_WAITING;
}

gboolean
sally_transfer_has_ended (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), FALSE);

  return self->state >= SALLY_TRANSFER_FINISHED;
}

const char *
sally_transfer_get_sha256 (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), NULL);

  return self->sha256;
}

const char *
sally_transfer_get_proof (SallyTransfer *self)
{
  g_return_val_if_fail (SALLY_IS_TRANSFER (self), NULL);

  return self->proof;
}
