/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All lanes of one connection and the one place that polls its socket. */
#pragma once

#include "engine/tunnel.h"

G_BEGIN_DECLS

/* Lane 0 is the person's: listing, stat, rename; always quick. The others carry bulk data. OpenSSH
 * allows 10 channels a connection (MaxSessions), AWS Transfer as many; each of OpenSSH's takes 2
 * MiB ahead. */
#define SALLY_MUX_MAX_BULK_LANES 8

/* Main thread only. */
typedef struct _SallyMux SallyMux;

/* Called once when the first lane is ready (`error` NULL) or could not be had. */
typedef void (*SallyMuxReadyFunc) (const GError *error, gpointer user_data);
/* Called once when the connection has ended; every request has been answered by then. */
typedef void (*SallyMuxLostFunc) (const GError *error, gpointer user_data);

/* Called in every round, so that bulk data is made when there is room for it and not before. TRUE
 * if it queued anything. */
typedef gboolean (*SallyMuxRefillFunc) (gpointer user_data);

/* Takes the signed-in transport and begins to poll. */
SallyMux *sally_mux_new (SallyTransport *transport,
                         SallyMuxReadyFunc ready_func,
                         SallyMuxLostFunc lost_func,
                         gpointer user_data);
/* Answers every request that is outstanding with NULL and polls no more; without a call-back. */
void sally_mux_close (SallyMux *self);
void sally_mux_free (SallyMux *self);

void sally_mux_set_refill_func (SallyMux *self, SallyMuxRefillFunc func, gpointer user_data);

const SallySftpFeatures *sally_mux_get_features (SallyMux *self);
SallyTransport *sally_mux_get_transport (SallyMux *self);

/* Requests sent to a lane go out in the next turn; call sally_mux_wake after sending from outside a
 * reply call-back. */
SallyLane *sally_mux_get_person_lane (SallyMux *self);
void sally_mux_wake (SallyMux *self);
/* The same at that monotonic time (µs), or before. */
void sally_mux_wake_at (SallyMux *self, gint64 time_us);

/* To be called when the line may have gone without a word, as after a change of networks: asks the
 * server something, and takes the line for lost unless anything comes within 8 seconds. */
void sally_mux_check_line (SallyMux *self);

/* The shortest time that a request took so far (µs): the line's round trip and a little. 0 while
 * none has come back. */
gint64 sally_mux_get_round_trip_us (SallyMux *self);

/* As many as it takes, at this round trip, to fill a fast line upwards: at least 1. */
guint sally_mux_count_useful_lanes (SallyMux *self);

/* The bulk lane with the least to do. Another is opened while all are busy and the server allows
 * it; where it allows none, the person's lane serves. */
SallyLane *sally_mux_get_bulk_lane (SallyMux *self);

/* The bulk lane of that number, from 0, opened if it is not there; NULL where the server allows no
 * more. For one file that goes over several lanes. */
SallyLane *sally_mux_get_bulk_lane_at (SallyMux *self, guint number);

/* Has the server connect to `host`, and carries what passes to `socket`, which it takes. */
void sally_mux_open_tunnel (SallyMux *self,
                            int socket,
                            const char *host,
                            guint port,
                            SallyTunnelFunc func,
                            gpointer user_data);
guint sally_mux_get_n_tunnels (SallyMux *self);

G_END_DECLS
