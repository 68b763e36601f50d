/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "common/step-words.h"

#include <glib/gi18n.h>

static const char *
get_words (SallyConnectionState step)
{
  switch (step)
    {
    case SALLY_CONNECTION_WAITING_FOR_TURN:
      return _ ("Waiting for another sign-in to finish");
    case SALLY_CONNECTION_REACHING:
      return _ ("Reaching the server");
    case SALLY_CONNECTION_CHECKING_KEY:
      return _ ("Checking its key");
    case SALLY_CONNECTION_WAITING_FOR_CODE:
      return _ ("Waiting for a fresh code");
    case SALLY_CONNECTION_SIGNING_IN:
      return _ ("Signing in");
    case SALLY_CONNECTION_CLOSED:
    case SALLY_CONNECTION_OPENING_JUMP:
    case SALLY_CONNECTION_READY:
    default:
      return "";
    }
}

/* The way through the jump host has steps of its own. */
static char *
dup_jump_words (SallyConnection *connection)
{
  SallyConnection *jump = sally_connection_get_jump (connection);
  g_autofree char *title = NULL;
  g_autofree char *step = NULL;

  if (jump == NULL)
    return g_strdup ("");
  /* Translators: the name of the server that has to be opened before the one that is wanted. */
  title = g_strdup_printf (_ ("Opening “%s” first"),
                           sally_server_get_name (sally_connection_get_server (jump)));
  if (sally_connection_get_state (connection) == SALLY_CONNECTION_OPENING_JUMP)
    step = sally_step_words_dup (jump, sally_connection_get_state (jump));
  if (step == NULL || *step == '\0')
    return g_steal_pointer (&title);
  return g_strconcat (title, "\n", step, NULL);
}

char *
sally_step_words_dup (SallyConnection *connection, SallyConnectionState step)
{
  gint64 wait_until;
  gint64 wait_s;

  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);

  if (step == SALLY_CONNECTION_OPENING_JUMP)
    return dup_jump_words (connection);
  wait_until = sally_connection_get_wait_until (connection);
  wait_s = (wait_until - g_get_monotonic_time () + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  if (step == sally_connection_get_state (connection) && wait_until != 0 && wait_s > 0)
    /* Translators: a step of signing in, and the seconds it will take. */
    return g_strdup_printf (_ ("%s (%d s)"), get_words (step), (int) wait_s);
  return g_strdup (get_words (step));
}
