/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/conflict.h"

static void
test_table (void)
{
  static const struct
  {
    SallyConflict wish;
    SallyConflictFile source, target;
    SallyConflictDecision decision;
  } table[] = {
    { SALLY_CONFLICT_FAIL, { 1, 1 }, { 1, 1 }, SALLY_CONFLICT_DO_FAIL },
    { SALLY_CONFLICT_REPLACE, { 1, 1 }, { 9, 9 }, SALLY_CONFLICT_DO_REPLACE },
    { SALLY_CONFLICT_KEEP_BOTH, { 1, 1 }, { 9, 9 }, SALLY_CONFLICT_DO_KEEP_BOTH },
    { SALLY_CONFLICT_ASK, { 1, 1 }, { 1, 1 }, SALLY_CONFLICT_DO_ASK },
    { SALLY_CONFLICT_SKIP, { 9, 9 }, { 1, 1 }, SALLY_CONFLICT_DO_SKIP },
    { SALLY_CONFLICT_NEWER, { 1, 20 }, { 1, 10 }, SALLY_CONFLICT_DO_REPLACE },
    { SALLY_CONFLICT_NEWER, { 9, 10 }, { 1, 10 }, SALLY_CONFLICT_DO_SKIP },
    { SALLY_CONFLICT_NEWER, { 9, 10 }, { 1, 20 }, SALLY_CONFLICT_DO_SKIP },
    { SALLY_CONFLICT_NEWER, { 9, 0 }, { 1, 20 }, SALLY_CONFLICT_DO_REPLACE },
    { SALLY_CONFLICT_NEWER, { 9, 10 }, { 9, 0 }, SALLY_CONFLICT_DO_SKIP },
    { SALLY_CONFLICT_RESUME, { 9, 1 }, { 5, 2 }, SALLY_CONFLICT_DO_RESUME },
    { SALLY_CONFLICT_RESUME, { 9, 1 }, { 0, 2 }, SALLY_CONFLICT_DO_REPLACE },
    { SALLY_CONFLICT_RESUME, { 9, 1 }, { 9, 2 }, SALLY_CONFLICT_DO_SKIP },
    { SALLY_CONFLICT_RESUME, { 9, 1 }, { 10, 1 }, SALLY_CONFLICT_DO_FAIL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (sally_conflict_decide (table[i].wish, &table[i].source, &table[i].target), ==,
                     table[i].decision);
}

static void
test_words (void)
{
  SallyConflict wish;

  for (guint i = SALLY_CONFLICT_FAIL; i <= SALLY_CONFLICT_NEWER; i++)
    {
      g_assert_true (sally_conflict_from_word (sally_conflict_to_word ((SallyConflict) i), &wish));
      g_assert_cmpuint (wish, ==, i);
    }
  g_assert_false (sally_conflict_from_word ("", &wish));
  g_assert_false (sally_conflict_from_word ("Replace", &wish));
  g_assert_null (sally_conflict_to_word ((SallyConflict) (SALLY_CONFLICT_NEWER + 1)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conflict/table", test_table);
  g_test_add_func ("/conflict/words", test_words);
  return g_test_run ();
}
