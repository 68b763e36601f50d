/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/transfer-queue-private.h"

#include "base/descriptors.h"
#include "remote/journal-notes.h"
#include "remote/retry.h"

#include <glib/gi18n-lib.h>

/* Figures that change more often cannot be read. */
#define TOTALS_INTERVAL_MS 100
/* A transfer holds three: its file, the folder of that, and what the digest reads. */
#define DESCRIPTORS_EACH   3
/* For all else in the process, a desktop's libraries among it. */
#define OTHER_DESCRIPTORS  200

enum
{
  PROP_0,
  PROP_N_ACTIVE,
  PROP_N_PAUSED,
  PROP_FRACTION,
  PROP_SPEED,
  PROP_SECONDS_LEFT,
  N_PROPS,
};

enum
{
  SIGNAL_FINISHED,
  SIGNAL_CONFLICT,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void sally_transfer_queue_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SallyTransferQueue,
                               sally_transfer_queue,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      sally_transfer_queue_list_model_init))

static GType
get_item_type (GListModel *model)
{
  return SALLY_TYPE_TRANSFER;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (SALLY_TRANSFER_QUEUE (model)->list));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (SALLY_TRANSFER_QUEUE (model)->list), position);
}

static void
sally_transfer_queue_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static guint
count_active (SallyTransferQueue *self)
{
  return self->n_storing + g_hash_table_size (self->started) + g_queue_get_length (&self->waiting);
}

static void
sally_transfer_queue_finalize (GObject *object)
{
  SallyTransferQueue *self = SALLY_TRANSFER_QUEUE (object);
  GHashTableIter iter;
  gpointer link;

  /* A job holds the queue: none is left. */
  g_assert (count_active (self) == 0);
  g_clear_handle_id (&self->keep_source, g_source_remove);
  g_clear_handle_id (&self->start_source, g_source_remove);
  g_clear_handle_id (&self->totals_source, g_source_remove);
  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, NULL, &link))
    sally_link_outlive_queue (link);
  g_ptr_array_unref (self->unkept);
  g_hash_table_unref (self->started);
  g_hash_table_unref (self->links);
  g_clear_object (&self->store);
  g_object_unref (self->list);
  G_OBJECT_CLASS (sally_transfer_queue_parent_class)->finalize (object);
}

static void
sally_transfer_queue_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyTransferQueue *self = SALLY_TRANSFER_QUEUE (object);

  switch (id)
    {
    case PROP_N_ACTIVE:
      g_value_set_uint (value, count_active (self));
      break;
    case PROP_N_PAUSED:
      g_value_set_uint (value, self->n_paused);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_SPEED:
      g_value_set_uint64 (value, self->speed);
      break;
    case PROP_SECONDS_LEFT:
      g_value_set_int64 (value, self->seconds_left);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_transfer_queue_class_init (SallyTransferQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = sally_transfer_queue_finalize;
  object_class->get_property = sally_transfer_queue_get_property;

  properties[PROP_N_ACTIVE] = g_param_spec_uint ("n-active", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_PAUSED] = g_param_spec_uint ("n-paused", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0.0, 1.0, 0.0, flags);
  properties[PROP_SPEED] = g_param_spec_uint64 ("speed", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_SECONDS_LEFT] =
      g_param_spec_int64 ("seconds-left", NULL, NULL, -1, G_MAXINT64, -1, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_FINISHED] =
      g_signal_new ("finished", SALLY_TYPE_TRANSFER_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, SALLY_TYPE_TRANSFER);
  signals[SIGNAL_CONFLICT] =
      g_signal_new ("conflict", SALLY_TYPE_TRANSFER_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, SALLY_TYPE_TRANSFER, G_TYPE_BOOLEAN);
}

static guint
count_startable (void)
{
  guint limit = sally_descriptors_raise_limit ();

  return CLAMP ((limit - MIN (limit, OTHER_DESCRIPTORS)) / DESCRIPTORS_EACH, 1,
                SALLY_QUEUE_MAX_STARTED);
}

static void
sally_transfer_queue_init (SallyTransferQueue *self)
{
  self->list = g_list_store_new (SALLY_TYPE_TRANSFER);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (g_list_model_items_changed),
                           self, G_CONNECT_SWAPPED);
  self->unkept = g_ptr_array_new ();
  g_queue_init (&self->waiting);
  g_queue_init (&self->asking);
  self->started = g_hash_table_new (NULL, NULL);
  self->links = g_hash_table_new (NULL, NULL);
  self->resumes = TRUE;
  self->keeps_permissions = TRUE;
  self->keeps_times = TRUE;
  self->max_startable = count_startable ();
  self->max_files = self->max_startable;
  self->max_attempts = SALLY_RETRY_MAX_ATTEMPTS;
  self->answer_for_all = SALLY_CONFLICT_ASK;
  self->seconds_left = -1;
}

SallyTransferQueue *
sally_transfer_queue_new (SallyTransferStore *store)
{
  SallyTransferQueue *self = g_object_new (SALLY_TYPE_TRANSFER_QUEUE, NULL);

  g_set_object (&self->store, store);
  return self;
}

static void
add_up (SallyJob *job, guint64 *size, guint64 *done, guint64 *speed)
{
  *size += MAX (sally_transfer_get_size (job->transfer), sally_transfer_get_done (job->transfer));
  *done += sally_transfer_get_done (job->transfer);
  *speed += sally_transfer_get_speed (job->transfer);
}

/* One composite figure for all that is active, as people expect of several files. */
static gboolean
update_totals_cb (gpointer user_data)
{
  SallyTransferQueue *self = user_data;
  guint64 size = self->ended_bytes, done = self->ended_bytes, speed = 0;
  GHashTableIter iter;
  gpointer job;

  self->totals_source = 0;
  g_hash_table_iter_init (&iter, self->started);
  while (g_hash_table_iter_next (&iter, &job, NULL))
    add_up (job, &size, &done, &speed);
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    add_up (l->data, &size, &done, &speed);

  self->fraction = size > 0 ? (double) done / (double) size : 0.0;
  self->speed = speed;
  self->seconds_left = speed > 0 ? (gint64) ((size - done + speed - 1) / speed) : -1;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPEED]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECONDS_LEFT]);
  return G_SOURCE_REMOVE;
}

void
sally_queue_update_totals (SallyTransferQueue *self)
{
  if (self->totals_source == 0)
    self->totals_source = g_timeout_add (TOTALS_INTERVAL_MS, update_totals_cb, self);
}

static void
notify_active (SallyTransferQueue *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ACTIVE]);
}

void
sally_queue_count_paused (SallyTransferQueue *self, int change)
{
  self->n_paused += (guint) change;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_PAUSED]);
}

static gboolean
start_waiting_cb (gpointer user_data)
{
  SallyTransferQueue *self = user_data;

  self->start_source = 0;
  while (g_hash_table_size (self->started) < self->max_files && !g_queue_is_empty (&self->waiting))
    {
      SallyJob *job = g_queue_pop_head (&self->waiting);

      job->place = NULL;
      g_hash_table_add (self->started, job);
      sally_job_start (job);
    }
  return G_SOURCE_REMOVE;
}

void
sally_queue_start_waiting (SallyTransferQueue *self)
{
  if (self->start_source == 0 && !g_queue_is_empty (&self->waiting))
    self->start_source = g_timeout_add (0, start_waiting_cb, self);
}

/* In its order: what was moved or has waited longer comes first. */
static void
put_in_line (SallyTransferQueue *self, SallyJob *job)
{
  const gint64 position = sally_transfer_get_record (job->transfer)->position;
  GList *before = self->waiting.tail;

  while (before != NULL &&
         sally_transfer_get_record (((SallyJob *) before->data)->transfer)->position > position)
    before = before->prev;
  job->stage = SALLY_JOB_WAITING;
  if (before != NULL)
    {
      g_queue_insert_after (&self->waiting, before, job);
      job->place = before->next;
    }
  else
    {
      g_queue_push_head (&self->waiting, job);
      job->place = self->waiting.head;
    }
  if (!sally_job_follow_wish (job))
    sally_queue_start_waiting (self);
}

/* Jobs whose records go into the store, and their queue. */
typedef struct
{
  SallyTransferQueue *queue;
  GPtrArray *jobs;
} Keeping;

static void
kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Keeping *keeping = user_data;
  g_autoptr (SallyTransferQueue) self = keeping->queue;
  g_autoptr (GPtrArray) jobs = keeping->jobs;
  g_autoptr (GError) error = NULL;

  if (!sally_transfer_store_add_finish (SALLY_TRANSFER_STORE (source), result, &error) &&
      !self->has_complained)
    g_message (_ ("Transfers go on, but cannot be resumed by another program: %s"), error->message);
  for (guint i = 0; i < jobs->len; i++)
    {
      SallyJob *job = g_ptr_array_index (jobs, i);
      SallyTransferRecord *record = sally_transfer_get_record (job->transfer);

      if (!self->resumes)
        record->offset = 0;
      job->offset = record->offset;
      job->is_restored = record->is_found && self->resumes;
      self->n_storing--;
      put_in_line (self, job);
    }
}

static gboolean
keep_cb (gpointer user_data)
{
  SallyTransferQueue *self = user_data;
  Keeping *keeping = g_new (Keeping, 1);
  g_autoptr (GPtrArray) records = g_ptr_array_new ();

  self->keep_source = 0;
  *keeping = (Keeping) { g_object_ref (self), g_steal_pointer (&self->unkept) };
  self->unkept = g_ptr_array_new ();
  for (guint i = 0; i < keeping->jobs->len; i++)
    {
      SallyJob *job = g_ptr_array_index (keeping->jobs, i);

      g_ptr_array_add (records, sally_transfer_get_record (job->transfer));
    }
  sally_transfer_store_add_async (self->store, records, kept, keeping);
  return G_SOURCE_REMOVE;
}

/* Starts in a later turn of the main loop, so that the caller can connect to the transfer first. */
void
sally_queue_add_job (SallyTransferQueue *self, SallyTransfer *transfer)
{
  SallyTransferRecord *record = sally_transfer_get_record (transfer);
  SallyJob *job = sally_job_new (self, transfer);

  if (count_active (self) == 0)
    self->ended_bytes = 0;
  record->state = SALLY_TRANSFER_RECORD_QUEUED;
  sally_link_forget_failure (job->link);
  sally_transfer_set_state (transfer, SALLY_TRANSFER_QUEUED, NULL);
  if (self->store == NULL || record->id != 0)
    {
      if (self->store != NULL)
        sally_transfer_store_update (self->store, record);
      put_in_line (self, job);
    }
  else
    {
      self->n_storing++;
      g_ptr_array_add (self->unkept, job);
      if (self->keep_source == 0)
        self->keep_source = g_timeout_add (0, keep_cb, self);
    }
  notify_active (self);
  sally_queue_update_totals (self);
}

static void
ask_next (SallyTransferQueue *self)
{
  SallyJob *job;

  while ((job = g_queue_peek_head (&self->asking)) != NULL)
    {
      if (self->answer_for_all == SALLY_CONFLICT_ASK)
        {
          g_signal_emit (self, signals[SIGNAL_CONFLICT], 0, job->transfer,
                         sally_transfer_get_is_upload (job->transfer));
          return;
        }
      g_queue_pop_head (&self->asking);
      sally_job_answered (job, (SallyConflict) self->answer_for_all);
    }
}

void
sally_queue_ask (SallyTransferQueue *self, SallyJob *job)
{
  if (!g_signal_has_handler_pending (self, signals[SIGNAL_CONFLICT], 0, FALSE))
    {
      sally_job_answered (job, SALLY_CONFLICT_FAIL);
      return;
    }
  g_queue_push_tail (&self->asking, job);
  if (g_queue_get_length (&self->asking) == 1)
    ask_next (self);
}

void
sally_transfer_queue_answer (SallyTransferQueue *self,
                             SallyTransfer *transfer,
                             SallyConflict answer,
                             gboolean for_all)
{
  SallyJob *job;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (SALLY_IS_TRANSFER (transfer));

  if (for_all)
    self->answer_for_all = (int) answer;
  job = sally_transfer_get_job (transfer);
  if (job == NULL || job->stage != SALLY_JOB_ASKING)
    return;
  if (answer == SALLY_CONFLICT_ASK)
    {
      sally_transfer_queue_cancel (self, transfer);
      return;
    }
  g_queue_remove (&self->asking, job);
  sally_job_answered (job, answer);
  ask_next (self);
}

void
sally_queue_forget_job (SallyTransferQueue *self, SallyJob *job)
{
  gboolean was_asking = job == g_queue_peek_head (&self->asking);

  g_hash_table_remove (self->started, job);
  if (job->place != NULL)
    g_queue_delete_link (&self->waiting, job->place);
  job->place = NULL;
  if (g_queue_remove (&self->asking, job) && was_asking)
    ask_next (self);
}

void
sally_queue_transfer_ended (SallyTransferQueue *self, SallyTransfer *transfer)
{
  sally_journal_note_transfer (transfer);
  if (count_active (self) > 0)
    self->ended_bytes += sally_transfer_get_done (transfer);
  else
    {
      self->ended_bytes = 0;
      self->answer_for_all = SALLY_CONFLICT_ASK;
    }
  notify_active (self);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0, transfer);
}

void
sally_queue_transfer_paused (SallyTransferQueue *self)
{
  sally_queue_count_paused (self, 1);
  notify_active (self);
}
