/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One SSH channel that speaks SFTP: requests out, replies in, any number in flight. */
#pragma once

#include "engine/sftp-wire.h"
#include "engine/transport.h"

G_BEGIN_DECLS

/* Main thread only, stepped by the mux. */
typedef struct _SallyLane SallyLane;

typedef struct
{
  SallySftpType type;
  const guint8 *body; /* after the id; valid during the call */
  gsize length;
} SallySftpReply;

/* Called once for every request; `reply` is NULL if the lane ended before it came. */
typedef void (*SallyReplyFunc) (const SallySftpReply *reply, gpointer user_data);

typedef enum
{
  SALLY_LANE_OPENING,
  SALLY_LANE_READY,
  SALLY_LANE_DEAD, /* refused or ended; see sally_lane_get_error */
} SallyLaneState;

/* What one step did, as flags. */
typedef enum
{
  SALLY_LANE_MOVED = 1 << 0,     /* something went through: step the others again */
  SALLY_LANE_WANTS_OUT = 1 << 1, /* the socket must take bytes before this lane goes on */
  SALLY_LANE_LOST = 1 << 2,      /* the whole connection is gone */
} SallyLaneStep;

/* `window_bytes`: how much the server may send ahead. `asks_limits`: also asks limits@openssh.com
 * before it is ready, for the features. */
SallyLane *sally_lane_new (SallyTransport *transport, guint32 window_bytes, gboolean asks_limits);

/* Answers what is outstanding with NULL. The channel goes down with the session. */
void sally_lane_free (SallyLane *self);

SallyLaneState sally_lane_get_state (SallyLane *self);
const GError *sally_lane_get_error (SallyLane *self);
const SallySftpFeatures *sally_lane_get_features (SallyLane *self);

/* Requests that wait for their reply, and bytes that wait for the network. */
guint sally_lane_get_in_flight (SallyLane *self);
gsize sally_lane_get_queued_bytes (SallyLane *self);

/* The shortest time that a request of this lane took to be answered (µs); 0 while none was. */
gint64 sally_lane_get_round_trip_us (SallyLane *self);

/* Builds a request in place and queues it: begin, write fields, send. Requests sent while the lane
 * opens wait until it is ready. */
SallySftpWriter *sally_lane_begin (SallyLane *self, SallySftpType type);
void sally_lane_send (SallyLane *self, SallyReplyFunc func, gpointer user_data);

/* As far as it goes without waiting: open, write (if `may_write`), read, dispatch replies. */
SallyLaneStep sally_lane_step (SallyLane *self, gboolean may_write);

/* Ends the lane with `error` (copied), answering all that is outstanding. */
void sally_lane_kill (SallyLane *self, const GError *error);

G_END_DECLS
