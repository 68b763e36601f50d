/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of other programs against what is known to be in them: the project's own, made by
 * fixtures/make-backups, and those of another folder of the same shape if there is one. Each
 * expectation, expected/NAME.json, names its file, its password and the accounts. */
#include "config.h"

#include "backup/backup.h"
#include "base/error.h"
#include "otp/base32.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define TIME_S 1700000000

typedef struct
{
  char *folder;
  char *expectation;
} Case;

static JsonNode *
load_json (const char *path)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

static const char *
member (JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default (object, name, NULL);
}

static gint64
number (JsonObject *object, const char *name)
{
  return json_object_get_int_member_with_default (object, name, -1);
}

static GBytes *
load (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = sally_backup_load (path, &error);

  g_assert_no_error (error);
  return bytes;
}

static gboolean
is_unsupported (const char *type)
{
  return g_str_equal (type, "motp") || g_str_equal (type, "yandex");
}

/* Whether `entry` is exactly what is expected. */
static gboolean
is_as_expected (SallyBackupEntry *entry, JsonObject *expected)
{
  const char *type = member (expected, "type");
  const char *code_name = g_str_equal (type, "hotp") ? "code_at_counter" : "code_at_1700000000";
  g_autoptr (SallySecret) key = NULL;
  g_autoptr (SallySecret) code = NULL;
  const SallyOtpParameters *parameters;

  if (!g_str_equal (entry->type, type) ||
      !g_str_equal (entry->issuer, member (expected, "issuer")) ||
      !g_str_equal (entry->label, member (expected, "account")))
    return FALSE;
  if (is_unsupported (type))
    return entry->uri == NULL && strstr (entry->reason, "not supported") != NULL;
  if (entry->uri == NULL)
    return FALSE;

  parameters = &entry->uri->parameters;
  key = sally_base32_decode (member (expected, "secret"), -1, NULL);
  g_assert_nonnull (key);
  if (parameters->type == SALLY_OTP_HOTP)
    code = sally_otp_code_at_counter (parameters, entry->uri->key, entry->uri->counter);
  else
    code = sally_otp_code_at_time (parameters, entry->uri->key, TIME_S);
  return sally_secret_equal (entry->uri->key, key) &&
         g_str_equal (sally_otp_algorithm_to_string (parameters->algorithm),
                      member (expected, "algo")) &&
         parameters->digits == number (expected, "digits") &&
         (parameters->type == SALLY_OTP_HOTP
              ? (gint64) entry->uri->counter == number (expected, "counter")
              : sally_otp_period_s (parameters) == number (expected, "period")) &&
         g_str_equal (sally_secret_peek (code, NULL), member (expected, code_name));
}

static void
assert_entries (SallyBackup *backup, JsonArray *expected)
{
  g_autoptr (GHashTable) met = g_hash_table_new (NULL, NULL);

  g_assert_cmpuint (backup->entries->len, ==, json_array_get_length (expected));
  for (guint i = 0; i < json_array_get_length (expected); i++)
    {
      JsonObject *wanted = json_array_get_object_element (expected, i);
      gboolean found = FALSE;

      for (guint j = 0; j < backup->entries->len && !found; j++)
        found = !g_hash_table_contains (met, GUINT_TO_POINTER (j)) &&
                is_as_expected (backup->entries->pdata[j], wanted) &&
                g_hash_table_add (met, GUINT_TO_POINTER (j));
      if (!found)
        {
          for (guint j = 0; j < backup->entries->len; j++)
            {
              SallyBackupEntry *entry = backup->entries->pdata[j];

              g_test_message ("read: %s “%s” “%s” %s", entry->type, entry->issuer, entry->label,
                              entry->reason != NULL ? entry->reason : "");
            }
          g_test_fail_printf ("%s “%s” “%s” was not read as expected", member (wanted, "type"),
                              member (wanted, "issuer"), member (wanted, "account"));
        }
    }
}

static void
assert_sentence (const GError *error)
{
  g_assert_true (error->domain == SALLY_ERROR);
  g_assert_true (g_unichar_isupper (g_utf8_get_char (error->message)));
  g_assert_cmpuint (strlen (error->message), >, 15);
}

static void
test_file (gconstpointer user_data)
{
  const Case *test = user_data;
  g_autofree char *path = g_build_filename (test->folder, "expected", test->expectation, NULL);
  g_autoptr (JsonNode) root = load_json (path);
  JsonObject *expected = json_node_get_object (root);
  g_autoptr (GBytes) bytes = load (test->folder, member (expected, "file"));
  const char *password_text = member (expected, "password");
  g_autoptr (SallySecret) password =
      password_text != NULL ? sally_secret_new (password_text, -1) : NULL;
  g_autoptr (SallySecret) wrong = sally_secret_new ("some other password", -1);
  g_autoptr (SallyBackup) backup = NULL;
  g_autoptr (GError) error = NULL;

  backup = sally_backup_read (bytes, NULL, password, &error);
  g_assert_no_error (error);
  assert_entries (backup, json_object_get_array_member (expected, "entries"));
  if (password == NULL)
    return;

  g_assert_null (sally_backup_read (bytes, NULL, NULL, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED);
  assert_sentence (error);
  g_clear_error (&error);
  g_assert_null (sally_backup_read (bytes, backup->format, wrong, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG);
  assert_sentence (error);
}

/* Files that no password opens, and what is said of them; only where the folder has them. */
static void
test_refused (gconstpointer user_data)
{
  static const struct
  {
    const char *name;
    const char *says;
  } files[] = {
    { "stratum/bitwarden.encrypted.accountrestricted.json", "password protected" },
    { "stratum/winauth.invalid.zip", "zip" },
    { "bitwarden-restricted", "password protected" },
    { "zip-empty", "zip" },
    { "migration-data", "Google Authenticator" },
    { "migration-cut", "cut short" },
    { "aegis-costly", "more work or memory" },
    { "sqlite-other", "database" },
  };
  const char *folder = user_data;
  guint n_refused = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (folder, files[i].name, NULL);
      g_autoptr (SallySecret) password = sally_secret_new ("test", -1);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      bytes = load (folder, files[i].name);
      g_assert_null (sally_backup_read (bytes, NULL, password, &error));
      assert_sentence (error);
      g_assert_nonnull (strstr (error->message, files[i].says));
      n_refused++;
    }
  g_assert_cmpuint (n_refused, >, 0);
}

/* Every reader is given every file. It takes none that is not its own, and none makes it hang. */
static void
test_crossed (gconstpointer user_data)
{
  const char *folder = user_data;
  g_autofree char *expected_folder = g_build_filename (folder, "expected", NULL);
  g_autoptr (GDir) directory = g_dir_open (expected_folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (expected_folder, name, NULL);
      g_autoptr (JsonNode) root = load_json (path);
      g_autoptr (GBytes) bytes = load (folder, member (json_node_get_object (root), "file"));
      g_autoptr (GHashTable) readers = g_hash_table_new (g_str_hash, g_str_equal);

      for (const SallyBackupFormat *format = sally_backup_get_formats (); format->name != NULL;
           format++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (SallyBackup) backup = sally_backup_read (bytes, format, NULL, &error);

          if (backup != NULL || g_error_matches (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_NEEDED))
            g_hash_table_add (readers, (gpointer) format->display_name);
          else
            assert_sentence (error);
        }
      /* Aegis stands in the table for both of its forms, and a list can hold both kinds of
       * addresses; two programs have files without any magic. */
      g_assert_cmpuint (g_hash_table_size (readers), >=, 1);
      if (g_hash_table_size (readers) > 2)
        g_test_fail_printf ("%u programs take %s", g_hash_table_size (readers), name);
    }
}

static void
case_free (gpointer data)
{
  Case *test = data;

  g_free (test->folder);
  g_free (test->expectation);
  g_free (test);
}

static void
add_folder (const char *name, const char *folder)
{
  g_autofree char *expected_folder = g_build_filename (folder, "expected", NULL);
  g_autofree char *refused_path = g_strdup_printf ("/backup/%s/refused", name);
  g_autofree char *crossed_path = g_strdup_printf ("/backup/%s/crossed", name);
  g_autoptr (GDir) directory = g_dir_open (expected_folder, 0, NULL);
  const char *expectation;

  g_assert_nonnull (directory);
  while ((expectation = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/backup/%s/%s", name, expectation);
      Case *test = g_new0 (Case, 1);

      test->folder = g_strdup (folder);
      test->expectation = g_strdup (expectation);
      g_test_add_data_func_full (path, test, test_file, case_free);
    }
  g_test_add_data_func_full (refused_path, g_strdup (folder), test_refused, g_free);
  g_test_add_data_func_full (crossed_path, g_strdup (folder), test_crossed, g_free);
}

int
main (int argc, char **argv)
{
  g_autofree char *own = NULL;
  g_autofree char *beside = NULL;
  const char *other = g_getenv ("SALLYPORT_OTP_FIXTURES");

  g_test_init (&argc, &argv, NULL);
  own = g_test_build_filename (G_TEST_DIST, "unit", "fixtures", "backup", NULL);
  beside = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "otp-fixtures", NULL);
  add_folder ("own", own);
  if (other == NULL && g_file_test (beside, G_FILE_TEST_IS_DIR))
    other = beside;
  if (other != NULL)
    add_folder ("other", other);
  return g_test_run ();
}
