/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/secret-file.h"

#include "base/error.h"
#include "store/own-file.h"

#include <glib/gi18n.h>
#include <string.h>

/* A header, a version, and one GVariant: the salt's size, the salt, iterations, the time of the
 * last change, a count, the items. */
#define HEADER         "GnomeKeyring\n\r\0\n\1\0"
#define HEADER_BYTES   18
#define CONTENT        "(uayutua(a{say}ay))"
/* No person's secrets are as large. */
#define MAX_FILE_BYTES (64 * 1024 * 1024)

static gboolean
is_whole (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) salt = NULL;
  guint32 salt_size;

  if (length < HEADER_BYTES || memcmp (data, HEADER, HEADER_BYTES) != 0)
    return FALSE;
  content = g_bytes_new_from_bytes (bytes, HEADER_BYTES, length - HEADER_BYTES);
  variant =
      g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (CONTENT), content, FALSE));
  if (!g_variant_is_normal_form (variant))
    return FALSE;
  g_variant_get_child (variant, 0, "u", &salt_size);
  salt = g_variant_get_child_value (variant, 1);
  return g_variant_n_children (salt) == GUINT32_FROM_LE (salt_size);
}

gboolean
sally_secret_file_check (const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  bytes = sally_own_file_read (path, MAX_FILE_BYTES, &reason);
  if (bytes == NULL && g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND))
    return TRUE;
  if (bytes == NULL)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED,
                 _ ("The keyring's file cannot be read: %s"), reason->message);
  else if (!is_whole (bytes))
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_DAMAGED,
                 _ ("The keyring's file, %s, is damaged: put an older copy of it back"), path);
  else
    return TRUE;
  return FALSE;
}

char *
sally_secret_file_dup_path (void)
{
  const char *path = g_getenv ("SECRET_FILE_TEST_PATH");

  return path != NULL
             ? g_strdup (path)
             : g_build_filename (g_get_user_data_dir (), "keyrings", "default.keyring", NULL);
}

static void
check_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (sally_secret_file_check (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
sally_secret_file_check_async (GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, sally_secret_file_check_async);
  g_task_set_task_data (task, sally_secret_file_dup_path (), g_free);
  g_task_run_in_thread (task, check_thread);
}

gboolean
sally_secret_file_check_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
