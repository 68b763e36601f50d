/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/merge.h"

#include "base/error.h"

#include <string.h>

/* Accounts that are there. */
static const char *const kept[] = {
  "otpauth://totp/Firm:anna?secret=MZXW6&issuer=Firm",
  "otpauth://hotp/Firm:counter?secret=MZXW6YQ&issuer=Firm&counter=10",
  "otpauth://totp/Twice:one?secret=MZXW6YTB&issuer=Twice",
  "otpauth://totp/Twice:two?secret=MZXW6YTB&issuer=Twice",
};

static const struct
{
  const char *line;
  SallyMergeStatus status;
  int existing; /* the place in `kept`, -1: none */
} imported[] = {
  { "otpauth://totp/Firm:anna?secret=MZXW6&issuer=Firm", SALLY_MERGE_SAME, 0 },
  { "otpauth://totp/Firm:anna?secret=mzxw%206&issuer=Firm&digits=6&period=30", SALLY_MERGE_SAME,
    -1 },
  { "otpauth://totp/Firm:bert?secret=MZXW6&issuer=Firm", SALLY_MERGE_DIFFERS, 0 },
  { "otpauth://totp/Firm:anna?secret=MZXW6&issuer=Firm&digits=8", SALLY_MERGE_DIFFERS, 0 },
  { "otpauth://hotp/Firm:anna?secret=MZXW6&issuer=Firm&counter=1", SALLY_MERGE_DIFFERS, 0 },
  { "otpauth://hotp/Firm:counter?secret=MZXW6YQ&issuer=Firm&counter=9", SALLY_MERGE_SAME, 1 },
  { "otpauth://hotp/Firm:counter?secret=MZXW6YQ&issuer=Firm&counter=11", SALLY_MERGE_DIFFERS, 1 },
  { "otpauth://totp/Twice:two?secret=MZXW6YTB&issuer=Twice", SALLY_MERGE_SAME, 3 },
  { "otpauth://totp/Twice:two?secret=MZXW6YTB&issuer=Twice&digits=8", SALLY_MERGE_DIFFERS, 3 },
  { "otpauth://totp/Firm:anna?secret=ORSXG5A&issuer=Firm", SALLY_MERGE_NEW, -1 },
  { "otpauth://totp/Firm:anna?secret=ORSXG5A&issuer=Firm", SALLY_MERGE_SAME, -1 },
  { "otpauth://totp/Other:x?secret=ORSXG5A&issuer=Other", SALLY_MERGE_NEW, -1 },
  { "otpauth://totp/Firm:anna?secret=ORSXG5A&issuer=Firm&digits=99", SALLY_MERGE_UNREADABLE, -1 },
};

static SallyAccount *
make_account (const char *text)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_parse (secret, NULL);

  return sally_account_new (NULL, uri);
}

static GListModel *
make_kept (void)
{
  GListStore *accounts = g_list_store_new (SALLY_TYPE_ACCOUNT);
  g_autoptr (SallySecret) rubbish = sally_secret_new ("rubbish", -1);
  g_autoptr (SallyAccount) broken = sally_account_new_broken ("broken", rubbish);

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_autoptr (SallyAccount) account = make_account (kept[i]);

      g_list_store_append (accounts, account);
    }
  g_list_store_append (accounts, broken);
  return G_LIST_MODEL (accounts);
}

static SallyBackup *
make_backup (const char *only)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (imported) && only == NULL; i++)
    g_string_append_printf (text, "%s\n", imported[i].line);
  if (only != NULL)
    g_string_append (text, only);
  bytes = g_bytes_new (text->str, text->len);
  return sally_backup_read (bytes, NULL, NULL, NULL);
}

static void
test_statuses (void)
{
  g_autoptr (GListModel) accounts = make_kept ();
  g_autoptr (SallyBackup) backup = make_backup (NULL);
  g_autoptr (GPtrArray) items = sally_merge (accounts, backup);

  g_assert_cmpuint (items->len, ==, G_N_ELEMENTS (imported));
  for (guint i = 0; i < items->len; i++)
    {
      SallyMergeItem *item = items->pdata[i];
      g_autoptr (SallyAccount) existing =
          imported[i].existing >= 0 ? g_list_model_get_item (accounts, (guint) imported[i].existing)
                                    : NULL;

      if (item->status != imported[i].status || item->existing != existing)
        g_test_fail_printf ("%s is %s", imported[i].line,
                            sally_merge_status_to_string (item->status));
    }
}

static void
test_adds_only_what_is_new (void)
{
  g_autoptr (GListModel) accounts = make_kept ();
  g_autoptr (SallyBackup) backup = make_backup (NULL);
  g_autoptr (GPtrArray) items = sally_merge (accounts, backup);
  g_autoptr (GPtrArray) added = sally_merge_to_accounts (items, FALSE);

  g_assert_cmpuint (added->len, ==, 2);
  g_assert_cmpstr (sally_account_get_name (added->pdata[0]), ==, "Firm:anna");
  g_assert_cmpstr (sally_account_get_name (added->pdata[1]), ==, "Other:x");
  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (accounts, i);

      g_assert_cmpstr (sally_account_get_id (added->pdata[0]), !=, sally_account_get_id (account));
    }
}

static void
test_replaces_under_the_same_id (void)
{
  g_autoptr (GListModel) accounts = make_kept ();
  g_autoptr (SallyAccount) first = g_list_model_get_item (accounts, 0);
  g_autoptr (SallyBackup) backup =
      make_backup ("otpauth://totp/Firm:bert?secret=MZXW6&issuer=Firm\n"
                   "otpauth://totp/Firm:carl?secret=MZXW6&issuer=Firm\n");
  g_autoptr (GPtrArray) items = sally_merge (accounts, backup);
  g_autoptr (GPtrArray) changed = sally_merge_to_accounts (items, TRUE);

  /* Both differ from the one account: only one can take its place, and none is lost. */
  g_assert_cmpuint (changed->len, ==, 2);
  g_assert_cmpstr (sally_account_get_id (changed->pdata[0]), ==, sally_account_get_id (first));
  g_assert_cmpstr (sally_account_get_label (changed->pdata[0]), ==, "bert");
  g_assert_cmpstr (sally_account_get_id (changed->pdata[1]), !=, sally_account_get_id (first));
}

static void
test_importing_again_adds_nothing (void)
{
  g_autoptr (GListStore) accounts = g_list_store_new (SALLY_TYPE_ACCOUNT);
  g_autoptr (SallyBackup) backup = make_backup (NULL);
  g_autoptr (GPtrArray) first = sally_merge (G_LIST_MODEL (accounts), backup);
  g_autoptr (GPtrArray) added = sally_merge_to_accounts (first, FALSE);
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GPtrArray) again = NULL;

  g_assert_cmpuint (added->len, >, 5);
  for (guint i = 0; i < added->len; i++)
    g_list_store_append (accounts, added->pdata[i]);
  second = sally_merge (G_LIST_MODEL (accounts), backup);
  again = sally_merge_to_accounts (second, TRUE);
  g_assert_cmpuint (again->len, ==, 0);
}

static void
test_drill_finds_what_is_not_as_it_was (void)
{
  g_autoptr (GListModel) accounts = make_kept ();
  g_autoptr (SallyBackup) good = make_backup (kept[1]);
  g_autoptr (SallyBackup) bad = make_backup (imported[3].line);
  g_autoptr (GError) error = NULL;

  g_assert_true (sally_merge_verify (accounts, good, &error));
  g_assert_false (sally_merge_verify (accounts, bad, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "Firm:anna"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/merge/statuses", test_statuses);
  g_test_add_func ("/merge/adds-only-what-is-new", test_adds_only_what_is_new);
  g_test_add_func ("/merge/replaces-under-the-same-id", test_replaces_under_the_same_id);
  g_test_add_func ("/merge/importing-again-adds-nothing", test_importing_again_adds_nothing);
  g_test_add_func ("/merge/drill-finds-what-is-not-as-it-was",
                   test_drill_finds_what_is_not_as_it_was);
  return g_test_run ();
}
