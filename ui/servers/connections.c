/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/connections.h"

struct _SallyConnections
{
  GObject parent_instance;

  SallyConnectionServices *services;
  GHashTable *by_server; /* (element-type SallyServer SallyConnection) */
};

G_DEFINE_FINAL_TYPE (SallyConnections, sally_connections, G_TYPE_OBJECT)

static void
sally_connections_dispose (GObject *object)
{
  SallyConnections *self = SALLY_CONNECTIONS (object);

  g_hash_table_remove_all (self->by_server);
  g_clear_object (&self->services);

  G_OBJECT_CLASS (sally_connections_parent_class)->dispose (object);
}

static void
sally_connections_finalize (GObject *object)
{
  g_hash_table_unref (SALLY_CONNECTIONS (object)->by_server);

  G_OBJECT_CLASS (sally_connections_parent_class)->finalize (object);
}

static void
sally_connections_class_init (SallyConnectionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sally_connections_dispose;
  G_OBJECT_CLASS (klass)->finalize = sally_connections_finalize;
}

static void
sally_connections_init (SallyConnections *self)
{
  self->by_server =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, g_object_unref, g_object_unref);
}

SallyConnections *
sally_connections_new (SallyConnectionServices *services)
{
  SallyConnections *self;

  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (services), NULL);

  self = g_object_new (SALLY_TYPE_CONNECTIONS, NULL);
  self->services = g_object_ref (services);
  return self;
}

SallyConnectionServices *
sally_connections_get_services (SallyConnections *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTIONS (self), NULL);

  return self->services;
}

SallyConnection *
sally_connections_get (SallyConnections *self, SallyServer *server)
{
  SallyConnection *connection;

  g_return_val_if_fail (SALLY_IS_CONNECTIONS (self), NULL);
  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);

  connection = g_hash_table_lookup (self->by_server, server);
  if (connection == NULL)
    {
      connection = sally_connection_new (server, self->services);
      g_hash_table_insert (self->by_server, g_object_ref (server), connection);
    }
  return connection;
}

/* Nobody is left to be told how it went: the engine ends with its connection in any case. */
void
sally_connections_drop (SallyConnections *self, SallyServer *server)
{
  SallyConnection *connection;

  g_return_if_fail (SALLY_IS_CONNECTIONS (self));
  g_return_if_fail (SALLY_IS_SERVER (server));

  connection = g_hash_table_lookup (self->by_server, server);
  if (connection == NULL)
    return;
  if (sally_connection_get_state (connection) == SALLY_CONNECTION_READY)
    sally_connection_disconnect_async (connection, NULL, NULL, NULL);
  else
    sally_connection_detach (connection);
  g_hash_table_remove (self->by_server, server);
}
