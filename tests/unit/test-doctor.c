/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/doctor.h"

#include <string.h>

/* A sign-in in short: the error, what was offered, done and refused; then letters: 'p' password,
 * 'c' code, 'j' joined, 't' typed, 's' something was sent, 'F' the clock is free, 'A' it is 90 s
 * ahead, 'R' it is right, 'O' another server told so, 'L' the code was late, '2' in the second
 * request. */
static const struct
{
  SallyError code;
  const char *offered;
  const char *done;
  const char *refused;
  const char *facts;
  SallyFault fault;
  const char *says; /* in the sentence or the next step */
} sign_ins[] = {
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "sp", SALLY_FAULT_PASSWORD,
    "password" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spt", SALLY_FAULT_PASSWORD,
    "type the password" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spcj", SALLY_FAULT_PASSWORD_OR_CODE,
    "one answer" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spcjF",
    SALLY_FAULT_PASSWORD_OR_CODE, "either may be wrong" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spcjF",
    SALLY_FAULT_PASSWORD_OR_CODE, "Check the password first" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spcjF",
    SALLY_FAULT_PASSWORD_OR_CODE, "clock, which the network does not set" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "keyboard-interactive", "publickey", "keyboard-interactive", "scF",
    SALLY_FAULT_CLOCK, "refused the code, and this computer’s clock is not set by the network" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spcjA", SALLY_FAULT_CLOCK,
    "90 s ahead of the server’s" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spcjA", SALLY_FAULT_CLOCK,
    "ask the server’s administrator" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spcjAF", SALLY_FAULT_CLOCK,
    "Set it by the network" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spcjAO", SALLY_FAULT_CLOCK,
    "90 s ahead of that of “web”" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "keyboard-interactive", NULL, "keyboard-interactive", "scRF",
    SALLY_FAULT_CODE, "though it was fresh" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spA", SALLY_FAULT_PASSWORD,
    "password" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "keyboard-interactive", NULL, "keyboard-interactive", "sc2",
    SALLY_FAULT_PASSWORD_OR_CODE, "does not say which" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "keyboard-interactive", "publickey", "keyboard-interactive", "sc",
    SALLY_FAULT_CODE, "first factor was right" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "keyboard-interactive", NULL, "keyboard-interactive", "sc",
    SALLY_FAULT_CODE, "though it was fresh" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "keyboard-interactive", NULL, "keyboard-interactive", "sct",
    SALLY_FAULT_CODE, "that you typed" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "keyboard-interactive", "publickey", "keyboard-interactive", "scL",
    SALLY_FAULT_CODE, "0.5 s to live" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "publickey,password", NULL, "publickey", "s", SALLY_FAULT_KEY,
    "key" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "publickey", NULL, NULL, "", SALLY_FAULT_RECIPE, "“key”" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "keyboard-interactive", "publickey", NULL, "s", SALLY_FAULT_RECIPE,
    "“key,code”" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "password", "publickey", NULL, "s", SALLY_FAULT_RECIPE,
    "“key,password”" },
  { SALLY_ERROR_SIGN_IN_REFUSED, "gssapi-with-mic", NULL, NULL, "", SALLY_FAULT_RECIPE,
    "administrator" },
  { SALLY_ERROR_CONNECTION_LOST, "password", NULL, NULL, "spcj", SALLY_FAULT_PASSWORD_OR_CODE,
    "hung up" },
  { SALLY_ERROR_CONNECTION_LOST, NULL, NULL, NULL, "", SALLY_FAULT_LOCKED, "refuse this address" },
  { SALLY_ERROR_UNREACHABLE, NULL, NULL, NULL, "", SALLY_FAULT_NONE, "" },
  { SALLY_ERROR_HOST_KEY_CHANGED, NULL, NULL, NULL, "", SALLY_FAULT_NONE, "" },
  { SALLY_ERROR_SIGN_IN_HELD, NULL, NULL, NULL, "", SALLY_FAULT_NONE, "" },
};

static SallySignInFacts *
make_facts (SallyError code,
            const char *offered,
            const char *done,
            const char *refused,
            const char *letters)
{
  SallySignInFacts *facts = sally_sign_in_facts_new ();

  facts->error = g_error_new_literal (SALLY_ERROR, (int) code, "It failed");
  facts->user = g_strdup ("vendor");
  facts->offered = g_strdup (offered);
  facts->offered_first = g_strdup (offered);
  facts->done = g_strdup (done);
  facts->refused = g_strdup (refused);
  facts->has_sent = strchr (letters, 's') != NULL;
  facts->sent_password = strchr (letters, 'p') != NULL;
  facts->sent_code = strchr (letters, 'c') != NULL;
  facts->is_joined = strchr (letters, 'j') != NULL;
  facts->is_typed = strchr (letters, 't') != NULL;
  facts->n_requests = strchr (letters, '2') != NULL ? 2 : 1;
  facts->clock = strchr (letters, 'F') != NULL ? SALLY_CLOCK_FREE : SALLY_CLOCK_SYNCHRONISED;
  facts->has_clock_offset = strpbrk (letters, "AR") != NULL;
  facts->clock_offset_s = strchr (letters, 'A') != NULL ? 90 : 1;
  facts->clock_server = strchr (letters, 'O') != NULL ? g_strdup ("web") : NULL;
  if (facts->sent_code && !facts->is_typed)
    {
      facts->code_period_s = 30;
      facts->code_step = 10;
      facts->code_sent_us =
          (strchr (letters, 'L') != NULL ? 329500 : 310000) * G_TIME_SPAN_MILLISECOND;
    }
  return facts;
}

static void
test_sign_ins (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sign_ins); i++)
    {
      g_autoptr (SallySignInFacts) facts =
          make_facts (sign_ins[i].code, sign_ins[i].offered, sign_ins[i].done, sign_ins[i].refused,
                      sign_ins[i].facts);
      g_autoptr (SallyDiagnosis) diagnosis = sally_doctor_diagnose (facts);

      g_test_message ("row %" G_GSIZE_FORMAT ": %s. %s", i, diagnosis->sentence,
                      diagnosis->next_step);
      g_assert_cmpint (diagnosis->fault, ==, sign_ins[i].fault);
      g_assert_true (strstr (diagnosis->sentence, sign_ins[i].says) != NULL ||
                     strstr (diagnosis->next_step, sign_ins[i].says) != NULL);
      g_assert_cmpint (*diagnosis->sentence != '\0', ==, sign_ins[i].fault != SALLY_FAULT_NONE);
      g_assert_cmpint (*diagnosis->next_step != '\0', ==, sign_ins[i].fault != SALLY_FAULT_NONE);
      g_assert_false (g_str_has_suffix (diagnosis->sentence, "."));
    }
}

static void
test_words (void)
{
  static const struct
  {
    const char *words;
    SallyFault fault;
  } table[] = {
    { "Your account is LOCKED.", SALLY_FAULT_LOCKED },
    { "Too many authentication failures", SALLY_FAULT_LOCKED },
    { "Password has expired", SALLY_FAULT_ACCOUNT },
    { "Authorised use only", SALLY_FAULT_PASSWORD },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallySignInFacts) facts =
          make_facts (SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "sp");
      g_autoptr (SallyDiagnosis) diagnosis = NULL;

      facts->words = g_strdup (table[i].words);
      diagnosis = sally_doctor_diagnose (facts);
      g_assert_cmpint (diagnosis->fault, ==, table[i].fault);
    }
}

#define OURS "curve25519-sha256"

static void
test_algorithms (void)
{
  static const struct
  {
    const char *ident;
    const char *key_exchanges;
    const char *host_keys;
    const char *macs;
    const char *says;
  } table[] = {
    { "SSH-2.0-x", "diffie-hellman-group1-sha1", "ssh-ed25519", "etm", "group1" },
    { "SSH-2.0-x", OURS, "ssh-dss", "etm", "ssh-dss" },
    { "SSH-2.0-x", OURS, "ssh-ed25519", "hmac-md5", "hmac-md5" },
    { "SSH-2.0-AWS_SFTP_1.1", "diffie-hellman-group14-sha1", "ssh-rsa", "hmac-sha1", "2018-11" },
    { "SSH-2.0-AWS_SFTP_1.1", "old", "ssh-rsa", "hmac-sha2-256", "2020-06" },
    { "SSH-2.0-AWS_SFTP_1.1", "mlkem768x25519-sha256", "ssh-ed25519", "etm", "2025-03" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallySignInFacts) facts =
          make_facts (SALLY_ERROR_NO_COMMON_ALGORITHM, NULL, NULL, NULL, "");
      g_autoptr (SallyDiagnosis) diagnosis = NULL;

      facts->ident = g_strdup (table[i].ident);
      facts->theirs.key_exchanges = g_strdup (table[i].key_exchanges);
      facts->theirs.host_keys = g_strdup (table[i].host_keys);
      facts->theirs.macs = g_strdup (table[i].macs);
      facts->ours.key_exchanges = g_strdup (OURS);
      facts->ours.host_keys = g_strdup ("ssh-ed25519,rsa-sha2-512");
      facts->ours.macs = g_strdup ("etm");
      diagnosis = sally_doctor_diagnose (facts);
      g_test_message ("%s. %s", diagnosis->sentence, diagnosis->next_step);
      g_assert_cmpint (diagnosis->fault, ==, SALLY_FAULT_ALGORITHM);
      g_assert_true (strstr (diagnosis->sentence, table[i].says) != NULL ||
                     strstr (diagnosis->next_step, table[i].says) != NULL);
    }
}

static void
test_aws_policies (void)
{
  static const struct
  {
    const char *key_exchanges;
    const char *host_keys;
    const char *macs;
    const char *policy;
  } table[] = {
    { "curve25519-sha256", "rsa-sha2-512,ssh-rsa", "hmac-sha2-256,hmac-sha1",
      "TransferSecurityPolicy-2018-11" },
    { "curve25519-sha256", "rsa-sha2-512,ssh-rsa", "hmac-sha2-256",
      "TransferSecurityPolicy-2020-06" },
    { "curve25519-sha256", "rsa-sha2-512", "hmac-sha2-256-etm@openssh.com,hmac-sha2-256",
      "TransferSecurityPolicy-2022-03" },
    { "curve25519-sha256", "rsa-sha2-512", "hmac-sha2-256-etm@openssh.com",
      "TransferSecurityPolicy-2024-01" },
    { "mlkem768x25519-sha256,curve25519-sha256", "rsa-sha2-512", "hmac-sha2-256-etm@openssh.com",
      "TransferSecurityPolicy-2025-03" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallySignInFacts) facts = sally_sign_in_facts_new ();

      facts->theirs.key_exchanges = g_strdup (table[i].key_exchanges);
      facts->theirs.host_keys = g_strdup (table[i].host_keys);
      facts->theirs.macs = g_strdup (table[i].macs);
      g_assert_null (sally_doctor_find_aws_policy (facts));
      facts->ident = g_strdup ("SSH-2.0-AWS_SFTP_1.1");
      g_assert_cmpstr (sally_doctor_find_aws_policy (facts), ==, table[i].policy);
    }
}

/* A key is refused, and its certificate says why; where it does not, the words are the key's. */
static void
test_certificates (void)
{
  static const struct
  {
    guint64 valid_after, valid_before;
    const char *principal;
    const char *says;
  } table[] = {
    { 0, 900, "vendor", "expired" },
    { 1100, 9000, "vendor", "not valid before" },
    { 0, 9000, "deploy", "is for deploy" },
    { 0, G_MAXUINT64, "vendor", "does not take the key" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallySignInFacts) facts =
          make_facts (SALLY_ERROR_SIGN_IN_REFUSED, "publickey", NULL, "publickey", "s");
      g_autoptr (SallyDiagnosis) diagnosis = NULL;

      facts->n_keys = 1;
      facts->ended_us = 1000 * G_USEC_PER_SEC;
      facts->certificate = g_new0 (SallySshCertificate, 1);
      facts->certificate->id = g_strdup ("ci");
      facts->certificate->principals = g_strsplit (table[i].principal, ",", -1);
      facts->certificate->valid_after = table[i].valid_after;
      facts->certificate->valid_before = table[i].valid_before;
      diagnosis = sally_doctor_diagnose (facts);
      g_assert_cmpint (diagnosis->fault, ==, SALLY_FAULT_KEY);
      g_assert_nonnull (strstr (diagnosis->sentence, table[i].says));
    }
}

/* A line a fact, and a server's words cannot make one. */
static void
test_trace (void)
{
  g_autoptr (SallySignInFacts) facts =
      make_facts (SALLY_ERROR_SIGN_IN_REFUSED, "password", NULL, "password", "spcj");
  g_autofree char *trace = NULL;

  facts->words = g_strdup ("hello\nmethod refused none");
  trace = sally_doctor_trace (facts);
  g_test_message ("%s", trace);
  g_assert_true (
      g_regex_match_simple ("^code age when sent +10\\.000 s$", trace, G_REGEX_MULTILINE, 0));
  g_assert_true (g_regex_match_simple ("^method refused +password$", trace, G_REGEX_MULTILINE, 0));
  g_assert_false (g_regex_match_simple ("^method refused none", trace, G_REGEX_MULTILINE, 0));
  g_assert_true (g_regex_match_simple ("^last answer +password and code in one$", trace,
                                       G_REGEX_MULTILINE, 0));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doctor/sign-ins", test_sign_ins);
  g_test_add_func ("/doctor/words", test_words);
  g_test_add_func ("/doctor/algorithms", test_algorithms);
  g_test_add_func ("/doctor/aws-policies", test_aws_policies);
  g_test_add_func ("/doctor/certificates", test_certificates);
  g_test_add_func ("/doctor/trace", test_trace);
  return g_test_run ();
}
