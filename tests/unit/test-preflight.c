/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/preflight.h"

#include <string.h>

#define OUR_KEX     "curve25519-sha256,diffie-hellman-group14-sha256"
#define OUR_KEYS    "ssh-ed25519,rsa-sha2-256"
#define OUR_CIPHERS "aes128-gcm@openssh.com,aes128-ctr"
#define OUR_MACS    "hmac-sha2-256-etm@openssh.com"
#define KEY         "ssh-ed25519 SHA256:abc"

typedef struct
{
  const char *ident;
  const char *kex;
  const char *keys;
  const char *ciphers;
  const char *macs;
  const char *offered;
  const char *recipe;
  SallyHostVerdict trust;
  gboolean is_good;
  const char *topic; /* of the finding that holds `words` */
  const char *words;
} Case;

static SallySignInFacts *
make_facts (const Case *c)
{
  SallySignInFacts *facts = sally_sign_in_facts_new ();

  facts->ident = g_strdup (c->ident);
  facts->theirs.key_exchanges = g_strdup (c->kex);
  facts->theirs.host_keys = g_strdup (c->keys);
  facts->theirs.ciphers = g_strdup (c->ciphers);
  facts->theirs.macs = g_strdup (c->macs);
  facts->ours.key_exchanges = g_strdup (OUR_KEX);
  facts->ours.host_keys = g_strdup (OUR_KEYS);
  facts->ours.ciphers = g_strdup (OUR_CIPHERS);
  facts->ours.macs = g_strdup (OUR_MACS);
  facts->offered_first = g_strdup (c->offered);
  facts->recipe = g_strdup (c->recipe);
  facts->host_key = g_strdup (KEY);
  return facts;
}

static gboolean
has_words (GPtrArray *findings, const char *topic, const char *words)
{
  for (guint i = 0; i < findings->len; i++)
    {
      const SallyFinding *finding = findings->pdata[i];

      if (g_str_equal (finding->topic, topic) && strstr (finding->sentence, words) != NULL)
        return TRUE;
    }
  return FALSE;
}

static void
test_table (void)
{
#define GOOD_LISTS OUR_KEX, OUR_KEYS, OUR_CIPHERS, OUR_MACS
  static const Case table[] = {
    { "SSH-2.0-OpenSSH_9.9", GOOD_LISTS, "password", "password", SALLY_HOST_TRUST_MATCH, TRUE,
      "algorithms", "curve25519-sha256, ssh-ed25519, aes128-gcm@openssh.com" },
    { "SSH-2.0-OpenSSH_9.9", GOOD_LISTS, "keyboard-interactive", "password+code",
      SALLY_HOST_TRUST_MATCH, TRUE, "methods", "keyboard-interactive" },
    { "SSH-2.0-x", GOOD_LISTS, "publickey", "key,code", SALLY_HOST_TRUST_NEW, TRUE, "host-key",
      KEY },
    { "SSH-2.0-x", GOOD_LISTS, "publickey", "password", SALLY_HOST_TRUST_MATCH, FALSE, "methods",
      "publickey only" },
    { "SSH-2.0-x", GOOD_LISTS, "password", "key", SALLY_HOST_TRUST_MATCH, FALSE, "methods",
      "password only" },
    { "SSH-2.0-x", GOOD_LISTS, "", "password", SALLY_HOST_TRUST_MATCH, FALSE, "methods",
      "without asking" },
    { "SSH-2.0-x", GOOD_LISTS, "password", "password", SALLY_HOST_TRUST_CHANGED, FALSE, "host-key",
      "instead of known-one" },
    { "SSH-2.0-x", GOOD_LISTS, "password", "password", SALLY_HOST_TRUST_OTHER_TYPE, FALSE,
      "host-key", "instead of known-one" },
    { "SSH-2.0-x", GOOD_LISTS, "password", "password", SALLY_HOST_TRUST_REVOKED, FALSE, "host-key",
      "revoked" },
    { "SSH-2.0-x", "diffie-hellman-group1-sha1", OUR_KEYS, OUR_CIPHERS, OUR_MACS, NULL, "password",
      SALLY_HOST_TRUST_MATCH, FALSE, "algorithms", "diffie-hellman-group1-sha1" },
    { "SSH-2.0-x", OUR_KEX, "ssh-dss", OUR_CIPHERS, OUR_MACS, NULL, "password",
      SALLY_HOST_TRUST_MATCH, FALSE, "algorithms", "ssh-dss" },
    { "SSH-2.0-x", OUR_KEX, OUR_KEYS, "3des-cbc", OUR_MACS, NULL, "password",
      SALLY_HOST_TRUST_MATCH, FALSE, "algorithms", "3des-cbc" },
    /* GCM brings its own protection; CTR does not. */
    { "SSH-2.0-x", OUR_KEX, OUR_KEYS, OUR_CIPHERS, "hmac-md5", "password", "password",
      SALLY_HOST_TRUST_MATCH, TRUE, "algorithms", "aes128-gcm@openssh.com" },
    { "SSH-2.0-x", OUR_KEX, OUR_KEYS, "aes128-ctr", "hmac-md5", NULL, "password",
      SALLY_HOST_TRUST_MATCH, FALSE, "algorithms", "hmac-md5" },
    { "SSH-2.0-AWS_SFTP_1.1", OUR_KEX, OUR_KEYS, OUR_CIPHERS, OUR_MACS, "password", "password+code",
      SALLY_HOST_TRUST_MATCH, TRUE, "server", "TransferSecurityPolicy-2024-01" },
  };
#undef GOOD_LISTS

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallySignInFacts) facts = make_facts (&table[i]);
      g_autoptr (GPtrArray) findings = sally_preflight_judge (facts, table[i].trust, "known-one");

      g_test_message ("case %" G_GSIZE_FORMAT, i);
      g_assert_cmpint (sally_preflight_is_good (findings), ==, table[i].is_good);
      g_assert_true (has_words (findings, table[i].topic, table[i].words));
    }
}

/* A look that ended early is never taken for a good one. */
static void
test_early_end (void)
{
  const Case nothing = { .recipe = "password" };
  g_autoptr (SallySignInFacts) facts = make_facts (&nothing);
  g_autoptr (GPtrArray) findings = NULL;

  g_clear_pointer (&facts->host_key, g_free);
  facts->error = g_error_new_literal (SALLY_ERROR, SALLY_ERROR_PROTOCOL, "It spoke HTTP");
  findings = sally_preflight_judge (facts, SALLY_HOST_TRUST_NEW, NULL);
  g_assert_false (sally_preflight_is_good (findings));
  g_assert_true (has_words (findings, "server", "It spoke HTTP"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preflight/table", test_table);
  g_test_add_func ("/preflight/early-end-is-bad", test_early_end);
  return g_test_run ();
}
