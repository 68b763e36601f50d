/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/ente-values.h"

#include "backup/draft.h"

#define ENTE_DISPLAY "codeDisplay"

static void
add_extra (SallyOtpUri *uri, const char *name, const char *value)
{
  g_ptr_array_add (uri->unknown, g_strdup (name));
  g_ptr_array_add (uri->unknown, g_strdup (value));
}

/* Keeps the tags and the note of Ente's JSON; the rest of it means nothing here. FALSE if the entry
 * lies in Ente's bin. */
static gboolean
keep_ente_values (SallyOtpUri *uri, const char *text)
{
  g_autoptr (SallyJson) json = sally_json_parse (text, -1, NULL);
  JsonObject *display = sally_json_get_object (json);
  const char *note = sally_json_peek_string (display, "note");
  JsonArray *tags = sally_json_peek_array (display, "tags");

  if (sally_json_peek_boolean (display, "trashed"))
    return FALSE;
  for (guint i = 0; tags != NULL && i < json_array_get_length (tags); i++)
    {
      JsonNode *tag = json_array_get_element (tags, i);

      if (JSON_NODE_HOLDS_VALUE (tag) && json_node_get_string (tag) != NULL)
        add_extra (uri, SALLY_BACKUP_TAG, json_node_get_string (tag));
    }
  if (note != NULL && *note != '\0')
    add_extra (uri, SALLY_BACKUP_NOTE, note);
  return TRUE;
}

gboolean
sally_ente_tidy (SallyOtpUri *uri)
{
  gboolean is_kept = TRUE;
  guint i = 0;

  while (i + 1 < uri->unknown->len)
    {
      g_autofree char *text = NULL;

      if (!g_str_equal (uri->unknown->pdata[i], ENTE_DISPLAY))
        {
          i += 2;
          continue;
        }
      text = g_strdup (uri->unknown->pdata[i + 1]);
      g_ptr_array_remove_range (uri->unknown, i, 2);
      is_kept = keep_ente_values (uri, text) && is_kept;
    }
  if (!sally_otp_uri_validate (uri, NULL))
    g_ptr_array_set_size (uri->unknown, 0);
  return is_kept;
}
