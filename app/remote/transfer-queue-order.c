/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order in which transfers that wait for their turn get it. */
#include "config.h"

#include "remote/transfer-queue-private.h"

/* The two change places: in line, in the list, and on disk. */
static void
swap (SallyTransferQueue *self, SallyJob *job, GList *place)
{
  SallyJob *other = place->data;
  SallyTransferRecord *record = sally_transfer_get_record (job->transfer);
  SallyTransferRecord *others = sally_transfer_get_record (other->transfer);
  gint64 position = record->position;
  guint index, other_index;

  record->position = others->position;
  others->position = position;
  place->data = job;
  job->place->data = other;
  other->place = job->place;
  job->place = place;
  if (g_list_store_find (self->list, job->transfer, &index) &&
      g_list_store_find (self->list, other->transfer, &other_index))
    {
      gpointer one[] = { job->transfer };
      gpointer two[] = { other->transfer };

      g_object_ref (job->transfer);
      g_object_ref (other->transfer);
      g_list_store_splice (self->list, index, 1, two, 1);
      g_list_store_splice (self->list, other_index, 1, one, 1);
      g_object_unref (job->transfer);
      g_object_unref (other->transfer);
    }
  if (self->store != NULL)
    {
      sally_transfer_store_update (self->store, record);
      sally_transfer_store_update (self->store, others);
    }
}

void
sally_transfer_queue_move (SallyTransferQueue *self,
                           SallyTransfer *transfer,
                           SallyTransferMove move)
{
  SallyJob *job;

  g_return_if_fail (SALLY_IS_TRANSFER_QUEUE (self));
  g_return_if_fail (SALLY_IS_TRANSFER (transfer));

  job = sally_transfer_get_job (transfer);
  if (job == NULL || job->place == NULL)
    return;
  switch (move)
    {
    case SALLY_TRANSFER_MOVE_NEXT:
      while (job->place->prev != NULL)
        swap (self, job, job->place->prev);
      break;
    case SALLY_TRANSFER_MOVE_EARLIER:
      if (job->place->prev != NULL)
        swap (self, job, job->place->prev);
      break;
    case SALLY_TRANSFER_MOVE_LATER:
    default:
      if (job->place->next != NULL)
        swap (self, job, job->place->next);
      break;
    }
}
