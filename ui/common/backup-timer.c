/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/backup-timer.h"

/* The clock may be set, and the computer may sleep: a long wait is looked at again. */
#define MAX_WAIT_S (60 * 60)

struct _SallyBackupTimer
{
  GObject parent_instance;

  GtkWindow *window; /* weak */
  SallyBackups *backups;
  guint timeout_id;
};

G_DEFINE_FINAL_TYPE (SallyBackupTimer, sally_backup_timer, G_TYPE_OBJECT)

static void update (SallyBackupTimer *self);

static void
on_timeout (gpointer user_data)
{
  SallyBackupTimer *self = user_data;

  self->timeout_id = 0;
  update (self);
}

static gboolean
is_shown (SallyBackupTimer *self)
{
  return self->window != NULL && gtk_widget_get_mapped (GTK_WIDGET (self->window)) &&
         !gtk_window_is_suspended (self->window);
}

static void
update (SallyBackupTimer *self)
{
  SallyAccountStore *accounts = sally_backups_get_accounts (self->backups);
  SallyScheduleFacts facts;
  gint64 wait_s;

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (!is_shown (self) || sally_backups_get_is_busy (self->backups) ||
      !sally_account_store_get_is_loaded (accounts) ||
      sally_account_store_get_error (accounts) != NULL ||
      g_list_model_get_n_items (G_LIST_MODEL (accounts)) == 0)
    return;
  sally_backups_get_facts (self->backups, &facts);
  wait_s = sally_schedule_get_wait_s (&facts, g_get_real_time () / G_USEC_PER_SEC);
  if (wait_s == 0)
    /* How it went is recorded, and shown from there. */
    sally_backups_run_async (self->backups, TRUE, NULL, NULL, NULL);
  else if (wait_s > 0)
    self->timeout_id =
        g_timeout_add_seconds_once ((guint) MIN (wait_s, MAX_WAIT_S), on_timeout, self);
}

static void
sally_backup_timer_dispose (GObject *object)
{
  SallyBackupTimer *self = SALLY_BACKUP_TIMER (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->backups);

  G_OBJECT_CLASS (sally_backup_timer_parent_class)->dispose (object);
}

static void
sally_backup_timer_class_init (SallyBackupTimerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sally_backup_timer_dispose;
}

static void
sally_backup_timer_init (SallyBackupTimer *self)
{
}

SallyBackupTimer *
sally_backup_timer_new (GtkWindow *window, SallyBackups *backups)
{
  SallyBackupTimer *self;
  SallyAccountStore *accounts;

  g_return_val_if_fail (GTK_IS_WINDOW (window), NULL);
  g_return_val_if_fail (SALLY_IS_BACKUPS (backups), NULL);

  self = g_object_new (SALLY_TYPE_BACKUP_TIMER, NULL);
  g_set_weak_pointer (&self->window, window);
  self->backups = g_object_ref (backups);
  accounts = sally_backups_get_accounts (backups);
  g_signal_connect_object (window, "map", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (window, "unmap", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (window, "notify::suspended", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (accounts, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (accounts, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (backups, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (backups, "notify::is-busy", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return self;
}
