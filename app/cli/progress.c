/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/progress.h"

#include "base/text.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PROGRESS_INTERVAL_MS 200
#define STEP_INTERVAL_MS     500
#define DEFAULT_COLUMNS      80
#define BAR_COLUMNS          20
#define FIGURES_COLUMNS      64
#define MIN_NAME_COLUMNS     8

struct _SallySteps
{
  SallyConnection *connection;
  guint timer;
};

struct _SallyProgress
{
  SallyTransferQueue *transfers;
  guint timer;
};

static gboolean
is_shown (void)
{
  return isatty (STDERR_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

static void
show_line (const char *text)
{
  fprintf (stderr, "\r\033[K%s", text);
  fflush (stderr);
}

static guint
get_columns (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return DEFAULT_COLUMNS;
  return size.ws_col;
}

static char *describe_step (SallyConnection *connection);

static char *
describe_jump (SallyConnection *jump)
{
  g_autofree char *step = describe_step (jump);

  /* Translators: the name of the server that has to be opened first, and how far that is. */
  return g_strdup_printf (_ ("Opening “%s”: %s"),
                          sally_server_get_name (sally_connection_get_server (jump)), step);
}

static char *
describe_step (SallyConnection *connection)
{
  gint64 left_us = sally_connection_get_wait_until (connection) - g_get_monotonic_time ();

  switch (sally_connection_get_state (connection))
    {
    case SALLY_CONNECTION_OPENING_JUMP:
      return describe_jump (sally_connection_get_jump (connection));
    case SALLY_CONNECTION_WAITING_FOR_TURN:
      return g_strdup (_ ("Another sign-in is under way; waiting for it"));
    case SALLY_CONNECTION_REACHING:
      return g_strdup (_ ("Reaching the server"));
    case SALLY_CONNECTION_CHECKING_KEY:
      return g_strdup (_ ("Checking its key"));
    case SALLY_CONNECTION_WAITING_FOR_CODE:
      if (left_us > 0)
        return g_strdup_printf (_ ("Waiting for a fresh code (%d s)"),
                                (int) ((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
      return g_strdup (_ ("Signing in"));
    case SALLY_CONNECTION_SIGNING_IN:
      return g_strdup (_ ("Signing in"));
    case SALLY_CONNECTION_CLOSED:
    case SALLY_CONNECTION_READY:
    default:
      return g_strdup ("");
    }
}

/* While the key is checked or answers are typed the terminal may hold a question, which stays. */
static gboolean
step_tick (gpointer user_data)
{
  SallySteps *self = user_data;
  g_autofree char *text = describe_step (self->connection);

  if (sally_connection_get_wait_until (self->connection) > 0)
    show_line (text);
  return G_SOURCE_CONTINUE;
}

static void
step_changed (SallySteps *self)
{
  g_autofree char *text = describe_step (self->connection);

  show_line (text);
}

SallySteps *
sally_steps_new (SallyConnection *connection)
{
  SallySteps *self;

  if (!is_shown ())
    return NULL;
  self = g_new0 (SallySteps, 1);
  self->connection = g_object_ref (connection);
  self->timer = g_timeout_add (STEP_INTERVAL_MS, step_tick, self);
  g_signal_connect_swapped (connection, "notify::state", G_CALLBACK (step_changed), self);
  return self;
}

void
sally_steps_free (SallySteps *self)
{
  if (self == NULL)
    return;
  show_line ("");
  g_signal_handlers_disconnect_by_data (self->connection, self);
  g_source_remove (self->timer);
  g_object_unref (self->connection);
  g_free (self);
}

/* "3 of 10 files", or the name of the only one, in at most `columns`. */
static char *
describe_files (SallyTransferQueue *transfers, guint columns)
{
  guint n_files = g_list_model_get_n_items (G_LIST_MODEL (transfers));
  guint n_ended = 0;

  if (n_files == 1)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (transfers), 0);
      const char *name = sally_transfer_get_name (transfer);

      if (g_utf8_strlen (name, -1) <= columns)
        return g_strdup (name);
      return g_utf8_truncate_middle (name, columns);
    }
  for (guint i = 0; i < n_files; i++)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (transfers), i);

      n_ended += !sally_transfer_is_active (transfer);
    }
  return g_strdup_printf (_ ("%u of %u files"), n_ended, n_files);
}

static char *
describe_time (guint64 bytes_left, guint64 speed)
{
  guint64 seconds;

  if (bytes_left == 0)
    return g_strdup ("");
  if (speed == 0)
    return g_strdup ("--:--");
  seconds = (bytes_left + speed - 1) / speed;
  if (seconds >= 3600)
    return g_strdup_printf ("%" G_GUINT64_FORMAT ":%02u:%02u", seconds / 3600,
                            (guint) (seconds / 60 % 60), (guint) (seconds % 60));
  return g_strdup_printf ("%02u:%02u", (guint) (seconds / 60), (guint) (seconds % 60));
}

/* All files of the command count, also those that have ended: the bar never goes back for them. */
static char *
describe_progress (SallyTransferQueue *transfers)
{
  gboolean is_waiting = FALSE;
  char bar[BAR_COLUMNS + 1];
  guint columns = get_columns ();
  guint name_columns =
      columns > FIGURES_COLUMNS + MIN_NAME_COLUMNS ? columns - FIGURES_COLUMNS : MIN_NAME_COLUMNS;
  g_autofree char *files = describe_files (transfers, name_columns);
  g_autofree char *size_text = NULL;
  g_autofree char *speed_text = NULL;
  g_autofree char *time_text = NULL;
  guint64 size = 0, done = 0, speed = 0;
  double part;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (transfers)); i++)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (transfers), i);

      is_waiting |= sally_transfer_get_state (transfer) == SALLY_TRANSFER_WAITING;
      done += sally_transfer_get_done (transfer);
      size += MAX (sally_transfer_get_size (transfer), sally_transfer_get_done (transfer));
      speed += sally_transfer_is_active (transfer) ? sally_transfer_get_speed (transfer) : 0;
    }
  part = size > 0 ? (double) done / (double) size : 0.0;
  for (guint i = 0; i < BAR_COLUMNS; i++)
    bar[i] = i < (guint) (part * BAR_COLUMNS) ? '#' : '.';
  bar[BAR_COLUMNS] = '\0';
  size_text = g_format_size (size);
  speed_text = g_format_size (speed);
  time_text = describe_time (size - done, speed);
  if (is_waiting && speed == 0)
    return g_strdup_printf (_ ("%s  %3d%% [%s] %s  Waiting for the connection"), files,
                            (int) (part * 100.0), bar, size_text);
  return g_strdup_printf (_ ("%s  %3d%% [%s] %s  %s/s  %s"), files, (int) (part * 100.0), bar,
                          size_text, speed_text, time_text);
}

static gboolean
progress_tick (gpointer user_data)
{
  SallyProgress *self = user_data;
  g_autofree char *text = describe_progress (self->transfers);

  show_line (text);
  return G_SOURCE_CONTINUE;
}

SallyProgress *
sally_progress_new (SallyTransferQueue *transfers)
{
  SallyProgress *self;

  if (!is_shown ())
    return NULL;
  self = g_new0 (SallyProgress, 1);
  self->transfers = g_object_ref (transfers);
  self->timer = g_timeout_add (PROGRESS_INTERVAL_MS, progress_tick, self);
  return self;
}

void
sally_progress_free (SallyProgress *self)
{
  if (self == NULL)
    return;
  progress_tick (self);
  fputc ('\n', stderr);
  g_source_remove (self->timer);
  g_object_unref (self->transfers);
  g_free (self);
}
