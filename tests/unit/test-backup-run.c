/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/backup-run.h"

#include "base/error.h"
#include "tests/support/await.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 2026-11-22 05:12:03 UTC. */
#define NOW      1795324323
#define DAY      (24 * 60 * 60)
#define PASSWORD "only a test"

static const char *const kept[] = {
  "otpauth://totp/Firm:anna?secret=MZXW6&issuer=Firm&tags=Work&tags=Code&note=two%20lines%0Ahere",
  "otpauth://hotp/Firm:counter?secret=MZXW6YQ&issuer=Firm&counter=10",
  "otpauth://totp/Twice:one?secret=MZXW6YTB&issuer=Twice&algorithm=SHA256&digits=8&period=60",
  "otpauth://totp/Twice:two?secret=MZXW6YTB&issuer=Twice",
  "otpauth://steam/Steam:d?secret=ORSXG5A&issuer=Steam",
};

static GPtrArray *
make_uris (void)
{
  GPtrArray *uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_autoptr (SallySecret) text = sally_secret_new (kept[i], -1);

      g_ptr_array_add (uris, sally_otp_uri_parse (text, NULL));
    }
  return uris;
}

static SallyBackupRun *
make_run (const char *folder, gint64 now_s)
{
  SallyBackupRun *run = g_new0 (SallyBackupRun, 1);

  run->uris = make_uris ();
  run->password = sally_secret_new (PASSWORD, -1);
  run->folder = g_strdup (folder);
  run->host = g_strdup ("laptop");
  run->keep = 2;
  run->is_all = TRUE;
  run->now_s = now_s;
  return run;
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  guint n_files = 0;

  while (g_dir_read_name (directory) != NULL)
    n_files++;
  return n_files;
}

static void
test_written (void)
{
  g_autoptr (SallyBackupRun) run = NULL;
  g_autoptr (SallyComparison) comparison = NULL;
  g_autoptr (GError) error = NULL;
  char *folder = await_make_directory ();
  g_autofree char *expected =
      g_build_filename (folder, "accounts-laptop-2026-11-22-051203.sallyport", NULL);
  g_autofree char *content = NULL;
  struct stat status;
  gsize length;

  run = make_run (folder, NOW);
  g_assert_true (sally_backup_run (run, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (run->path, ==, expected);
  g_assert_false (run->is_unchanged);
  g_assert_cmpuint (count_files (folder), ==, 1);
  g_assert_cmpint (stat (run->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (run->path, &content, &length, NULL));
  g_assert_null (memmem (content, length, "otpauth", 7));

  comparison = sally_backup_run_drill (run->path, run->password, run->uris, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (sally_comparison_is_same (comparison));
  g_assert_cmpuint (comparison->n_same, ==, G_N_ELEMENTS (kept));
  await_remove_directory (folder);
}

static void
test_keeps_some (void)
{
  char *folder = await_make_directory ();
  g_autofree char *foreign = g_build_filename (folder, "holiday.jpg", NULL);
  g_autoptr (SallyBackupRun) partial = NULL;

  g_assert_true (g_file_set_contents (foreign, "x", 1, NULL));
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (SallyBackupRun) run = make_run (folder, NOW + i * DAY);

      g_assert_true (sally_backup_run (run, NULL));
      g_assert_cmpuint (run->n_removed, ==, i < 2 ? 0 : 1);
    }
  g_assert_cmpuint (count_files (folder), ==, 3);
  g_assert_true (g_file_test (foreign, G_FILE_TEST_EXISTS));

  /* Where an account could not be written, an older file may be the only one that has it. */
  partial = make_run (folder, NOW + 5 * DAY);
  partial->is_all = FALSE;
  g_assert_true (sally_backup_run (partial, NULL));
  g_assert_cmpuint (partial->n_removed, ==, 0);
  g_assert_cmpuint (count_files (folder), ==, 4);
  await_remove_directory (folder);
}

static void
test_same_second (void)
{
  char *folder = await_make_directory ();
  g_autoptr (SallyBackupRun) first = make_run (folder, NOW);
  g_autoptr (SallyBackupRun) second = make_run (folder, NOW);

  g_assert_true (sally_backup_run (first, NULL));
  g_assert_true (sally_backup_run (second, NULL));
  g_assert_cmpstr (first->path, !=, second->path);
  g_assert_cmpuint (count_files (folder), ==, 2);
  await_remove_directory (folder);
}

/* Changes one byte of the file. */
static void
damage (const char *path, off_t offset)
{
  g_autofd int descriptor = open (path, O_RDWR);
  char byte;

  g_assert_cmpint (pread (descriptor, &byte, 1, offset), ==, 1);
  byte = (char) (byte ^ 1);
  g_assert_cmpint (pwrite (descriptor, &byte, 1, offset), ==, 1);
}

static void
test_lazy (void)
{
  char *folder = await_make_directory ();
  g_autoptr (SallyBackupRun) first = make_run (folder, NOW);
  g_autoptr (SallyBackupRun) same = make_run (folder, NOW + DAY);
  g_autoptr (SallyBackupRun) counted = make_run (folder, NOW + 2 * DAY);
  g_autoptr (SallyBackupRun) healed = make_run (folder, NOW + 3 * DAY);

  g_assert_true (sally_backup_run (first, NULL));
  same->is_lazy = TRUE;
  g_assert_true (sally_backup_run (same, NULL));
  g_assert_true (same->is_unchanged);
  g_assert_cmpstr (same->path, ==, first->path);

  counted->is_lazy = TRUE;
  ((SallyOtpUri *) counted->uris->pdata[1])->counter++;
  g_assert_true (sally_backup_run (counted, NULL));
  g_assert_false (counted->is_unchanged);

  /* The newest one has gone bad on the disk. */
  damage (counted->path, 100);
  healed->is_lazy = TRUE;
  ((SallyOtpUri *) healed->uris->pdata[1])->counter++;
  g_assert_true (sally_backup_run (healed, NULL));
  g_assert_false (healed->is_unchanged);
  await_remove_directory (folder);
}

static void
test_missing_folder (void)
{
  g_autoptr (SallyBackupRun) run = make_run ("/nowhere/at/all", NOW);
  g_autoptr (GError) error = NULL;

  g_assert_false (sally_backup_run (run, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nowhere/at/all"));
}

static void
test_drill_finds_damage (void)
{
  char *folder = await_make_directory ();
  g_autoptr (SallyBackupRun) run = make_run (folder, NOW);
  struct stat status;

  g_assert_true (sally_backup_run (run, NULL));
  g_assert_cmpint (stat (run->path, &status), ==, 0);
  /* Past the first line and the cost, which is refused or would take long. */
  for (off_t offset = 31; offset < status.st_size; offset += 61)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyComparison) comparison = NULL;

      damage (run->path, offset);
      comparison = sally_backup_run_drill (run->path, run->password, run->uris, TRUE, &error);
      g_assert_null (comparison);
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG);
      damage (run->path, offset);
    }
  g_assert_cmpint (truncate (run->path, 60), ==, 0);
  g_assert_null (sally_backup_run_drill (run->path, run->password, run->uris, TRUE, NULL));
  await_remove_directory (folder);
}

static void
test_drill_finds_differences (void)
{
  char *folder = await_make_directory ();
  g_autoptr (SallyBackupRun) run = make_run (folder, NOW);
  g_autoptr (SallySecret) other_key = sally_secret_new ("12345", 5);
  g_autoptr (SallySecret) wrong = sally_secret_new ("another", -1);
  g_autoptr (SallyComparison) comparison = NULL;
  g_autoptr (GError) error = NULL;
  SallyOtpUri *changed;

  g_assert_true (sally_backup_run (run, NULL));
  g_assert_null (sally_backup_run_drill (run->path, wrong, run->uris, TRUE, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG);

  /* Since then: one has another key, one another name, one was used. */
  changed = run->uris->pdata[0];
  sally_secret_unref (changed->key);
  changed->key = sally_secret_ref (other_key);
  g_set_str (&((SallyOtpUri *) run->uris->pdata[2])->label, "renamed");
  ((SallyOtpUri *) run->uris->pdata[1])->counter = 12;
  comparison = sally_backup_run_drill (run->path, run->password, run->uris, FALSE, NULL);
  g_assert_false (sally_comparison_is_same (comparison));
  g_assert_cmpuint (comparison->n_same, ==, 3);
  g_assert_cmpuint (comparison->n_different, ==, 1);
  g_assert_cmpuint (comparison->n_gone, ==, 1);
  g_assert_cmpuint (comparison->n_missing, ==, 1);
  g_assert_cmpstr (comparison->first, ==, "Firm:anna");
  await_remove_directory (folder);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backup-run/written-and-read-back", test_written);
  g_test_add_func ("/backup-run/keeps-some", test_keeps_some);
  g_test_add_func ("/backup-run/two-in-one-second", test_same_second);
  g_test_add_func ("/backup-run/nothing-new-if-nothing-changed", test_lazy);
  g_test_add_func ("/backup-run/missing-folder", test_missing_folder);
  g_test_add_func ("/backup-run/drill-finds-damage", test_drill_finds_damage);
  g_test_add_func ("/backup-run/drill-finds-differences", test_drill_finds_differences);
  return g_test_run ();
}
