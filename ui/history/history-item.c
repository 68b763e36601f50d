/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "history/history-item.h"

#include "base/text.h"
#include "model/remote-path.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SallyHistoryItem
{
  GObject parent_instance;

  const char *icon_name;
  char *title;
  char *subtitle;
  char *time;
  gboolean is_failed;
  char *folded; /* title and subtitle, for the search */
};

G_DEFINE_FINAL_TYPE (SallyHistoryItem, sally_history_item, G_TYPE_OBJECT)

typedef enum
{
  PROP_ICON_NAME = 1,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_TIME,
  PROP_IS_FAILED,
} SallyHistoryItemProperty;

static GParamSpec *properties[PROP_IS_FAILED + 1];

static void
sally_history_item_finalize (GObject *object)
{
  SallyHistoryItem *self = SALLY_HISTORY_ITEM (object);

  g_free (self->title);
  g_free (self->subtitle);
  g_free (self->time);
  g_free (self->folded);

  G_OBJECT_CLASS (sally_history_item_parent_class)->finalize (object);
}

static void
sally_history_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyHistoryItem *self = SALLY_HISTORY_ITEM (object);

  switch ((SallyHistoryItemProperty) id)
    {
    case PROP_ICON_NAME:
      g_value_set_string (value, self->icon_name);
      break;
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    case PROP_TIME:
      g_value_set_string (value, self->time);
      break;
    case PROP_IS_FAILED:
      g_value_set_boolean (value, self->is_failed);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_history_item_class_init (SallyHistoryItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->finalize = sally_history_item_finalize;
  object_class->get_property = sally_history_item_get_property;

  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  properties[PROP_TIME] = g_param_spec_string ("time", NULL, NULL, NULL, flags);
  properties[PROP_IS_FAILED] = g_param_spec_boolean ("is-failed", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sally_history_item_init (SallyHistoryItem *self)
{
}

static const char *
choose_icon (const SallyJournalRecord *record)
{
  if (record->outcome == SALLY_JOURNAL_FAILED)
    return "dialog-warning-symbolic";
  if (record->kind == SALLY_JOURNAL_SIGN_IN)
    return "dialog-password-symbolic";
  return record->kind == SALLY_JOURNAL_UPLOAD ? "sally-upload-symbolic" : "sally-download-symbolic";
}

/* Translators: in all of these %s is a server's name, or a file's. */
static char *
make_sign_in_title (SallyJournalOutcome outcome, const char *server)
{
  switch (outcome)
    {
    case SALLY_JOURNAL_DONE:
      return g_strdup_printf (_ ("Signed in to %s"), server);
    case SALLY_JOURNAL_CANCELLED:
      return g_strdup_printf (_ ("Sign-in to %s cancelled"), server);
    case SALLY_JOURNAL_FAILED:
    default:
      return g_strdup_printf (_ ("Sign-in to %s refused"), server);
    }
}

static char *
make_transfer_title (gboolean is_upload, SallyJournalOutcome outcome, const char *name)
{
  switch (outcome)
    {
    case SALLY_JOURNAL_DONE:
      return g_strdup_printf (is_upload ? _ ("%s uploaded") : _ ("%s downloaded"), name);
    case SALLY_JOURNAL_CANCELLED:
      return g_strdup_printf (is_upload ? _ ("Upload of %s cancelled")
                                        : _ ("Download of %s cancelled"),
                              name);
    case SALLY_JOURNAL_FAILED:
    default:
      return g_strdup_printf (is_upload ? _ ("%s was not uploaded") : _ ("%s was not downloaded"),
                              name);
    }
}

static char *
make_title (const SallyJournalRecord *record)
{
  g_autofree char *name = NULL;
  g_autofree char *shown = NULL;

  if (record->kind == SALLY_JOURNAL_SIGN_IN)
    return make_sign_in_title (record->outcome, record->server);
  name = sally_remote_path_dup_name (record->remote_path);
  shown = sally_text_from_name (name, strlen (name));
  return make_transfer_title (record->kind == SALLY_JOURNAL_UPLOAD, record->outcome, shown);
}

static char *
make_subtitle (const SallyJournalRecord *record)
{
  g_autofree char *path = sally_text_from_name (record->remote_path, strlen (record->remote_path));
  g_autofree char *size = g_format_size (record->bytes);

  if (*record->error != '\0')
    return g_strdup (record->error);
  if (record->kind == SALLY_JOURNAL_SIGN_IN)
    return g_strdup_printf ("%s@%s", record->user, record->address);
  return g_strdup_printf ("%s: %s — %s", record->server, path, size);
}

SallyHistoryItem *
sally_history_item_new (const SallyJournalRecord *record)
{
  SallyHistoryItem *self;
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *both = NULL;

  g_return_val_if_fail (record != NULL, NULL);

  self = g_object_new (SALLY_TYPE_HISTORY_ITEM, NULL);
  time = g_date_time_new_from_unix_local (record->ended_us / G_USEC_PER_SEC);
  self->icon_name = choose_icon (record);
  self->title = make_title (record);
  self->subtitle = make_subtitle (record);
  self->time = time != NULL ? g_date_time_format (time, "%x %H:%M") : g_strdup ("");
  self->is_failed = record->outcome == SALLY_JOURNAL_FAILED;
  both = g_strconcat (self->title, "\n", self->subtitle, NULL);
  self->folded = g_utf8_casefold (both, -1);
  return self;
}

gboolean
sally_history_item_matches (SallyHistoryItem *self, const char *words)
{
  g_return_val_if_fail (SALLY_IS_HISTORY_ITEM (self), FALSE);

  return strstr (self->folded, words) != NULL;
}
