/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/settings.h"

/* The schema's defaults, for a build that is run where it is not installed. */
#define DEFAULT_LINGER_MINUTES      10
#define DEFAULT_MINIMUM_CODE_LIFE_S 3
#define DEFAULT_CLIPBOARD_CLEAR_S   30

struct _SallySettings
{
  GObject parent_instance;

  GSettings *settings; /* NULL where the schema is not installed */
};

G_DEFINE_FINAL_TYPE (SallySettings, sally_settings, G_TYPE_OBJECT)

static void
sally_settings_finalize (GObject *object)
{
  SallySettings *self = SALLY_SETTINGS (object);

  g_clear_object (&self->settings);
  G_OBJECT_CLASS (sally_settings_parent_class)->finalize (object);
}

static void
sally_settings_class_init (SallySettingsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_settings_finalize;
}

/* g_settings_new ends the program where the schema is missing, hence the look-up. */
static void
sally_settings_init (SallySettings *self)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, SALLY_APPLICATION_ID, TRUE);
  if (schema != NULL)
    self->settings = g_settings_new_full (schema, NULL, NULL);
}

SallySettings *
sally_settings_new (void)
{
  return g_object_new (SALLY_TYPE_SETTINGS, NULL);
}

GSettings *
sally_settings_get_gsettings (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), NULL);

  return self->settings;
}

static guint
get_uint (SallySettings *self, const char *key, guint fallback)
{
  return self->settings != NULL ? g_settings_get_uint (self->settings, key) : fallback;
}

guint
sally_settings_get_linger_s (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), DEFAULT_LINGER_MINUTES * 60);

  return get_uint (self, "linger-minutes", DEFAULT_LINGER_MINUTES) * 60;
}

guint
sally_settings_get_minimum_code_life_s (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), DEFAULT_MINIMUM_CODE_LIFE_S);

  return get_uint (self, "minimum-code-life", DEFAULT_MINIMUM_CODE_LIFE_S);
}

guint
sally_settings_get_clipboard_clear_s (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), DEFAULT_CLIPBOARD_CLEAR_S);

  return get_uint (self, "clipboard-clear", DEFAULT_CLIPBOARD_CLEAR_S);
}

guint
sally_settings_get_parallel_files (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), 0);

  return get_uint (self, "parallel-files", 0);
}

guint64
sally_settings_get_download_limit (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), 0);

  return (guint64) get_uint (self, "download-limit", 0) * 1024;
}

guint64
sally_settings_get_upload_limit (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), 0);

  return (guint64) get_uint (self, "upload-limit", 0) * 1024;
}

gboolean
sally_settings_get_keep_permissions (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), TRUE);

  return self->settings == NULL || g_settings_get_boolean (self->settings, "keep-permissions");
}

gboolean
sally_settings_get_keep_times (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), TRUE);

  return self->settings == NULL || g_settings_get_boolean (self->settings, "keep-times");
}

gboolean
sally_settings_get_verify_uploads (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), FALSE);

  return self->settings != NULL && g_settings_get_boolean (self->settings, "verify-uploads");
}

int
sally_settings_get_links (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), 0);

  return self->settings != NULL ? g_settings_get_enum (self->settings, "links") : 0;
}

gboolean
sally_settings_get_show_hidden_files (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), FALSE);

  return self->settings != NULL && g_settings_get_boolean (self->settings, "show-hidden-files");
}

gboolean
sally_settings_get_desktop_search (SallySettings *self)
{
  g_return_val_if_fail (SALLY_IS_SETTINGS (self), FALSE);

  return self->settings == NULL || g_settings_get_boolean (self->settings, "desktop-search");
}
