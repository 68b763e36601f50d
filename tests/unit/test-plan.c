/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/plan.h"

#include <string.h>

/* Two machines behind different bastions share an address; one has two names. */
static const char file_text[] = "Host gate\n  HostName gate.example\n  User me\n"
                                "Host inner\n  HostName 10.0.0.1\n  User me\n  ProxyJump gate\n"
                                "Host other\n  HostName 10.0.0.1\n  User me\n"
                                "Host same-as-gate\n  HostName GATE.example\n  User me\n"
                                "Host late\n  HostName late.example\n  User me\n"
                                "  ProxyJump same-as-gate\n";

static GPtrArray *
read_files (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_profiles_free);
  SallyProfiles *file = sally_profiles_read (bytes, NULL, NULL, NULL);

  g_assert_nonnull (file);
  g_ptr_array_add (files, file);
  return files;
}

static SallyPlanItem *
find (GPtrArray *plan, const char *profile_name)
{
  for (guint i = 0; i < plan->len; i++)
    {
      SallyPlanItem *item = plan->pdata[i];

      if (g_str_equal (sally_server_get_name (item->profile->server), profile_name))
        return item;
    }
  g_assert_not_reached ();
}

static void
add_saved (
    GListStore *saved, const char *name, const char *host, const char *user, const char *jump)
{
  g_autoptr (SallyServer) server = sally_server_new (NULL);

  g_object_set (server, "name", name, "host", host, "user", user, "jump", jump, NULL);
  g_list_store_append (saved, server);
}

static void
test_new_ones (void)
{
  g_autoptr (GListStore) saved = g_list_store_new (SALLY_TYPE_SERVER);
  g_autoptr (GPtrArray) files = read_files (file_text);
  g_autoptr (GPtrArray) plan = sally_plan (G_LIST_MODEL (saved), files);

  g_assert_cmpuint (plan->len, ==, 5);
  g_assert_cmpstr (sally_server_get_jump (find (plan, "inner")->server), ==, "gate");
  g_assert_true (find (plan, "other")->is_new);
  /* It is the gate by another name, and leads to what names it so. */
  g_assert_false (find (plan, "same-as-gate")->is_new);
  g_assert_cmpstr (sally_server_get_jump (find (plan, "late")->server), ==, "gate");
  for (guint i = 0; i < plan->len; i++)
    g_assert_true (sally_server_validate (((SallyPlanItem *) plan->pdata[i])->server, NULL));
}

static void
test_what_is_there_stays (void)
{
  g_autoptr (GListStore) saved = g_list_store_new (SALLY_TYPE_SERVER);
  g_autoptr (GPtrArray) files = read_files (file_text);
  g_autoptr (GPtrArray) plan = NULL;

  add_saved (saved, "My gate", "gate.example", "me", "");
  add_saved (saved, "Far", "10.0.0.1", "me", "My gate");
  add_saved (saved, "INNER", "unrelated.example", "me", "");
  add_saved (saved, "other", "unrelated.example", "somebody", "");
  plan = sally_plan (G_LIST_MODEL (saved), files);
  g_assert_false (find (plan, "gate")->is_new);
  g_assert_cmpstr (sally_server_get_name (find (plan, "gate")->server), ==, "My gate");
  g_assert_false (find (plan, "inner")->is_new);
  g_assert_cmpstr (sally_server_get_name (find (plan, "inner")->server), ==, "Far");
  g_assert_true (find (plan, "other")->is_new);
  g_assert_cmpstr (sally_server_get_name (find (plan, "other")->server), ==, "other 2");
  g_assert_cmpstr (sally_server_get_jump (find (plan, "late")->server), ==, "My gate");
}

static void
test_again_adds_nothing (void)
{
  g_autoptr (GListStore) saved = g_list_store_new (SALLY_TYPE_SERVER);
  g_autoptr (GPtrArray) files = read_files (file_text);
  g_autoptr (GPtrArray) first = sally_plan (G_LIST_MODEL (saved), files);
  g_autoptr (GPtrArray) second = NULL;

  for (guint i = 0; i < first->len; i++)
    {
      SallyPlanItem *item = first->pdata[i];

      if (item->is_new)
        g_list_store_append (saved, item->server);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (saved)), ==, 4);
  second = sally_plan (G_LIST_MODEL (saved), files);
  for (guint i = 0; i < second->len; i++)
    g_assert_false (((SallyPlanItem *) second->pdata[i])->is_new);
}

/* Sites of FileZilla that differ in their folder are different sites, once. */
static void
test_folders_of_one_server (void)
{
  g_autoptr (GListStore) saved = g_list_store_new (SALLY_TYPE_SERVER);
  g_autoptr (GPtrArray) files =
      read_files ("sftp://me@h.example/in In\nsftp://me@h.example/out Out\n"
                  "sftp://me@h.example/in Again\n");
  g_autoptr (GPtrArray) plan = sally_plan (G_LIST_MODEL (saved), files);

  g_assert_true (find (plan, "In")->is_new);
  g_assert_true (find (plan, "Out")->is_new);
  g_assert_false (find (plan, "Again")->is_new);
}

static void
test_who_leads_comes_along (void)
{
  g_autoptr (GListStore) saved = g_list_store_new (SALLY_TYPE_SERVER);
  g_autoptr (GPtrArray) files = read_files (file_text);
  g_autoptr (GPtrArray) plan = sally_plan (G_LIST_MODEL (saved), files);
  gboolean wanted[5] = { FALSE };
  g_autoptr (GPtrArray) chosen = NULL;

  for (guint i = 0; i < plan->len; i++)
    wanted[i] = plan->pdata[i] == find (plan, "inner");
  chosen = sally_plan_choose (plan, wanted);
  g_assert_cmpuint (chosen->len, ==, 2);
  g_assert_true (chosen->pdata[0] == find (plan, "gate"));
  g_assert_true (chosen->pdata[1] == find (plan, "inner"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/new-ones", test_new_ones);
  g_test_add_func ("/plan/what-is-there-stays", test_what_is_there_stays);
  g_test_add_func ("/plan/again-adds-nothing", test_again_adds_nothing);
  g_test_add_func ("/plan/folders-of-one-server", test_folders_of_one_server);
  g_test_add_func ("/plan/who-leads-comes-along", test_who_leads_comes_along);
  return g_test_run ();
}
