/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by service.c, service-files.c and service-transfers.c. */
#pragma once

#include "engine/bulk.h"
#include "engine/service.h"
#include "engine/wire.h"

#include <gio/gunixfdlist.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_SERVICE_NEW,
  SALLY_SERVICE_CONNECTING,
  SALLY_SERVICE_READY,
  SALLY_SERVICE_CLOSED,
} SallyServiceState;

struct _SallyService
{
  GMainLoop *loop;
  GSocketListener *listener;
  GDBusAuthObserver *observer;
  GCancellable *cancellable; /* of the sign-in and of accepting */
  GPtrArray *clients;        /* of SallyClient */

  SallyServiceState state;
  SallyMux *mux;
  SallyBulk *bulk;
  const SallyDialect *dialect;
  char *home;
  char *methods; /* that signed us in */
  gint64 since_s;
  gboolean has_clock;
  SallyClockReading clock; /* the server's */

  guint linger_s;
  guint linger_id;
  guint progress_id;
  guint deadline_id;                         /* for SFTP to start once signed in */
  guint flush_id;                            /* at the end: the last words must be out by then */
  guint n_flushing;                          /* clients whose last words are on their way */
  gboolean is_signing_in;                    /* the thread is at work */
  GDBusMethodInvocation *connect_invocation; /* waits for the sign-in */
};

typedef struct
{
  SallyService *service;
  GDBusConnection *connection;
  SallyWireEngine1 *skeleton;
  GHashTable *listings; /* id -> SallyListing */
  guint next_listing;
  guint64 download_limit; /* bytes a second; 0: none */
  guint64 upload_limit;
} SallyClient;

/* A client outlives its connection while a call of its is under way. */
SallyClient *sally_client_ref (SallyClient *client);
void sally_client_unref (SallyClient *client);

/* service-files.c and service-transfers.c: connect their methods. */
void sally_service_add_file_methods (SallyClient *client);
void sally_service_add_transfer_methods (SallyClient *client);

/* service-files.c: closes what the client left open. */
void sally_service_close_listings (SallyClient *client);

/* TRUE if a connection stands; else the invocation is answered with an error. */
gboolean sally_service_check_ready (SallyClient *client, GDBusMethodInvocation *invocation);

/* FALSE, with the invocation answered, unless it may become part of a file name. */
gboolean sally_service_check_token (const char *token, GDBusMethodInvocation *invocation);

/* A descriptor that came with a call, owned by the caller; -1 with the reason. */
int sally_service_take_descriptor (GUnixFDList *descriptors, gint32 handle, GError **error);

/* service-transfers.c: SallyBulkFinishedFunc, with the service as user data. The owner is a
 * reference to its client, which is released. */
void sally_service_transfer_finished (gpointer owner,
                                      const SallyBulkProgress *progress,
                                      const SallySftpAttributes *attributes,
                                      const GError *error,
                                      gpointer user_data);

/* service-transfers.c: the lowest limits of those who are here hold for all. */
void sally_service_update_limits (SallyService *self);

GVariant *sally_service_attributes_to_variant (const SallySftpAttributes *attributes);

G_END_DECLS
