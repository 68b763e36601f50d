/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/screen-shot.h"

#include "base/error.h"
#include "common/portal-request.h"

#include <glib/gi18n.h>

static void
return_failure (GTask *task, const char *detail)
{
  g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_FAILED,
                           _ ("The desktop did not give a picture of the screen (%s): take a "
                              "screenshot yourself and drop it here"),
                           detail);
}

static void
on_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) results = sally_portal_request_finish (result, &error);
  const char *uri = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (results == NULL)
    return_failure (task, error->message);
  else if (g_variant_lookup (results, "uri", "&s", &uri))
    g_task_return_pointer (task, g_file_new_for_uri (uri), g_object_unref);
  else
    return_failure (task, _ ("it refused"));
}

void
sally_screen_shot_async (const char *parent,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task;
  GVariantDict options;

  g_return_if_fail (parent != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_screen_shot_async);
  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "interactive", "b", TRUE);
  g_variant_dict_insert (&options, "modal", "b", TRUE);
  sally_portal_request_async ("org.freedesktop.portal.Screenshot", "Screenshot", parent,
                              g_variant_dict_end (&options), cancellable, on_answered, task);
}

GFile *
sally_screen_shot_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
