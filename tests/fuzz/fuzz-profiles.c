/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes end in a sentence or in servers; those can be saved and, as a connection file, written
 * and read back. */
#include "config.h"

#include "profiles/connection-file.h"
#include "profiles/plan.h"
#include "tests/fuzz/fuzz.h"

static void
check_round_trip (SallyProfile *profile)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SallyProfiles) again = NULL;

  for (SallyProfile *link = profile; link != NULL && chain->len <= SALLY_CONNECTION_FILE_MAX_JUMPS;
       link = link->jump)
    g_ptr_array_add (chain, link);
  bytes = sally_connection_file_write (chain);
  again = sally_profiles_read (bytes, NULL, NULL, NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->entries->len, ==, chain->len);
}

static void
check (SallyProfiles *profiles)
{
  g_autoptr (GListStore) none = g_list_store_new (SALLY_TYPE_SERVER);
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  g_autoptr (GPtrArray) plan = NULL;

  g_assert_cmpuint (profiles->entries->len, >, 0);
  for (guint i = 0; i < MIN (profiles->entries->len, 10); i++)
    check_round_trip (profiles->entries->pdata[i]);
  g_ptr_array_add (files, profiles);
  plan = sally_plan (G_LIST_MODEL (none), files);
  for (guint i = 0; i < plan->len; i++)
    g_assert_true (sally_server_validate (((SallyPlanItem *) plan->pdata[i])->server, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  for (const SallyProfilesFormat *format = sally_profiles_get_formats (); format->name != NULL;
       format++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyProfiles) profiles = sally_profiles_read (bytes, NULL, format, &error);

      g_assert_true ((profiles == NULL) == (error != NULL));
      if (profiles != NULL)
        check (profiles);
    }
  return 0;
}
