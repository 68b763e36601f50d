/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/remote-file.h"

#include "base/text.h"

#include <string.h>
#include <sys/stat.h>

struct _SallyRemoteFile
{
  GObject parent_instance;

  char *raw_name;
  char *name;  /* NULL: as the raw one, as nearly always; a folder may have 100,000 of us */
  GIcon *icon; /* made when it is first asked for */
  SallyRemoteAttributes attributes;
  SallyRemoteFileKind kind;
  gboolean target_is_directory;
};

enum
{
  PROP_NAME = 1,
  PROP_SIZE,
  PROP_MODIFIED,
  PROP_KIND,
  PROP_PERMISSIONS,
  PROP_ICON,
  PROP_IS_HIDDEN,
  PROP_SORT_KEY,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_ENUM_TYPE (SallyRemoteFileKind,
                    sally_remote_file_kind,
                    G_DEFINE_ENUM_VALUE (SALLY_REMOTE_FILE_REGULAR, "regular"),
                    G_DEFINE_ENUM_VALUE (SALLY_REMOTE_FILE_DIRECTORY, "directory"),
                    G_DEFINE_ENUM_VALUE (SALLY_REMOTE_FILE_SYMLINK, "symlink"),
                    G_DEFINE_ENUM_VALUE (SALLY_REMOTE_FILE_OTHER, "other"))

G_DEFINE_FINAL_TYPE (SallyRemoteFile, sally_remote_file, G_TYPE_OBJECT)

static GIcon *
get_icon (SallyRemoteFile *self)
{
  g_autofree char *content_type = NULL;

  if (self->icon != NULL)
    return self->icon;
  if (sally_remote_file_is_enterable (self))
    content_type = g_content_type_from_mime_type ("inode/directory");
  else if (self->kind == SALLY_REMOTE_FILE_OTHER)
    content_type = g_content_type_from_mime_type ("application/octet-stream");
  else
    content_type = g_content_type_guess (sally_remote_file_get_name (self), NULL, 0, NULL);
  self->icon = g_content_type_get_icon (content_type);
  return self->icon;
}

static void
sally_remote_file_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  SallyRemoteFile *self = SALLY_REMOTE_FILE (object);

  switch (property)
    {
    case PROP_NAME:
      g_value_set_string (value, sally_remote_file_get_name (self));
      break;
    case PROP_SIZE:
      g_value_set_uint64 (value, self->attributes.size);
      break;
    case PROP_MODIFIED:
      g_value_set_int64 (value, sally_remote_file_get_modified (self));
      break;
    case PROP_KIND:
      g_value_set_enum (value, (int) self->kind);
      break;
    case PROP_PERMISSIONS:
      g_value_set_uint (value, self->attributes.permissions);
      break;
    case PROP_ICON:
      g_value_set_object (value, get_icon (self));
      break;
    case PROP_IS_HIDDEN:
      g_value_set_boolean (value, sally_remote_file_is_hidden (self));
      break;
    case PROP_SORT_KEY:
      g_value_take_string (value, sally_remote_file_dup_sort_key (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
sally_remote_file_finalize (GObject *object)
{
  SallyRemoteFile *self = SALLY_REMOTE_FILE (object);

  g_free (self->raw_name);
  g_free (self->name);
  g_clear_object (&self->icon);
  G_OBJECT_CLASS (sally_remote_file_parent_class)->finalize (object);
}

static void
sally_remote_file_class_init (SallyRemoteFileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sally_remote_file_get_property;
  object_class->finalize = sally_remote_file_finalize;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_MODIFIED] = g_param_spec_int64 ("modified", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, SALLY_TYPE_REMOTE_FILE_KIND,
                                             SALLY_REMOTE_FILE_REGULAR, flags);
  properties[PROP_PERMISSIONS] =
      g_param_spec_uint ("permissions", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_ICON] = g_param_spec_object ("icon", NULL, NULL, G_TYPE_ICON, flags);
  properties[PROP_IS_HIDDEN] = g_param_spec_boolean ("is-hidden", NULL, NULL, FALSE, flags);
  properties[PROP_SORT_KEY] = g_param_spec_string ("sort-key", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_remote_file_init (SallyRemoteFile *self)
{
}

/* Servers that send no permissions, or none with type bits, have only files to show. */
static SallyRemoteFileKind
kind_from_attributes (const SallyRemoteAttributes *attributes)
{
  if ((attributes->flags & SALLY_ATTRIBUTE_PERMISSIONS) == 0)
    return SALLY_REMOTE_FILE_REGULAR;
  switch (attributes->permissions & S_IFMT)
    {
    case 0:
    case S_IFREG:
      return SALLY_REMOTE_FILE_REGULAR;
    case S_IFDIR:
      return SALLY_REMOTE_FILE_DIRECTORY;
    case S_IFLNK:
      return SALLY_REMOTE_FILE_SYMLINK;
    default:
      return SALLY_REMOTE_FILE_OTHER;
    }
}

SallyRemoteFile *
sally_remote_file_new (const char *name,
                       const SallyRemoteAttributes *attributes,
                       gboolean target_is_directory)
{
  g_autofree char *shown = NULL;
  SallyRemoteFile *self;

  g_return_val_if_fail (name != NULL && attributes != NULL, NULL);

  self = g_object_new (SALLY_TYPE_REMOTE_FILE, NULL);
  self->raw_name = g_strdup (name);
  shown = sally_text_from_name (name, strlen (name));
  if (!g_str_equal (shown, name))
    self->name = g_steal_pointer (&shown);
  self->attributes = *attributes;
  if ((attributes->flags & SALLY_ATTRIBUTE_SIZE) == 0)
    self->attributes.size = 0;
  if ((attributes->flags & SALLY_ATTRIBUTE_PERMISSIONS) == 0)
    self->attributes.permissions = 0;
  self->kind = kind_from_attributes (attributes);
  self->target_is_directory = self->kind == SALLY_REMOTE_FILE_SYMLINK && target_is_directory;
  return self;
}

const char *
sally_remote_file_get_raw_name (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), NULL);

  return self->raw_name;
}

const char *
sally_remote_file_get_name (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), NULL);

  return self->name != NULL ? self->name : self->raw_name;
}

SallyRemoteFileKind
sally_remote_file_get_kind (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), SALLY_REMOTE_FILE_OTHER);

  return self->kind;
}

gboolean
sally_remote_file_is_enterable (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), FALSE);

  return self->kind == SALLY_REMOTE_FILE_DIRECTORY || self->target_is_directory;
}

guint64
sally_remote_file_get_size (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), 0);

  return self->attributes.size;
}

gint64
sally_remote_file_get_modified (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), 0);

  return (self->attributes.flags & SALLY_ATTRIBUTE_TIMES) != 0 ? self->attributes.mtime : 0;
}

guint32
sally_remote_file_get_permissions (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), 0);

  return self->attributes.permissions;
}

gboolean
sally_remote_file_is_hidden (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), FALSE);

  return self->raw_name[0] == '.';
}

char *
sally_remote_file_dup_sort_key (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), NULL);

  return g_utf8_collate_key_for_filename (sally_remote_file_get_name (self), -1);
}

const SallyRemoteAttributes *
sally_remote_file_get_attributes (SallyRemoteFile *self)
{
  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), NULL);

  return &self->attributes;
}

static char
type_character (guint32 permissions)
{
  switch (permissions & S_IFMT)
    {
    case S_IFDIR:
      return 'd';
    case S_IFLNK:
      return 'l';
    case S_IFSOCK:
      return 's';
    case S_IFIFO:
      return 'p';
    case S_IFBLK:
      return 'b';
    case S_IFCHR:
      return 'c';
    default:
      return '-';
    }
}

/* As ls writes it: 's' and 't' stand in the place of 'x', upper case if there is no 'x' below. */
static char
execute_character (guint32 permissions, guint32 execute, guint32 special, char letter)
{
  if ((permissions & special) != 0)
    return (permissions & execute) != 0 ? letter : g_ascii_toupper (letter);
  return (permissions & execute) != 0 ? 'x' : '-';
}

char *
sally_remote_file_dup_mode_string (SallyRemoteFile *self)
{
  guint32 permissions;

  g_return_val_if_fail (SALLY_IS_REMOTE_FILE (self), NULL);

  if ((self->attributes.flags & SALLY_ATTRIBUTE_PERMISSIONS) == 0)
    return g_strdup ("??????????");
  permissions = self->attributes.permissions;
  return g_strdup_printf ("%c%c%c%c%c%c%c%c%c%c", type_character (permissions),
                          (permissions & S_IRUSR) != 0 ? 'r' : '-',
                          (permissions & S_IWUSR) != 0 ? 'w' : '-',
                          execute_character (permissions, S_IXUSR, S_ISUID, 's'),
                          (permissions & S_IRGRP) != 0 ? 'r' : '-',
                          (permissions & S_IWGRP) != 0 ? 'w' : '-',
                          execute_character (permissions, S_IXGRP, S_ISGID, 's'),
                          (permissions & S_IROTH) != 0 ? 'r' : '-',
                          (permissions & S_IWOTH) != 0 ? 'w' : '-',
                          execute_character (permissions, S_IXOTH, S_ISVTX, 't'));
}

void
sally_remote_attributes_from_variant (GVariant *variant, SallyRemoteAttributes *attributes)
{
  const SallyRemoteAttributes *values;

  G_STATIC_ASSERT (sizeof *values == 40 && G_STRUCT_OFFSET (SallyRemoteAttributes, size) == 8 &&
                   G_STRUCT_OFFSET (SallyRemoteAttributes, mtime) == 32);
  g_return_if_fail (variant != NULL && attributes != NULL);
  g_return_if_fail (g_variant_is_of_type (variant, G_VARIANT_TYPE (SALLY_REMOTE_ATTRIBUTES_TYPE)));

  /* A folder may have 100,000 of them: the type is of fixed size, laid out as a C structure. */
  values = g_variant_get_data (variant);
  if (values == NULL || g_variant_get_size (variant) != sizeof *values)
    *attributes = (SallyRemoteAttributes) { 0 };
  else
    *attributes = *values;
}

GVariant *
sally_remote_attributes_to_variant (const SallyRemoteAttributes *attributes)
{
  g_return_val_if_fail (attributes != NULL, NULL);

  return g_variant_new (SALLY_REMOTE_ATTRIBUTES_TYPE, attributes->flags, attributes->size,
                        attributes->uid, attributes->gid, attributes->permissions,
                        attributes->atime, attributes->mtime);
}
