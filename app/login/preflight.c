/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/preflight.h"

#include "login/clock-check.h"
#include "model/login-recipe.h"

#include <glib/gi18n.h>
#include <string.h>

void
sally_finding_free (SallyFinding *self)
{
  if (self == NULL)
    return;
  g_free (self->sentence);
  g_free (self);
}

/* Takes the sentence. */
static void
add (GPtrArray *findings, SallyFindingKind kind, const char *topic, char *sentence)
{
  SallyFinding *finding = g_new (SallyFinding, 1);

  *finding = (SallyFinding) { kind, topic, sentence };
  g_ptr_array_add (findings, finding);
}

static gboolean
list_has (const char *list, const char *name)
{
  g_auto (GStrv) names = g_strsplit (list != NULL ? list : "", ",", -1);

  return g_strv_contains ((const char *const *) names, name);
}

static void
judge_server (GPtrArray *findings, const SallySignInFacts *facts)
{
  const char *policy = sally_doctor_find_aws_policy (facts);

  if (facts->ident == NULL)
    return;
  if (policy == NULL)
    add (findings, SALLY_FINDING_NOTE, "server", g_strdup_printf (_ ("It is %s"), facts->ident));
  else
    add (findings, SALLY_FINDING_NOTE, "server",
         g_strdup_printf (_ ("It is %s, and its security policy looks like %s: files go straight "
                             "to their names there, and keep no times"),
                          facts->ident, policy));
}

/* The one that will be used: the first of ours that they have (RFC 4253 section 7.1). */
static char *
dup_common (const char *ours, const char *theirs)
{
  g_auto (GStrv) names = g_strsplit (ours != NULL ? ours : "", ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    if (list_has (theirs, names[i]))
      return g_strdup (names[i]);
  return NULL;
}

static gboolean
judge_algorithms (GPtrArray *findings, const SallySignInFacts *facts)
{
  const struct
  {
    const char *theirs;
    const char *ours;
    const char *what;
  } classes[] = {
    { facts->theirs.key_exchanges, facts->ours.key_exchanges, N_ ("the key exchange") },
    { facts->theirs.host_keys, facts->ours.host_keys, N_ ("the host key") },
    { facts->theirs.ciphers, facts->ours.ciphers, N_ ("encryption") },
    { facts->theirs.macs, facts->ours.macs, N_ ("the protection of messages") },
  };
  g_autoptr (GString) chosen = g_string_new (NULL);
  gboolean all = TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_autofree char *common = dup_common (classes[i].ours, classes[i].theirs);

      if (classes[i].theirs == NULL)
        return FALSE;
      if (common != NULL)
        g_string_append_printf (chosen, "%s%s", chosen->len > 0 ? ", " : "", common);
      /* A cipher that authenticates needs no MAC of its own. */
      else if (classes[i].theirs != facts->theirs.macs || strstr (chosen->str, "-gcm@") == NULL)
        {
          all = FALSE;
          add (findings, SALLY_FINDING_BAD, "algorithms",
               g_strdup_printf (_ ("For %s it offers only %s, none of which is safe enough and "
                                   "known here (%s)"),
                                _ (classes[i].what), classes[i].theirs, classes[i].ours));
        }
    }
  if (all)
    add (findings, SALLY_FINDING_GOOD, "algorithms",
         /* Translators: a list of names such as curve25519-sha256, ssh-ed25519. */
         g_strdup_printf (_ ("Both sides know %s"), chosen->str));
  return TRUE;
}

static void
judge_host_key (GPtrArray *findings,
                const SallySignInFacts *facts,
                SallyHostVerdict trust,
                const char *known)
{
  const char *key = facts->host_key;

  if (key == NULL)
    return;
  switch (trust)
    {
    case SALLY_HOST_TRUST_MATCH:
      add (findings, SALLY_FINDING_GOOD, "host-key",
           g_strdup_printf (_ ("It shows the host key that is trusted: %s"), key));
      break;
    case SALLY_HOST_TRUST_NEW:
      add (findings, SALLY_FINDING_NOTE, "host-key",
           g_strdup_printf (_ ("Its host key is not known yet: %s. Compare it with the one its "
                               "administrator tells"),
                            key));
      break;
    case SALLY_HOST_TRUST_REVOKED:
      add (findings, SALLY_FINDING_BAD, "host-key",
           g_strdup_printf (_ ("It shows a host key that is revoked: %s"), key));
      break;
    case SALLY_HOST_TRUST_CHANGED:
    case SALLY_HOST_TRUST_OTHER_TYPE:
    default:
      add (findings, SALLY_FINDING_BAD, "host-key",
           g_strdup_printf (_ ("It shows another host key than the trusted one: %s instead of %s. "
                               "It may be another server that pretends to be this one"),
                            key, known != NULL ? known : "?"));
      break;
    }
}

/* What the first step of a recipe needs: a key its method, an answer either of the two. */
static gboolean
can_begin (const SallyLoginStep *step, const char *offered)
{
  if (step->parts[0] == SALLY_FACTOR_KEY)
    return list_has (offered, "publickey");
  return list_has (offered, "password") || list_has (offered, "keyboard-interactive");
}

static void
judge_clock (GPtrArray *findings, const SallySignInFacts *facts)
{
  if (facts->has_clock_offset && ABS (facts->clock_offset_s) > SALLY_CLOCK_LIMIT_S)
    add (findings, SALLY_FINDING_NOTE, "clock",
         sally_clock_dup_sentence (facts->clock_offset_s, facts->clock_server));
  else if (facts->clock == SALLY_CLOCK_FREE && !facts->has_clock_offset)
    add (findings, SALLY_FINDING_NOTE, "clock",
         g_strdup (_ ("This computer’s clock is not set by the network, and codes count the "
                      "time")));
}

static void
judge_methods (GPtrArray *findings, const SallySignInFacts *facts)
{
  SallyLoginRecipe recipe;

  if (facts->offered_first == NULL || facts->recipe == NULL ||
      !sally_login_recipe_parse (facts->recipe, &recipe, NULL))
    return;
  if (*facts->offered_first == '\0')
    add (findings, SALLY_FINDING_BAD, "methods",
         g_strdup (_ ("It lets this user in without asking for anything")));
  else if (!can_begin (&recipe.steps[0], facts->offered_first))
    add (findings, SALLY_FINDING_BAD, "methods",
         g_strdup_printf (_ ("It takes %s only, which “%s” does not begin with"),
                          facts->offered_first, facts->recipe));
  else if (recipe.n_steps > 1)
    add (findings, SALLY_FINDING_GOOD, "methods",
         g_strdup_printf (_ ("It takes %s: “%s” can begin. What it wants after that it shows only "
                             "to whom it let so far"),
                          facts->offered_first, facts->recipe));
  else
    add (findings, SALLY_FINDING_GOOD, "methods",
         g_strdup_printf (_ ("It takes %s, as “%s” does"), facts->offered_first, facts->recipe));
  if (sally_login_recipe_uses (&recipe, SALLY_FACTOR_CODE))
    judge_clock (findings, facts);
}

GPtrArray *
sally_preflight_judge (const SallySignInFacts *facts, SallyHostVerdict trust, const char *known)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_finding_free);
  gboolean has_lists;

  g_return_val_if_fail (facts != NULL, findings);

  judge_server (findings, facts);
  has_lists = judge_algorithms (findings, facts);
  judge_host_key (findings, facts, trust, known);
  judge_methods (findings, facts);
  /* Where it went no further, what went wrong is the last finding. */
  if (facts->error != NULL && (!has_lists || sally_preflight_is_good (findings)))
    add (findings, SALLY_FINDING_BAD, "server", g_strdup (facts->error->message));
  return findings;
}

gboolean
sally_preflight_is_good (GPtrArray *findings)
{
  g_return_val_if_fail (findings != NULL, FALSE);

  for (guint i = 0; i < findings->len; i++)
    if (((SallyFinding *) findings->pdata[i])->kind == SALLY_FINDING_BAD)
      return FALSE;
  return TRUE;
}
