/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tests/support/relay.h"

#include "tests/support/await.h"

#include <signal.h>
#include <string.h>

#define LOOK_INTERVAL_MS 5

GSubprocess *
sally_relay_start (SallyRig *rig, const char *rate, guint *port)
{
  g_autofree char *target = g_strdup_printf ("%u", sally_rig_get_port (rig));
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;
  GSubprocess *relay =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDIN_PIPE, &error,
                        g_getenv ("SALLY_TEST_RELAY"), "--until-eof", "0", target, "0", rate, NULL);

  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (relay));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  *port = (guint) g_ascii_strtoull (strchr (line, ':') + 1, NULL, 10);
  return relay;
}

/* Each of its threads; one that has not heard of the signal yet would pass on some more. */
static gboolean
is_frozen (gpointer relay)
{
  g_autofree char *folder = g_strdup_printf ("/proc/%s/task", g_subprocess_get_identifier (relay));
  g_autoptr (GDir) threads = g_dir_open (folder, 0, NULL);
  const char *thread;

  g_assert_nonnull (threads);
  while ((thread = g_dir_read_name (threads)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, thread, "stat", NULL);
      g_autofree char *stat = NULL;

      if (g_file_get_contents (path, &stat, NULL, NULL) && strstr (stat, ") T ") == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
look_again (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
sally_relay_freeze (GSubprocess *relay)
{
  guint look = g_timeout_add (LOOK_INTERVAL_MS, look_again, NULL);

  g_subprocess_send_signal (relay, SIGSTOP);
  await_condition (is_frozen, relay);
  g_source_remove (look);
}

void
sally_relay_stop (GSubprocess *relay)
{
  g_subprocess_send_signal (relay, SIGCONT);
  g_output_stream_close (g_subprocess_get_stdin_pipe (relay), NULL, NULL);
  g_subprocess_wait (relay, NULL, NULL);
  g_object_unref (relay);
}
