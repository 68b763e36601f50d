/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/import-item.h"

#include "base/text.h"
#include "otp/otp-advice.h"

#include <glib/gi18n.h>

struct _SallyImportItem
{
  GObject parent_instance;

  SallyMergeItem *item;
  gboolean chosen;
};

G_DEFINE_FINAL_TYPE (SallyImportItem, sally_import_item, G_TYPE_OBJECT)

typedef enum
{
  PROP_TITLE = 1,
  PROP_SUBTITLE,
  PROP_STATUS,
  PROP_CAN_CHOOSE,
  PROP_CHOSEN,
} SallyImportItemProperty;

static GParamSpec *properties[PROP_CHOSEN + 1];

/* The names as the account will bear them; of what is unreadable, those of the file. */
static char *
dup_title (SallyImportItem *self)
{
  const SallyBackupEntry *entry = self->item->entry;
  const char *issuer = entry->uri != NULL ? entry->uri->issuer : entry->issuer;
  const char *label = entry->uri != NULL ? entry->uri->label : entry->label;
  g_autofree char *name = NULL;

  if (*issuer != '\0' && *label != '\0')
    /* Translators: the name of a service and that of a user there. */
    name = g_strdup_printf (_ ("%s: %s"), issuer, label);
  else
    name = g_strconcat (issuer, label, NULL);
  return *name != '\0' ? sally_text_from_server (name, -1, FALSE) : g_strdup (_ ("Without a name"));
}

static char *
dup_difference (SallyAccount *existing, const SallyOtpUri *uri)
{
  g_autofree char *saved = sally_text_from_server (sally_account_get_name (existing), -1, FALSE);

  if (!g_str_equal (sally_account_get_issuer (existing), uri->issuer) ||
      !g_str_equal (sally_account_get_label (existing), uri->label))
    return g_strdup_printf (_ ("Its key is saved as “%s”: choose it to take these values"), saved);
  return g_strdup (_ ("Saved with other parameters: choose it to take these"));
}

static char *
dup_subtitle (SallyImportItem *self)
{
  const SallyMergeItem *item = self->item;

  switch (item->status)
    {
    case SALLY_MERGE_UNREADABLE:
      return g_strdup (item->entry->reason);
    case SALLY_MERGE_SAME:
      return g_strdup (item->existing != NULL ? _ ("Nothing changes") : _ ("Twice in this file"));
    case SALLY_MERGE_DIFFERS:
      return dup_difference (item->existing, item->entry->uri);
    default:
      return sally_otp_advice (&item->entry->uri->parameters, item->entry->uri->key);
    }
}

static const char *
get_status (SallyImportItem *self)
{
  switch (self->item->status)
    {
    case SALLY_MERGE_NEW:
      return _ ("New");
    case SALLY_MERGE_SAME:
      return _ ("Already there");
    case SALLY_MERGE_DIFFERS:
      return _ ("Differs");
    default:
      return _ ("Unreadable");
    }
}

static gboolean
can_choose (SallyImportItem *self)
{
  return self->item->status == SALLY_MERGE_NEW || self->item->status == SALLY_MERGE_DIFFERS;
}

static void
sally_import_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  SallyImportItem *self = SALLY_IMPORT_ITEM (object);

  switch ((SallyImportItemProperty) id)
    {
    case PROP_TITLE:
      g_value_take_string (value, dup_title (self));
      break;
    case PROP_SUBTITLE:
      g_value_take_string (value, dup_subtitle (self));
      break;
    case PROP_STATUS:
      g_value_set_static_string (value, get_status (self));
      break;
    case PROP_CAN_CHOOSE:
      g_value_set_boolean (value, can_choose (self));
      break;
    case PROP_CHOSEN:
      g_value_set_boolean (value, self->chosen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_import_item_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SallyImportItem *self = SALLY_IMPORT_ITEM (object);
  gboolean chosen;

  switch ((SallyImportItemProperty) id)
    {
    case PROP_CHOSEN:
      chosen = g_value_get_boolean (value) && can_choose (self);
      if (chosen != self->chosen)
        {
          self->chosen = chosen;
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_import_item_class_init (SallyImportItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sally_import_item_get_property;
  object_class->set_property = sally_import_item_set_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, flags);
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);
  properties[PROP_CAN_CHOOSE] = g_param_spec_boolean ("can-choose", NULL, NULL, FALSE, flags);
  properties[PROP_CHOSEN] =
      g_param_spec_boolean ("chosen", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sally_import_item_init (SallyImportItem *self)
{
}

SallyImportItem *
sally_import_item_new (SallyMergeItem *item)
{
  SallyImportItem *self;

  g_return_val_if_fail (item != NULL, NULL);

  self = g_object_new (SALLY_TYPE_IMPORT_ITEM, NULL);
  self->item = item;
  self->chosen = item->status == SALLY_MERGE_NEW && !item->entry->is_trashed;
  return self;
}

SallyMergeItem *
sally_import_item_get_item (SallyImportItem *self)
{
  g_return_val_if_fail (SALLY_IS_IMPORT_ITEM (self), NULL);

  return self->item;
}

gboolean
sally_import_item_get_chosen (SallyImportItem *self)
{
  g_return_val_if_fail (SALLY_IS_IMPORT_ITEM (self), FALSE);

  return self->chosen;
}
