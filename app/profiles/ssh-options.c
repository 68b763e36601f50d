/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/ssh-options.h"

#include "profiles/draft.h"
#include "profiles/pattern.h"

#include <glib/gi18n.h>
#include <string.h>

/* What tokens make of a value. */
#define MAX_VALUE_BYTES 4096
/* ssh takes as many (SSH_MAX_IDENTITY_FILES). */
#define MAX_IDENTITIES  100

typedef enum
{
  USED,     /* handled below */
  IGNORED,  /* about terminals, forwarding, convenience: nothing is lost */
  NO_EQUAL, /* changes how or whether one gets in, and Sallyport has no such setting */
} Treatment;

static const struct
{
  const char *keyword;
  Treatment treatment;
} keywords[] = {
  { "addkeystoagent", IGNORED },
  { "addressfamily", NO_EQUAL },
  { "batchmode", IGNORED },
  { "bindaddress", NO_EQUAL },
  { "bindinterface", NO_EQUAL },
  { "canonicaldomains", NO_EQUAL },
  { "canonicalizefallbacklocal", IGNORED },
  { "canonicalizehostname", NO_EQUAL },
  { "canonicalizemaxdots", IGNORED },
  { "canonicalizepermittedcnames", IGNORED },
  { "casignaturealgorithms", IGNORED },
  { "certificatefile", NO_EQUAL },
  { "challengeresponseauthentication", IGNORED },
  { "channeltimeout", IGNORED },
  { "checkhostip", IGNORED },
  { "ciphers", NO_EQUAL },
  { "clearallforwardings", IGNORED },
  { "compression", IGNORED },
  { "connectionattempts", IGNORED },
  { "connecttimeout", IGNORED },
  { "controlmaster", IGNORED },
  { "controlpath", IGNORED },
  { "controlpersist", IGNORED },
  { "dynamicforward", IGNORED },
  { "enableescapecommandline", IGNORED },
  { "enablesshkeysign", IGNORED },
  { "escapechar", IGNORED },
  { "exitonforwardfailure", IGNORED },
  { "fingerprinthash", IGNORED },
  { "forkafterauthentication", IGNORED },
  { "forwardagent", IGNORED },
  { "forwardx11", IGNORED },
  { "forwardx11timeout", IGNORED },
  { "forwardx11trusted", IGNORED },
  { "gatewayports", IGNORED },
  { "globalknownhostsfile", NO_EQUAL },
  { "gssapiauthentication", IGNORED },
  { "gssapidelegatecredentials", IGNORED },
  { "hashknownhosts", IGNORED },
  { "host", USED },
  { "hostbasedacceptedalgorithms", IGNORED },
  { "hostbasedauthentication", IGNORED },
  { "hostkeyalgorithms", NO_EQUAL },
  { "hostkeyalias", NO_EQUAL },
  { "hostname", USED },
  { "identitiesonly", IGNORED },
  { "identityagent", NO_EQUAL },
  { "identityfile", USED },
  { "ignoreunknown", IGNORED },
  { "include", USED },
  { "ipqos", IGNORED },
  { "kbdinteractiveauthentication", IGNORED },
  { "kbdinteractivedevices", IGNORED },
  { "kexalgorithms", NO_EQUAL },
  { "knownhostscommand", NO_EQUAL },
  { "localcommand", IGNORED },
  { "localforward", IGNORED },
  { "loglevel", IGNORED },
  { "logverbose", IGNORED },
  { "macs", NO_EQUAL },
  { "match", USED },
  { "nohostauthenticationforlocalhost", IGNORED },
  { "numberofpasswordprompts", IGNORED },
  { "obscurekeystroketiming", IGNORED },
  { "passwordauthentication", IGNORED },
  { "permitlocalcommand", IGNORED },
  { "permitremoteopen", IGNORED },
  { "pkcs11provider", NO_EQUAL },
  { "port", USED },
  { "preferredauthentications", USED },
  { "proxycommand", USED },
  { "proxyjump", USED },
  { "proxyusefdpass", IGNORED },
  { "pubkeyacceptedalgorithms", NO_EQUAL },
  { "pubkeyacceptedkeytypes", NO_EQUAL },
  { "pubkeyauthentication", USED },
  { "refuseconnection", NO_EQUAL },
  { "rekeylimit", IGNORED },
  { "remotecommand", IGNORED },
  { "remoteforward", IGNORED },
  { "requesttty", IGNORED },
  { "requiredrsasize", IGNORED },
  { "revokedhostkeys", NO_EQUAL },
  { "securitykeyprovider", NO_EQUAL },
  { "sendenv", IGNORED },
  { "serveralivecountmax", IGNORED },
  { "serveraliveinterval", IGNORED },
  { "sessiontype", IGNORED },
  { "setenv", IGNORED },
  { "stdinnull", IGNORED },
  { "streamlocalbindmask", IGNORED },
  { "streamlocalbindunlink", IGNORED },
  { "stricthostkeychecking", IGNORED },
  { "syslogfacility", IGNORED },
  { "tag", USED },
  { "tcpkeepalive", IGNORED },
  { "tunnel", IGNORED },
  { "tunneldevice", IGNORED },
  { "updatehostkeys", IGNORED },
  { "usekeychain", IGNORED },
  { "user", USED },
  { "userknownhostsfile", NO_EQUAL },
  { "verifyhostkeydns", NO_EQUAL },
  { "versionaddendum", NO_EQUAL },
  { "visualhostkey", IGNORED },
  { "warnweakcrypto", IGNORED },
  { "xauthlocation", IGNORED },
};

/* While the files are gone through for one host. */
typedef struct
{
  SallySshOptions *options;
  SallyProfilesInput *input;
  SallyProfiles *profiles;
  const char *alias;
  char *host_name; /* as it stands */
  char *tag;
  char *proxy_jump;      /* as it stands; "none" counts as said */
  char *public_key;      /* "yes", "no" ... */
  GPtrArray *identities; /* as they stand */
  gboolean is_final;     /* the second time */
  gboolean wants_final;
} Evaluation;

static Treatment
get_treatment (const char *keyword, gboolean *is_known)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (g_str_equal (keywords[i].keyword, keyword))
      {
        *is_known = TRUE;
        return keywords[i].treatment;
      }
  *is_known = FALSE;
  return IGNORED;
}

gboolean
sally_ssh_options_is_keyword (const char *keyword)
{
  gboolean is_known;

  get_treatment (keyword, &is_known);
  return is_known;
}

void
sally_ssh_options_free (SallySshOptions *self)
{
  if (self == NULL)
    return;
  g_free (self->host);
  g_free (self->user);
  g_free (self->port);
  g_free (self->jump);
  g_free (self->command);
  g_free (self->authentications);
  g_ptr_array_unref (self->identities);
  g_ptr_array_unref (self->without_equal);
  g_free (self);
}

/* What stands for a token; NULL if it is not known. */
static const char *
get_token (Evaluation *evaluation, char token, const char *host, const char *user)
{
  SallySshOptions *options = evaluation->options;

  switch (token)
    {
    case '%':
      return "%";
    case 'h':
      return host;
    case 'n':
      return evaluation->alias;
    case 'p':
      return options->port != NULL ? options->port : "22";
    case 'r':
      return user;
    case 'u':
      return evaluation->input->user;
    case 'd':
      return evaluation->input->home;
    case 'l':
    case 'L':
      return g_get_host_name ();
    default:
      return NULL;
    }
}

/* NULL, and has_bad_token, for what cannot be filled in. */
static char *
expand (Evaluation *evaluation, const char *value, const char *host)
{
  SallySshOptions *options = evaluation->options;
  const char *user = options->user != NULL ? options->user : evaluation->input->user;
  g_autoptr (GString) text = g_string_new (NULL);

  for (const char *c = value; *c != '\0'; c++)
    {
      const char *token = NULL;

      if (*c == '%')
        token = *++c != '\0' ? get_token (evaluation, *c, host, user) : NULL;
      else if (*c == '$' && c[1] == '{' && strchr (c, '}') != NULL)
        {
          const char *end = strchr (c, '}');
          g_autofree char *name = g_strndup (c + 2, (gsize) (end - c - 2));

          token = *name != '\0' ? g_getenv (name) : NULL;
          c = end;
        }
      else
        {
          g_string_append_c (text, *c);
          continue;
        }
      if (token == NULL || text->len + strlen (token) > MAX_VALUE_BYTES)
        {
          options->has_bad_token = TRUE;
          return NULL;
        }
      g_string_append (text, token);
    }
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* Names of hosts do not care for case. */
static gboolean
matches_folded (char **patterns, const char *text)
{
  g_auto (GStrv) folded = g_strdupv (patterns);
  g_autofree char *folded_text = g_ascii_strdown (text, -1);

  for (guint i = 0; folded[i] != NULL; i++)
    {
      char *lower = g_ascii_strdown (folded[i], -1);

      g_free (folded[i]);
      folded[i] = lower;
    }
  return sally_pattern_list_matches ((const char *const *) folded, folded_text);
}

static gboolean
matches_list (const char *list, const char *text)
{
  g_auto (GStrv) patterns = g_strsplit (list, ",", -1);

  return sally_pattern_list_matches ((const char *const *) patterns, text);
}

static gboolean
matches_host (Evaluation *evaluation, const char *list)
{
  g_auto (GStrv) patterns = g_strsplit (list, ",", -1);
  g_autofree char *host = evaluation->host_name != NULL
                              ? expand (evaluation, evaluation->host_name, evaluation->alias)
                              : NULL;

  return matches_folded (patterns, host != NULL ? host : evaluation->alias);
}

/* One criterion with an argument; FALSE in `is_known` for what is not evaluated. */
static gboolean
matches_criterion (Evaluation *evaluation,
                   const char *criterion,
                   const char *argument,
                   gboolean *is_known)
{
  SallySshOptions *options = evaluation->options;

  *is_known = TRUE;
  if (g_str_equal (criterion, "host"))
    return matches_host (evaluation, argument);
  if (g_str_equal (criterion, "originalhost"))
    {
      g_auto (GStrv) patterns = g_strsplit (argument, ",", -1);

      return matches_folded (patterns, evaluation->alias);
    }
  if (g_str_equal (criterion, "user"))
    return matches_list (argument, options->user != NULL ? options->user : evaluation->input->user);
  if (g_str_equal (criterion, "localuser"))
    return matches_list (argument, evaluation->input->user);
  if (g_str_equal (criterion, "tagged"))
    return matches_list (argument, evaluation->tag != NULL ? evaluation->tag : "");
  *is_known = FALSE;
  return FALSE;
}

static gboolean
evaluate_match (Evaluation *evaluation, const SallySshConfigLine *line)
{
  gboolean matches = TRUE;

  for (guint i = 0; line->words[i] != NULL; i++)
    {
      const char *word = line->words[i];
      gboolean is_negated = *word == '!';
      const char *equals = strchr (word, '=');
      g_autofree char *criterion = NULL;
      const char *argument;
      gboolean is_known;
      gboolean is_met;

      word += is_negated;
      criterion =
          equals != NULL ? g_ascii_strdown (word, equals - word) : g_ascii_strdown (word, -1);
      if (g_str_equal (criterion, "all"))
        is_met = TRUE;
      else if (g_str_equal (criterion, "final"))
        {
          is_met = evaluation->is_final;
          evaluation->wants_final = TRUE;
        }
      else if (g_str_equal (criterion, "canonical"))
        is_met = FALSE;
      else
        {
          argument = equals != NULL ? equals + 1 : line->words[++i];
          if (argument == NULL)
            return FALSE;
          is_met = matches_criterion (evaluation, criterion, argument, &is_known);
          if (!is_known)
            {
              sally_profiles_notice (evaluation->profiles,
                                     _ ("Line %u of the SSH configuration, “Match %s”, is not "
                                        "evaluated: what stands below it is left out"),
                                     line->number, criterion);
              return FALSE;
            }
        }
      matches = matches && is_met != is_negated;
    }
  return matches;
}

static void
set_once (char **value, const char *text)
{
  if (*value == NULL)
    *value = g_strdup (text);
}

static void
set_option (Evaluation *evaluation, const SallySshConfigLine *line)
{
  SallySshOptions *options = evaluation->options;
  const char *word = line->words[0];
  gboolean is_known;
  Treatment treatment = get_treatment (line->keyword, &is_known);

  if (g_str_equal (line->keyword, "hostname"))
    set_once (&evaluation->host_name, word);
  else if (g_str_equal (line->keyword, "user"))
    set_once (&options->user, word);
  else if (g_str_equal (line->keyword, "port"))
    set_once (&options->port, word);
  else if (g_str_equal (line->keyword, "tag"))
    set_once (&evaluation->tag, word);
  else if (g_str_equal (line->keyword, "pubkeyauthentication"))
    set_once (&evaluation->public_key, word);
  else if (g_str_equal (line->keyword, "preferredauthentications"))
    set_once (&options->authentications, word);
  /* Of these two the first one holds. */
  else if (g_str_equal (line->keyword, "proxyjump") && options->command == NULL)
    set_once (&evaluation->proxy_jump, word);
  else if (g_str_equal (line->keyword, "proxycommand") && evaluation->proxy_jump == NULL)
    {
      if (options->command == NULL)
        options->command = g_strjoinv (" ", line->words);
    }
  else if (g_str_equal (line->keyword, "identityfile"))
    {
      if (evaluation->identities->len < MAX_IDENTITIES &&
          !g_ptr_array_find_with_equal_func (evaluation->identities, word, g_str_equal, NULL))
        g_ptr_array_add (evaluation->identities, g_strdup (word));
    }
  else if (treatment == NO_EQUAL &&
           !g_ptr_array_find_with_equal_func (options->without_equal, line->keyword, g_str_equal,
                                              NULL))
    g_ptr_array_add (options->without_equal, g_strdup (line->keyword));
}

/* A Host or Match holds to the next one, or to the end of its file; inside of one that does not
 * match, none does. */
static void
evaluate (Evaluation *evaluation, SallySshConfigFile *file, gboolean is_outer_active)
{
  gboolean is_active = is_outer_active;

  for (guint i = 0; i < file->lines->len; i++)
    {
      const SallySshConfigLine *line = file->lines->pdata[i];

      if (g_str_equal (line->keyword, "host"))
        is_active = is_outer_active && matches_folded (line->words, evaluation->alias);
      else if (g_str_equal (line->keyword, "match"))
        is_active = is_outer_active && evaluate_match (evaluation, line);
      else if (line->included != NULL)
        {
          for (guint j = 0; is_active && j < line->included->len; j++)
            evaluate (evaluation, line->included->pdata[j], is_active);
        }
      else if (is_active)
        set_option (evaluation, line);
    }
}

static void
finish (Evaluation *evaluation)
{
  SallySshOptions *options = evaluation->options;

  if (evaluation->host_name != NULL)
    options->host = expand (evaluation, evaluation->host_name, evaluation->alias);
  if (options->host == NULL)
    options->host = g_strdup (evaluation->alias);
  for (guint i = 0; i < evaluation->identities->len; i++)
    {
      char *path = expand (evaluation, evaluation->identities->pdata[i], options->host);

      if (path != NULL && g_ascii_strcasecmp (path, "none") != 0)
        g_ptr_array_add (options->identities, g_steal_pointer (&path));
      g_free (path);
    }
  if (evaluation->proxy_jump != NULL && g_ascii_strcasecmp (evaluation->proxy_jump, "none") != 0)
    options->jump = expand (evaluation, evaluation->proxy_jump, options->host);
  if (options->command != NULL && g_ascii_strcasecmp (options->command, "none") == 0)
    g_clear_pointer (&options->command, g_free);
  options->no_public_key =
      evaluation->public_key != NULL && (g_ascii_strcasecmp (evaluation->public_key, "no") == 0 ||
                                         g_ascii_strcasecmp (evaluation->public_key, "false") == 0);
}

SallySshOptions *
sally_ssh_options_new (SallySshConfigFile *file,
                       SallyProfilesInput *input,
                       SallyProfiles *profiles,
                       const char *alias,
                       const char *user,
                       const char *port)
{
  SallySshOptions *self = g_new0 (SallySshOptions, 1);
  g_autoptr (GPtrArray) identities = g_ptr_array_new_with_free_func (g_free);
  Evaluation evaluation = {
    .options = self, .input = input, .profiles = profiles, .alias = alias, .identities = identities
  };

  self->user = g_strdup (user);
  self->port = g_strdup (port);
  self->identities = g_ptr_array_new_with_free_func (g_free);
  self->without_equal = g_ptr_array_new_with_free_func (g_free);
  evaluate (&evaluation, file, TRUE);
  if (evaluation.wants_final)
    {
      evaluation.is_final = TRUE;
      evaluate (&evaluation, file, TRUE);
    }
  finish (&evaluation);
  g_free (evaluation.host_name);
  g_free (evaluation.tag);
  g_free (evaluation.proxy_jump);
  g_free (evaluation.public_key);
  return self;
}
