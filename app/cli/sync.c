/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/address.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/transfers.h"
#include "model/remote-path.h"
#include "remote/sync-plan.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  SallyCli *cli;
  SallyConnection *connection;
  gboolean is_upload;
  char *local;
  char *remote;
  GPtrArray *source; /* censuses, which the steps point into */
  GPtrArray *target;
  GPtrArray *steps;
  gboolean prints_json;
  SallyTally tally;
} Sync;

static void
sync_clear (Sync *sync)
{
  g_free (sync->local);
  g_free (sync->remote);
  g_clear_pointer (&sync->source, g_ptr_array_unref);
  g_clear_pointer (&sync->target, g_ptr_array_unref);
  g_clear_pointer (&sync->steps, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sync, sync_clear)

/* What is not there is empty, if it may be made. */
static GPtrArray *
count_in (Sync *sync, gboolean is_remote, gboolean may_be_missing, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) reason = NULL;
  GPtrArray *entries;
  guint n_unsafe = 0;

  if (is_remote)
    sally_census_remote_async (sync->connection, sync->remote, sync->cli->cancellable,
                               sally_cli_keep_result, &result);
  else
    sally_census_local_async (sync->local, sync->cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  entries = sally_census_finish (result, &n_unsafe, &reason);
  if (n_unsafe > 0)
    sally_message (ngettext ("%u name on the server is not safe here, and was left out",
                             "%u names on the server are not safe here, and were left out",
                             n_unsafe),
                   n_unsafe);
  if (entries != NULL)
    return entries;
  if (may_be_missing && (g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_REMOTE_NOT_FOUND) ||
                         g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND)))
    return g_ptr_array_new ();
  g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

static gboolean
compare (Sync *sync, const SallySyncOptions *options, GError **error)
{
  sync->source = count_in (sync, !sync->is_upload, FALSE, error);
  if (sync->source == NULL)
    return FALSE;
  sync->target = count_in (sync, sync->is_upload, TRUE, error);
  if (sync->target == NULL)
    return FALSE;
  sync->steps = sally_sync_plan (sync->source, sync->target, options);
  return TRUE;
}

static void
print_step (const Sync *sync, const SallySyncStep *step)
{
  if (sync->prints_json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      sally_json_add_string (builder, "step", sally_sync_kind_to_string (step->kind));
      sally_json_add_name (builder, "path", step->entry->path);
      sally_json_add_int (builder, "bytes", (gint64) step->entry->size);
      json_builder_end_object (builder);
      sally_json_print (builder);
      return;
    }
  printf ("%-7s ", sally_sync_kind_to_string (step->kind));
  sally_print_name (step->entry->path);
  putchar ('\n');
}

static char *
dup_local (const Sync *sync, const char *path)
{
  return g_build_filename (sync->local, path, NULL);
}

static char *
dup_remote (const Sync *sync, const char *path)
{
  return sally_remote_path_join (sync->remote, path);
}

static gboolean
finish_change (Sync *sync, GAsyncResult **result, GError **error)
{
  sally_cli_wait (result);
  return sally_connection_change_finish (sync->connection, *result, error);
}

static gboolean
make_folder (Sync *sync, const char *path, GError **error)
{
  g_autofree char *local = dup_local (sync, path);
  g_autofree char *remote = dup_remote (sync, path);
  g_autoptr (GAsyncResult) result = NULL;

  if (!sync->is_upload)
    {
      if (g_mkdir (local, 0777) == 0 || errno == EEXIST)
        return TRUE;
      sally_error_set_errno (error, errno, local);
      return FALSE;
    }
  sally_connection_make_directory_async (sync->connection, remote, sync->cli->cancellable,
                                         sally_cli_keep_result, &result);
  return finish_change (sync, &result, error);
}

static gboolean delete (Sync *sync, const SallySyncStep *step, GError **error)
{
  g_autofree char *local = dup_local (sync, step->entry->path);
  g_autofree char *remote = dup_remote (sync, step->entry->path);
  gboolean is_folder = step->kind == SALLY_SYNC_DELETE_FOLDER;
  g_autoptr (GAsyncResult) result = NULL;

  if (!sync->is_upload)
    {
      if ((is_folder ? g_rmdir (local) : g_unlink (local)) == 0)
        return TRUE;
      sally_error_set_errno (error, errno, local);
      return FALSE;
    }
  sally_connection_remove_async (sync->connection, remote, is_folder, sync->cli->cancellable,
                                 sally_cli_keep_result, &result);
  return finish_change (sync, &result, error);
}

static void
copy (Sync *sync, const char *path)
{
  g_autofree char *local = dup_local (sync, path);
  g_autofree char *remote = dup_remote (sync, path);

  if (sync->is_upload)
    sally_transfer_queue_upload (sync->cli->transfers, sync->connection, local, remote,
                                 SALLY_CONFLICT_REPLACE);
  else
    {
      g_autofree char *directory = g_path_get_dirname (local);
      g_autofree char *name = g_path_get_basename (local);

      sally_transfer_queue_download (sync->cli->transfers, sync->connection, remote, directory,
                                     name, SALLY_CONFLICT_REPLACE);
    }
}

static void
note (Sync *sync, const SallySyncStep *step, GError *error)
{
  g_autoptr (GError) owned = error;

  if (owned != NULL)
    {
      g_autofree char *shown = sally_show_name (step->entry->path);

      g_prefix_error (&owned, "“%s”: ", shown);
      sally_tally_add (&sync->tally, owned);
    }
}

/* The folders, and the copies begun. */
static void
begin (Sync *sync)
{
  for (guint i = 0; i < sync->steps->len; i++)
    {
      const SallySyncStep *step = sync->steps->pdata[i];
      GError *error = NULL;

      if (g_cancellable_is_cancelled (sync->cli->cancellable))
        return;
      switch (step->kind)
        {
        case SALLY_SYNC_MAKE_FOLDER:
          make_folder (sync, step->entry->path, &error);
          break;
        case SALLY_SYNC_COPY:
          copy (sync, step->entry->path);
          break;
        case SALLY_SYNC_BLOCKED:
          g_set_error_literal (&error, SALLY_ERROR,
                               sync->is_upload ? SALLY_ERROR_REMOTE_EXISTS
                                               : SALLY_ERROR_LOCAL_EXISTS,
                               _ ("something of another kind is in its place, which is left "
                                  "alone"));
          break;
        case SALLY_SYNC_DELETE_FILE:
        case SALLY_SYNC_DELETE_FOLDER:
        default:
          break;
        }
      note (sync, step, error);
    }
}

/* Only once everything else has gone well: a sync that stopped half-way has lost nothing. */
static void
delete_rest (Sync *sync)
{
  for (guint i = 0; i < sync->steps->len; i++)
    {
      const SallySyncStep *step = sync->steps->pdata[i];
      GError *error = NULL;

      if (g_cancellable_is_cancelled (sync->cli->cancellable))
        return;
      if (step->kind != SALLY_SYNC_DELETE_FILE && step->kind != SALLY_SYNC_DELETE_FOLDER)
        continue;
      if (delete (sync, step, &error))
        sally_tally_add (&sync->tally, NULL);
      note (sync, step, error);
    }
}

static int
run (Sync *sync)
{
  GError *error = NULL;

  if (sync->target->len == 0 && !make_folder (sync, "", &error) &&
      !g_error_matches (error, SALLY_ERROR, SALLY_ERROR_REMOTE_EXISTS) &&
      !g_error_matches (error, SALLY_ERROR, SALLY_ERROR_REMOTE_FAILED))
    {
      g_autoptr (GError) owned = error;

      return sally_message_error (owned);
    }
  g_clear_error (&error);
  begin (sync);
  sally_transfers_run (sync->cli, &sync->tally);
  if (sally_tally_exit_code (&sync->tally) == SALLY_EXIT_DONE)
    delete_rest (sync);
  if (g_cancellable_is_cancelled (sync->cli->cancellable))
    return SALLY_EXIT_INTERRUPTED;
  return sally_tally_exit_code (&sync->tally);
}

static gboolean
find_ends (Sync *sync, char **operands, GError **error)
{
  gboolean from_server = sally_address_is_remote (operands[0]);

  if (from_server == sally_address_is_remote (operands[1]))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("One of the two folders must be NAME:PATH, the other one here"));
      return FALSE;
    }
  sync->is_upload = !from_server;
  sync->local = g_strdup (operands[from_server ? 1 : 0]);
  sync->connection =
      sally_address_open (sync->cli, operands[from_server ? 0 : 1], &sync->remote, error);
  return sync->connection != NULL;
}

int
sally_command_sync (SallyCli *cli, char **arguments)
{
  SallySyncOptions wishes = { FALSE, FALSE };
  gboolean is_dry = FALSE;
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "delete", 0, 0, G_OPTION_ARG_NONE, &wishes.deletes,
      N_ ("Delete in the target what the source does not have"), NULL },
    { "size-only", 0, 0, G_OPTION_ARG_NONE, &wishes.size_only,
      N_ ("Files of one size are the same, whatever their times"), NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &is_dry, N_ ("Only tell what would be done"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON, a line a step"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_auto (Sync) sync = { .cli = cli };
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 2, 2, &operands))
    return cli->exit_code;
  sync.prints_json = json;
  if (!find_ends (&sync, operands, &error) || !compare (&sync, &wishes, &error))
    return sally_message_error (error);
  for (guint i = 0; (is_dry || json) && i < sync.steps->len; i++)
    print_step (&sync, sync.steps->pdata[i]);
  return is_dry ? SALLY_EXIT_DONE : run (&sync);
}
