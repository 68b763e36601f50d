/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "otp/otp-gathering.h"

#include "otp/otp-migration.h"

#include <string.h>

/* What apps for codes write into a QR code. */
static const char *const schemes[] = { "otpauth://", "otpauth-migration://", "steam://" };

/* The parts of an export, by the number that they share. */
typedef struct
{
  gint32 batch_id;
  guint n_parts;
  guint n_read;
} Batch;

struct _SallyOtpGathering
{
  GPtrArray *texts; /* (element-type SallySecret) */
  GArray *batches;  /* (element-type Batch) */
  guint last_batch; /* index of the one that was read last */
};

SallyOtpGathering *
sally_otp_gathering_new (void)
{
  SallyOtpGathering *self = g_new0 (SallyOtpGathering, 1);

  self->texts = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  self->batches = g_array_new (FALSE, TRUE, sizeof (Batch));
  return self;
}

void
sally_otp_gathering_free (SallyOtpGathering *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->texts);
  g_array_unref (self->batches);
  g_free (self);
}

static gboolean
is_account (SallySecret *text)
{
  const char *start = sally_secret_peek (text, NULL);

  while (g_ascii_isspace (*start))
    start++;
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strncasecmp (start, schemes[i], strlen (schemes[i])) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_known (SallyOtpGathering *self, SallySecret *text)
{
  for (guint i = 0; i < self->texts->len; i++)
    if (sally_secret_equal (self->texts->pdata[i], text))
      return TRUE;
  return FALSE;
}

/* Parts differ in their text, so that each is counted once. */
static void
count_part (SallyOtpGathering *self, SallySecret *text)
{
  g_autoptr (SallyOtpMigration) part = sally_otp_migration_parse (text, NULL);
  Batch batch;

  if (part == NULL)
    return;
  batch = (Batch) { part->batch_id, part->batch_size, 0 };
  for (self->last_batch = 0; self->last_batch < self->batches->len; self->last_batch++)
    if (g_array_index (self->batches, Batch, self->last_batch).batch_id == batch.batch_id)
      break;
  if (self->last_batch == self->batches->len)
    g_array_append_val (self->batches, batch);
  g_array_index (self->batches, Batch, self->last_batch).n_read++;
}

SallyOtpGathered
sally_otp_gathering_add (SallyOtpGathering *self, SallySecret *text)
{
  g_return_val_if_fail (self != NULL, SALLY_OTP_GATHERED_FOREIGN);
  g_return_val_if_fail (text != NULL, SALLY_OTP_GATHERED_FOREIGN);

  if (!is_account (text))
    return SALLY_OTP_GATHERED_FOREIGN;
  if (is_known (self, text) || self->texts->len == SALLY_OTP_GATHERING_MAX)
    return SALLY_OTP_GATHERED_KNOWN;
  g_ptr_array_add (self->texts, sally_secret_ref (text));
  count_part (self, text);
  return SALLY_OTP_GATHERED_NEW;
}

guint
sally_otp_gathering_get_n_texts (const SallyOtpGathering *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->texts->len;
}

void
sally_otp_gathering_get_parts (const SallyOtpGathering *self, guint *n_read, guint *n_parts)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (n_read != NULL);
  g_return_if_fail (n_parts != NULL);

  *n_read = 0;
  *n_parts = 0;
  if (self->batches->len > 0)
    {
      const Batch *batch = &g_array_index (self->batches, Batch, self->last_batch);

      *n_read = batch->n_read;
      *n_parts = batch->n_parts;
    }
}

gboolean
sally_otp_gathering_is_complete (const SallyOtpGathering *self)
{
  guint n_read, n_parts;

  g_return_val_if_fail (self != NULL, FALSE);

  sally_otp_gathering_get_parts (self, &n_read, &n_parts);
  return self->texts->len > 0 && n_read >= n_parts;
}

GPtrArray *
sally_otp_gathering_ref_texts (SallyOtpGathering *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_ptr_array_ref (self->texts);
}
