/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/account.h"

#include <string.h>

#define KEY "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
#define ID  "5f0c2a9e-8d1b-4c3a-9e7f-102938475601"

static SallyAccount *
make_account (const char *uri)
{
  g_autoptr (SallySecret) stored = sally_secret_new (uri, -1);

  return sally_account_new_from_stored (ID, stored);
}

static void
test_names (void)
{
  static const struct
  {
    const char *uri;
    const char *name;
  } table[] = {
    { "otpauth://totp/ACME:alice?secret=" KEY, "ACME:alice" },
    { "otpauth://totp/alice?secret=" KEY, "alice" },
    { "otpauth://totp/?secret=" KEY "&issuer=ACME", "ACME" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyAccount) account = make_account (table[i].uri);
      g_autofree char *name = NULL;

      g_object_get (account, "name", &name, NULL);
      g_assert_cmpstr (name, ==, table[i].name);
      g_assert_cmpstr (sally_account_get_id (account), ==, ID);
    }
}

static void
test_codes (void)
{
  g_autoptr (SallyAccount) totp = make_account ("otpauth://totp/x?digits=8&secret=" KEY);
  g_autoptr (SallyAccount) hotp = make_account ("otpauth://hotp/x?counter=1&secret=" KEY);
  g_autoptr (SallySecret) totp_code = sally_account_get_code (totp, 59);
  g_autoptr (SallySecret) hotp_code = sally_account_get_code (hotp, 59);

  g_assert_cmpstr (sally_secret_peek (totp_code, NULL), ==, "94287082");
  g_assert_cmpstr (sally_secret_peek (hotp_code, NULL), ==, "287082");
}

static void
test_matches (void)
{
  static const struct
  {
    const char *name;
    gboolean matches;
  } table[] = {
    { "ACME", TRUE },        { "acme", TRUE },      { "Jörg", TRUE },
    { "JÖRG", TRUE },        { "acme:jörg", TRUE }, { ID, TRUE },
    { "acme:", FALSE },      { "acm", FALSE },      { "", FALSE },
    { "acme: jörg", FALSE }, { "\xFF", FALSE },
  };
  g_autoptr (SallyAccount) account = make_account ("otpauth://totp/ACME:J%C3%B6rg?secret=" KEY);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_cmpint (sally_account_matches (account, table[i].name), ==, table[i].matches);
}

static void
test_stored_round_trip (void)
{
  g_autoptr (SallyAccount) account =
      make_account ("otpauth://hotp/ACME:alice?secret=" KEY "&counter=7&icon=star");
  g_autoptr (SallySecret) stored = NULL;
  g_autoptr (SallyAccount) again = NULL;
  g_autoptr (SallySecret) stored_again = NULL;

  sally_account_set_last_used (account, 1234567890);
  stored = sally_account_to_stored (account);
  g_assert_nonnull (strstr (sally_secret_peek (stored, NULL), "&icon=star"));
  again = sally_account_new_from_stored (ID, stored);
  g_assert_cmpint (sally_account_get_last_used (again), ==, 1234567890);
  g_assert_cmpuint (sally_account_get_counter (again), ==, 7);
  stored_again = sally_account_to_stored (again);
  g_assert_true (sally_secret_equal (stored, stored_again));
}

static void
test_broken_is_kept (void)
{
  static const char bytes[] = "not\0an address";
  g_autoptr (SallySecret) stored = sally_secret_new (bytes, sizeof bytes);
  g_autoptr (SallyAccount) account = sally_account_new_from_stored (ID, stored);
  g_autoptr (SallySecret) written = sally_account_to_stored (account);

  g_assert_true (sally_account_is_broken (account));
  g_assert_null (sally_account_get_key (account));
  g_assert_null (sally_account_get_code (account, 59));
  g_assert_null (sally_account_to_uri (account));
  g_assert_true (sally_account_matches (account, ID));
  g_assert_false (sally_account_matches (account, sally_account_get_name (account)));
  g_assert_true (sally_secret_equal (stored, written));
}

static void
on_notify (GObject *object, GParamSpec *pspec, GHashTable *seen)
{
  g_hash_table_add (seen, g_strdup (pspec->name));
}

static void
test_set_from_notifies_what_changed (void)
{
  g_autoptr (SallyAccount) account = make_account ("otpauth://totp/ACME:alice?secret=" KEY);
  g_autoptr (SallyAccount) edited = make_account ("otpauth://totp/ACME:bob?digits=8&secret=" KEY);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_signal_connect (account, "notify", G_CALLBACK (on_notify), seen);
  sally_account_set_from (account, edited);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 3);
  g_assert_true (g_hash_table_contains (seen, "label"));
  g_assert_true (g_hash_table_contains (seen, "name"));
  g_assert_true (g_hash_table_contains (seen, "digits"));

  g_hash_table_remove_all (seen);
  sally_account_set_from (account, edited);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 0);
}

static void
test_fresh_ids_differ (void)
{
  g_autoptr (SallySecret) text = sally_secret_new ("otpauth://totp/x?secret=" KEY, -1);
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_parse (text, NULL);
  g_autoptr (SallyAccount) a = sally_account_new (NULL, uri);
  g_autoptr (SallyAccount) b = sally_account_new (NULL, uri);

  g_assert_true (g_uuid_string_is_valid (sally_account_get_id (a)));
  g_assert_cmpstr (sally_account_get_id (a), !=, sally_account_get_id (b));
}

/* A key that were a property would show in every inspector. */
static void
test_key_is_no_property (void)
{
  g_autofree GParamSpec **specs = NULL;
  g_autoptr (GTypeClass) klass = g_type_class_ref (SALLY_TYPE_ACCOUNT);
  guint n_specs;

  specs = g_object_class_list_properties (G_OBJECT_CLASS (klass), &n_specs);
  for (guint i = 0; i < n_specs; i++)
    {
      g_assert_false (specs[i]->value_type == SALLY_TYPE_SECRET);
      g_assert_cmpstr (specs[i]->name, !=, "key");
    }
}

static void
test_what_is_ours_is_stored (void)
{
  static const char *const tags[] = { "Work", "On call", NULL };
  g_autoptr (SallyAccount) account =
      make_account ("otpauth://totp/a:b?secret=MZXW6&tags=Old&note=kept");
  g_autoptr (SallyAccount) again = NULL;
  g_autoptr (SallySecret) stored = NULL;
  g_autoptr (SallyOtpUri) uri = NULL;
  g_auto (GStrv) read = NULL;

  sally_account_set_is_pinned (account, TRUE);
  sally_account_set_order (account, 7);
  sally_account_set_use_count (account, 12);
  sally_account_set_tags (account, tags);
  sally_account_set_icon (account, "bank");
  again = sally_account_dup (account);
  g_assert_cmpstr (sally_account_get_id (again), ==, sally_account_get_id (account));
  g_assert_true (sally_account_get_is_pinned (again));
  g_assert_cmpuint (sally_account_get_order (again), ==, 7);
  g_assert_cmpuint (sally_account_get_use_count (again), ==, 12);
  g_assert_cmpstr (sally_account_get_icon (again), ==, "bank");
  read = sally_account_dup_tags (again);
  g_assert_cmpstrv (read, tags);

  /* An export has the tags and the note, and nothing of what was done with the account here. */
  uri = sally_account_to_uri (again);
  stored = sally_otp_uri_build (uri);
  g_assert_null (strstr (sally_secret_peek (stored, NULL), "x-sallyport"));
  g_assert_nonnull (strstr (sally_secret_peek (stored, NULL), "note=kept"));
  g_assert_nonnull (strstr (sally_secret_peek (stored, NULL), "tags=On%20call"));
  g_assert_null (strstr (sally_secret_peek (stored, NULL), "Old"));
}

/* What no picture of ours is named, in a keyring that another version wrote, is the automatic one.
 */
static void
test_unknown_icon_is_automatic (void)
{
  static const char *const uris[] = {
    "otpauth://totp/a:b?secret=MZXW6",
    "otpauth://totp/a:b?secret=MZXW6&x-sallyport-icon=",
    "otpauth://totp/a:b?secret=MZXW6&x-sallyport-icon=..%2F..%2Fetc",
    "otpauth://totp/a:b?secret=MZXW6&x-sallyport-icon=bank&x-sallyport-icon=no-such",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (SallyAccount) account = make_account (uris[i]);
      g_autoptr (SallySecret) stored = sally_account_to_stored (account);

      g_assert_cmpstr (sally_account_get_icon (account), ==, "");
      g_assert_null (strstr (sally_secret_peek (stored, NULL), "x-sallyport"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/account/names", test_names);
  g_test_add_func ("/account/codes", test_codes);
  g_test_add_func ("/account/matches", test_matches);
  g_test_add_func ("/account/what-is-ours-is-stored", test_what_is_ours_is_stored);
  g_test_add_func ("/account/stored-round-trip", test_stored_round_trip);
  g_test_add_func ("/account/broken-is-kept", test_broken_is_kept);
  g_test_add_func ("/account/set-from-notifies-what-changed", test_set_from_notifies_what_changed);
  g_test_add_func ("/account/fresh-ids-differ", test_fresh_ids_differ);
  g_test_add_func ("/account/key-is-no-property", test_key_is_no_property);
  g_test_add_func ("/account/unknown-icon-is-automatic", test_unknown_icon_is_automatic);
  return g_test_run ();
}
