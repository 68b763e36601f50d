/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/removal.h"

#include "base/error.h"
#include "base/text.h"
#include "model/remote-path.h"
#include "remote/tree.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/stat.h>

/* Requests under way at once: enough to hide a long line's delay, few enough for any server. */
#define MAX_RUNNING 16

typedef enum
{
  STEP_LOOK, /* is it a folder? Asked anew of every folder, for it may have become a link. */
  STEP_LIST,
  STEP_REMOVE_FILE,
  STEP_REMOVE_FOLDER,
} Step;

typedef struct _Node Node;

/* A file or folder that is still there. */
struct _Node
{
  GTask *task; /* borrowed: it outlives its nodes */
  Node *parent;
  char *path;
  guint depth;
  Step step;
  guint n_left;        /* of a folder: what it waits for before it can go */
  gboolean must_stay;  /* something in it does */
  gboolean was_listed; /* by its parent, and not named by the caller */
};

struct _SallyRemoval
{
  GObject parent_instance;

  SallyConnection *connection;
  GHashTable *nodes; /* (element-type Node), owned */
  GQueue waiting;    /* of Node, borrowed; the last found is first, so that few wait */
  guint n_running;
  guint n_found;
  gboolean has_run;
  GError *fatal; /* ends the walk */
  GError *first; /* refusal */
  SallyRemovalResult counts;
};

G_DEFINE_FINAL_TYPE (SallyRemoval, sally_removal, G_TYPE_OBJECT)

static void
node_free (Node *node)
{
  g_free (node->path);
  g_free (node);
}

static void
sally_removal_finalize (GObject *object)
{
  SallyRemoval *self = SALLY_REMOVAL (object);

  g_queue_clear (&self->waiting);
  g_hash_table_unref (self->nodes);
  g_object_unref (self->connection);
  g_clear_error (&self->fatal);
  g_clear_error (&self->first);

  G_OBJECT_CLASS (sally_removal_parent_class)->finalize (object);
}

static void
sally_removal_class_init (SallyRemovalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_removal_finalize;
}

static void
sally_removal_init (SallyRemoval *self)
{
  g_queue_init (&self->waiting);
  self->nodes = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) node_free, NULL);
}

SallyRemoval *
sally_removal_new (SallyConnection *connection)
{
  SallyRemoval *self;

  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);

  self = g_object_new (SALLY_TYPE_REMOVAL, NULL);
  self->connection = g_object_ref (connection);
  return self;
}

static Node *
add_node (SallyRemoval *self, Node *parent, const char *path, Step step)
{
  Node *node = g_new0 (Node, 1);

  node->parent = parent;
  node->path = g_strdup (path);
  node->step = step;
  node->n_left = 1;
  if (parent != NULL)
    {
      node->task = parent->task;
      node->depth = parent->depth + 1;
      node->was_listed = TRUE;
      parent->n_left++;
    }
  g_hash_table_add (self->nodes, node);
  g_queue_push_head (&self->waiting, node);
  return node;
}

void
sally_removal_add (SallyRemoval *self, const char *path)
{
  g_return_if_fail (SALLY_IS_REMOVAL (self));
  g_return_if_fail (path != NULL);
  g_return_if_fail (!self->has_run);

  add_node (self, NULL, path, STEP_LOOK);
}

static void
push (SallyRemoval *self, Node *node, Step step)
{
  node->step = step;
  g_queue_push_head (&self->waiting, node);
}

/* `node` ends here, and with it perhaps what its parent waits for. */
static void
end_node (SallyRemoval *self, Node *node, gboolean is_gone)
{
  Node *parent = node->parent;

  if (is_gone)
    self->counts.n_removed++;
  g_hash_table_remove (self->nodes, node);
  if (parent == NULL)
    return;
  if (!is_gone)
    parent->must_stay = TRUE;
  if (--parent->n_left > 0)
    return;
  if (parent->must_stay)
    {
      self->counts.n_kept++;
      end_node (self, parent, FALSE);
    }
  else
    push (self, parent, STEP_REMOVE_FOLDER);
}

/* Takes the error. */
static void
fail_node (SallyRemoval *self, Node *node, GError *error)
{
  if (node->was_listed && g_error_matches (error, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND))
    {
      /* Somebody else was quicker. */
      g_error_free (error);
      end_node (self, node, TRUE);
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (error, SALLY_ERROR, SALLY_ERROR_CONNECTION_LOST))
    {
      if (self->fatal == NULL)
        self->fatal = g_steal_pointer (&error);
      g_clear_error (&error);
      return;
    }
  self->counts.n_failed++;
  if (self->first == NULL)
    self->first = g_steal_pointer (&error);
  g_clear_error (&error);
  end_node (self, node, FALSE);
}

static void start_waiting (GTask *task);

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Node *node = user_data;
  GTask *task = node->task;
  SallyRemoval *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->n_running--;
  if (sally_connection_change_finish (SALLY_CONNECTION (source), result, &error))
    end_node (self, node, TRUE);
  else
    fail_node (self, node, error);
  start_waiting (task);
}

static void
on_page (GPtrArray *files, gpointer user_data)
{
  Node *folder = user_data;
  SallyRemoval *self = g_task_get_source_object (folder->task);

  for (guint i = 0; i < files->len && self->n_found < SALLY_TREE_MAX_ENTRIES; i++)
    {
      SallyRemoteFile *file = g_ptr_array_index (files, i);
      g_autofree char *path =
          sally_remote_path_join (folder->path, sally_remote_file_get_raw_name (file));

      add_node (self, folder, path,
                sally_remote_file_get_kind (file) == SALLY_REMOTE_FILE_DIRECTORY
                    ? STEP_LOOK
                    : STEP_REMOVE_FILE);
      self->n_found++;
    }
  start_waiting (folder->task);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Node *folder = user_data;
  GTask *task = folder->task;
  SallyRemoval *self = g_task_get_source_object (task);
  GError *error = NULL;

  self->n_running--;
  /* It waits no longer for its list. What the list left out makes the server refuse the folder. */
  folder->n_left--;
  if (!sally_connection_list_finish (SALLY_CONNECTION (source), result, NULL, &error))
    {
      if (folder->n_left == 0)
        fail_node (self, folder, error);
      else
        {
          /* The pages that came are under way, and the folder ends with the last of them. */
          folder->must_stay = TRUE;
          self->counts.n_failed++;
          if (self->first == NULL)
            self->first = g_steal_pointer (&error);
          g_clear_error (&error);
        }
    }
  else if (folder->n_left == 0 && !folder->must_stay)
    push (self, folder, STEP_REMOVE_FOLDER);
  else if (folder->n_left == 0)
    {
      self->counts.n_kept++;
      end_node (self, folder, FALSE);
    }
  start_waiting (task);
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Node *node = user_data;
  GTask *task = node->task;
  SallyRemoval *self = g_task_get_source_object (task);
  SallyRemoteAttributes attributes;
  GError *error = NULL;

  self->n_running--;
  if (!sally_connection_stat_finish (SALLY_CONNECTION (source), result, &attributes, &error))
    fail_node (self, node, error);
  else
    push (self, node, S_ISDIR (attributes.permissions) ? STEP_LIST : STEP_REMOVE_FILE);
  start_waiting (task);
}

static gboolean
check_limits (SallyRemoval *self, Node *node, GError **error)
{
  g_autofree char *shown = NULL;

  if (node->depth < SALLY_TREE_MAX_DEPTH && self->n_found < SALLY_TREE_MAX_ENTRIES)
    return TRUE;
  shown = sally_text_from_name (node->path, strlen (node->path));
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED,
               _ ("“%s” lies too deep, or the folder holds too much, to be deleted as one"), shown);
  return FALSE;
}

static void
start (SallyRemoval *self, Node *node)
{
  GCancellable *cancellable = g_task_get_cancellable (node->task);

  self->n_running++;
  switch (node->step)
    {
    case STEP_LOOK:
      sally_connection_stat_async (self->connection, node->path, FALSE, cancellable, on_looked,
                                   node);
      break;
    case STEP_LIST:
      sally_connection_list_async (self->connection, node->path, on_page, node, cancellable,
                                   on_listed, node);
      break;
    case STEP_REMOVE_FILE:
    case STEP_REMOVE_FOLDER:
    default:
      sally_connection_remove_async (self->connection, node->path, node->step == STEP_REMOVE_FOLDER,
                                     cancellable, on_removed, node);
      break;
    }
}

static void
return_result (SallyRemoval *self, GTask *task)
{
  guint n_others = self->counts.n_failed - 1;

  if (self->fatal != NULL)
    g_task_return_error (task, g_steal_pointer (&self->fatal));
  else if (self->first == NULL)
    g_task_return_boolean (task, TRUE);
  else if (n_others == 0)
    g_task_return_error (task, g_steal_pointer (&self->first));
  else
    /* Translators: the sentence of the first error, and how many there were besides it. */
    g_task_return_new_error (task, self->first->domain, self->first->code,
                             ngettext ("%s; %u other could not be deleted either",
                                       "%s; %u others could not be deleted either", n_others),
                             self->first->message, n_others);
  g_object_unref (task);
}

/* Once the walk is over, what is under way ends first: its call-backs need the nodes. */
static void
start_waiting (GTask *task)
{
  SallyRemoval *self = g_task_get_source_object (task);

  while (self->fatal == NULL && self->n_running < MAX_RUNNING && !g_queue_is_empty (&self->waiting))
    {
      Node *node = g_queue_pop_head (&self->waiting);

      if (!g_cancellable_set_error_if_cancelled (g_task_get_cancellable (task), &self->fatal) &&
          check_limits (self, node, &self->fatal))
        start (self, node);
    }
  if (self->n_running == 0)
    return_result (self, task);
}

void
sally_removal_run_async (SallyRemoval *self,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;

  g_return_if_fail (SALLY_IS_REMOVAL (self));
  g_return_if_fail (!self->has_run);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_removal_run_async);
  g_task_set_check_cancellable (task, FALSE);
  self->has_run = TRUE;
  for (GList *link = self->waiting.head; link != NULL; link = link->next)
    ((Node *) link->data)->task = task;
  /* In the order in which they were added. */
  g_queue_reverse (&self->waiting);
  start_waiting (task);
}

gboolean
sally_removal_run_finish (SallyRemoval *self,
                          GAsyncResult *result,
                          SallyRemovalResult *counts,
                          GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  if (counts != NULL)
    *counts = self->counts;
  return g_task_propagate_boolean (G_TASK (result), error);
}
