/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/engine-process.h"

#include "base/error.h"
#include "remote/flatpak-spawn.h"
#include "remote/program.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTENER_DESCRIPTOR 3
/* Programs that attach at the same moment; each is accepted at once. */
#define BACKLOG             64
/* Enough of the hash that two servers of one person never share a name. */
#define NAME_CHARACTERS     24

/* What the engine may see of our environment: nothing that could hold a secret. */
static const char *const kept_variables[] = {
  "LANG",         "LC_ALL",        "LC_MESSAGES", "G_MESSAGES_DEBUG", "G_DEBUG", "MALLOC_CHECK_",
  "ASAN_OPTIONS", "UBSAN_OPTIONS", NULL,
};

char *
sally_engine_process_dup_path (SallyServer *server, const char *suffix, GError **error)
{
  g_autofree char *runtime = sally_program_dup_runtime_directory (error);
  g_autofree char *identity = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *name = NULL;

  if (runtime == NULL)
    return NULL;
  /* After an upgrade an engine lingers that may speak another engine.xml: it is not ours. */
  identity = g_strdup_printf ("%s\n%s\n%u\n%s\n" SALLY_VERSION, sally_server_get_id (server),
                              sally_server_get_host (server), sally_server_get_port (server),
                              sally_server_get_user (server));
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, identity, -1);
  hash[NAME_CHARACTERS] = '\0';
  name = g_strconcat (hash, suffix, NULL);
  return g_build_filename (runtime, name, NULL);
}

static int
bind_listener (const char *path, GError **error)
{
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autofd int descriptor = -1;

  if (strlen (path) >= sizeof address.sun_path)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_ENGINE, "The path %s is too long for a socket",
                   path);
      return -1;
    }
  memcpy (address.sun_path, path, strlen (path));
  descriptor = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0)
    {
      sally_error_set_errno (error, errno, path);
      return -1;
    }
  if (g_unlink (path) != 0 && errno != ENOENT)
    {
      sally_error_set_errno (error, errno, path);
      return -1;
    }
  /* The mode of the descriptor becomes the socket's; the folder is ours alone in any case. */
  if (fchmod (descriptor, 0600) != 0 ||
      bind (descriptor, (const struct sockaddr *) &address, sizeof address) != 0 ||
      chmod (path, 0600) != 0 || listen (descriptor, BACKLOG) != 0)
    {
      sally_error_set_errno (error, errno, path);
      return -1;
    }
  return g_steal_fd (&descriptor);
}

static char **
make_environment (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; kept_variables[i] != NULL; i++)
    {
      const char *value = g_getenv (kept_variables[i]);

      if (value != NULL)
        g_strv_builder_take (builder, g_strconcat (kept_variables[i], "=", value, NULL));
    }
  return g_strv_builder_end (builder);
}

/* As a child; takes the listener. */
static gboolean
start_child (const char *program, char **environment, int listener, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GSubprocess) process = NULL;
  const char *log = g_getenv ("SALLYPORT_ENGINE_LOG");
  g_autoptr (GError) reason = NULL;

  /* Its output goes nowhere: a pipe of ours would stay open for as long as it lingers. */
  launcher = g_subprocess_launcher_new (log != NULL ? G_SUBPROCESS_FLAGS_STDOUT_SILENCE
                                                    : G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                                          G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  if (log != NULL)
    g_subprocess_launcher_set_stderr_file_path (launcher, log);
  g_subprocess_launcher_set_environ (launcher, environment);
  g_subprocess_launcher_set_cwd (launcher, "/");
  g_subprocess_launcher_take_fd (launcher, listener, LISTENER_DESCRIPTOR);
  process = g_subprocess_launcher_spawn (launcher, &reason, program, NULL);
  if (process != NULL)
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_ENGINE, "%s cannot be started: %s", program,
               reason->message);
  return FALSE;
}

/* What a start by the portal needs if there is none. */
typedef struct
{
  char *program;
  GStrv environment;
  int listener;
} Start;

/* Without the portal it is a child after all. Should that fail too, the listener is gone, and who
 * waits there is told that nobody answers. */
static void
on_spawned (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Start *start = user_data;
  g_autoptr (GError) error = NULL;

  if (sally_flatpak_spawn_finish (result, &error))
    close (start->listener);
  else
    {
      g_debug ("no Flatpak portal: %s", error->message);
      g_clear_error (&error);
      if (!start_child (start->program, start->environment, start->listener, &error))
        g_warning ("%s", error->message);
    }
  g_free (start->program);
  g_strfreev (start->environment);
  g_free (start);
}

gboolean
sally_engine_process_start (const char *socket_path, GError **error)
{
  g_autofree char *program = sally_program_dup_path ("sallyport-engine");
  g_auto (GStrv) environment = make_environment ();
  int listener = bind_listener (socket_path, error);

  if (listener < 0)
    return FALSE;

  if (sally_flatpak_is_inside ())
    {
      Start *start = g_new0 (Start, 1);

      start->program = g_steal_pointer (&program);
      start->environment = g_steal_pointer (&environment);
      start->listener = listener;
      sally_flatpak_spawn_async (start->program, (const char *const *) start->environment, listener,
                                 LISTENER_DESCRIPTOR, on_spawned, start);
      return TRUE;
    }
  if (!start_child (program, environment, listener, error))
    {
      g_unlink (socket_path);
      return FALSE;
    }
  return TRUE;
}
