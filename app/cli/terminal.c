/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/terminal.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A line of a terminal in canonical mode is not longer (N_TTY_BUF_SIZE). */
#define MAX_LINE_BYTES 4096
/* What progress has drawn on this line goes first. */
#define CLEAR_LINE     "\r\033[K"

/* The terminal whose echo is off, for sally_terminal_restore(); -1 if it is as it was. */
static int changed_terminal = -1;
static struct termios unchanged;

typedef struct
{
  int descriptor;
  gboolean echo;
  GSource *input;
  GSource *cancelled;
} Question;

static void
remove_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_source_unref (g_steal_pointer (source));
}

static void
question_free (Question *question)
{
  /* The next question may have begun already. */
  if (changed_terminal == question->descriptor)
    sally_terminal_restore ();
  remove_source (&question->input);
  remove_source (&question->cancelled);
  g_clear_fd (&question->descriptor, NULL);
  g_free (question);
}

void
sally_terminal_restore (void)
{
  if (changed_terminal < 0)
    return;
  tcsetattr (changed_terminal, TCSANOW, &unchanged);
  changed_terminal = -1;
}

static int
open_terminal (void)
{
  return open ("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

gboolean
sally_terminal_is_there (void)
{
  g_autofd int descriptor = open_terminal ();

  return descriptor >= 0;
}

static void
write_text (int descriptor, const char *text)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      ssize_t written = write (descriptor, text, length);

      if (written < 0 && errno != EINTR)
        return;
      if (written > 0)
        {
          text += written;
          length -= (gsize) written;
        }
    }
}

void
sally_terminal_say (const char *text)
{
  g_autofd int descriptor = open_terminal ();

  if (descriptor >= 0)
    write_text (descriptor, CLEAR_LINE);
  write_text (descriptor >= 0 ? descriptor : STDERR_FILENO, text);
}

/* No echo; and no suspending, which would leave the shell without one. */
static void
hide_input (int descriptor)
{
  struct termios hidden;

  if (tcgetattr (descriptor, &unchanged) != 0)
    return;
  hidden = unchanged;
  hidden.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK | ECHONL);
  hidden.c_cc[VSUSP] = _POSIX_VDISABLE;
  changed_terminal = descriptor;
  tcsetattr (descriptor, TCSAFLUSH, &hidden);
}

/* The task was given to its caller: nothing of the question stays. */
static void
end (GTask *task)
{
  Question *question = g_task_get_task_data (task);

  sally_terminal_restore ();
  if (!question->echo)
    write_text (question->descriptor, "\n");
  remove_source (&question->input);
  remove_source (&question->cancelled);
}

static gboolean
input_ready (int descriptor, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  char line[MAX_LINE_BYTES];
  ssize_t length = read (descriptor, line, sizeof line);

  if (length < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  end (task);
  if (length <= 0)
    g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
                             _ ("No answer was given"));
  else
    {
      gsize answer_length = line[length - 1] == '\n' ? (gsize) length - 1 : (gsize) length;

      g_task_return_pointer (task, sally_secret_new (line, (gssize) answer_length),
                             (GDestroyNotify) sally_secret_unref);
    }
  sally_secret_wipe (line, sizeof line);
  return G_SOURCE_REMOVE;
}

static gboolean
was_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr (GTask) task = g_object_ref (user_data);
  Question *question = g_task_get_task_data (task);

  end (task);
  if (question->echo)
    write_text (question->descriptor, "\n");
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

void
sally_terminal_ask_async (const char *text,
                          gboolean echo,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofd int descriptor = open_terminal ();
  Question *question;

  g_task_set_source_tag (task, sally_terminal_ask_async);
  if (descriptor < 0)
    {
      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_SIGN_IN_NEEDS_PERSON,
                               _ ("There is no terminal to ask on"));
      return;
    }
  question = g_new0 (Question, 1);
  question->descriptor = g_steal_fd (&descriptor);
  question->echo = echo;
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  if (!echo)
    hide_input (question->descriptor);
  write_text (question->descriptor, CLEAR_LINE);
  write_text (question->descriptor, text);

  question->input = g_unix_fd_source_new (question->descriptor, G_IO_IN | G_IO_HUP | G_IO_ERR);
  g_source_set_callback (question->input, G_SOURCE_FUNC (input_ready), g_object_ref (task),
                         g_object_unref);
  g_source_attach (question->input, NULL);
  if (cancellable != NULL)
    {
      question->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (question->cancelled, G_SOURCE_FUNC (was_cancelled),
                             g_object_ref (task), g_object_unref);
      g_source_attach (question->cancelled, NULL);
    }
}

SallySecret *
sally_terminal_ask_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
