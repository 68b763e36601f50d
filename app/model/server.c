/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/server.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_NAME_CHARACTERS 100
/* RFC 1035 section 2.3.4 */
#define MAX_HOST_BYTES      255
#define MAX_USER_BYTES      255
#define MAX_PORT            65535
#define MAX_PATTERN_BYTES   200

enum
{
  PROP_ID = 1,
  PROP_PORT,
  PROP_CODE_LENGTH,
  /* The strings, in the order of `strings` below. */
  PROP_NAME,
  PROP_HOST,
  PROP_USER,
  PROP_RECIPE,
  PROP_ACCOUNT_ID,
  PROP_IDENTITY_FILE,
  PROP_JUMP,
  PROP_START_DIRECTORY,
  PROP_GROUP,
  PROP_SEPARATOR,
  PROP_PASSWORD_PROMPT,
  PROP_CODE_PROMPT,
  PROP_PROMPTS,
  PROP_GIVEN_BY,
  N_PROPERTIES,
};

#define N_STRINGS (N_PROPERTIES - PROP_NAME)

struct _SallyServer
{
  GObject parent_instance;

  char *id;
  guint port;
  guint code_length;
  char *strings[N_STRINGS]; /* never NULL once made; by property, from PROP_NAME on */
};

static const struct
{
  const char *name;
  const char *initial;
} string_properties[N_STRINGS] = {
  { "name", "" },
  { "host", "" },
  { "user", "" },
  { "recipe", "password" },
  { "account-id", "" },
  { "identity-file", "" },
  { "jump", "" },
  { "start-directory", "" },
  { "group", "" },
  { "separator", "" },
  { "password-prompt", "" },
  { "code-prompt", "" },
  { "prompts", "" },
  { "given-by", "" },
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (SallyServer, sally_server, G_TYPE_OBJECT)

static const char *
get_string (SallyServer *self, guint property)
{
  return self->strings[property - PROP_NAME];
}

static void
set_string (SallyServer *self, guint property, const char *value)
{
  if (g_set_str (&self->strings[property - PROP_NAME], value != NULL ? value : ""))
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_port (SallyServer *self, guint port)
{
  if (self->port == port)
    return;
  self->port = port;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PORT]);
}

static void
set_code_length (SallyServer *self, guint code_length)
{
  if (self->code_length == code_length)
    return;
  self->code_length = code_length;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CODE_LENGTH]);
}

static void
sally_server_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  SallyServer *self = SALLY_SERVER (object);

  if (property == PROP_ID)
    g_value_set_string (value, self->id);
  else if (property == PROP_PORT)
    g_value_set_uint (value, self->port);
  else if (property == PROP_CODE_LENGTH)
    g_value_set_uint (value, self->code_length);
  else if (property >= PROP_NAME && property < N_PROPERTIES)
    g_value_set_string (value, get_string (self, property));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
sally_server_set_property (GObject *object, guint property, const GValue *value, GParamSpec *pspec)
{
  SallyServer *self = SALLY_SERVER (object);

  if (property == PROP_PORT)
    set_port (self, g_value_get_uint (value));
  else if (property == PROP_CODE_LENGTH)
    set_code_length (self, g_value_get_uint (value));
  else if (property >= PROP_NAME && property < N_PROPERTIES)
    set_string (self, property, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
sally_server_finalize (GObject *object)
{
  SallyServer *self = SALLY_SERVER (object);

  g_free (self->id);
  for (guint i = 0; i < N_STRINGS; i++)
    g_free (self->strings[i]);
  G_OBJECT_CLASS (sally_server_parent_class)->finalize (object);
}

static void
sally_server_class_init (SallyServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = sally_server_get_property;
  object_class->set_property = sally_server_set_property;
  object_class->finalize = sally_server_finalize;

  properties[PROP_ID] =
      g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /* Any number goes in, so that sally_server_validate can say what is wrong with it. */
  properties[PROP_PORT] =
      g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT, SALLY_SERVER_DEFAULT_PORT, flags);
  properties[PROP_CODE_LENGTH] =
      g_param_spec_uint ("code-length", NULL, NULL, 0, G_MAXUINT, 0, flags);
  for (guint i = 0; i < N_STRINGS; i++)
    properties[PROP_NAME + i] = g_param_spec_string (string_properties[i].name, NULL, NULL,
                                                     string_properties[i].initial, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
sally_server_init (SallyServer *self)
{
  self->port = SALLY_SERVER_DEFAULT_PORT;
  for (guint i = 0; i < N_STRINGS; i++)
    self->strings[i] = g_strdup (string_properties[i].initial);
}

SallyServer *
sally_server_new (const char *id)
{
  SallyServer *self = g_object_new (SALLY_TYPE_SERVER, NULL);

  self->id = id != NULL ? g_strdup (id) : g_uuid_string_random ();
  return self;
}

/* Whether every character of `text` can be seen and none is in `refused`. */
static gboolean
is_clean (const char *text, const char *refused)
{
  if (!g_utf8_validate (text, -1, NULL) || strpbrk (text, refused) != NULL)
    return FALSE;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

static gboolean
validate_name (const char *name, GError **error)
{
  if (*name == '\0')
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("The server has no name"));
  else if (!is_clean (name, ":/"))
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("A server’s name can hold neither “:” nor “/” nor invisible "
                            "characters"));
  else if (g_ascii_isspace (name[0]) || g_ascii_isspace (name[strlen (name) - 1]) || *name == '-')
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("A server’s name can neither begin with “-” nor begin or end with a "
                            "space"));
  else if (g_utf8_strlen (name, -1) > MAX_NAME_CHARACTERS)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("A server’s name can have at most %d characters"), MAX_NAME_CHARACTERS);
  else
    return TRUE;
  return FALSE;
}

static gboolean
validate_address (SallyServer *self, GError **error)
{
  const char *host = get_string (self, PROP_HOST);
  const char *user = get_string (self, PROP_USER);

  if (*host == '\0')
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("The server has no host: enter its name or address"));
  else if (!is_clean (host, " /@[]") || *host == '-' || strlen (host) > MAX_HOST_BYTES ||
           (strchr (host, ':') != NULL && !g_hostname_is_ip_address (host)))
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("This is no host: enter a name or an address alone, without user, port "
                            "or folder"));
  else if (self->port < 1 || self->port > MAX_PORT)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("There is no port %u: ports are 1 to %d, and SSH usually is on %d"), self->port,
                 MAX_PORT, SALLY_SERVER_DEFAULT_PORT);
  else if (*user == '\0')
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("The server has no user name to sign in with"));
  else if (!is_clean (user, "") || *user == '-' || strlen (user) > MAX_USER_BYTES)
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("The user name begins with “-”, is too long or holds invisible "
                            "characters"));
  else
    return TRUE;
  return FALSE;
}

static gboolean
validate_pattern (const char *pattern, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GRegex) regex = NULL;

  if (!is_clean (pattern, "") || strlen (pattern) > MAX_PATTERN_BYTES)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("The pattern of a prompt can have at most %d characters, all of them visible"),
                 MAX_PATTERN_BYTES);
  else if ((regex = g_regex_new (pattern, 0, 0, &reason)) == NULL)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("The pattern “%s” is no regular expression: %s"), pattern, reason->message);
  else
    return TRUE;
  return FALSE;
}

/* How the answers are made. */
static gboolean
validate_answers (SallyServer *self, GError **error)
{
  const char *separator = get_string (self, PROP_SEPARATOR);

  if (!is_clean (separator, "") || g_utf8_strlen (separator, -1) > SALLY_SERVER_MAX_SEPARATOR)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("What stands between password and code can have at most %d characters, all of "
                    "them visible"),
                 SALLY_SERVER_MAX_SEPARATOR);
  else if (self->code_length != 0 && (self->code_length < SALLY_SERVER_MIN_CODE_LENGTH ||
                                      self->code_length > SALLY_SERVER_MAX_CODE_LENGTH))
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("A code has %d to %d digits, not %u"),
                 SALLY_SERVER_MIN_CODE_LENGTH, SALLY_SERVER_MAX_CODE_LENGTH, self->code_length);
  else
    return validate_pattern (get_string (self, PROP_PASSWORD_PROMPT), error) &&
           validate_pattern (get_string (self, PROP_CODE_PROMPT), error);
  return FALSE;
}

gboolean
sally_server_validate (SallyServer *self, GError **error)
{
  SallyLoginRecipe recipe;

  g_return_val_if_fail (SALLY_IS_SERVER (self), FALSE);

  if (!validate_name (get_string (self, PROP_NAME), error) || !validate_address (self, error) ||
      !sally_login_recipe_parse (get_string (self, PROP_RECIPE), &recipe, error) ||
      !validate_answers (self, error))
    return FALSE;
  for (guint i = PROP_IDENTITY_FILE; i < N_PROPERTIES; i++)
    if (!g_utf8_validate (get_string (self, i), -1, NULL))
      {
        g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                     _ ("The server’s %s is not valid UTF-8"), properties[i]->name);
        return FALSE;
      }
  if (*get_string (self, PROP_JUMP) != '\0' &&
      g_str_equal (get_string (self, PROP_JUMP), get_string (self, PROP_NAME)))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("A server cannot be reached through itself"));
      return FALSE;
    }
  return TRUE;
}

void
sally_server_set_from (SallyServer *self, SallyServer *other)
{
  g_return_if_fail (SALLY_IS_SERVER (self));
  g_return_if_fail (SALLY_IS_SERVER (other));

  g_object_freeze_notify (G_OBJECT (self));
  set_port (self, other->port);
  set_code_length (self, other->code_length);
  for (guint i = PROP_NAME; i < N_PROPERTIES; i++)
    set_string (self, i, get_string (other, i));
  g_object_thaw_notify (G_OBJECT (self));
}

const char *
sally_server_get_id (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return self->id;
}

guint
sally_server_get_port (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), 0);

  return self->port;
}

const char *
sally_server_get_name (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_NAME);
}

const char *
sally_server_get_host (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_HOST);
}

const char *
sally_server_get_user (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_USER);
}

const char *
sally_server_get_recipe (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_RECIPE);
}

const char *
sally_server_get_account_id (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_ACCOUNT_ID);
}

const char *
sally_server_get_identity_file (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_IDENTITY_FILE);
}

const char *
sally_server_get_key_id (SallyServer *self)
{
  const char *identity;

  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  identity = get_string (self, PROP_IDENTITY_FILE);
  return g_str_has_prefix (identity, SALLY_SERVER_KEY_PREFIX)
             ? identity + strlen (SALLY_SERVER_KEY_PREFIX)
             : NULL;
}

const char *
sally_server_get_jump (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_JUMP);
}

const char *
sally_server_get_start_directory (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_START_DIRECTORY);
}

const char *
sally_server_get_group (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_GROUP);
}

const char *
sally_server_get_separator (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_SEPARATOR);
}

const char *
sally_server_get_password_prompt (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_PASSWORD_PROMPT);
}

const char *
sally_server_get_code_prompt (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_CODE_PROMPT);
}

const char *
sally_server_get_prompts (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  return get_string (self, PROP_PROMPTS);
}

const char *
sally_server_get_given_by (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), "");

  return get_string (self, PROP_GIVEN_BY);
}

guint
sally_server_get_code_length (SallyServer *self)
{
  g_return_val_if_fail (SALLY_IS_SERVER (self), 0);

  return self->code_length;
}

char *
sally_server_dup_address (SallyServer *self)
{
  const char *host;

  g_return_val_if_fail (SALLY_IS_SERVER (self), NULL);

  host = get_string (self, PROP_HOST);
  if (self->port == SALLY_SERVER_DEFAULT_PORT)
    return g_strdup (host);
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, self->port);
}
