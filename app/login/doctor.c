/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/doctor.h"

#include "login/clock-check.h"

#include <glib/gi18n.h>
#include <string.h>

/* RFC 6238 section 5.2: one step of delay is what a verifier commonly allows. */
#define TOLERATED_OFFSET_S 30
/* A code that had less life left may have died on its way. */
#define SHORT_LIFE_MS      2000

SallySignInFacts *
sally_sign_in_facts_new (void)
{
  SallySignInFacts *self = g_rc_box_new0 (SallySignInFacts);

  self->code_step = -1;
  return self;
}

SallySignInFacts *
sally_sign_in_facts_ref (SallySignInFacts *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_rc_box_acquire (self);
}

static void
algorithms_clear (SallyAlgorithms *algorithms)
{
  g_free (algorithms->key_exchanges);
  g_free (algorithms->host_keys);
  g_free (algorithms->ciphers);
  g_free (algorithms->macs);
}

static void
facts_clear (gpointer data)
{
  SallySignInFacts *self = data;

  g_free (self->address);
  g_free (self->user);
  g_free (self->recipe);
  g_clear_error (&self->error);
  g_free (self->ident);
  g_free (self->words);
  algorithms_clear (&self->theirs);
  algorithms_clear (&self->ours);
  g_free (self->host_key);
  g_free (self->offered_first);
  g_free (self->offered);
  g_free (self->done);
  g_free (self->refused);
  g_clear_pointer (&self->certificate, sally_ssh_certificate_free);
  g_free (self->clock_server);
}

void
sally_sign_in_facts_unref (SallySignInFacts *self)
{
  g_return_if_fail (self != NULL);

  g_rc_box_release_full (self, facts_clear);
}

void
sally_diagnosis_free (SallyDiagnosis *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->sentence);
  g_free (self->next_step);
  g_free (self);
}

/* Takes both strings. */
static SallyDiagnosis *
make_diagnosis (SallyFault fault, char *sentence, char *next_step)
{
  SallyDiagnosis *diagnosis = g_new0 (SallyDiagnosis, 1);

  diagnosis->fault = fault;
  diagnosis->sentence = sentence;
  diagnosis->next_step = next_step;
  return diagnosis;
}

static gboolean
list_has (const char *list, const char *name)
{
  g_auto (GStrv) names = g_strsplit (list != NULL ? list : "", ",", -1);

  return g_strv_contains ((const char *const *) names, name);
}

/* Whether a name of the list holds `part`. */
static gboolean
list_mentions (const char *list, const char *part)
{
  return list != NULL && strstr (list, part) != NULL;
}

const char *
sally_doctor_find_mismatch (const char *theirs, const char *ours)
{
  g_auto (GStrv) names = NULL;

  if (theirs == NULL || ours == NULL)
    return NULL;
  names = g_strsplit (theirs, ",", -1);
  for (guint i = 0; names[i] != NULL; i++)
    if (list_has (ours, names[i]))
      return NULL;
  return theirs;
}

const char *
sally_doctor_find_aws_policy (const SallySignInFacts *facts)
{
  const SallyAlgorithms *theirs = &facts->theirs;

  if (!list_mentions (facts->ident, "AWS_SFTP") || theirs->macs == NULL ||
      theirs->host_keys == NULL || theirs->key_exchanges == NULL)
    return NULL;
  if (list_mentions (theirs->key_exchanges, "mlkem"))
    return "TransferSecurityPolicy-2025-03";
  if (list_has (theirs->macs, "hmac-sha1"))
    return "TransferSecurityPolicy-2018-11";
  if (list_has (theirs->host_keys, "ssh-rsa"))
    return "TransferSecurityPolicy-2020-06";
  if (list_has (theirs->macs, "hmac-sha2-256") || list_has (theirs->macs, "hmac-sha2-512"))
    return "TransferSecurityPolicy-2022-03";
  return "TransferSecurityPolicy-2024-01";
}

static SallyDiagnosis *
diagnose_algorithms (const SallySignInFacts *facts)
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
  const char *policy = sally_doctor_find_aws_policy (facts);

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      const char *theirs = sally_doctor_find_mismatch (classes[i].theirs, classes[i].ours);
      char *sentence;

      if (theirs == NULL)
        continue;
      /* Translators: %s is "the key exchange" and the like, then a list of names. */
      sentence =
          g_strdup_printf (_ ("For %s it offers only %s, which is not safe enough or unknown "
                              "here"),
                           _ (classes[i].what), theirs);
      if (policy != NULL)
        return make_diagnosis (
            SALLY_FAULT_ALGORITHM, sentence,
            g_strdup_printf (_ ("Its security policy looks like %s of AWS Transfer. Ask its "
                                "administrator for TransferSecurityPolicy-2024-01"),
                             policy));
      return make_diagnosis (SALLY_FAULT_ALGORITHM, sentence,
                             g_strdup_printf (_ ("Ask its administrator to allow one of %s"),
                                              classes[i].ours));
    }
  return NULL;
}

/* What servers say in English when the account itself is the matter. Only a hint: never a reason to
 * send anything. */
static SallyDiagnosis *
diagnose_words (const SallySignInFacts *facts)
{
  static const char *const locked[] = { "locked", "too many", "lockout", "temporarily" };
  static const char *const account[] = { "expired", "disabled", "not allowed", "deactivated" };
  g_autofree char *words = g_strconcat (facts->words != NULL ? facts->words : "", "\n",
                                        facts->error != NULL ? facts->error->message : "", NULL);
  g_autofree char *folded = g_utf8_strdown (words, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (locked); i++)
    if (strstr (folded, locked[i]) != NULL)
      return make_diagnosis (SALLY_FAULT_LOCKED,
                             g_strdup (_ ("The server’s words sound like a lock on the account")),
                             g_strdup (_ ("Wait, or ask its administrator, before you try again")));
  for (gsize i = 0; i < G_N_ELEMENTS (account); i++)
    if (strstr (folded, account[i]) != NULL)
      return make_diagnosis (
          SALLY_FAULT_ACCOUNT,
          g_strdup (_ ("The server’s words sound as if something is wrong with the account")),
          g_strdup (_ ("Ask its administrator")));
  return NULL;
}

/* What the server would take now, in the words of a recipe. */
static const char *
guess_recipe (const SallySignInFacts *facts)
{
  gboolean has_key = list_has (facts->done, "publickey");

  if (list_has (facts->offered, "keyboard-interactive"))
    return has_key ? "key,code" : "password,code";
  if (list_has (facts->offered, "password"))
    return has_key ? "key,password" : "password";
  return list_has (facts->offered, "publickey") ? "key" : NULL;
}

/* No method was refused: there was none left to try. */
static SallyDiagnosis *
diagnose_methods (const SallySignInFacts *facts)
{
  const char *recipe = guess_recipe (facts);
  char *sentence;

  if (facts->offered == NULL || *facts->offered == '\0')
    return NULL;
  if (facts->done != NULL)
    sentence = g_strdup_printf (_ ("What was sent so far (%s) was right, but it wants %s as well"),
                                facts->done, facts->offered);
  else
    sentence = g_strdup_printf (_ ("It takes %s only, and nothing was sent"), facts->offered);
  return make_diagnosis (SALLY_FAULT_RECIPE, sentence,
                         recipe != NULL
                             ? g_strdup_printf (_ ("Try “%s” as the way to sign in"), recipe)
                             : g_strdup (_ ("Ask its administrator how to sign in")));
}

static char *
describe_time (guint64 unix_s)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local ((gint64) MIN (unix_s, G_MAXINT64));

  return time != NULL ? g_date_time_format (time, "%x %H:%M") : g_strdup ("?");
}

/* What the certificate itself says against it; NULL: nothing. */
static SallyDiagnosis *
diagnose_certificate (const SallySignInFacts *facts)
{
  const SallySshCertificate *certificate = facts->certificate;
  guint64 now = (guint64) (facts->ended_us / G_USEC_PER_SEC);
  g_autofree char *time = NULL;

  if (certificate == NULL)
    return NULL;
  if (now >= certificate->valid_before)
    {
      time = describe_time (certificate->valid_before);
      return make_diagnosis (
          SALLY_FAULT_KEY,
          g_strdup_printf (_ ("The key’s certificate “%s” has expired (%s)"), certificate->id,
                           time),
          g_strdup (_ ("Get a new one from whoever signs it, and put it beside the key file")));
    }
  if (now < certificate->valid_after)
    {
      time = describe_time (certificate->valid_after);
      return make_diagnosis (
          SALLY_FAULT_KEY,
          g_strdup_printf (_ ("The key’s certificate “%s” is not valid before %s"), certificate->id,
                           time),
          g_strdup (_ ("Wait until then, or set this computer’s clock right")));
    }
  if (*certificate->principals != NULL && facts->user != NULL &&
      !g_strv_contains ((const char *const *) certificate->principals, facts->user))
    {
      g_autofree char *names = g_strjoinv (", ", certificate->principals);

      return make_diagnosis (
          SALLY_FAULT_KEY,
          g_strdup_printf (_ ("The key’s certificate “%s” is for %s, and the user is “%s”"),
                           certificate->id, names, facts->user),
          g_strdup (_ ("Check the user name, or get a certificate for it")));
    }
  return NULL;
}

static SallyDiagnosis *
diagnose_keys (const SallySignInFacts *facts)
{
  SallyDiagnosis *diagnosis = diagnose_certificate (facts);

  if (diagnosis != NULL)
    return diagnosis;
  return make_diagnosis (
      SALLY_FAULT_KEY,
      g_strdup_printf (facts->n_keys == 1
                           ? _ ("It does not take the key that was offered for user “%s”")
                           : _ ("It takes none of the keys that were offered for user “%s”"),
                       facts->user != NULL ? facts->user : ""),
      g_strdup (_ ("Check the user name, and that its administrator has the public half of this "
                   "very key")));
}

/* A code was among what was refused, and the clock is known to be wrong. */
static SallyDiagnosis *
diagnose_offset (const SallySignInFacts *facts)
{
  if (facts->code_period_s == 0 || !facts->has_clock_offset ||
      ABS (facts->clock_offset_s) <= TOLERATED_OFFSET_S)
    return NULL;
  return make_diagnosis (
      SALLY_FAULT_CLOCK, sally_clock_dup_sentence (facts->clock_offset_s, facts->clock_server),
      g_strdup (facts->clock == SALLY_CLOCK_SYNCHRONISED && facts->clock_server == NULL
                    ? _ ("The network sets this computer’s clock: ask the server’s administrator "
                         "to set the other one right")
                    : _ ("Set it by the network, then try again")));
}

/* Nobody sets it and nobody has measured it: where it was measured and is right, it does not matter
 * who sets it. */
static gboolean
is_clock_doubtful (const SallySignInFacts *facts)
{
  return facts->code_period_s != 0 && facts->clock == SALLY_CLOCK_FREE && !facts->has_clock_offset;
}

static gint64
get_code_left_ms (const SallySignInFacts *facts)
{
  gint64 end_ms = (facts->code_step + 1) * (gint64) facts->code_period_s * 1000;

  return end_ms - facts->code_sent_us / 1000;
}

static SallyDiagnosis *
diagnose_code (const SallySignInFacts *facts)
{
  SallyDiagnosis *diagnosis = diagnose_offset (facts);

  if (diagnosis != NULL)
    return diagnosis;
  if (is_clock_doubtful (facts))
    return make_diagnosis (SALLY_FAULT_CLOCK,
                           g_strdup (_ ("It refused the code, and this computer’s clock is not set "
                                        "by the network: codes count the time")),
                           g_strdup (_ ("Set it right (half a minute matters), then try again")));
  if (facts->is_typed)
    return make_diagnosis (
        SALLY_FAULT_CODE, g_strdup (_ ("It refused the code that you typed")),
        g_strdup (_ ("Codes live for half a minute, and each works once: type the next one")));
  if (facts->code_period_s != 0 && get_code_left_ms (facts) < SHORT_LIFE_MS)
    return make_diagnosis (SALLY_FAULT_CODE,
                           g_strdup_printf (_ ("The code had only %.1f s to live when it was sent"),
                                            (double) get_code_left_ms (facts) / 1000),
                           g_strdup (_ ("Try again")));
  return make_diagnosis (
      SALLY_FAULT_CODE,
      g_strdup (facts->done != NULL
                    ? _ ("The first factor was right: it is the code that it refused")
                    : _ ("It refused the code, though it was fresh")),
      g_strdup (_ ("Check that the account is the one this server knows: its setup may have been "
                   "renewed")));
}

static SallyDiagnosis *
diagnose_answers (const SallySignInFacts *facts)
{
  SallyDiagnosis *diagnosis;

  if (facts->sent_code && !facts->sent_password && facts->n_requests < 2)
    return diagnose_code (facts);
  if (facts->sent_password && !facts->sent_code)
    return make_diagnosis (
        SALLY_FAULT_PASSWORD, g_strdup (_ ("It refused the password")),
        g_strdup (facts->is_typed ? _ ("Check the user name, and type the password once more")
                                  : _ ("Check the user name, and save the password anew")));
  if (!facts->sent_code)
    return NULL;

  diagnosis = diagnose_offset (facts);
  if (diagnosis != NULL)
    return diagnosis;
  /* PAM asks for the code even if the password was wrong, and says of neither which it was. A clock
   * that may be wrong is no reason to blame it before the password. */
  return make_diagnosis (
      SALLY_FAULT_PASSWORD_OR_CODE,
      g_strdup (
          facts->is_joined
              ? _ ("Password and code went in one answer: either may be wrong, or their order")
              : _ ("Password and code were sent: the server does not say which is wrong")),
      g_strdup (is_clock_doubtful (facts)
                    ? _ ("Check the password first. Then check that the account is the one this "
                         "server knows, and this computer’s clock, which the network does not set")
                    : _ ("Check the password first: the code was fresh. Then check that the "
                         "account is the one this server knows")));
}

static SallyDiagnosis *
diagnose_refusal (const SallySignInFacts *facts)
{
  SallyDiagnosis *diagnosis = diagnose_words (facts);

  if (diagnosis != NULL)
    return diagnosis;
  if (facts->refused == NULL)
    return facts->has_sent && facts->done == NULL ? NULL : diagnose_methods (facts);
  if (g_str_equal (facts->refused, "publickey"))
    return diagnose_keys (facts);
  return diagnose_answers (facts);
}

/* Servers hang up instead of refusing, and refuse addresses without a word (OpenSSH's
 * PerSourcePenalties, fail2ban). */
static SallyDiagnosis *
diagnose_loss (const SallySignInFacts *facts)
{
  if (facts->has_sent)
    return make_diagnosis (
        SALLY_FAULT_PASSWORD_OR_CODE,
        g_strdup (_ ("It hung up after it got what it asked for: some servers do so instead of "
                     "refusing")),
        g_strdup (_ ("Check what you sign in with before you try again")));
  if (facts->ident == NULL)
    return make_diagnosis (
        SALLY_FAULT_LOCKED,
        g_strdup (_ ("It hung up before it said a word: it may refuse this address for a while "
                     "after failed sign-ins")),
        g_strdup (_ ("Wait ten minutes. If it stays so, check the port, or ask its "
                     "administrator")));
  return NULL;
}

SallyDiagnosis *
sally_doctor_diagnose (const SallySignInFacts *facts)
{
  SallyDiagnosis *diagnosis = NULL;

  g_return_val_if_fail (facts != NULL, NULL);

  if (facts->error != NULL && facts->error->domain == SALLY_ERROR)
    switch ((SallyError) facts->error->code)
      {
      case SALLY_ERROR_NO_COMMON_ALGORITHM:
        diagnosis = diagnose_algorithms (facts);
        break;
      case SALLY_ERROR_SIGN_IN_REFUSED:
        diagnosis = diagnose_refusal (facts);
        break;
      case SALLY_ERROR_CONNECTION_LOST:
      case SALLY_ERROR_PROTOCOL:
        diagnosis = diagnose_loss (facts);
        break;
      default:
        break;
      }
  if (diagnosis == NULL)
    diagnosis = make_diagnosis (SALLY_FAULT_NONE, g_strdup (""), g_strdup (""));
  return diagnosis;
}
