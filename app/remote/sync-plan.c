/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/sync-plan.h"

#include <string.h>

/* Some file systems keep even seconds only (FAT). */
#define TIME_TOLERANCE_S 2

static const char *const kind_names[] = { "mkdir", "copy", "delete", "delete", "blocked" };

const char *
sally_sync_kind_to_string (SallySyncKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (kind_names), "");

  return kind_names[kind];
}

static GHashTable *
index_by_path (GPtrArray *entries)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < entries->len; i++)
    g_hash_table_insert (index, ((SallyCensusEntry *) entries->pdata[i])->path, entries->pdata[i]);
  return index;
}

static void
add (GPtrArray *steps, SallySyncKind kind, const SallyCensusEntry *entry)
{
  SallySyncStep *step = g_new (SallySyncStep, 1);

  *step = (SallySyncStep) { kind, entry };
  g_ptr_array_add (steps, step);
}

/* Whether `path` lies below one of the blocked ones. */
static gboolean
is_blocked (GHashTable *blocked, const char *path)
{
  g_autofree char *parent = g_strdup (path);
  char *slash;

  while ((slash = strrchr (parent, '/')) != NULL)
    {
      *slash = '\0';
      if (g_hash_table_contains (blocked, parent))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_same (const SallyCensusEntry *one,
         const SallyCensusEntry *other,
         const SallySyncOptions *options)
{
  if (one->size != other->size)
    return FALSE;
  switch (options->compare)
    {
    case SALLY_SYNC_BY_SIZE:
      return TRUE;
    case SALLY_SYNC_BY_CONTENTS:
      return one->sha256 != NULL && g_strcmp0 (one->sha256, other->sha256) == 0;
    case SALLY_SYNC_BY_TIME:
    default:
      return ABS (one->modified - other->modified) < TIME_TOLERANCE_S;
    }
}

static void
plan_entry (GPtrArray *folders,
            GPtrArray *copies,
            GHashTable *blocked,
            const SallyCensusEntry *entry,
            const SallyCensusEntry *there,
            const SallySyncOptions *options)
{
  if (entry->kind == SALLY_CENSUS_OTHER || is_blocked (blocked, entry->path))
    return;
  if (there != NULL && there->kind != entry->kind)
    {
      g_hash_table_add (blocked, entry->path);
      add (folders, SALLY_SYNC_BLOCKED, entry);
    }
  else if (entry->kind == SALLY_CENSUS_FOLDER)
    {
      if (there == NULL)
        add (folders, SALLY_SYNC_MAKE_FOLDER, entry);
    }
  else if (there == NULL || !is_same (entry, there, options))
    add (copies, SALLY_SYNC_COPY, entry);
}

/* A folder that holds something which is neither file nor folder stays, with all above it. */
static void
keep_above (GHashTable *kept, const char *path)
{
  g_autofree char *parent = g_strdup (path);
  char *slash;

  while ((slash = strrchr (parent, '/')) != NULL)
    {
      *slash = '\0';
      g_hash_table_add (kept, g_strdup (parent));
    }
}

guint
sally_sync_step_get_depth (const SallySyncStep *self)
{
  guint depth = 0;

  g_return_val_if_fail (self != NULL, 0);

  for (const char *c = self->entry->path; *c != '\0'; c++)
    depth += *c == '/';
  return depth;
}

static gint
compare_depths (gconstpointer a, gconstpointer b)
{
  guint one = sally_sync_step_get_depth (*(const SallySyncStep *const *) a);
  guint other = sally_sync_step_get_depth (*(const SallySyncStep *const *) b);

  return (one > other) - (one < other);
}

static gint
compare_depths_down (gconstpointer a, gconstpointer b)
{
  return compare_depths (b, a);
}

static GPtrArray *
plan_deletions (GPtrArray *target, GHashTable *in_source)
{
  GPtrArray *deletions = g_ptr_array_new ();
  g_autoptr (GPtrArray) folders = g_ptr_array_new ();
  g_autoptr (GHashTable) kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < target->len; i++)
    {
      const SallyCensusEntry *entry = target->pdata[i];

      if (entry->kind == SALLY_CENSUS_OTHER)
        keep_above (kept, entry->path);
    }
  for (guint i = 0; i < target->len; i++)
    {
      const SallyCensusEntry *entry = target->pdata[i];

      if (g_hash_table_contains (in_source, entry->path) || entry->kind == SALLY_CENSUS_OTHER ||
          g_hash_table_contains (kept, entry->path))
        continue;
      if (entry->kind == SALLY_CENSUS_FOLDER)
        add (folders, SALLY_SYNC_DELETE_FOLDER, entry);
      else
        add (deletions, SALLY_SYNC_DELETE_FILE, entry);
    }
  g_ptr_array_sort (folders, compare_depths_down);
  g_ptr_array_extend_and_steal (deletions, g_steal_pointer (&folders));
  return deletions;
}

GPtrArray *
sally_sync_plan (GPtrArray *source, GPtrArray *target, const SallySyncOptions *options)
{
  GPtrArray *steps = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) copies = g_ptr_array_new ();
  g_autoptr (GHashTable) in_source = NULL;
  g_autoptr (GHashTable) in_target = NULL;
  g_autoptr (GHashTable) blocked = g_hash_table_new (g_str_hash, g_str_equal);

  g_return_val_if_fail (source != NULL && target != NULL && options != NULL, steps);

  in_source = index_by_path (source);
  in_target = index_by_path (target);
  for (guint i = 0; i < source->len; i++)
    {
      const SallyCensusEntry *entry = source->pdata[i];

      plan_entry (steps, copies, blocked, entry, g_hash_table_lookup (in_target, entry->path),
                  options);
    }
  g_ptr_array_sort (steps, compare_depths);
  g_ptr_array_extend_and_steal (steps, g_steal_pointer (&copies));
  if (options->deletes)
    g_ptr_array_extend_and_steal (steps, plan_deletions (target, in_source));
  return steps;
}
