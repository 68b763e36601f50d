/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/conflict.h"

static const char *const words[] = {
  [SALLY_CONFLICT_FAIL] = "fail",           [SALLY_CONFLICT_REPLACE] = "replace",
  [SALLY_CONFLICT_KEEP_BOTH] = "keep-both", [SALLY_CONFLICT_ASK] = "ask",
  [SALLY_CONFLICT_SKIP] = "skip",           [SALLY_CONFLICT_RESUME] = "resume",
  [SALLY_CONFLICT_NEWER] = "newer",
};

static SallyConflictDecision
decide_resume (const SallyConflictFile *source, const SallyConflictFile *target)
{
  if (target->size > source->size)
    return SALLY_CONFLICT_DO_FAIL;
  /* Its time says nothing: what broke off bears the time at which it did. */
  if (target->size < source->size)
    return target->size > 0 ? SALLY_CONFLICT_DO_RESUME : SALLY_CONFLICT_DO_REPLACE;
  return SALLY_CONFLICT_DO_SKIP;
}

static SallyConflictDecision
decide_newer (const SallyConflictFile *source, const SallyConflictFile *target)
{
  gboolean is_newer = source->mtime > target->mtime;

  if (source->mtime == 0 || target->mtime == 0)
    is_newer = source->size != target->size;
  return is_newer ? SALLY_CONFLICT_DO_REPLACE : SALLY_CONFLICT_DO_SKIP;
}

SallyConflictDecision
sally_conflict_decide (SallyConflict wish,
                       const SallyConflictFile *source,
                       const SallyConflictFile *target)
{
  g_return_val_if_fail (source != NULL, SALLY_CONFLICT_DO_FAIL);
  g_return_val_if_fail (target != NULL, SALLY_CONFLICT_DO_FAIL);

  switch (wish)
    {
    case SALLY_CONFLICT_REPLACE:
      return SALLY_CONFLICT_DO_REPLACE;
    case SALLY_CONFLICT_KEEP_BOTH:
      return SALLY_CONFLICT_DO_KEEP_BOTH;
    case SALLY_CONFLICT_ASK:
      return SALLY_CONFLICT_DO_ASK;
    case SALLY_CONFLICT_SKIP:
      return SALLY_CONFLICT_DO_SKIP;
    case SALLY_CONFLICT_RESUME:
      return decide_resume (source, target);
    case SALLY_CONFLICT_NEWER:
      return decide_newer (source, target);
    case SALLY_CONFLICT_FAIL:
    default:
      return SALLY_CONFLICT_DO_FAIL;
    }
}

const char *
sally_conflict_to_word (SallyConflict wish)
{
  return wish < G_N_ELEMENTS (words) ? words[wish] : NULL;
}

gboolean
sally_conflict_from_word (const char *word, SallyConflict *wish)
{
  g_return_val_if_fail (word != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i], word))
      {
        *wish = (SallyConflict) i;
        return TRUE;
      }
  return FALSE;
}
