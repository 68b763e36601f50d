/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "tests/support/rig.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* A rig makes keys and hashes a password first; a loaded machine takes its time. */
#define READY_DEADLINE_MS 30000
#define END_DEADLINE_MS   10000
#define READY_LINE_MAX    4096
/* sshd's words, unless the ready line has others. "Accepted key" is only one step of a sign-in. */
#define ACCEPTED_PATTERN  "^Accepted (password|publickey|keyboard-interactive/pam) for "

struct _SallyRig
{
  char *name;
  GPid pid;
  int input; /* its end ends the rig */
  guint16 port;
  char *user;
  char *host_key;
  char *home;
  char *start;
  char *log;
  char *state;
  char *accepted;
};

/* The one line of JSON on `output`; NULL if the rig ends or the time is over before it comes. */
static char *
read_ready_line (int output)
{
  gint64 deadline = g_get_monotonic_time () + READY_DEADLINE_MS * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GString) line = g_string_new (NULL);

  while (line->len < READY_LINE_MAX)
    {
      struct pollfd poll_output = { .fd = output, .events = POLLIN };
      gint64 left = (deadline - g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;
      char byte;

      if (left <= 0 || poll (&poll_output, 1, (int) left) == 0 || read (output, &byte, 1) != 1)
        return NULL;
      if (byte == '\n')
        return g_string_free_and_steal (g_steal_pointer (&line));
      g_string_append_c (line, byte);
    }
  return NULL;
}

static char *
dup_member (JsonObject *object, const char *name)
{
  const char *value = json_object_get_string_member_with_default (object, name, NULL);

  if (!value)
    g_error ("the rig's ready line has no \"%s\"", name);
  return g_strdup (value);
}

static void
take_facts (SallyRig *rig, const char *line)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (line, &error);
  JsonObject *object;

  if (!node || !JSON_NODE_HOLDS_OBJECT (node))
    g_error ("%s: its ready line is no JSON object: %s", rig->name, line);
  object = json_node_get_object (node);
  rig->port = (guint16) json_object_get_int_member (object, "port");
  rig->user = dup_member (object, "user");
  rig->host_key = dup_member (object, "host_key");
  rig->home = dup_member (object, "home");
  rig->start = dup_member (object, "start");
  rig->log = dup_member (object, "log");
  rig->state = dup_member (object, "state");
  rig->accepted =
      g_strdup (json_object_get_string_member_with_default (object, "accepted", ACCEPTED_PATTERN));
}

SallyRig *
sally_rig_start (const char *name, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  g_autofd int output = -1;
  SallyRig *rig;
  const char *option;
  va_list options;

  g_return_val_if_fail (name != NULL, NULL);

  g_ptr_array_add (arguments, g_build_filename (SALLY_RIGS_DIR, name, NULL));
  g_ptr_array_add (arguments, g_strdup ("--until-eof"));
  va_start (options, name);
  while ((option = va_arg (options, const char *)))
    g_ptr_array_add (arguments, g_strdup (option));
  va_end (options);
  g_ptr_array_add (arguments, NULL);

  rig = g_new0 (SallyRig, 1);
  rig->name = g_strdup (name);
  if (!g_spawn_async_with_pipes (NULL, (char **) arguments->pdata, NULL,
                                 G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CLOEXEC_PIPES, NULL, NULL,
                                 &rig->pid, &rig->input, &output, NULL, &error))
    g_error ("%s could not be started: %s", name, error->message);

  line = read_ready_line (output);
  if (!line)
    g_error ("%s did not become ready within %d s", name, READY_DEADLINE_MS / 1000);
  take_facts (rig, line);
  return rig;
}

/* Waits for the rig's orderly end, in which it removes its files; then insists. */
static void
reap (SallyRig *rig)
{
  g_autofd int process = pidfd_open (rig->pid, 0);
  struct pollfd poll_process = { .fd = process, .events = POLLIN };

  if (process >= 0 && poll (&poll_process, 1, END_DEADLINE_MS) == 0)
    {
      g_warning ("%s did not end within %d s", rig->name, END_DEADLINE_MS / 1000);
      kill (rig->pid, SIGKILL);
    }
  while (waitpid (rig->pid, NULL, 0) < 0 && errno == EINTR)
    ;
  g_spawn_close_pid (rig->pid);
}

void
sally_rig_stop (SallyRig *rig)
{
  g_return_if_fail (rig != NULL);

  kill (rig->pid, SIGTERM);
  reap (rig);
  g_clear_fd (&rig->input, NULL);
  g_free (rig->name);
  g_free (rig->user);
  g_free (rig->host_key);
  g_free (rig->home);
  g_free (rig->start);
  g_free (rig->log);
  g_free (rig->state);
  g_free (rig->accepted);
  g_free (rig);
}

static char **
list_children (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/task/%d/children", pid, pid);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_new0 (char *, 1);
  return g_strsplit (g_strstrip (text), " ", -1);
}

/* The rig's children are a namespace whose end takes every session along. */
void
sally_rig_kill_server (SallyRig *rig)
{
  g_auto (GStrv) children = NULL;

  g_return_if_fail (rig != NULL);

  children = list_children (rig->pid);
  for (guint i = 0; children[i] != NULL; i++)
    if (*children[i] != '\0')
      kill ((GPid) g_ascii_strtoll (children[i], NULL, 10), SIGKILL);
}

static guint
kill_sessions_below (GPid pid)
{
  g_auto (GStrv) children = list_children (pid);
  guint n_killed = 0;

  for (guint i = 0; children[i] != NULL; i++)
    {
      GPid child = (GPid) g_ascii_strtoll (children[i], NULL, 10);
      g_autofree char *path = g_strdup_printf ("/proc/%d/comm", child);
      g_autofree char *name = NULL;

      if (child == 0)
        continue;
      n_killed += kill_sessions_below (child);
      if (g_file_get_contents (path, &name, NULL, NULL) &&
          g_str_equal (g_strstrip (name), "sshd-session"))
        n_killed += kill (child, SIGKILL) == 0;
    }
  return n_killed;
}

guint
sally_rig_kill_sessions (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, 0);

  return kill_sessions_below (rig->pid);
}

guint16
sally_rig_get_port (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, 0);
  return rig->port;
}

const char *
sally_rig_get_user (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, NULL);
  return rig->user;
}

const char *
sally_rig_get_host_key (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, NULL);
  return rig->host_key;
}

const char *
sally_rig_get_home (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, NULL);
  return rig->home;
}

const char *
sally_rig_get_start (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, NULL);
  return rig->start;
}

const char *
sally_rig_get_log (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, NULL);
  return rig->log;
}

char *
sally_rig_dup_path (SallyRig *rig, const char *name)
{
  g_return_val_if_fail (rig != NULL && name != NULL, NULL);
  return g_build_filename (rig->state, name, NULL);
}

static SallySecret *
read_secret (SallyRig *rig, const char *name)
{
  g_autofree char *path = sally_rig_dup_path (rig, name);
  g_autoptr (GError) error = NULL;
  g_autofd int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  SallySecret *secret;

  if (fd < 0)
    return NULL;
  secret = sally_secret_read_fd (fd, &error);
  if (!secret)
    g_error ("%s: %s", path, error->message);
  return secret;
}

SallySecret *
sally_rig_dup_password (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, NULL);
  return read_secret (rig, "password");
}

SallySecret *
sally_rig_dup_seed (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, NULL);
  return read_secret (rig, "secret");
}

SallySecret *
sally_rig_dup_passphrase (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, NULL);
  return read_secret (rig, "passphrase");
}

static guint
count_lines (SallyRig *rig, const char *pattern)
{
  g_autofree char *log = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE | G_REGEX_RAW, 0, &error);
  g_autoptr (GMatchInfo) match = NULL;
  gsize length;
  guint count = 0;

  g_assert_no_error (error);
  if (!g_file_get_contents (rig->log, &log, &length, &error))
    g_error ("%s", error->message);
  g_regex_match_full (regex, log, (gssize) length, 0, 0, &match, &error);
  while (g_match_info_matches (match))
    {
      count++;
      g_match_info_next (match, NULL);
    }
  return count;
}

guint
sally_rig_count_accepted (SallyRig *rig)
{
  g_return_val_if_fail (rig != NULL, 0);
  return count_lines (rig, rig->accepted);
}

guint
sally_rig_count_log (SallyRig *rig, const char *text)
{
  g_autofree char *escaped = NULL;
  g_autofree char *pattern = NULL;

  g_return_val_if_fail (rig != NULL && text != NULL && *text != '\0', 0);
  escaped = g_regex_escape_string (text, -1);
  pattern = g_strdup_printf ("^.*%s.*$", escaped);
  return count_lines (rig, pattern);
}
