/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "search/allowance.h"

#define QUESTION_US (G_USEC_PER_SEC / SALLY_ALLOWANCE_A_SECOND)
#define BURST_US    ((gint64) SALLY_ALLOWANCE_BURST * QUESTION_US)

struct _SallyAllowance
{
  GHashTable *callers; /* (element-type utf8 gint64) when each one's bucket is full again */
};

SallyAllowance *
sally_allowance_new (void)
{
  SallyAllowance *self = g_new0 (SallyAllowance, 1);

  self->callers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
sally_allowance_free (SallyAllowance *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->callers);
  g_free (self);
}

static gboolean
is_full_again (gpointer key, gpointer value, gpointer user_data)
{
  return *(gint64 *) value <= *(gint64 *) user_data;
}

gboolean
sally_allowance_take (SallyAllowance *self, const char *caller, gint64 now_us)
{
  gint64 *full_us;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (caller != NULL, FALSE);

  full_us = g_hash_table_lookup (self->callers, caller);
  if (full_us == NULL)
    {
      if (g_hash_table_size (self->callers) >= SALLY_ALLOWANCE_CALLERS)
        g_hash_table_foreach_remove (self->callers, is_full_again, &now_us);
      if (g_hash_table_size (self->callers) >= SALLY_ALLOWANCE_CALLERS)
        return FALSE;
      full_us = g_new0 (gint64, 1);
      g_hash_table_insert (self->callers, g_strdup (caller), full_us);
    }
  if (MAX (*full_us, now_us) + QUESTION_US - now_us > BURST_US)
    return FALSE;
  *full_us = MAX (*full_us, now_us) + QUESTION_US;
  return TRUE;
}
