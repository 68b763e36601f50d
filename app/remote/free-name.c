/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/free-name.h"

#include "base/error.h"
#include "model/remote-path.h"
#include "remote/local-file.h"

#include <glib/gi18n.h>

#define MAX_NAMES 1000

typedef struct
{
  char *wanted;
  char *candidate;
  guint next;
} Search;

static void
search_free (Search *search)
{
  g_free (search->wanted);
  g_free (search->candidate);
  g_free (search);
}

static void look (GTask *task);

static void
looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Search *search = g_task_get_task_data (task);
  g_autofree char *directory = NULL;
  g_autofree char *name = NULL;
  g_autofree char *numbered = NULL;
  GError *error = NULL;

  if (!sally_connection_stat_finish (SALLY_CONNECTION (source), result, NULL, &error))
    {
      if (g_error_matches (error, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND))
        {
          g_error_free (error);
          g_task_return_pointer (task, g_steal_pointer (&search->candidate), g_free);
        }
      else
        g_task_return_error (task, error);
      return;
    }
  if (search->next >= MAX_NAMES)
    {
      g_task_return_new_error_literal (task, SALLY_ERROR, SALLY_ERROR_REMOTE_EXISTS,
                                       _ ("No free name was found"));
      return;
    }
  directory = sally_remote_path_dup_parent (search->wanted);
  name = sally_remote_path_dup_name (search->wanted);
  numbered = sally_local_file_numbered_name (name, search->next++);
  g_free (search->candidate);
  search->candidate = sally_remote_path_join (directory, numbered);
  look (g_steal_pointer (&task));
}

/* Takes the task. */
static void
look (GTask *task)
{
  Search *search = g_task_get_task_data (task);

  sally_connection_stat_async (g_task_get_source_object (task), search->candidate, FALSE,
                               g_task_get_cancellable (task), looked, task);
}

void
sally_free_name_find_async (SallyConnection *connection,
                            const char *path,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task;
  Search *search;

  g_return_if_fail (SALLY_IS_CONNECTION (connection));
  g_return_if_fail (path != NULL);

  task = g_task_new (connection, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_free_name_find_async);
  search = g_new0 (Search, 1);
  search->wanted = g_strdup (path);
  search->candidate = g_strdup (path);
  search->next = 2;
  g_task_set_task_data (task, search, (GDestroyNotify) search_free);
  look (task);
}

char *
sally_free_name_find_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
