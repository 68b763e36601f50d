/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/private-agent.h"

#include "base/error.h"
#include "base/text.h"
#include "remote/program.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Keys live in the agent for one sign-in; this is for a client that hangs. */
#define KEY_LIFETIME_S     "3600"
#define ASKPASS_DESCRIPTOR 3

struct _SallyPrivateAgent
{
  GObject parent_instance;

  char *directory; /* of the socket, removed with us */
  char *socket_path;
  GSubprocess *process;
};

G_DEFINE_FINAL_TYPE (SallyPrivateAgent, sally_private_agent, G_TYPE_OBJECT)

typedef struct
{
  char *key_file;           /* or the name of `private_key` */
  SallySecret *private_key; /* NULL: a file */
  SallySecret *passphrase;
  gboolean was_asked;
} Add;

static void
add_free (Add *add)
{
  g_clear_pointer (&add->private_key, sally_secret_unref);
  g_clear_pointer (&add->passphrase, sally_secret_unref);
  g_free (add->key_file);
  g_free (add);
}

static void
sally_private_agent_finalize (GObject *object)
{
  SallyPrivateAgent *self = SALLY_PRIVATE_AGENT (object);

  /* The agent's command reads our pipe: closing it ends both. */
  g_clear_object (&self->process);
  if (self->socket_path != NULL)
    g_unlink (self->socket_path);
  if (self->directory != NULL)
    g_rmdir (self->directory);
  g_free (self->socket_path);
  g_free (self->directory);
  G_OBJECT_CLASS (sally_private_agent_parent_class)->finalize (object);
}

static void
sally_private_agent_class_init (SallyPrivateAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_private_agent_finalize;
}

static void
sally_private_agent_init (SallyPrivateAgent *self)
{
}

SallyPrivateAgent *
sally_private_agent_new (void)
{
  return g_object_new (SALLY_TYPE_PRIVATE_AGENT, NULL);
}

const char *
sally_private_agent_get_socket_path (SallyPrivateAgent *self)
{
  g_return_val_if_fail (SALLY_IS_PRIVATE_AGENT (self), NULL);

  return self->process != NULL ? self->socket_path : NULL;
}

static gboolean
make_socket_path (SallyPrivateAgent *self, GError **error)
{
  g_autofree char *runtime = sally_program_dup_runtime_directory (error);
  g_autofree char *template = NULL;

  if (runtime == NULL)
    return FALSE;
  template = g_build_filename (runtime, "agent-XXXXXX", NULL);
  if (g_mkdtemp (template) == NULL)
    {
      sally_error_set_errno (error, errno, runtime);
      return FALSE;
    }
  self->directory = g_steal_pointer (&template);
  self->socket_path = g_build_filename (self->directory, "socket", NULL);
  return TRUE;
}

/* The first line of what ssh-add said that is not our own mark. */
static char *
pick_complaint (const char *words)
{
  g_auto (GStrv) lines = g_strsplit (words != NULL ? words : "", "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && !g_str_equal (lines[i], SALLY_ASKPASS_MARK))
      return sally_text_from_server (lines[i], -1, FALSE);
  return g_strdup ("ssh-add failed");
}

static void
key_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GSubprocess *process = G_SUBPROCESS (source);
  Add *add = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *words = NULL;
  g_autofree char *complaint = NULL;

  if (!g_subprocess_communicate_utf8_finish (process, result, NULL, &words, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  add->was_asked = words != NULL && strstr (words, SALLY_ASKPASS_MARK) != NULL;
  complaint = pick_complaint (words);
  if (add->was_asked)
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                             "The passphrase of the key %s is %s", add->key_file,
                             add->passphrase != NULL ? "wrong" : "needed");
  else
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                             "The key %s cannot be used: %s", add->key_file, complaint);
}

/* A key in memory is ssh-add's standard input. */
static gboolean
pass_key (GSubprocessLauncher *launcher, Add *add, GError **error)
{
  int input;

  if (add->private_key == NULL)
    return TRUE;
  input = sally_secret_to_pipe (add->private_key, error);
  if (input >= 0)
    g_subprocess_launcher_take_stdin_fd (launcher, input);
  return input >= 0;
}

static void
run_ssh_add (SallyPrivateAgent *self, GTask *task)
{
  Add *add = g_task_get_task_data (task);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (SallySecret) nothing = sally_secret_new ("", 0);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *askpass = sally_program_dup_path ("sallyport-askpass");
  GError *error = NULL;
  int passphrase =
      sally_secret_to_pipe (add->passphrase != NULL ? add->passphrase : nothing, &error);

  if (passphrase < 0 || !pass_key (launcher, add, &error))
    {
      g_clear_fd (&passphrase, NULL);
      g_task_return_error (task, error);
      return;
    }
  g_subprocess_launcher_take_fd (launcher, passphrase, ASKPASS_DESCRIPTOR);
  g_subprocess_launcher_setenv (launcher, "SSH_AUTH_SOCK", self->socket_path, TRUE);
  g_subprocess_launcher_setenv (launcher, "SSH_ASKPASS", askpass, TRUE);
  g_subprocess_launcher_setenv (launcher, "SSH_ASKPASS_REQUIRE", "force", TRUE);
  g_subprocess_launcher_setenv (launcher, "SALLY_ASKPASS_FD", G_STRINGIFY (ASKPASS_DESCRIPTOR),
                                TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  process =
      g_subprocess_launcher_spawn (launcher, &error, "ssh-add", "-q", "-t", KEY_LIFETIME_S, "--",
                                   add->private_key != NULL ? "-" : add->key_file, NULL);
  if (process == NULL)
    {
      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                               "ssh-add cannot be run: %s", error->message);
      g_error_free (error);
      return;
    }
  g_subprocess_communicate_utf8_async (process, NULL, g_task_get_cancellable (task), key_added,
                                       g_object_ref (task));
}

static void
agent_ready (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  SallyPrivateAgent *self = g_task_get_source_object (task);
  g_autofree char *line = NULL;
  GError *error = NULL;

  line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, &error);
  if (line == NULL)
    {
      g_clear_object (&self->process);
      if (error == NULL)
        g_set_error_literal (&error, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                             "ssh-agent ended at once");
      g_task_return_error (task, error);
      return;
    }
  run_ssh_add (self, task);
}

/* ssh-agent ends with its command, and cat with our pipe: so it ends with us, however we end. The
 * line comes when the socket is there. */
static void
start_agent (SallyPrivateAgent *self, GTask *task)
{
  g_autoptr (GDataInputStream) lines = NULL;
  GError *error = NULL;

  if (self->directory == NULL && !make_socket_path (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                        G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                    &error, "ssh-agent", "-a", self->socket_path, "sh", "-c",
                                    "echo ready; exec cat", NULL);
  if (self->process == NULL)
    {
      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_KEY_UNAVAILABLE,
                               "OpenSSH's ssh-agent is needed for key files: %s", error->message);
      g_error_free (error);
      return;
    }
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (lines), FALSE);
  g_data_input_stream_read_line_async (lines, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                       agent_ready, g_object_ref (task));
}

void
sally_private_agent_add_async (SallyPrivateAgent *self,
                               const char *key_file,
                               SallySecret *passphrase,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Add *add;

  g_return_if_fail (SALLY_IS_PRIVATE_AGENT (self));
  g_return_if_fail (key_file != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_private_agent_add_async);
  add = g_new0 (Add, 1);
  add->key_file = g_strdup (key_file);
  add->passphrase = passphrase != NULL ? sally_secret_ref (passphrase) : NULL;
  g_task_set_task_data (task, add, (GDestroyNotify) add_free);

  if (g_access (key_file, R_OK) != 0)
    {
      GError *error = NULL;

      sally_error_set_errno (&error, errno, key_file);
      g_task_return_error (task, error);
    }
  else if (self->process == NULL)
    start_agent (self, task);
  else
    run_ssh_add (self, task);
}

void
sally_private_agent_add_secret_async (SallyPrivateAgent *self,
                                      const char *name,
                                      SallySecret *private_key,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Add *add;

  g_return_if_fail (SALLY_IS_PRIVATE_AGENT (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (private_key != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_private_agent_add_secret_async);
  add = g_new0 (Add, 1);
  add->key_file = g_strdup (name);
  add->private_key = sally_secret_ref (private_key);
  g_task_set_task_data (task, add, (GDestroyNotify) add_free);
  if (self->process == NULL)
    start_agent (self, task);
  else
    run_ssh_add (self, task);
}

gboolean
sally_private_agent_add_finish (SallyPrivateAgent *self,
                                GAsyncResult *result,
                                gboolean *wants_passphrase,
                                GError **error)
{
  Add *add;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  add = g_task_get_task_data (G_TASK (result));
  if (wants_passphrase != NULL)
    *wants_passphrase = add->was_asked;
  return g_task_propagate_boolean (G_TASK (result), error);
}
