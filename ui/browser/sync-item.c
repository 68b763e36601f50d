/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/sync-item.h"

#include "base/text.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SallySyncItem
{
  GObject parent_instance;

  const char *icon_name;
  char *title;
  char *subtitle;
};

G_DEFINE_FINAL_TYPE (SallySyncItem, sally_sync_item, G_TYPE_OBJECT)

typedef enum
{
  PROP_ICON_NAME = 1,
  PROP_TITLE,
  PROP_SUBTITLE,
  N_PROPERTIES,
} SallySyncItemProperty;

static GParamSpec *properties[N_PROPERTIES];

static void
sally_sync_item_finalize (GObject *object)
{
  SallySyncItem *self = SALLY_SYNC_ITEM (object);

  g_free (self->title);
  g_free (self->subtitle);
  G_OBJECT_CLASS (sally_sync_item_parent_class)->finalize (object);
}

static void
sally_sync_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallySyncItem *self = SALLY_SYNC_ITEM (object);

  switch ((SallySyncItemProperty) id)
    {
    case PROP_ICON_NAME:
      g_value_set_static_string (value, self->icon_name);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    case N_PROPERTIES:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_sync_item_class_init (SallySyncItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = sally_sync_item_finalize;
  object_class->get_property = sally_sync_item_get_property;

  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_sync_item_init (SallySyncItem *self)
{
}

static char *
describe (const SallySyncStep *step, gboolean is_upload)
{
  g_autofree char *size = g_format_size (step->entry->size);

  switch (step->kind)
    {
    case SALLY_SYNC_MAKE_FOLDER:
      return g_strdup (_ ("New folder"));
    case SALLY_SYNC_COPY:
      /* Translators: %s is a size. */
      return g_strdup_printf (is_upload ? _ ("Upload, %s") : _ ("Download, %s"), size);
    case SALLY_SYNC_DELETE_FILE:
    case SALLY_SYNC_DELETE_FOLDER:
      return g_strdup (is_upload ? _ ("Delete on the server") : _ ("Delete here"));
    case SALLY_SYNC_BLOCKED:
    default:
      return g_strdup (_ ("Left alone: something of another kind is in its place"));
    }
}

static const char *
choose_icon (const SallySyncStep *step, gboolean is_upload)
{
  switch (step->kind)
    {
    case SALLY_SYNC_MAKE_FOLDER:
      return "folder-new-symbolic";
    case SALLY_SYNC_COPY:
      return is_upload ? "sally-upload-symbolic" : "sally-download-symbolic";
    case SALLY_SYNC_DELETE_FILE:
    case SALLY_SYNC_DELETE_FOLDER:
      return "user-trash-symbolic";
    case SALLY_SYNC_BLOCKED:
    default:
      return "dialog-warning-symbolic";
    }
}

SallySyncItem *
sally_sync_item_new (const SallySyncStep *step, gboolean is_upload)
{
  SallySyncItem *self;

  g_return_val_if_fail (step != NULL, NULL);

  self = g_object_new (SALLY_TYPE_SYNC_ITEM, NULL);
  self->icon_name = choose_icon (step, is_upload);
  self->title = sally_text_from_name (step->entry->path, strlen (step->entry->path));
  self->subtitle = describe (step, is_upload);
  return self;
}
