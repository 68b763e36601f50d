/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/sync-plan.h"

/* "f:PATH:SIZE:TIME" or "f:PATH:SIZE:TIME:DIGEST", "d:PATH" or "o:PATH", separated by spaces. */
static GPtrArray *
make_census (const char *text)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_census_entry_free);
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  for (guint i = 0; words[i] != NULL && *words[i] != '\0'; i++)
    {
      g_auto (GStrv) parts = g_strsplit (words[i], ":", 5);
      SallyCensusEntry *entry = g_new0 (SallyCensusEntry, 1);

      entry->kind = *parts[0] == 'f'   ? SALLY_CENSUS_FILE
                    : *parts[0] == 'd' ? SALLY_CENSUS_FOLDER
                                       : SALLY_CENSUS_OTHER;
      entry->path = g_strdup (parts[1]);
      if (*parts[0] == 'f')
        {
          entry->size = g_ascii_strtoull (parts[2], NULL, 10);
          entry->modified = g_ascii_strtoll (parts[3], NULL, 10);
          entry->sha256 = g_strdup (parts[4]);
        }
      g_ptr_array_add (entries, entry);
    }
  return entries;
}

static char *
describe (GPtrArray *steps)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < steps->len; i++)
    {
      const SallySyncStep *step = steps->pdata[i];

      g_string_append_printf (text, "%s%s %s", i > 0 ? ", " : "",
                              sally_sync_kind_to_string (step->kind), step->entry->path);
    }
  return g_string_free_and_steal (text);
}

static void
test_table (void)
{
  static const struct
  {
    const char *source;
    const char *target;
    SallySyncOptions options;
    const char *steps;
  } table[] = {
    { "", "", { TRUE, SALLY_SYNC_BY_TIME }, "" },
    { "f:a:1:100", "", { FALSE, SALLY_SYNC_BY_TIME }, "copy a" },
    { "f:a:1:100", "f:a:1:100", { FALSE, SALLY_SYNC_BY_TIME }, "" },
    { "f:a:1:100", "f:a:2:100", { FALSE, SALLY_SYNC_BY_TIME }, "copy a" },
    { "f:a:1:100", "f:a:1:101", { FALSE, SALLY_SYNC_BY_TIME }, "" },
    { "f:a:1:100", "f:a:1:90", { FALSE, SALLY_SYNC_BY_TIME }, "copy a" },
    { "f:a:1:90", "f:a:1:100", { FALSE, SALLY_SYNC_BY_TIME }, "copy a" },
    { "f:a:1:100", "f:a:1:90", { FALSE, SALLY_SYNC_BY_SIZE }, "" },
    { "f:a:1:100", "f:a:2:90", { FALSE, SALLY_SYNC_BY_SIZE }, "copy a" },
    { "d:x d:x/y f:x/y/a:1:1",
      "",
      { FALSE, SALLY_SYNC_BY_TIME },
      "mkdir x, mkdir x/y, copy x/y/a" },
    /* However a census came about: what is made or removed at once does not need each other. */
    { "d:x d:x/y d:z", "", { FALSE, SALLY_SYNC_BY_TIME }, "mkdir x, mkdir z, mkdir x/y" },
    { "", "d:x d:x/y d:z", { TRUE, SALLY_SYNC_BY_TIME }, "delete x/y, delete x, delete z" },
    { "d:x f:x/a:1:1", "d:x", { FALSE, SALLY_SYNC_BY_TIME }, "copy x/a" },
    { "f:a:1:100:aa", "f:a:1:90:aa", { FALSE, SALLY_SYNC_BY_CONTENTS }, "" },
    { "f:a:1:100:aa", "f:a:1:100:ab", { FALSE, SALLY_SYNC_BY_CONTENTS }, "copy a" },
    { "f:a:1:100", "f:a:1:100", { FALSE, SALLY_SYNC_BY_CONTENTS }, "copy a" },
    /* Nothing goes unless it is wished. */
    { "", "f:a:1:1 d:x f:x/b:1:1", { FALSE, SALLY_SYNC_BY_TIME }, "" },
    { "", "f:a:1:1 d:x f:x/b:1:1", { TRUE, SALLY_SYNC_BY_TIME }, "delete a, delete x/b, delete x" },
    { "f:a:1:1", "f:a:1:1 f:b:1:1", { TRUE, SALLY_SYNC_BY_TIME }, "delete b" },
    { "f:new:1:1", "f:old:1:1", { TRUE, SALLY_SYNC_BY_TIME }, "copy new, delete old" },
    /* A file where a folder should go, and the other way round: below it nothing is done. */
    { "d:x f:x/a:1:1 f:b:1:1", "f:x:1:1", { TRUE, SALLY_SYNC_BY_TIME }, "blocked x, copy b" },
    { "f:x:1:1", "d:x f:x/a:1:1", { FALSE, SALLY_SYNC_BY_TIME }, "blocked x" },
    /* Links and devices are left alone, here and there. */
    { "o:l f:a:1:1", "", { TRUE, SALLY_SYNC_BY_TIME }, "copy a" },
    { "o:l", "f:l:1:1", { TRUE, SALLY_SYNC_BY_TIME }, "" },
    { "f:l:1:1", "o:l", { TRUE, SALLY_SYNC_BY_TIME }, "blocked l" },
    { "", "d:x d:x/y o:x/y/l f:x/a:1:1", { TRUE, SALLY_SYNC_BY_TIME }, "delete x/a" },
    /* Of two names that begin alike one does not block the other. */
    { "d:x f:x/a:1:1 f:xy:1:1", "f:x:1:1", { FALSE, SALLY_SYNC_BY_TIME }, "blocked x, copy xy" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GPtrArray) source = make_census (table[i].source);
      g_autoptr (GPtrArray) target = make_census (table[i].target);
      g_autoptr (GPtrArray) steps = sally_sync_plan (source, target, &table[i].options);
      g_autofree char *text = describe (steps);

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (text, ==, table[i].steps);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sync-plan/table", test_table);
  return g_test_run ();
}
