/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/address.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/transfers.h"
#include "remote/sync.h"

#include <glib/gi18n.h>
#include <stdio.h>

typedef struct
{
  SallyCli *cli;
  SallyConnection *connection;
  gboolean is_upload;
  char *local;
  char *remote;
  SallySync *sync;
  GPtrArray *steps; /* of `sync` */
  gboolean prints_json;
  SallyTally tally;
} Sync;

static void
sync_clear (Sync *self)
{
  g_free (self->local);
  g_free (self->remote);
  g_clear_object (&self->sync);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sync, sync_clear)

static gboolean
plan (Sync *self, const SallySyncOptions *options, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  guint n_unsafe;

  self->sync = sally_sync_new (self->cli->transfers, self->connection, self->is_upload, self->local,
                               self->remote, options);
  sally_sync_plan_async (self->sync, self->cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  self->steps = sally_sync_plan_finish (self->sync, result, error);
  n_unsafe = sally_sync_get_n_unsafe (self->sync);
  if (n_unsafe > 0)
    sally_message (ngettext ("%u name on the server is not safe here, and was left out",
                             "%u names on the server are not safe here, and were left out",
                             n_unsafe),
                   n_unsafe);
  return self->steps != NULL;
}

static void
print_step (const Sync *self, const SallySyncStep *step)
{
  if (self->prints_json)
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

/* Copies are counted with the queue's transfers. */
static void
step_done (SallySync *sync, const SallySyncStep *step, const GError *error, Sync *self)
{
  if (error != NULL || (step->kind != SALLY_SYNC_MAKE_FOLDER && step->kind != SALLY_SYNC_BLOCKED))
    sally_tally_add (&self->tally, error);
}

static void
ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Sync *self = user_data;

  /* Each of its errors has been told. */
  sally_sync_run_finish (SALLY_SYNC (source), result, NULL, NULL);
  self->cli->n_trees--;
}

static int
run (Sync *self)
{
  g_signal_connect (self->sync, "done", G_CALLBACK (step_done), self);
  self->cli->n_trees++;
  sally_sync_run_async (self->sync, self->cli->cancellable, ended, self);
  sally_transfers_run (self->cli, &self->tally);
  g_signal_handlers_disconnect_by_data (self->sync, self);
  if (g_cancellable_is_cancelled (self->cli->cancellable))
    return SALLY_EXIT_INTERRUPTED;
  return sally_tally_exit_code (&self->tally);
}

static gboolean
find_ends (Sync *self, char **operands, GError **error)
{
  gboolean from_server = sally_address_is_remote (operands[0]);

  if (from_server == sally_address_is_remote (operands[1]))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("One of the two folders must be NAME:PATH, the other one here"));
      return FALSE;
    }
  self->is_upload = !from_server;
  self->local = g_strdup (operands[from_server ? 1 : 0]);
  self->connection =
      sally_address_open (self->cli, operands[from_server ? 0 : 1], &self->remote, error);
  return self->connection != NULL;
}

int
sally_command_sync (SallyCli *cli, char **arguments)
{
  SallySyncOptions wishes = { FALSE, SALLY_SYNC_BY_TIME };
  gboolean by_size = FALSE;
  gboolean by_contents = FALSE;
  gboolean is_dry = FALSE;
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "delete", 0, 0, G_OPTION_ARG_NONE, &wishes.deletes,
      N_ ("Delete in the target what the source does not have"), NULL },
    { "size-only", 0, 0, G_OPTION_ARG_NONE, &by_size,
      N_ ("Files of one size are the same, whatever their times"), NULL },
    { "checksum", 'c', 0, G_OPTION_ARG_NONE, &by_contents,
      N_ ("Compare the contents of files of one size, whatever their times"), NULL },
    { "dry-run", 'n', 0, G_OPTION_ARG_NONE, &is_dry, N_ ("Only tell what would be done"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON, a line a step"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_auto (Sync) sync = { .cli = cli };
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 2, 2, &operands))
    return cli->exit_code;
  if (by_contents)
    wishes.compare = SALLY_SYNC_BY_CONTENTS;
  else if (by_size)
    wishes.compare = SALLY_SYNC_BY_SIZE;
  sync.prints_json = json;
  if (!find_ends (&sync, operands, &error) || !plan (&sync, &wishes, &error))
    return sally_message_error (error);
  for (guint i = 0; (is_dry || json) && i < sync.steps->len; i++)
    print_step (&sync, sync.steps->pdata[i]);
  return is_dry ? SALLY_EXIT_DONE : run (&sync);
}
