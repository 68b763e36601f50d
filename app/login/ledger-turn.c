/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/ledger-turn.h"

#include "base/error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "STEP PERIOD\n", 20 and 5 digits at most. */
#define RECORD_BYTES     32
/* The clock is looked at anew so often: it may be set, and the computer may sleep, while we wait.
 */
#define LOOK_INTERVAL_MS 1000
/* A longer wait means that the record is of a later time than the clock shows. */
#define MAX_WAIT_PERIODS 3

struct _SallyLedgerTurn
{
  GObject parent_instance;

  int fd;
  char *path;
  GObject *owner;
  GCallback on_end;
  gint64 wait_until; /* monotonic µs */
};

enum
{
  PROP_WAIT_UNTIL = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (SallyLedgerTurn, sally_ledger_turn, G_TYPE_OBJECT)

/* One code to be spent, the data of its task. */
typedef struct
{
  guint period_s;
  guint min_life_s;
  gint64 last_step; /* as the record had it: nobody else writes it during the turn */
  guint64 step;
  guint timer;
  gulong cancelled_handler;
} Spending;

static void look (GTask *task);

static void
sally_ledger_turn_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  SallyLedgerTurn *self = SALLY_LEDGER_TURN (object);

  switch (property)
    {
    case PROP_WAIT_UNTIL:
      g_value_set_int64 (value, self->wait_until);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
sally_ledger_turn_finalize (GObject *object)
{
  SallyLedgerTurn *self = SALLY_LEDGER_TURN (object);

  /* Closing lets go of the lock. */
  g_clear_fd (&self->fd, NULL);
  if (self->on_end != NULL)
    ((void (*) (GObject *)) self->on_end) (self->owner);
  g_clear_object (&self->owner);
  g_free (self->path);
  G_OBJECT_CLASS (sally_ledger_turn_parent_class)->finalize (object);
}

static void
sally_ledger_turn_class_init (SallyLedgerTurnClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sally_ledger_turn_get_property;
  object_class->finalize = sally_ledger_turn_finalize;

  properties[PROP_WAIT_UNTIL] =
      g_param_spec_int64 ("wait-until", NULL, NULL, 0, G_MAXINT64, 0,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_ledger_turn_init (SallyLedgerTurn *self)
{
  self->fd = -1;
}

SallyLedgerTurn *
sally_ledger_turn_new (int fd, const char *path, GObject *owner, GCallback on_end)
{
  SallyLedgerTurn *self = g_object_new (SALLY_TYPE_LEDGER_TURN, NULL);

  self->fd = fd;
  self->path = g_strdup (path);
  self->owner = g_object_ref (owner);
  self->on_end = on_end;
  return self;
}

static void
set_wait_until (SallyLedgerTurn *self, gint64 wait_until)
{
  if (self->wait_until == wait_until)
    return;
  self->wait_until = wait_until;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WAIT_UNTIL]);
}

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

/* The newest step that was sent, counted in `period_s`; -1 if none was. The account's period may
 * have been edited since: then the step in which the recorded one ended. */
static gint64
read_last_step (SallyLedgerTurn *self, guint period_s)
{
  char record[RECORD_BYTES + 1] = { 0 };
  g_auto (GStrv) words = NULL;
  guint64 step;
  guint64 recorded_period_s;
  ssize_t length = pread (self->fd, record, RECORD_BYTES, 0);

  if (length == 0)
    return -1;
  words = g_strsplit (g_strchomp (record), " ", 3);
  if (length < 0 || g_strv_length (words) != 2 ||
      !g_ascii_string_to_unsigned (words[1], 10, 1, SALLY_OTP_MAX_PERIOD_S, &recorded_period_s,
                                   NULL) ||
      !g_ascii_string_to_unsigned (words[0], 10, 0, G_MAXINT64 / SALLY_OTP_MAX_PERIOD_S - 1, &step,
                                   NULL))
    return now_ms () / 1000 / period_s;
  if (recorded_period_s == period_s)
    return (gint64) step;
  return (gint64) (((step + 1) * recorded_period_s - 1) / period_s);
}

/* Blocks: fsync may take as long as the disk likes. */
static void
write_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SallyLedgerTurn *self = source;
  Spending *spending = task_data;
  char record[RECORD_BYTES + 1];
  int length = g_snprintf (record, sizeof record, "%020" G_GUINT64_FORMAT " %u\n", spending->step,
                           spending->period_s);

  if (pwrite (self->fd, record, (gsize) length, 0) == length && ftruncate (self->fd, length) == 0 &&
      fsync (self->fd) == 0)
    g_task_return_boolean (task, TRUE);
  else
    {
      GError *error = NULL;

      sally_error_set_errno (&error, errno != 0 ? errno : EIO, self->path);
      g_task_return_error (task, error);
    }
}

static void
end_spending (GTask *task)
{
  Spending *spending = g_task_get_task_data (task);

  g_clear_handle_id (&spending->timer, g_source_remove);
  g_cancellable_disconnect (g_task_get_cancellable (task), spending->cancelled_handler);
  spending->cancelled_handler = 0;
  set_wait_until (g_task_get_source_object (task), 0);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Spending *spending = g_task_get_task_data (task);
  gint64 written_step = (gint64) spending->step;
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      end_spending (task);
      g_task_return_error (task, error);
    }
  /* Was the disk so slow that the code is too old by now? Then it was never sent, and the next one
   * is. */
  else if (sally_ledger_wait_ms (written_step - 1, now_ms (), spending->period_s,
                                 spending->min_life_s) > 0 ||
           now_ms () / 1000 / spending->period_s != written_step)
    {
      spending->last_step = written_step;
      look (g_steal_pointer (&task));
    }
  else
    {
      end_spending (task);
      g_task_return_boolean (task, TRUE);
    }
}

static gboolean
on_timer (gpointer user_data)
{
  GTask *task = user_data;
  Spending *spending = g_task_get_task_data (task);

  spending->timer = 0;
  look (task);
  return G_SOURCE_REMOVE;
}

/* Takes `task`: spends the present step, or waits and looks again. */
static void
look (GTask *task)
{
  g_autoptr (GTask) owned = task;
  SallyLedgerTurn *self = g_task_get_source_object (task);
  Spending *spending = g_task_get_task_data (task);
  gint64 now = now_ms ();
  gint64 wait_ms =
      sally_ledger_wait_ms (spending->last_step, now, spending->period_s, spending->min_life_s);

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    {
      end_spending (task);
      g_task_return_error_if_cancelled (task);
    }
  else if (wait_ms > (gint64) MAX_WAIT_PERIODS * spending->period_s * 1000)
    {
      end_spending (task);
      g_task_return_new_error (
          task, SALLY_ERROR, SALLY_ERROR_FAILED,
          _ ("A code of a later time than this computer’s clock shows was sent "
             "before: set the clock right, or, if it is right, remove %s"),
          self->path);
    }
  else if (wait_ms > 0)
    {
      set_wait_until (self, g_get_monotonic_time () + wait_ms * 1000);
      spending->timer = g_timeout_add ((guint) MIN (wait_ms, LOOK_INTERVAL_MS), on_timer,
                                       g_steal_pointer (&owned));
    }
  else
    {
      g_autoptr (GTask) writing = g_task_new (self, NULL, on_written, g_steal_pointer (&owned));

      spending->step = (guint64) (now / 1000 / spending->period_s);
      g_task_set_source_tag (writing, write_in_thread);
      g_task_set_task_data (writing, spending, NULL);
      g_task_run_in_thread (writing, write_in_thread);
    }
}

/* Only a wait is cut short; a record that is being written comes to its end. */
static gboolean
on_cancelled_idle (gpointer user_data)
{
  GTask *task = user_data;
  Spending *spending = g_task_get_task_data (task);

  if (spending->timer != 0)
    {
      g_clear_handle_id (&spending->timer, g_source_remove);
      look (task);
    }
  return G_SOURCE_REMOVE;
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, on_cancelled_idle, g_object_ref (user_data), g_object_unref);
}

void
sally_ledger_turn_spend_async (SallyLedgerTurn *self,
                               const SallyOtpParameters *parameters,
                               guint min_life_s,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task;
  Spending *spending;

  g_return_if_fail (SALLY_IS_LEDGER_TURN (self));
  g_return_if_fail (parameters != NULL && parameters->type != SALLY_OTP_HOTP);
  g_return_if_fail (sally_otp_parameters_validate (parameters, NULL));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_ledger_turn_spend_async);
  spending = g_new0 (Spending, 1);
  spending->period_s = sally_otp_period_s (parameters);
  spending->min_life_s = min_life_s;
  spending->last_step = read_last_step (self, spending->period_s);
  g_task_set_task_data (task, spending, g_free);
  /* A step that was written down must reach the caller. */
  g_task_set_check_cancellable (task, FALSE);
  if (cancellable != NULL)
    spending->cancelled_handler =
        g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), task, NULL);
  look (task);
}

gboolean
sally_ledger_turn_spend_finish (SallyLedgerTurn *self,
                                GAsyncResult *result,
                                guint64 *step,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (step != NULL)
    *step = ((Spending *) g_task_get_task_data (G_TASK (result)))->step;
  return TRUE;
}

void
sally_ledger_turn_note_async (SallyLedgerTurn *self,
                              const SallyOtpParameters *parameters,
                              guint64 step,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Spending *spending;

  g_return_if_fail (SALLY_IS_LEDGER_TURN (self));
  g_return_if_fail (parameters != NULL && parameters->type != SALLY_OTP_HOTP);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, sally_ledger_turn_note_async);
  spending = g_new0 (Spending, 1);
  spending->period_s = sally_otp_period_s (parameters);
  spending->step = step;
  g_task_set_task_data (task, spending, g_free);
  if ((gint64) step <= read_last_step (self, spending->period_s))
    g_task_return_boolean (task, TRUE);
  else
    g_task_run_in_thread (task, write_in_thread);
}

gboolean
sally_ledger_turn_note_finish (SallyLedgerTurn *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

gint64
sally_ledger_turn_get_wait_until (SallyLedgerTurn *self)
{
  g_return_val_if_fail (SALLY_IS_LEDGER_TURN (self), 0);

  return self->wait_until;
}
