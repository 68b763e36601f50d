/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/host-trust.h"

#include "base/error.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define ONE "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"
#define TWO "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI"

typedef struct
{
  char *directory;
  char *path;
  SallyHostTrust *trust;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = await_make_directory ();
  fixture->path = g_build_filename (fixture->directory, "sub", "known_hosts", NULL);
  fixture->trust = sally_host_trust_new (fixture->path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->trust);
  g_free (fixture->path);
  await_remove_directory (fixture->directory);
}

static void
assert_verdict (Fixture *fixture,
                const char *host,
                guint port,
                const char *type,
                const char *fingerprint,
                SallyHostVerdict verdict)
{
  g_assert_cmpint (sally_host_trust_check (fixture->trust, host, port, type, fingerprint, NULL), ==,
                   verdict);
}

static void
add (Fixture *fixture, const char *host, guint port, const char *type, const char *fingerprint)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sally_host_trust_add (fixture->trust, host, port, type, fingerprint, &error));
  g_assert_no_error (error);
}

static void
pin (Fixture *fixture, const char *host, guint port, const char *fingerprint)
{
  const char *const fingerprints[] = { fingerprint, NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (sally_host_trust_pin (fixture->trust, host, port, fingerprints, &error));
  g_assert_no_error (error);
}

static void
test_verdicts (Fixture *fixture, gconstpointer data)
{
  g_auto (SallyHostFinding) finding = { SALLY_HOST_TRUST_NEW };

  assert_verdict (fixture, "h", 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_NEW);
  add (fixture, "h", 22, "ssh-ed25519", ONE);
  assert_verdict (fixture, "h", 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_MATCH);
  assert_verdict (fixture, "H", 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_MATCH);
  assert_verdict (fixture, "h", 22, "ssh-ed25519", TWO, SALLY_HOST_TRUST_CHANGED);
  assert_verdict (fixture, "h", 22, "ssh-rsa", TWO, SALLY_HOST_TRUST_OTHER_TYPE);
  assert_verdict (fixture, "h", 2222, "ssh-ed25519", ONE, SALLY_HOST_TRUST_NEW);
  assert_verdict (fixture, "hh", 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_NEW);

  sally_host_trust_check (fixture->trust, "h", 22, "ssh-ed25519", TWO, &finding);
  g_assert_cmpstr (finding.known, ==, "ssh-ed25519 " ONE);
}

static void
test_pinned_beforehand (Fixture *fixture, gconstpointer data)
{
  pin (fixture, "2001:db8::1", 22, ONE);
  assert_verdict (fixture, "2001:db8::1", 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_MATCH);
  assert_verdict (fixture, "2001:db8::1", 22, "ssh-rsa", TWO, SALLY_HOST_TRUST_CHANGED);
  g_assert_null (sally_host_trust_dup_key_types (fixture->trust, "2001:db8::1", 22));
}

/* After a key was changed on purpose the old one is worth nothing. */
static void
test_pinning_replaces (Fixture *fixture, gconstpointer data)
{
  const char *const both[] = { ONE, TWO, NULL };

  add (fixture, "h", 22, "ssh-rsa", ONE);
  add (fixture, "other", 22, "ssh-rsa", ONE);
  pin (fixture, "h", 22, TWO);
  assert_verdict (fixture, "h", 22, "ssh-rsa", TWO, SALLY_HOST_TRUST_MATCH);
  assert_verdict (fixture, "h", 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_CHANGED);
  assert_verdict (fixture, "other", 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_MATCH);
  pin (fixture, "h", 22, ONE);
  assert_verdict (fixture, "h", 22, "ssh-rsa", TWO, SALLY_HOST_TRUST_CHANGED);
  g_assert_true (sally_host_trust_pin (fixture->trust, "h", 22, both, NULL));
  assert_verdict (fixture, "h", 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_MATCH);
  assert_verdict (fixture, "h", 22, "ssh-rsa", TWO, SALLY_HOST_TRUST_MATCH);
}

/* What came from somebody else overrules nothing that is known. */
static void
test_pinning_what_is_new (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) file = g_ptr_array_new ();
  g_auto (GStrv) none = sally_host_trust_dup_fingerprints (fixture->trust, "h", 22);
  g_auto (GStrv) pinned = NULL;
  gboolean is_pinned;

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  add (fixture, "known", 22, "ssh-rsa", ONE);
  g_ptr_array_add (file, (gpointer) TWO);
  g_assert_true (sally_host_trust_pin_new (fixture->trust, "known", 22, file, &is_pinned, NULL));
  g_assert_false (is_pinned);
  assert_verdict (fixture, "known", 22, "ssh-rsa", TWO, SALLY_HOST_TRUST_CHANGED);
  g_assert_true (sally_host_trust_pin_new (fixture->trust, "h", 22, file, &is_pinned, NULL));
  g_assert_true (is_pinned);
  assert_verdict (fixture, "h", 22, "ssh-rsa", TWO, SALLY_HOST_TRUST_MATCH);
  assert_verdict (fixture, "h", 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_CHANGED);
  pinned = sally_host_trust_dup_fingerprints (fixture->trust, "h", 22);
  g_assert_cmpuint (g_strv_length (pinned), ==, 1);
  g_assert_cmpstr (pinned[0], ==, TWO);
}

#define KEY             "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIdeMKySs1110KQfwiXEIUnw8ZzjgDqFm/rZWrMcCnPU"
#define KEY_FINGERPRINT "SHA256:TLE1t++uHQd1g3a62ndLT00AyQFxB8dOBs+STmdv/Ok"

/* What known_hosts says, what our own store says, what is shown, and the verdict. */
static const struct
{
  const char *known_hosts;
  const char *own; /* a fingerprint of type ssh-ed25519; NULL: none */
  guint port;
  const char *type;
  const char *fingerprint;
  SallyHostVerdict verdict;
} known_hosts_table[] = {
  { "h " KEY, NULL, 22, "ssh-ed25519", KEY_FINGERPRINT, SALLY_HOST_TRUST_MATCH },
  { "h " KEY, NULL, 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_CHANGED },
  { "h " KEY, NULL, 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_OTHER_TYPE },
  { "i " KEY, NULL, 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_NEW },
  { "h " KEY, NULL, 2222, "ssh-ed25519", KEY_FINGERPRINT, SALLY_HOST_TRUST_MATCH },
  { "h " KEY, NULL, 2222, "ssh-ed25519", ONE, SALLY_HOST_TRUST_NEW },
  { "[h]:2222 " KEY, NULL, 2222, "ssh-ed25519", ONE, SALLY_HOST_TRUST_CHANGED },
  { "h " KEY, ONE, 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_MATCH },
  { "h " KEY, ONE, 22, "ssh-ed25519", KEY_FINGERPRINT, SALLY_HOST_TRUST_CHANGED },
  { "@revoked * " KEY, NULL, 22, "ssh-ed25519", KEY_FINGERPRINT, SALLY_HOST_TRUST_REVOKED },
  { "@revoked * " KEY, KEY_FINGERPRINT, 22, "ssh-ed25519", KEY_FINGERPRINT,
    SALLY_HOST_TRUST_REVOKED },
  { "h " KEY "\n@revoked h " KEY, NULL, 22, "ssh-ed25519", KEY_FINGERPRINT,
    SALLY_HOST_TRUST_REVOKED },
  { "@revoked * " KEY, NULL, 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_NEW },
  { "@revoked h " KEY, NULL, 2222, "ssh-ed25519", KEY_FINGERPRINT, SALLY_HOST_TRUST_REVOKED },
  { "@cert-authority * " KEY, NULL, 22, "ssh-ed25519", KEY_FINGERPRINT, SALLY_HOST_TRUST_NEW },
};

static void
test_known_hosts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "ssh_known_hosts", NULL);
  g_autofree char *missing = g_build_filename (fixture->directory, "missing", NULL);
  const char *const paths[] = { missing, path, NULL };

  sally_host_trust_set_known_hosts (fixture->trust, paths);
  for (gsize i = 0; i < G_N_ELEMENTS (known_hosts_table); i++)
    {
      g_auto (SallyHostFinding) finding = { SALLY_HOST_TRUST_NEW };
      const char *says = known_hosts_table[i].known_hosts;

      g_unlink (fixture->path);
      g_assert_true (g_file_set_contents (path, says, -1, NULL));
      if (known_hosts_table[i].own != NULL)
        add (fixture, "h", known_hosts_table[i].port, "ssh-ed25519", known_hosts_table[i].own);
      sally_host_trust_check (fixture->trust, "h", known_hosts_table[i].port,
                              known_hosts_table[i].type, known_hosts_table[i].fingerprint,
                              &finding);
      g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, finding.known);
      g_assert_cmpint (finding.verdict, ==, known_hosts_table[i].verdict);
      g_assert_cmpint (finding.has_authority, ==, strstr (says, "@cert-authority") != NULL);
      if (finding.verdict == SALLY_HOST_TRUST_REVOKED)
        g_assert_true (strstr (finding.known, path) != NULL);
    }
}

/* The file of ssh stays as it is; what it says of the old key counts no more. */
static void
test_forgetting_known_hosts (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->directory, "ssh_known_hosts", NULL);
  const char *const paths[] = { path, NULL };
  g_autofree char *types = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_file_set_contents (path, "h " KEY "\n", -1, NULL));
  sally_host_trust_set_known_hosts (fixture->trust, paths);
  types = sally_host_trust_dup_key_types (fixture->trust, "h", 22);
  g_assert_cmpstr (types, ==, "ssh-ed25519");
  assert_verdict (fixture, "h", 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_CHANGED);
  g_assert_true (sally_host_trust_forget (fixture->trust, "h", 22, NULL));
  assert_verdict (fixture, "h", 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_NEW);
  assert_verdict (fixture, "h", 22, "ssh-ed25519", KEY_FINGERPRINT, SALLY_HOST_TRUST_NEW);
  add (fixture, "h", 22, "ssh-ed25519", ONE);
  assert_verdict (fixture, "h", 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_MATCH);
  assert_verdict (fixture, "h", 22, "ssh-ed25519", KEY_FINGERPRINT, SALLY_HOST_TRUST_CHANGED);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "h " KEY "\n");
}

static void
test_key_types (Fixture *fixture, gconstpointer data)
{
  g_autofree char *types = NULL;

  add (fixture, "h", 22, "ssh-ed25519", ONE);
  add (fixture, "h", 22, "rsa-sha2-512", TWO);
  add (fixture, "h", 22, "ssh-ed25519", TWO);
  types = sally_host_trust_dup_key_types (fixture->trust, "h", 22);
  g_assert_cmpstr (types, ==, "ssh-ed25519,rsa-sha2-512");
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autofree char *directory = g_path_get_dirname (fixture->path);
  g_auto (GStrv) lines = NULL;
  GStatBuf status;

  add (fixture, "h", 22, "ssh-ed25519", ONE);
  add (fixture, "h", 22, "ssh-ed25519", ONE);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (directory, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0700);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 2);
  g_assert_true (g_str_has_prefix (lines[0], "[h]:22 ssh-ed25519 " ONE " 20"));
}

static void
test_odd_lines_are_kept (Fixture *fixture, gconstpointer data)
{
  static const char odd[] = "# a note\n\n[h]:22 what is this\n  [h]:22\tssh-rsa " ONE
                            "\n[other]:22 ssh-rsa " TWO " 2026\n[h]:22 ssh-rsa SHA256:short";
  g_autofree char *directory = g_path_get_dirname (fixture->path);
  g_autofree char *text = NULL;

  g_assert_cmpint (g_mkdir_with_parents (directory, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, odd, -1, NULL));
  assert_verdict (fixture, "h", 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_MATCH);
  /* The last line has no end: the new one must not be glued to it. */
  add (fixture, "new", 22, "ssh-rsa", TWO);
  assert_verdict (fixture, "new", 22, "ssh-rsa", TWO, SALLY_HOST_TRUST_MATCH);

  g_assert_true (sally_host_trust_forget (fixture->trust, "h", 22, NULL));
  assert_verdict (fixture, "h", 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_NEW);
  assert_verdict (fixture, "other", 22, "ssh-rsa", TWO, SALLY_HOST_TRUST_MATCH);
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "# a note\n\n[h]:22 what is this\n[other]:22"));
  g_assert_nonnull (strstr (text, "SHA256:short\n[new]:22"));
}

static void
test_two_programs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (SallyHostTrust) other = sally_host_trust_new (fixture->path);

  assert_verdict (fixture, "h", 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_NEW);
  g_assert_true (sally_host_trust_add (other, "h", 22, "ssh-rsa", ONE, NULL));
  assert_verdict (fixture, "h", 22, "ssh-rsa", ONE, SALLY_HOST_TRUST_MATCH);
}

/* What cannot be read may hold another key: nothing is new then. */
static void
test_unreadable_is_not_new (Fixture *fixture, gconstpointer data)
{
  g_auto (SallyHostFinding) finding = { SALLY_HOST_TRUST_NEW };
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (fixture->path, 0700), ==, 0);
  g_assert_cmpint (sally_host_trust_check (fixture->trust, "h", 22, "ssh-rsa", ONE, &finding), ==,
                   SALLY_HOST_TRUST_CHANGED);
  g_assert_nonnull (finding.known);
  g_assert_false (sally_host_trust_add (fixture->trust, "h", 22, "ssh-rsa", ONE, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED);
}

static void
test_refuses (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *host;
    const char *type;
    const char *fingerprint;
  } table[] = {
    { "h", "ssh-rsa", "SHA256:short" },
    { "h", "ssh-rsa", "MD5:00:11" },
    { "h x", "ssh-rsa", ONE },
    { "h\n[x]:22", "ssh-rsa", ONE },
    { "", "ssh-rsa", ONE },
    { "h", "ssh rsa", ONE },
    { "h", "*", ONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sally_host_trust_add (fixture->trust, table[i].host, 22, table[i].type,
                                            table[i].fingerprint, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
    }
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

/* What the administrator gives goes before all but a revocation, and cannot be changed. */
static void
test_given (Fixture *fixture, gconstpointer data)
{
  const char *const given[] = { TWO, NULL };
  const char *const other[] = { ONE, NULL };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) fingerprints = NULL;

  add (fixture, "host", 22, "ssh-ed25519", ONE);
  sally_host_trust_set_given (fixture->trust, "HOST", 22, given);
  assert_verdict (fixture, "host", 22, "ssh-ed25519", TWO, SALLY_HOST_TRUST_MATCH);
  assert_verdict (fixture, "host", 22, "ssh-ed25519", ONE, SALLY_HOST_TRUST_CHANGED);
  assert_verdict (fixture, "host", 2222, "ssh-ed25519", ONE, SALLY_HOST_TRUST_NEW);
  fingerprints = sally_host_trust_dup_fingerprints (fixture->trust, "host", 22);
  g_assert_cmpstrv (fingerprints, given);

  g_assert_false (sally_host_trust_forget (fixture->trust, "host", 22, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sally_host_trust_pin (fixture->trust, "host", 22, other, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  assert_verdict (fixture, "host", 22, "ssh-ed25519", TWO, SALLY_HOST_TRUST_MATCH);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/host-trust/verdicts", test_verdicts);
  ADD ("/host-trust/pinned-beforehand", test_pinned_beforehand);
  ADD ("/host-trust/pinning-replaces", test_pinning_replaces);
  ADD ("/host-trust/pinning-what-is-new", test_pinning_what_is_new);
  ADD ("/host-trust/known-hosts", test_known_hosts);
  ADD ("/host-trust/forgetting-known-hosts", test_forgetting_known_hosts);
  ADD ("/host-trust/key-types", test_key_types);
  ADD ("/host-trust/file", test_file);
  ADD ("/host-trust/odd-lines-are-kept", test_odd_lines_are_kept);
  ADD ("/host-trust/two-programs", test_two_programs);
  ADD ("/host-trust/unreadable-is-not-new", test_unreadable_is_not_new);
  ADD ("/host-trust/given", test_given);
  ADD ("/host-trust/refuses", test_refuses);
  return g_test_run ();
}
