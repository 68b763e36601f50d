/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/connection-services.h"

struct _SallyConnectionServices
{
  GObject parent_instance;

  SallyAccountStore *accounts;
  SallyServerStore *servers;
  SallyLedger *ledger;
  SallyGuard *guard;
  SallyHostTrust *host_trust;
  SallyPrompter *prompter;
  SallySettings *settings;
  SallyJournal *journal;
};

G_DEFINE_FINAL_TYPE (SallyConnectionServices, sally_connection_services, G_TYPE_OBJECT)

static void
sally_connection_services_dispose (GObject *object)
{
  SallyConnectionServices *self = SALLY_CONNECTION_SERVICES (object);

  g_clear_object (&self->accounts);
  g_clear_object (&self->servers);
  g_clear_object (&self->ledger);
  g_clear_object (&self->guard);
  g_clear_object (&self->host_trust);
  g_clear_object (&self->prompter);
  g_clear_object (&self->settings);
  g_clear_object (&self->journal);
  G_OBJECT_CLASS (sally_connection_services_parent_class)->dispose (object);
}

static void
sally_connection_services_class_init (SallyConnectionServicesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sally_connection_services_dispose;
}

static void
sally_connection_services_init (SallyConnectionServices *self)
{
}

SallyConnectionServices *
sally_connection_services_new (SallyAccountStore *accounts,
                               SallyServerStore *servers,
                               SallyLedger *ledger,
                               SallyGuard *guard,
                               SallyHostTrust *host_trust,
                               SallyPrompter *prompter,
                               SallySettings *settings,
                               SallyJournal *journal)
{
  SallyConnectionServices *self = g_object_new (SALLY_TYPE_CONNECTION_SERVICES, NULL);

  self->accounts = g_object_ref (accounts);
  self->servers = g_object_ref (servers);
  self->ledger = g_object_ref (ledger);
  self->guard = g_object_ref (guard);
  self->host_trust = g_object_ref (host_trust);
  self->prompter = g_object_ref (prompter);
  self->settings = g_object_ref (settings);
  self->journal = g_object_ref (journal);
  return self;
}

SallyAccountStore *
sally_connection_services_get_accounts (SallyConnectionServices *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (self), NULL);

  return self->accounts;
}

SallyServerStore *
sally_connection_services_get_servers (SallyConnectionServices *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (self), NULL);

  return self->servers;
}

SallyLedger *
sally_connection_services_get_ledger (SallyConnectionServices *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (self), NULL);

  return self->ledger;
}

SallyGuard *
sally_connection_services_get_guard (SallyConnectionServices *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (self), NULL);

  return self->guard;
}

SallyHostTrust *
sally_connection_services_get_host_trust (SallyConnectionServices *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (self), NULL);

  return self->host_trust;
}

SallyPrompter *
sally_connection_services_get_prompter (SallyConnectionServices *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (self), NULL);

  return self->prompter;
}

SallySettings *
sally_connection_services_get_settings (SallyConnectionServices *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (self), NULL);

  return self->settings;
}

SallyJournal *
sally_connection_services_get_journal (SallyConnectionServices *self)
{
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (self), NULL);

  return self->journal;
}
