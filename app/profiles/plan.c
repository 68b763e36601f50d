/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/plan.h"

/* A chain of jump hosts that is longer is a circle. */
#define MAX_CHAIN           16
/* As sally_server_validate has it, with room for a number. */
#define MAX_STEM_CHARACTERS 90

void
sally_plan_item_free (SallyPlanItem *self)
{
  g_object_unref (self->server);
  g_free (self);
}

static char *
make_key (SallyServer *server, const char *way)
{
  g_autofree char *host = g_utf8_casefold (sally_server_get_host (server), -1);

  return g_strdup_printf ("%s\n%s\n%u\n%s", sally_server_get_user (server), host,
                          sally_server_get_port (server), way);
}

static SallyServer *
find_by_name (GListModel *servers, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (servers, i);

      if (g_str_equal (sally_server_get_name (server), name) ||
          g_str_equal (sally_server_get_id (server), name))
        return server;
    }
  return NULL;
}

/* What a saved server is, by address and way. */
static char *
make_saved_key (GListModel *servers, SallyServer *server, guint depth)
{
  const char *jump = sally_server_get_jump (server);
  SallyServer *leads = *jump != '\0' && depth < MAX_CHAIN ? find_by_name (servers, jump) : NULL;
  g_autofree char *way = leads != NULL ? make_saved_key (servers, leads, depth + 1) : NULL;

  return make_key (server, way != NULL ? way : "");
}

static char *
make_file_key (const SallyProfile *profile, guint depth)
{
  g_autofree char *way =
      profile->jump != NULL && depth < MAX_CHAIN ? make_file_key (profile->jump, depth + 1) : NULL;

  return make_key (profile->server, way != NULL ? way : "");
}

/* While the items are made. */
typedef struct
{
  GPtrArray *items;
  GHashTable *saved;     /* key -> SallyServer that is there */
  GHashTable *new_ones;  /* key and folder -> position + 1 */
  GHashTable *names;     /* casefolded, that are taken */
  GHashTable *positions; /* SallyProfile -> position + 1, of what stands for it */
} Planning;

static char *
find_free_name (Planning *planning, const char *name)
{
  g_autofree char *candidate = g_strdup (name);
  g_autofree char *stem =
      g_utf8_substring (name, 0, MIN (g_utf8_strlen (name, -1), MAX_STEM_CHARACTERS));

  for (guint number = 2;; number++)
    {
      g_autofree char *folded = g_utf8_casefold (candidate, -1);

      if (g_hash_table_add (planning->names, g_strdup (folded)))
        return g_steal_pointer (&candidate);
      g_free (candidate);
      candidate = g_strdup_printf ("%s %u", stem, number);
    }
}

static SallyPlanItem *
add_item (Planning *planning, const SallyProfile *profile)
{
  SallyPlanItem *item = g_new0 (SallyPlanItem, 1);
  g_autofree char *key = make_file_key (profile, 0);
  g_autofree char *exact =
      g_strconcat (key, "\n", sally_server_get_start_directory (profile->server), NULL);
  gpointer same = g_hash_table_lookup (planning->new_ones, exact);
  SallyServer *saved = g_hash_table_lookup (planning->saved, key);
  guint position = planning->items->len;

  item->profile = profile;
  item->jump = G_MAXUINT;
  if (saved != NULL)
    item->server = g_object_ref (saved);
  else if (same != NULL)
    {
      position = GPOINTER_TO_UINT (same) - 1;
      item->server = g_object_ref (((SallyPlanItem *) planning->items->pdata[position])->server);
    }
  else
    {
      g_autofree char *name = find_free_name (planning, sally_server_get_name (profile->server));

      item->is_new = TRUE;
      item->server = sally_server_new (NULL);
      sally_server_set_from (item->server, profile->server);
      g_object_set (item->server, "name", name, NULL);
      g_hash_table_insert (planning->new_ones, g_steal_pointer (&exact),
                           GUINT_TO_POINTER (position + 1));
    }
  g_hash_table_insert (planning->positions, (gpointer) profile, GUINT_TO_POINTER (position + 1));
  g_ptr_array_add (planning->items, item);
  return item;
}

static void
set_jump (Planning *planning, SallyPlanItem *item)
{
  guint position;
  SallyPlanItem *jump;

  if (!item->is_new || item->profile->jump == NULL)
    return;
  position = GPOINTER_TO_UINT (g_hash_table_lookup (planning->positions, item->profile->jump));
  g_return_if_fail (position > 0);
  jump = planning->items->pdata[position - 1];
  item->jump = position - 1;
  g_object_set (item->server, "jump", sally_server_get_name (jump->server), NULL);
}

GPtrArray *
sally_plan (GListModel *servers, GPtrArray *files)
{
  g_autoptr (GPtrArray) items =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_plan_item_free);
  g_autoptr (GHashTable) saved =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  g_autoptr (GHashTable) new_ones = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) positions = g_hash_table_new (NULL, NULL);
  Planning planning = { items, saved, new_ones, names, positions };

  g_return_val_if_fail (G_IS_LIST_MODEL (servers), NULL);
  g_return_val_if_fail (files != NULL, NULL);

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++)
    {
      SallyServer *server = g_list_model_get_item (servers, i);

      g_hash_table_add (names, g_utf8_casefold (sally_server_get_name (server), -1));
      g_hash_table_insert (saved, make_saved_key (servers, server, 0), server);
    }
  for (guint i = 0; i < files->len; i++)
    {
      SallyProfiles *file = files->pdata[i];

      for (guint j = 0; j < file->entries->len; j++)
        add_item (&planning, file->entries->pdata[j]);
    }
  for (guint i = 0; i < items->len; i++)
    set_jump (&planning, items->pdata[i]);
  return g_steal_pointer (&items);
}

static void
choose (GPtrArray *plan, guint position, gboolean *chosen, GPtrArray *items)
{
  SallyPlanItem *item = plan->pdata[position];

  if (!item->is_new || chosen[position])
    return;
  chosen[position] = TRUE;
  if (item->jump != G_MAXUINT)
    choose (plan, item->jump, chosen, items);
  g_ptr_array_add (items, item);
}

GPtrArray *
sally_plan_choose (GPtrArray *plan, const gboolean *wanted)
{
  GPtrArray *items = g_ptr_array_new ();
  g_autofree gboolean *chosen = g_new0 (gboolean, plan->len);

  for (guint i = 0; i < plan->len; i++)
    if (wanted[i])
      choose (plan, i, chosen, items);
  return items;
}
