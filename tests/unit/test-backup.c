/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/backup.h"

#include "backup/sqlite-wal.h"
#include "base/error.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The key of RFC 4226's vectors. */
#define KEY "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

static const char *const accounts[] = {
  "otpauth://totp/Plain:anna?secret=" KEY "&issuer=Plain",
  "otpauth://totp/Sha%20256:b%3Ac?secret=MZXW6YTBOI&issuer=Sha%20256&algorithm=SHA256&digits=8",
  "otpauth://totp/%C3%96rt%22chen%5C:%F0%9F%94%90?secret=MZXW6YTB&issuer=%C3%96rt%22chen%5C",
  "otpauth://hotp/Counter:x?secret=" KEY "&issuer=Counter&counter=7",
  "otpauth://hotp/only-a-label?secret=MZXW6&algorithm=SHA512&digits=8&counter=0",
  "otpauth://totp/Long:steps?secret=MZXW6&issuer=Long&period=60",
  "otpauth://totp/Seven:d?secret=MZXW6&issuer=Seven&digits=7",
  "otpauth://steam/Steam:gamer?secret=MZXW6&issuer=Steam",
  "otpauth://totp/"
  "Tagged:t?secret=MZXW6&issuer=Tagged&tags=Work&tags=Home%20%26%20more&note=a%20note",
};
/* Those that Google Authenticator can have, which are the first five; the tags of the last are
 * lost. */
#define N_FOR_GOOGLE 5

static GPtrArray *
make_uris (guint n)
{
  GPtrArray *uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SallySecret) text = sally_secret_new (accounts[i], -1);
      g_autoptr (GError) error = NULL;
      SallyOtpUri *uri = sally_otp_uri_parse (text, &error);

      g_assert_no_error (error);
      g_ptr_array_add (uris, uri);
    }
  return uris;
}

static void
assert_same_uri (const SallyOtpUri *a, const SallyOtpUri *b)
{
  g_autoptr (SallySecret) a_text = sally_otp_uri_build (a);
  g_autoptr (SallySecret) b_text = sally_otp_uri_build (b);

  g_assert_cmpstr (sally_secret_peek (a_text, NULL), ==, sally_secret_peek (b_text, NULL));
}

static GBytes *
write_backup (const char *format, GPtrArray *uris, SallySecret *password, GPtrArray *losses)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes =
      sally_backup_write (sally_backup_find_format (format), uris, password, losses, &error);

  g_assert_no_error (error);
  g_assert_nonnull (bytes);
  return bytes;
}

/* What is written is recognised, and says the same. */
static void
test_round_trip (gconstpointer user_data)
{
  const char *name = user_data;
  const SallyBackupFormat *format = sally_backup_find_format (name);
  gboolean is_encrypted = format->protection == SALLY_BACKUP_ENCRYPTED;
  g_autoptr (SallySecret) password = is_encrypted ? sally_secret_new ("pässwörd 🔐", -1) : NULL;
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) uris =
      make_uris (g_str_equal (name, "migration") ? N_FOR_GOOGLE : G_N_ELEMENTS (accounts));
  g_autoptr (GBytes) bytes = write_backup (name, uris, password, losses);
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyBackup) backup = sally_backup_read (bytes, NULL, password, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (losses->len, ==, 0);
  g_assert_cmpuint (backup->n_unreadable, ==, 0);
  g_assert_cmpuint (backup->entries->len, ==, uris->len);
  for (guint i = 0; i < uris->len; i++)
    assert_same_uri (((SallyBackupEntry *) backup->entries->pdata[i])->uri, uris->pdata[i]);

  if (is_encrypted)
    {
      const char *data = g_bytes_get_data (bytes, NULL);

      g_assert_null (g_strstr_len (data, (gssize) g_bytes_get_size (bytes), KEY));
      g_assert_null (g_strstr_len (data, (gssize) g_bytes_get_size (bytes), "anna"));
    }
}

/* Ente's bin is left out of a list that comes from anywhere; our own file gives back what we put
 * in. */
static void
test_own_file_keeps_what_a_list_leaves_out (void)
{
  g_autoptr (SallySecret) password = sally_secret_new ("test", -1);
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) uris = make_uris (2);
  GPtrArray *unknown = ((SallyOtpUri *) uris->pdata[0])->unknown;
  g_autoptr (GBytes) own = NULL;
  g_autoptr (GBytes) list = NULL;
  g_autoptr (SallyBackup) from_own = NULL;
  g_autoptr (SallyBackup) from_list = NULL;

  g_ptr_array_add (unknown, g_strdup ("codeDisplay"));
  g_ptr_array_add (unknown, g_strdup ("{\"trashed\": true}"));
  own = write_backup ("sallyport", uris, password, losses);
  list = write_backup ("uris", uris, NULL, losses);
  from_own = sally_backup_read (own, NULL, password, NULL);
  from_list = sally_backup_read (list, NULL, NULL, NULL);
  g_assert_cmpuint (from_own->entries->len, ==, 2);
  g_assert_cmpuint (from_list->entries->len, ==, 1);
  g_assert_cmpuint (from_list->notices->len, ==, 1);
}

static void
assert_loss (GPtrArray *losses, const char *account, const char *what)
{
  for (guint i = 0; i < losses->len; i++)
    if (strstr (losses->pdata[i], account) != NULL && strstr (losses->pdata[i], what) != NULL)
      return;
  g_test_fail_printf ("nothing was said about %s and its %s", account, what);
}

static void
test_says_what_google_cannot_carry (void)
{
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) uris = make_uris (G_N_ELEMENTS (accounts));
  g_autoptr (GBytes) bytes = write_backup ("migration", uris, NULL, losses);
  g_autoptr (SallyBackup) backup = sally_backup_read (bytes, NULL, NULL, NULL);

  g_assert_cmpuint (backup->entries->len, ==, N_FOR_GOOGLE + 1);
  g_assert_cmpuint (losses->len, ==, 4);
  assert_loss (losses, "Long:steps", "60 seconds");
  assert_loss (losses, "Seven:d", "7 digits");
  assert_loss (losses, "Steam:gamer", "Steam");
  assert_loss (losses, "Tagged:t", "tags");
}

static void
test_says_what_aegis_cannot_carry (void)
{
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) uris = make_uris (1);
  g_autoptr (GBytes) bytes = NULL;

  g_ptr_array_add (((SallyOtpUri *) uris->pdata[0])->unknown, g_strdup ("image"));
  g_ptr_array_add (((SallyOtpUri *) uris->pdata[0])->unknown, g_strdup ("x.png"));
  bytes = write_backup ("aegis", uris, NULL, losses);
  g_assert_cmpuint (losses->len, ==, 1);
  assert_loss (losses, "Plain:anna", "image");
}

/* Every cut of every own fixture ends in a sentence or in entries, and soon: without a password
 * all the way, with it for those whose key costs next to nothing. */
static void
test_cut_at_each_byte (void)
{
  static const char *const cheap[] = { "aegis-encrypted",  "andotp-new",  "andotp-old",
                                       "ente-encrypted-3", "otpclient-3", "freeotp-2-sha1",
                                       "bitwarden-pbkdf2" };
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "unit", "fixtures", "backup", NULL);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  g_autoptr (SallySecret) password = sally_secret_new ("tést pässword 🔐", -1);
  const char *name;
  guint n_files = 0;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      gboolean is_cheap = FALSE;
      g_autoptr (GBytes) whole = NULL;
      gsize step;

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        continue;
      for (gsize i = 0; i < G_N_ELEMENTS (cheap); i++)
        is_cheap = is_cheap || g_str_equal (name, cheap[i]);
      whole = sally_backup_load (path, NULL);
      /* At each byte of what is small, and at so many places of what is not; fuzz-backup does it at
       * each byte of one file a form. */
      step = MAX (1, g_bytes_get_size (whole) / 100);
      for (gsize length = 0; length < g_bytes_get_size (whole); length += step)
        {
          g_autoptr (GBytes) cut = g_bytes_new (g_bytes_get_data (whole, NULL), length);
          g_autoptr (GError) error = NULL;
          g_autoptr (SallyBackup) backup =
              sally_backup_read (cut, NULL, is_cheap && length % 7 == 0 ? password : NULL, &error);

          if (backup == NULL)
            g_assert_true (error->domain == SALLY_ERROR);
        }
      n_files++;
    }
  g_assert_cmpuint (n_files, >, 50);
}

static void
assert_refused (const char *text, gssize length, const char *says)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);
  g_autoptr (SallySecret) password = sally_secret_new ("x", -1);
  g_autoptr (GError) error = NULL;

  g_assert_null (sally_backup_read (bytes, NULL, password, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  if (strstr (error->message, says) == NULL)
    g_test_fail_printf ("“%s” says nothing about “%s”", error->message, says);
}

static void
test_says_what_it_is_not (void)
{
  assert_refused ("", 0, "empty");
  assert_refused ("\xEF\xBB\xBF", 3, "empty");
  assert_refused ("hello world", -1, "not an export");
  assert_refused ("http://example.org/", -1, "not an export");
  assert_refused ("{\"version\": 1, \"header\"", -1, "damaged or cut short");
  assert_refused ("{\"something\": \"else\"}", -1, "not an export");
  assert_refused ("\x89PNG\r\n\x1A\n and the rest of it, which is longer", -1, "picture");
  assert_refused ("-----BEGIN PGP MESSAGE-----\n\nabc", -1, "OpenPGP");
  assert_refused ("PK\003\004 and no more of it than this, which is too short", -1, "zip");
  assert_refused ("SQLite format 3\0 and no more of it than this", 44, "database");
  assert_refused ("otpauth-migration://offline?data=XXXX", -1, "damaged");
  assert_refused ("otpauth-migration://offline", -1, "no data");
}

static void
test_forced_format_must_fit (void)
{
  g_autoptr (GBytes) list = g_bytes_new_static (accounts[0], strlen (accounts[0]));
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyBackup) backup = NULL;

  g_assert_null (sally_backup_read (list, sally_backup_find_format ("aegis"), NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "Aegis"));
  backup = sally_backup_read (list, sally_backup_find_format ("uris"), NULL, NULL);
  g_assert_cmpuint (backup->entries->len, ==, 1);
  g_assert_null (sally_backup_find_format ("no such format"));
}

/* One bad entry keeps its reason and harms no other. */
static void
test_keeps_unreadable_entries_aside (void)
{
  static const struct
  {
    const char *line;
    const char *type;
    const char *reason;
  } table[] = {
    { "otpauth://totp/A:b?secret=MZXW6&digits=11", "totp", "11 digits" },
    { "otpauth://totp/A:b?secret=MZXW6&period=0", "totp", "0 seconds" },
    { "otpauth://hotp/A:b?secret=MZXW6&counter=-1", "hotp", "counter=-1" },
    { "otpauth://totp/A:b?secret=1111", "totp", "Character 1" },
    { "otpauth://totp/A:b?issuer=A", "totp", "no key" },
    { "otpauth://motp/A:b?secret=MZXW6", "motp", "not supported" },
    { "otpauth://yandex/A:b?secret=MZXW6", "yandex", "not supported" },
    { "otpauth://squirrel/A:b?secret=MZXW6", "squirrel", "“squirrel”" },
    { "otpauth://totp/A:b?secret=MZXW6&algorithm=MD5", "totp", "MD5" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *text = g_strconcat (table[i].line, "\n", accounts[0], "\n", NULL);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
      g_autoptr (SallyBackup) backup = sally_backup_read (bytes, NULL, NULL, NULL);
      SallyBackupEntry *bad = backup->entries->pdata[0];
      SallyBackupEntry *good = backup->entries->pdata[1];

      g_assert_cmpuint (backup->entries->len, ==, 2);
      g_assert_cmpuint (backup->n_unreadable, ==, 1);
      g_assert_null (bad->uri);
      g_assert_cmpstr (bad->type, ==, table[i].type);
      g_assert_cmpstr (bad->label, ==, "A:b");
      if (strstr (bad->reason, table[i].reason) == NULL)
        g_test_fail_printf ("“%s” does not say “%s”", bad->reason, table[i].reason);
      g_assert_nonnull (good->uri);
    }
}

/* Numbers of another kind than expected are bad, absent ones are the usual. */
static void
test_judges_numbers (void)
{
  static const struct
  {
    const char *numbers;
    gboolean readable;
  } table[] = {
    { "\"digits\": 6, \"period\": 30", TRUE },
    { "\"digits\": \"8\", \"period\": \"60\"", TRUE },
    { "\"digits\": null, \"period\": null", TRUE },
    { "\"digits\": \"\"", TRUE },
    { "\"digits\": 6.0", TRUE },
    { "\"x\": 1", TRUE },
    { "\"digits\": 0", FALSE },
    { "\"digits\": -1", FALSE },
    { "\"digits\": 11", FALSE },
    { "\"digits\": 6.5", FALSE },
    { "\"digits\": \"six\"", FALSE },
    { "\"digits\": true", FALSE },
    { "\"digits\": []", FALSE },
    { "\"digits\": 18446744073709551622", FALSE },
    { "\"period\": 0", FALSE },
    { "\"period\": 90000", FALSE },
    { "\"type\": \"HOTP\", \"counter\": -1", FALSE },
    { "\"type\": \"HOTP\", \"counter\": 9223372036854775806", TRUE },
    { "\"type\": \"HOTP\", \"counter\": 18446744073709551616", FALSE },
    { "\"type\": \"HOTP\"", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("[{\"secret\": \"MZXW6\", \"label\": \"x\", \"issuer\": \"y\", %s}]",
                           table[i].numbers);
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
      g_autoptr (SallyBackup) backup = sally_backup_read (bytes, NULL, NULL, NULL);

      g_assert_cmpuint (backup->entries->len, ==, 1);
      if ((backup->n_unreadable == 0) != table[i].readable)
        g_test_fail_printf ("{%s} was %s", table[i].numbers,
                            table[i].readable ? "refused" : "taken");
    }
}

/* The names as the file has them, and better ones to keep. */
static void
test_keeps_nameless_and_doubled_names_well (void)
{
  static const char bitwarden[] =
      "{\"encrypted\": false, \"items\": [{\"type\": 1, \"name\": \"Bank\", \"login\": "
      "{\"username\": \"anna\", \"totp\": \"mzxw 6ytb\"}}]}";
  static const char andotp[] = "[{\"secret\": \"MZXW6\", \"label\": \"Firm - Firm:anna\"}]";
  const struct
  {
    const char *text;
    const char *issuer;
    const char *label;
    const char *kept_issuer;
    const char *kept_label;
  } table[] = {
    { bitwarden, "", "", "Bank", "anna" },
    { andotp, "", "Firm - Firm:anna", "Firm", "anna" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (table[i].text, strlen (table[i].text));
      g_autoptr (SallyBackup) backup = sally_backup_read (bytes, NULL, NULL, NULL);
      SallyBackupEntry *entry = backup->entries->pdata[0];

      g_assert_cmpstr (entry->issuer, ==, table[i].issuer);
      g_assert_cmpstr (entry->label, ==, table[i].label);
      g_assert_cmpstr (entry->uri->issuer, ==, table[i].kept_issuer);
      g_assert_cmpstr (entry->uri->label, ==, table[i].kept_label);
    }
}

static void
test_says_which_part_is_missing (void)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new ();
  g_autoptr (GPtrArray) one = make_uris (1);
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) second_part = NULL;
  g_autoptr (SallyBackup) backup = NULL;
  const char *text;
  const char *second;

  for (guint i = 0; i < 15; i++)
    g_ptr_array_add (uris, one->pdata[0]);
  bytes = write_backup ("migration", uris, NULL, losses);
  text = g_bytes_get_data (bytes, NULL);
  second = strchr (text, '\n') + 1;
  second_part = g_bytes_new (second, g_bytes_get_size (bytes) - (gsize) (second - text));
  backup = sally_backup_read (second_part, NULL, NULL, NULL);
  g_assert_cmpuint (backup->entries->len, ==, 5);
  g_assert_cmpuint (backup->notices->len, ==, 1);
  g_assert_nonnull (strstr (backup->notices->pdata[0], "Part 1 of 2"));
}

/* A log that is cut or changed anywhere gives what its whole transactions gave, or nothing. */
static void
test_reads_the_log_beside_a_database (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "unit", "fixtures", "backup", "stratum-database", NULL);
  g_autofree char *log_path = g_strconcat (path, "-wal", NULL);
  g_autofree char *text = NULL;
  g_autofree char *log_text = NULL;
  g_autoptr (GBytes) database = NULL;
  gsize length;
  gsize log_length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_true (g_file_get_contents (log_path, &log_text, &log_length, NULL));
  database = g_bytes_new (text, length);
  for (gsize i = 0; i < log_length; i += 5)
    for (gsize change = 0; change < 3; change++)
      {
        g_autofree char *changed = g_memdup2 (log_text, log_length);
        g_autoptr (GBytes) log = NULL;
        g_autoptr (GBytes) both = NULL;
        g_autoptr (SallyBackup) backup = NULL;

        changed[i] ^= (char) (change == 1 ? 0x01 : 0x80);
        log = g_bytes_new (change == 0 ? log_text : changed, change == 0 ? i : log_length);
        both = sally_sqlite_apply_wal (database, log);
        backup = sally_backup_read (both, NULL, NULL, NULL);
        g_assert_nonnull (backup);
        g_assert_cmpuint (backup->entries->len, ==, 1);
      }
}

static void
test_refuses_what_is_too_large (void)
{
  char *folder = await_make_directory ();
  g_autofree char *path = g_build_filename (folder, "sparse", NULL);
  g_autoptr (GString) lines = g_string_new (NULL);
  g_autoptr (GBytes) many = NULL;
  g_autoptr (GBytes) values = NULL;
  g_autoptr (GError) error = NULL;

  /* A gibibyte of nothing, which takes no room. */
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  g_assert_cmpint (truncate (path, 1024 * 1024 * 1024), ==, 0);
  g_assert_null (sally_backup_load (path, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_clear_error (&error);

  for (guint i = 0; i <= SALLY_BACKUP_MAX_ENTRIES; i++)
    g_string_append (lines, "otpauth://totp/a?secret=MZXW6\n");
  many = g_bytes_new (lines->str, lines->len);
  g_assert_null (sally_backup_read (many, NULL, NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_clear_error (&error);

  /* Small numbers that would take gigabytes in memory. */
  g_string_assign (lines, "[0");
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *zeros = g_strnfill (600000, ',');

      g_string_append (lines, zeros);
    }
  values = g_bytes_new (lines->str, lines->len);
  g_assert_null (sally_backup_read (values, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "too many values"));
  g_clear_error (&error);

  g_assert_null (sally_backup_load (folder, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS);
  g_clear_error (&error);
  g_assert_null (sally_backup_load ("/nowhere/at/all", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND);
  await_remove_directory (folder);
}

static void
test_saves_for_the_user_alone (void)
{
  char *folder = await_make_directory ();
  g_autofree char *path = g_build_filename (folder, "backup", NULL);
  g_autoptr (GBytes) first = g_bytes_new_static ("first", 5);
  g_autoptr (GBytes) second = g_bytes_new_static ("second", 6);
  g_autofree char *text = NULL;
  g_autoptr (GDir) directory = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;

  g_assert_true (sally_backup_save (path, first, FALSE, &error));
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);

  g_assert_false (sally_backup_save (path, second, FALSE, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_EXISTS);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "first");
  g_clear_pointer (&text, g_free);

  g_assert_true (sally_backup_save (path, second, TRUE, NULL));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "second");
  /* Nothing is left of the temporary names. */
  directory = g_dir_open (folder, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (directory), ==, "backup");
  g_assert_null (g_dir_read_name (directory));
  await_remove_directory (folder);
}

static void
test_reads_on_a_thread (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (accounts[0], strlen (accounts[0]));
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallyBackup) backup = NULL;
  g_autoptr (GError) error = NULL;

  sally_backup_read_async (bytes, NULL, NULL, NULL, await_ready, &result);
  backup = sally_backup_read_finish (await_result (&result), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (backup->entries->len, ==, 1);

  g_clear_object (&result);
  g_cancellable_cancel (cancelled);
  sally_backup_read_async (bytes, NULL, NULL, cancelled, await_ready, &result);
  g_assert_null (sally_backup_read_finish (await_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_writes_on_a_thread (void)
{
  const SallyBackupFormat *format = sally_backup_find_format ("migration");
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SallySecret) carried = sally_secret_new ("otpauth://totp/A:b?secret=MZXW6YTB", -1);
  g_autoptr (SallySecret) left = sally_secret_new ("otpauth://totp/C:d?secret=MZXW6&period=60", -1);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (uris, sally_otp_uri_parse (carried, NULL));
  g_ptr_array_add (uris, sally_otp_uri_parse (left, NULL));
  sally_backup_write_async (format, uris, NULL, NULL, await_ready, &result);
  bytes = sally_backup_write_finish (await_result (&result), losses, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (g_bytes_get_data (bytes, NULL), "otpauth-migration://"));
  g_assert_cmpuint (losses->len, ==, 1);
  g_assert_nonnull (strstr (losses->pdata[0], "C:d"));

  g_clear_object (&result);
  g_cancellable_cancel (cancelled);
  sally_backup_write_async (format, uris, NULL, cancelled, await_ready, &result);
  g_assert_null (sally_backup_write_finish (await_result (&result), losses, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (losses->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const SallyBackupFormat *format = sally_backup_get_formats (); format->name != NULL;
       format++)
    if (format->write != NULL)
      {
        g_autofree char *path = g_strdup_printf ("/backup/round-trip/%s", format->name);

        g_test_add_data_func (path, format->name, test_round_trip);
      }
  g_test_add_func ("/backup/own-file-keeps-what-a-list-leaves-out",
                   test_own_file_keeps_what_a_list_leaves_out);
  g_test_add_func ("/backup/says-what-google-cannot-carry", test_says_what_google_cannot_carry);
  g_test_add_func ("/backup/says-what-aegis-cannot-carry", test_says_what_aegis_cannot_carry);
  g_test_add_func ("/backup/cut-at-each-byte", test_cut_at_each_byte);
  g_test_add_func ("/backup/says-what-it-is-not", test_says_what_it_is_not);
  g_test_add_func ("/backup/forced-format-must-fit", test_forced_format_must_fit);
  g_test_add_func ("/backup/keeps-unreadable-entries-aside", test_keeps_unreadable_entries_aside);
  g_test_add_func ("/backup/judges-numbers", test_judges_numbers);
  g_test_add_func ("/backup/keeps-nameless-and-doubled-names-well",
                   test_keeps_nameless_and_doubled_names_well);
  g_test_add_func ("/backup/says-which-part-is-missing", test_says_which_part_is_missing);
  g_test_add_func ("/backup/reads-the-log-beside-a-database", test_reads_the_log_beside_a_database);
  g_test_add_func ("/backup/refuses-what-is-too-large", test_refuses_what_is_too_large);
  g_test_add_func ("/backup/saves-for-the-user-alone", test_saves_for_the_user_alone);
  g_test_add_func ("/backup/reads-on-a-thread", test_reads_on_a_thread);
  g_test_add_func ("/backup/writes-on-a-thread", test_writes_on_a_thread);
  return g_test_run ();
}
