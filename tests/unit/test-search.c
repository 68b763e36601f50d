/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "search/search.h"

#include "model/account.h"
#include "model/server.h"

#include <string.h>

/* RFC 6238, appendix B: the SHA-1 key. */
#define KEY "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

typedef struct
{
  GListStore *accounts;
  GListStore *servers;
  SallySearchFacts facts;
} Fixture;

static void
add_account (Fixture *fixture, const char *stored)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (SallySecret) secret = sally_secret_new (stored, -1);
  g_autoptr (SallyAccount) account = sally_account_new_from_stored (id, secret);

  g_list_store_append (fixture->accounts, account);
}

static void
add_server (Fixture *fixture, const char *name)
{
  g_autoptr (SallyServer) server = sally_server_new (NULL);

  g_object_set (server, "name", name, "host", "secret-host.example.org", "user", "vendor", NULL);
  g_list_store_append (fixture->servers, server);
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  fixture->accounts = g_list_store_new (SALLY_TYPE_ACCOUNT);
  fixture->servers = g_list_store_new (SALLY_TYPE_SERVER);
  fixture->facts = (SallySearchFacts) { .is_enabled = TRUE,
                                        .accounts = G_LIST_MODEL (fixture->accounts),
                                        .servers = G_LIST_MODEL (fixture->servers) };
  add_account (fixture, "otpauth://totp/GitHub:anna?secret=" KEY "&issuer=GitHub");
  add_account (fixture, "otpauth://totp/Caf%C3%A9:ben%40example.com?secret=" KEY
                        "&issuer=Caf%C3%A9&x-sallyport-uses=3");
  add_account (fixture,
               "otpauth://totp/Example:carl?secret=" KEY "&issuer=Example&x-sallyport-pinned=1");
  add_account (fixture, "otpauth://hotp/alone?secret=" KEY "&counter=7");
  add_account (fixture, "otpauth://totp/%E4%BA%AC%E9%83%BD?secret=" KEY);
  add_account (fixture, "otpauth://totp/Example:broken?issuer=Example");
  add_server (fixture, "Example drop box");
  add_server (fixture, "Example");
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  g_object_unref (fixture->accounts);
  g_object_unref (fixture->servers);
}

/* "name (description), name (description)" for a search whose terms stand between blanks. */
static char *
find (Fixture *fixture, const char *search)
{
  g_auto (GStrv) terms = g_strsplit (search, " ", -1);
  g_autoptr (GPtrArray) results = sally_search_find (&fixture->facts, (const char *const *) terms);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < results->len; i++)
    {
      SallySearchResult *result = results->pdata[i];

      g_string_append_printf (text, "%s%s (%s)%s", i > 0 ? ", " : "", result->name,
                              result->description, result->is_exact ? "!" : "");
    }
  return g_string_free_and_steal (text);
}

static void
test_matches (Fixture *fixture, gconstpointer user_data)
{
  static const struct
  {
    const char *search;
    const char *found;
  } rows[] = {
    { "git", "GitHub (anna)" },
    { "GIT", "GitHub (anna)" },
    { "anna", "GitHub (anna)!" },
    { "git anna", "GitHub (anna)" },
    { "anna git", "GitHub (anna)" },
    { "git ben", "" },
    { "hub", "" }, /* words begin with a term */
    { "cafe", "Café (ben@example.com)" },
    { "café", "Café (ben@example.com)!" },
    { "github anna", "GitHub (anna)!" },
    { "ben@example", "Café (ben@example.com)" },
    { "alone", "alone (One-time code)!" },
    { "box", "Example drop box (SFTP server)" },
    /* The whole name; then pinned, used, and by name. What is broken is not there. */
    { "example", "Example (carl)!, Example (SFTP server)!, Café (ben@example.com), "
                 "Example drop box (SFTP server)" },
    { "exampl", "Example (carl), Café (ben@example.com), Example (SFTP server), "
                "Example drop box (SFTP server)" },
    { "broken", "" },
    { "secret-host", "" }, /* servers by name alone */
    { "vendor", "" },
    { "GEZD", "" },
    { "e", "" }, /* too short */
    { "", "" },
    { "e e", "" },
    { "--", "" },
    { "ex e", "Example (carl), Café (ben@example.com), Example (SFTP server), "
              "Example drop box (SFTP server)" },
    { "京", "京都 (One-time code)" },
    { "ex a b c d e f g h", "" }, /* nobody types that */
    { "\xff\xfe", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *found = find (fixture, rows[i].search);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      g_assert_cmpstr (found, ==, rows[i].found);
    }
}

static void
test_nothing_while_locked_or_off (Fixture *fixture, gconstpointer user_data)
{
  const char *const terms[] = { "example", NULL };
  g_autoptr (GPtrArray) results = sally_search_find (&fixture->facts, terms);
  const char *id = ((SallySearchResult *) results->pdata[0])->id;
  SallySearchFacts locked = fixture->facts, off = fixture->facts;
  const SallySearchFacts *const rows[] = { &locked, &off };

  g_assert_true (sally_search_may_find (&fixture->facts, terms));
  locked.is_locked = TRUE;
  off.is_enabled = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) none = sally_search_find (rows[i], terms);

      g_assert_cmpuint (none->len, ==, 0);
      g_assert_false (sally_search_may_find (rows[i], terms));
      g_assert_null (sally_search_look_up (rows[i], id));
    }
}

static void
test_servers_without_accounts (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *found = NULL;

  fixture->facts.accounts = NULL;
  found = find (fixture, "example");
  g_assert_cmpstr (found, ==, "Example (SFTP server)!, Example drop box (SFTP server)");
}

static void
test_results_have_an_end (Fixture *fixture, gconstpointer user_data)
{
  const char *const terms[] = { "many", NULL };
  g_autoptr (GPtrArray) results = NULL;

  for (guint i = 0; i < 3 * SALLY_SEARCH_MAX_RESULTS; i++)
    add_server (fixture, "many");
  results = sally_search_find (&fixture->facts, terms);
  g_assert_cmpuint (results->len, ==, SALLY_SEARCH_MAX_RESULTS);
}

static void
test_ids_tell_nothing_and_lead_back (Fixture *fixture, gconstpointer user_data)
{
  const char *const terms[] = { "example", NULL };
  g_autoptr (GPtrArray) results = sally_search_find (&fixture->facts, terms);
  SallySearchKind kind;

  for (guint i = 0; i < results->len; i++)
    {
      SallySearchResult *result = results->pdata[i];
      g_autoptr (SallySearchResult) again = sally_search_look_up (&fixture->facts, result->id);

      g_assert_cmpstr (again->name, ==, result->name);
      g_assert_cmpstr (again->description, ==, result->description);
      g_assert_null (strstr (result->id, "xample"));
      g_assert_nonnull (sally_search_parse_id (result->id, &kind));
      g_assert_cmpint (kind, ==, result->kind);
    }
  g_assert_null (sally_search_parse_id ("account-", &kind));
  g_assert_null (sally_search_parse_id ("key-5f0c2a9e-8d1b-4c3a-9e7f-10293847560a", &kind));
  g_assert_null (
      sally_search_look_up (&fixture->facts, "account-5f0c2a9e-8d1b-4c3a-9e7f-10293847560a"));
}

static void
test_names_are_safe_to_show (Fixture *fixture, gconstpointer user_data)
{
  g_autofree char *found = NULL;

  add_account (fixture, "otpauth://totp/Odd%E2%80%AEone:x?secret=" KEY "&issuer=Odd%E2%80%AEone");
  found = find (fixture, "odd");
  g_assert_cmpstr (found, ==, "Oddone (x)");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/search/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("matches", test_matches);
  ADD ("nothing-while-locked-or-off", test_nothing_while_locked_or_off);
  ADD ("servers-without-accounts", test_servers_without_accounts);
  ADD ("results-have-an-end", test_results_have_an_end);
  ADD ("ids-tell-nothing-and-lead-back", test_ids_tell_nothing_and_lead_back);
  ADD ("names-are-safe-to-show", test_names_are_safe_to_show);
#undef ADD
  return g_test_run ();
}
