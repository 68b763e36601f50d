/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/account.h"

#include "model/service-icon.h"

#include <glib/gi18n.h>
#include <string.h>

/* The parameters of a stored URI that are ours: other programs keep or ignore them. */
#define LAST_USED_PARAMETER "x-sallyport-last-used"
#define PINNED_PARAMETER    "x-sallyport-pinned"
#define ORDER_PARAMETER     "x-sallyport-order"
#define USES_PARAMETER      "x-sallyport-uses"
#define ICON_PARAMETER      "x-sallyport-icon"
/* Repeated; Ente, Stratum and others have it under this name. */
#define TAG_PARAMETER       "tags"

struct _SallyAccount
{
  GObject parent_instance;

  char *id;
  char *issuer;
  char *label;
  char *name;
  SallyOtpParameters parameters;
  guint64 counter;
  gint64 last_used_s;
  gboolean is_pinned;
  guint order;
  guint use_count;
  char *icon;
  GPtrArray *unknown;  /* (element-type utf8), as in SallyOtpUri */
  SallySecret *key;    /* NULL if broken */
  SallySecret *stored; /* only if broken: as it was found */
};

enum
{
  PROP_ID = 1,
  PROP_ISSUER,
  PROP_LABEL,
  PROP_NAME,
  PROP_TYPE,
  PROP_ALGORITHM,
  PROP_DIGITS,
  PROP_PERIOD,
  PROP_COUNTER,
  PROP_LAST_USED,
  PROP_IS_PINNED,
  PROP_ORDER,
  PROP_USE_COUNT,
  PROP_TAGS,
  PROP_ICON,
  PROP_IS_BROKEN,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (SallyAccount, sally_account, G_TYPE_OBJECT)

static char *
make_name (SallyAccount *self)
{
  if (self->key == NULL)
    return g_strdup (_ ("Unreadable entry"));
  if (*self->issuer == '\0')
    return g_strdup (self->label);
  if (*self->label == '\0')
    return g_strdup (self->issuer);
  return g_strconcat (self->issuer, ":", self->label, NULL);
}

static void
set_string (SallyAccount *self, char **field, const char *value, guint property)
{
  if (g_set_str (field, value))
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_unknown (SallyAccount *self, GPtrArray *unknown)
{
  g_ptr_array_set_size (self->unknown, 0);
  for (guint i = 0; i < unknown->len; i++)
    g_ptr_array_add (self->unknown, g_strdup (g_ptr_array_index (unknown, i)));
}

static void
set_parameters (SallyAccount *self, const SallyOtpParameters *parameters)
{
  SallyOtpParameters old = self->parameters;

  self->parameters = *parameters;
  if (old.type != parameters->type)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TYPE]);
  if (old.algorithm != parameters->algorithm)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ALGORITHM]);
  if (old.digits != parameters->digits)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DIGITS]);
  if (old.period_s != parameters->period_s)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PERIOD]);
}

static void
sally_account_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  SallyAccount *self = SALLY_ACCOUNT (object);

  switch (property)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_ISSUER:
      g_value_set_string (value, self->issuer);
      break;
    case PROP_LABEL:
      g_value_set_string (value, self->label);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_TYPE:
      g_value_set_enum (value, (int) self->parameters.type);
      break;
    case PROP_ALGORITHM:
      g_value_set_enum (value, (int) self->parameters.algorithm);
      break;
    case PROP_DIGITS:
      g_value_set_uint (value, self->parameters.digits);
      break;
    case PROP_PERIOD:
      g_value_set_uint (value, self->parameters.period_s);
      break;
    case PROP_COUNTER:
      g_value_set_uint64 (value, self->counter);
      break;
    case PROP_LAST_USED:
      g_value_set_int64 (value, self->last_used_s);
      break;
    case PROP_IS_PINNED:
      g_value_set_boolean (value, self->is_pinned);
      break;
    case PROP_ORDER:
      g_value_set_uint (value, self->order);
      break;
    case PROP_USE_COUNT:
      g_value_set_uint (value, self->use_count);
      break;
    case PROP_TAGS:
      g_value_take_boxed (value, sally_account_dup_tags (self));
      break;
    case PROP_ICON:
      g_value_set_string (value, self->icon);
      break;
    case PROP_IS_BROKEN:
      g_value_set_boolean (value, sally_account_is_broken (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
sally_account_finalize (GObject *object)
{
  SallyAccount *self = SALLY_ACCOUNT (object);

  g_free (self->id);
  g_free (self->issuer);
  g_free (self->label);
  g_free (self->name);
  g_free (self->icon);
  g_ptr_array_unref (self->unknown);
  g_clear_pointer (&self->key, sally_secret_unref);
  g_clear_pointer (&self->stored, sally_secret_unref);
  G_OBJECT_CLASS (sally_account_parent_class)->finalize (object);
}

static void
sally_account_class_init (SallyAccountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sally_account_get_property;
  object_class->finalize = sally_account_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_ISSUER] = g_param_spec_string ("issuer", NULL, NULL, "", flags);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, "", flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, "", flags);
  properties[PROP_TYPE] =
      g_param_spec_enum ("type", NULL, NULL, SALLY_TYPE_OTP_TYPE, SALLY_OTP_TOTP, flags);
  properties[PROP_ALGORITHM] =
      g_param_spec_enum ("algorithm", NULL, NULL, SALLY_TYPE_OTP_ALGORITHM, SALLY_OTP_SHA1, flags);
  properties[PROP_DIGITS] = g_param_spec_uint ("digits", NULL, NULL, 0, G_MAXUINT, 6, flags);
  properties[PROP_PERIOD] = g_param_spec_uint ("period", NULL, NULL, 0, G_MAXUINT, 30, flags);
  properties[PROP_COUNTER] = g_param_spec_uint64 ("counter", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_LAST_USED] =
      g_param_spec_int64 ("last-used", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_IS_PINNED] = g_param_spec_boolean ("is-pinned", NULL, NULL, FALSE, flags);
  properties[PROP_ORDER] = g_param_spec_uint ("order", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_USE_COUNT] = g_param_spec_uint ("use-count", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_TAGS] = g_param_spec_boxed ("tags", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_ICON] = g_param_spec_string ("icon", NULL, NULL, "", flags);
  properties[PROP_IS_BROKEN] = g_param_spec_boolean ("is-broken", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_account_init (SallyAccount *self)
{
  self->issuer = g_strdup ("");
  self->label = g_strdup ("");
  self->name = g_strdup ("");
  self->icon = g_strdup (SALLY_SERVICE_ICON_AUTOMATIC);
  self->parameters = (SallyOtpParameters) SALLY_OTP_PARAMETERS_DEFAULT;
  self->unknown = g_ptr_array_new_with_free_func (g_free);
}

static SallyAccount *
account_new_with_id (const char *id)
{
  SallyAccount *self = g_object_new (SALLY_TYPE_ACCOUNT, NULL);

  self->id = id != NULL ? g_strdup (id) : g_uuid_string_random ();
  return self;
}

/* Removes the parameter and gives its value; 0 if it is not there or no such number. */
static guint64
take_number (GPtrArray *unknown, const char *name, guint64 limit)
{
  guint64 number = 0;

  for (guint i = 0; i + 1 < unknown->len;)
    if (g_str_equal (unknown->pdata[i], name))
      {
        g_ascii_string_to_unsigned (unknown->pdata[i + 1], 10, 0, limit, &number, NULL);
        g_ptr_array_remove_range (unknown, i, 2);
      }
    else
      i += 2;
  return number;
}

/* The same for a text; NULL if it is not there. */
static char *
take_text (GPtrArray *unknown, const char *name)
{
  char *text = NULL;

  for (guint i = 0; i + 1 < unknown->len;)
    if (g_str_equal (unknown->pdata[i], name))
      {
        g_set_str (&text, unknown->pdata[i + 1]);
        g_ptr_array_remove_range (unknown, i, 2);
      }
    else
      i += 2;
  return text;
}

static void
put_number (GPtrArray *unknown, const char *name, guint64 number)
{
  if (number == 0)
    return;
  g_ptr_array_add (unknown, g_strdup (name));
  g_ptr_array_add (unknown, g_strdup_printf ("%" G_GUINT64_FORMAT, number));
}

SallyAccount *
sally_account_new (const char *id, const SallyOtpUri *uri)
{
  SallyAccount *self;
  g_autofree char *icon = NULL;

  g_return_val_if_fail (uri != NULL && uri->key != NULL, NULL);

  self = account_new_with_id (id);
  g_set_str (&self->issuer, uri->issuer);
  g_set_str (&self->label, uri->label);
  self->parameters = uri->parameters;
  self->counter = uri->counter;
  self->key = sally_secret_ref (uri->key);
  set_unknown (self, uri->unknown);
  self->last_used_s = (gint64) take_number (self->unknown, LAST_USED_PARAMETER, G_MAXINT64);
  self->is_pinned = take_number (self->unknown, PINNED_PARAMETER, 1) != 0;
  self->order = (guint) take_number (self->unknown, ORDER_PARAMETER, G_MAXUINT);
  self->use_count = (guint) take_number (self->unknown, USES_PARAMETER, G_MAXUINT);
  icon = take_text (self->unknown, ICON_PARAMETER);
  if (icon != NULL)
    sally_account_set_icon (self, icon);
  g_free (self->name);
  self->name = make_name (self);
  return self;
}

SallyAccount *
sally_account_new_broken (const char *id, SallySecret *stored)
{
  SallyAccount *self;

  g_return_val_if_fail (id != NULL && stored != NULL, NULL);

  self = account_new_with_id (id);
  self->stored = sally_secret_ref (stored);
  g_free (self->name);
  self->name = make_name (self);
  return self;
}

SallyOtpUri *
sally_account_to_uri (SallyAccount *self)
{
  SallyOtpUri *uri;

  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  if (self->key == NULL)
    return NULL;
  uri = sally_otp_uri_new ();
  g_set_str (&uri->issuer, self->issuer);
  g_set_str (&uri->label, self->label);
  uri->parameters = self->parameters;
  uri->counter = self->counter;
  uri->key = sally_secret_ref (self->key);
  for (guint i = 0; i < self->unknown->len; i++)
    g_ptr_array_add (uri->unknown, g_strdup (g_ptr_array_index (self->unknown, i)));
  return uri;
}

SallySecret *
sally_account_to_stored (SallyAccount *self)
{
  g_autoptr (SallyOtpUri) uri = NULL;

  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  if (self->key == NULL)
    return sally_secret_ref (self->stored);
  uri = sally_account_to_uri (self);
  put_number (uri->unknown, LAST_USED_PARAMETER, (guint64) self->last_used_s);
  put_number (uri->unknown, PINNED_PARAMETER, self->is_pinned ? 1 : 0);
  put_number (uri->unknown, ORDER_PARAMETER, self->order);
  put_number (uri->unknown, USES_PARAMETER, self->use_count);
  if (*self->icon != '\0')
    {
      g_ptr_array_add (uri->unknown, g_strdup (ICON_PARAMETER));
      g_ptr_array_add (uri->unknown, g_strdup (self->icon));
    }
  return sally_otp_uri_build (uri);
}

SallyAccount *
sally_account_new_from_stored (const char *id, SallySecret *stored)
{
  g_autoptr (SallyOtpUri) uri = NULL;

  g_return_val_if_fail (id != NULL && stored != NULL, NULL);

  uri = sally_otp_uri_parse (stored, NULL);
  return uri != NULL ? sally_account_new (id, uri) : sally_account_new_broken (id, stored);
}

void
sally_account_set_from (SallyAccount *self, SallyAccount *other)
{
  g_autofree char *name = NULL;
  g_auto (GStrv) old_tags = NULL;
  g_auto (GStrv) new_tags = NULL;
  gboolean was_broken;

  g_return_if_fail (SALLY_IS_ACCOUNT (self));
  g_return_if_fail (SALLY_IS_ACCOUNT (other));

  if (self == other)
    return;
  g_object_freeze_notify (G_OBJECT (self));

  was_broken = sally_account_is_broken (self);
  g_clear_pointer (&self->key, sally_secret_unref);
  g_clear_pointer (&self->stored, sally_secret_unref);
  self->key = other->key != NULL ? sally_secret_ref (other->key) : NULL;
  self->stored = other->stored != NULL ? sally_secret_ref (other->stored) : NULL;
  old_tags = sally_account_dup_tags (self);
  new_tags = sally_account_dup_tags (other);
  set_unknown (self, other->unknown);
  if (!g_strv_equal ((const char *const *) old_tags, (const char *const *) new_tags))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TAGS]);
  if (was_broken != sally_account_is_broken (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_BROKEN]);

  set_string (self, &self->issuer, other->issuer, PROP_ISSUER);
  set_string (self, &self->label, other->label, PROP_LABEL);
  name = make_name (self);
  set_string (self, &self->name, name, PROP_NAME);
  set_parameters (self, &other->parameters);
  sally_account_set_counter (self, other->counter);
  sally_account_set_last_used (self, other->last_used_s);
  sally_account_set_is_pinned (self, other->is_pinned);
  sally_account_set_order (self, other->order);
  sally_account_set_use_count (self, other->use_count);
  sally_account_set_icon (self, other->icon);

  g_object_thaw_notify (G_OBJECT (self));
}

const char *
sally_account_get_id (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  return self->id;
}

const char *
sally_account_get_issuer (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  return self->issuer;
}

const char *
sally_account_get_label (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  return self->label;
}

const char *
sally_account_get_name (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  return self->name;
}

gboolean
sally_account_is_broken (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), TRUE);

  return self->key == NULL;
}

const SallyOtpParameters *
sally_account_get_parameters (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  return &self->parameters;
}

guint64
sally_account_get_counter (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), 0);

  return self->counter;
}

void
sally_account_set_counter (SallyAccount *self, guint64 counter)
{
  g_return_if_fail (SALLY_IS_ACCOUNT (self));

  if (self->counter == counter)
    return;
  self->counter = counter;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COUNTER]);
}

gint64
sally_account_get_last_used (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), 0);

  return self->last_used_s;
}

void
sally_account_set_last_used (SallyAccount *self, gint64 unix_time_s)
{
  g_return_if_fail (SALLY_IS_ACCOUNT (self));

  if (self->last_used_s == unix_time_s)
    return;
  self->last_used_s = unix_time_s;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_USED]);
}

gboolean
sally_account_get_is_pinned (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), FALSE);

  return self->is_pinned;
}

void
sally_account_set_is_pinned (SallyAccount *self, gboolean is_pinned)
{
  g_return_if_fail (SALLY_IS_ACCOUNT (self));

  if (self->is_pinned == !!is_pinned)
    return;
  self->is_pinned = !!is_pinned;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_PINNED]);
}

guint
sally_account_get_order (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), 0);

  return self->order;
}

void
sally_account_set_order (SallyAccount *self, guint order)
{
  g_return_if_fail (SALLY_IS_ACCOUNT (self));

  if (self->order == order)
    return;
  self->order = order;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ORDER]);
}

guint
sally_account_get_use_count (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), 0);

  return self->use_count;
}

void
sally_account_set_use_count (SallyAccount *self, guint use_count)
{
  g_return_if_fail (SALLY_IS_ACCOUNT (self));

  if (self->use_count == use_count)
    return;
  self->use_count = use_count;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USE_COUNT]);
}

char **
sally_account_dup_tags (SallyAccount *self)
{
  g_autoptr (GStrvBuilder) tags = g_strv_builder_new ();

  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  for (guint i = 0; i + 1 < self->unknown->len; i += 2)
    if (g_str_equal (self->unknown->pdata[i], TAG_PARAMETER) &&
        *(const char *) self->unknown->pdata[i + 1] != '\0')
      g_strv_builder_add (tags, self->unknown->pdata[i + 1]);
  return g_strv_builder_end (tags);
}

void
sally_account_set_tags (SallyAccount *self, const char *const *tags)
{
  g_return_if_fail (SALLY_IS_ACCOUNT (self));
  g_return_if_fail (tags != NULL);

  for (guint i = 0; i + 1 < self->unknown->len;)
    if (g_str_equal (self->unknown->pdata[i], TAG_PARAMETER))
      g_ptr_array_remove_range (self->unknown, i, 2);
    else
      i += 2;
  for (; *tags != NULL; tags++)
    {
      g_ptr_array_add (self->unknown, g_strdup (TAG_PARAMETER));
      g_ptr_array_add (self->unknown, g_strdup (*tags));
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TAGS]);
}

const char *
sally_account_get_icon (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), SALLY_SERVICE_ICON_AUTOMATIC);

  return self->icon;
}

void
sally_account_set_icon (SallyAccount *self, const char *icon)
{
  g_return_if_fail (SALLY_IS_ACCOUNT (self));
  g_return_if_fail (icon != NULL);

  if (!sally_service_icon_is_choice (icon))
    icon = SALLY_SERVICE_ICON_AUTOMATIC;
  if (g_set_str (&self->icon, icon))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ICON]);
}

SallyAccount *
sally_account_dup (SallyAccount *self)
{
  g_autoptr (SallySecret) stored = NULL;

  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  stored = sally_account_to_stored (self);
  return sally_account_new_from_stored (self->id, stored);
}

SallySecret *
sally_account_get_key (SallyAccount *self)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  return self->key;
}

SallySecret *
sally_account_get_code (SallyAccount *self, gint64 unix_time_s)
{
  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), NULL);

  if (self->key == NULL)
    return NULL;
  if (self->parameters.type == SALLY_OTP_HOTP)
    return sally_otp_code_at_counter (&self->parameters, self->key, self->counter);
  return sally_otp_code_at_time (&self->parameters, self->key, unix_time_s);
}

static gboolean
equal_ignoring_case (const char *a, const char *folded_b)
{
  g_autofree char *folded_a = g_utf8_casefold (a, -1);

  return g_str_equal (folded_a, folded_b);
}

gboolean
sally_account_matches (SallyAccount *self, const char *name)
{
  g_autofree char *folded = NULL;
  g_autofree char *full_name = NULL;

  g_return_val_if_fail (SALLY_IS_ACCOUNT (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  if (g_ascii_strcasecmp (name, self->id) == 0)
    return TRUE;
  if (self->key == NULL || *name == '\0' || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  folded = g_utf8_casefold (name, -1);
  full_name = g_strconcat (self->issuer, ":", self->label, NULL);
  return equal_ignoring_case (self->issuer, folded) || equal_ignoring_case (self->label, folded) ||
         equal_ignoring_case (full_name, folded);
}
