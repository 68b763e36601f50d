/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/agent-client.h"

#include "base/error.h"

#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>
#include <string.h>

static GVariant *
bytes_to_variant (GBytes *bytes)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}

gboolean
sally_agent_client_confirm_host_key (SallyWireAgent1 *agent,
                                     const char *type,
                                     GBytes *key,
                                     const char *fingerprint,
                                     GCancellable *cancellable,
                                     GError **error)
{
  gboolean accepted = FALSE;

  if (!sally_wire_agent1_call_confirm_host_key_sync (agent, type, bytes_to_variant (key),
                                                     fingerprint, &accepted, cancellable, error))
    return FALSE;
  if (!accepted)
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_HOST_KEY_UNKNOWN,
                         "The host key was not accepted");
  return accepted;
}

/* The one descriptor of a reply, read to its end. */
static SallySecret *
read_answer (GVariant *handle, GUnixFDList *descriptors, GError **error)
{
  g_autofd int descriptor = -1;

  if (descriptors == NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_ENGINE, "The answer did not arrive");
      return NULL;
    }
  descriptor = g_unix_fd_list_get (descriptors, g_variant_get_handle (handle), error);
  if (descriptor < 0)
    return NULL;
  return sally_secret_read_fd (descriptor, error);
}

SallySecret *
sally_agent_client_get_password (SallyWireAgent1 *agent, GCancellable *cancellable, GError **error)
{
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) handle = NULL;

  if (!sally_wire_agent1_call_get_password_sync (agent, NULL, &handle, &descriptors, cancellable,
                                                 error))
    return NULL;
  return read_answer (handle, descriptors, error);
}

/* For each prompt a 32-bit big-endian length and the answer; nothing beyond. */
static GPtrArray *
split_answers (SallySecret *joined, guint n_prompts, GError **error)
{
  g_autoptr (GPtrArray) answers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  gsize left;
  const char *cursor = sally_secret_peek (joined, &left);

  for (guint i = 0; i < n_prompts; i++)
    {
      guint32 length;

      if (left < sizeof length)
        break;
      memcpy (&length, cursor, sizeof length);
      length = GUINT32_FROM_BE (length);
      cursor += sizeof length;
      left -= sizeof length;
      if (length > left)
        break;
      g_ptr_array_add (answers, sally_secret_new (cursor, length));
      cursor += length;
      left -= length;
    }
  if (answers->len != n_prompts || left != 0)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_ENGINE,
                           "The answers do not fit the prompts");
      return NULL;
    }
  return g_steal_pointer (&answers);
}

GPtrArray *
sally_agent_client_get_answers (SallyWireAgent1 *agent,
                                GBytes *name,
                                GBytes *instruction,
                                const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
                                guint n_prompts,
                                GCancellable *cancellable,
                                GError **error)
{
  GVariantBuilder builder;
  g_autoptr (GUnixFDList) descriptors = NULL;
  g_autoptr (GVariant) handle = NULL;
  g_autoptr (SallySecret) joined = NULL;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ayb)"));
  for (guint i = 0; i < n_prompts; i++)
    g_variant_builder_add (&builder, "(@ayb)",
                           g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, prompts[i].text,
                                                      prompts[i].length, 1),
                           prompts[i].echo != 0);
  if (!sally_wire_agent1_call_get_answers_sync (agent, bytes_to_variant (name),
                                                bytes_to_variant (instruction),
                                                g_variant_builder_end (&builder), NULL, &handle,
                                                &descriptors, cancellable, error))
    return NULL;
  joined = read_answer (handle, descriptors, error);
  if (joined == NULL)
    return NULL;
  return split_answers (joined, n_prompts, error);
}

void
sally_agent_client_report (SallyWireAgent1 *agent, GVariantDict *facts)
{
  sally_wire_agent1_call_report_sync (agent, g_variant_dict_end (facts), NULL, NULL);
}
