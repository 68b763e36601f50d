/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/sheet.h"

#include "base/error.h"
#include "qr/qr.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

/* 2026-11-22 05:12:03 UTC. */
#define NOW     1795324323
/* Dots an inch of a simple printer. */
#define DENSITY "200"

static const SallySheetPaper a4 = { 595.276, 841.890 };

/* Long keys, names and notes; counters; what needs escaping. */
static const char *const accounts[] = {
  "otpauth://totp/Firm:anna%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Firm",
  "otpauth://hotp/VPN:%C3%96rtchen?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVG"
  "Y3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOI&issuer=VPN&algorithm=SHA512&counter=41",
  "otpauth://totp/Bank:b?secret=GEZDGNBVGY3TQOJQ&issuer=Bank&algorithm=SHA256&digits=8&period=60",
  "otpauth://steam/Steam:player?secret=GEZDGNBVGY3TQOJQ&issuer=Steam",
  "otpauth://totp/alone?secret=GEZDGNBVGY3TQOJQ&tags=Work&tags=Two&note=a%20note%20%26%20more",
  "otpauth://totp/"
  "A%20service%20with%20a%20very%20long%20name%20indeed%2C%20so%20long%20that%20it%20"
  "has%20to%20be%20cut:somebody.with.a.long.address%40subsidiary.example.org?secret="
  "GEZDGNBVGY3TQOJQ&"
  "issuer=A%20service%20with%20a%20very%20long%20name%20indeed%2C%20so%20long%20that%20it%20has%"
  "20to%"
  "20be%20cut",
};

static GPtrArray *
parse (const char *const *texts, gsize n_texts)
{
  GPtrArray *uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);

  for (gsize i = 0; i < n_texts; i++)
    {
      g_autoptr (SallySecret) text = sally_secret_new (texts[i], -1);
      SallyOtpUri *uri = sally_otp_uri_parse (text, NULL);

      g_assert_nonnull (uri);
      g_ptr_array_add (uris, uri);
    }
  return uris;
}

static void
run (const char *const *arguments, char **output)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, output, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
}

/* Poppler is not what made it. */
static char *
get_text (const char *path)
{
  const char *const arguments[] = { "pdftotext", "-layout", path, "-", NULL };
  char *text = NULL;

  run (arguments, &text);
  return text;
}

/* What a scanner finds on all pages (element-type SallySecret). */
static GPtrArray *
scan (const char *folder, const char *path)
{
  g_autofree char *prefix = g_build_filename (folder, "page", NULL);
  const char *const arguments[] = { "pdftoppm", "-r", DENSITY, "-png", path, prefix, NULL };
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  g_autoptr (GDir) directory = NULL;
  const char *name;

  run (arguments, NULL);
  directory = g_dir_open (folder, 0, NULL);
  while ((name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *page = g_build_filename (folder, name, NULL);
      g_autofree char *content = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GPtrArray) texts = NULL;
      g_autoptr (GError) error = NULL;
      gsize length;

      if (!g_str_has_suffix (name, ".png"))
        continue;
      g_assert_true (g_file_get_contents (page, &content, &length, NULL));
      bytes = g_bytes_new_take (g_steal_pointer (&content), length);
      sally_qr_read_async (bytes, NULL, await_ready, &result);
      texts = sally_qr_read_finish (await_result (&result), &error);
      g_assert_no_error (error);
      g_ptr_array_extend_and_steal (found, g_steal_pointer (&texts));
    }
  return found;
}

static gboolean
equal_secrets (gconstpointer a, gconstpointer b)
{
  return sally_secret_equal ((SallySecret *) a, (SallySecret *) b);
}

/* Every address, to the byte, and no other. */
static void
assert_codes (GPtrArray *uris, GPtrArray *found)
{
  g_assert_cmpuint (found->len, ==, uris->len);
  for (guint i = 0; i < uris->len; i++)
    {
      g_autoptr (SallySecret) text = sally_otp_uri_build (uris->pdata[i]);

      g_assert_true (g_ptr_array_find_with_equal_func (found, text, equal_secrets, NULL));
    }
}

static char *
write_sheet (const char *folder, GPtrArray *uris, const SallySheetPaper *paper, GPtrArray *losses)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sally_sheet_write (uris, paper, NOW, losses, &error);
  char *path = g_build_filename (folder, "sheet.pdf", NULL);

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                      (gssize) g_bytes_get_size (bytes), NULL));
  return path;
}

static gboolean
has_poppler (void)
{
  g_autofree char *program = g_find_program_in_path ("pdftoppm");

  if (program != NULL)
    return TRUE;
  g_test_skip ("pdftoppm is not installed");
  return FALSE;
}

static void
test_codes (void)
{
  char *folder = await_make_directory ();
  g_autoptr (GPtrArray) uris = parse (accounts, G_N_ELEMENTS (accounts));
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) found = NULL;

  if (has_poppler ())
    {
      path = write_sheet (folder, uris, &a4, losses);
      g_assert_cmpuint (losses->len, ==, 0);
      found = scan (folder, path);
      assert_codes (uris, found);
    }
  await_remove_directory (folder);
}

static void
test_text (void)
{
  static const char *const expected[] = {
    "Recovery Sheet",
    "6 accounts",
    "22 November 2026",
    "Whoever holds this paper",
    "Firm",
    "anna@example.org",
    "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
    "By time (TOTP)",
    "every 30 seconds",
    "8 digits",
    "every 60 seconds",
    "SHA256",
    "Örtchen",
    "next counter 41",
    "SHA512",
    "Steam Guard",
    "alone",
    "Page 1 of 2",
    "Page 2 of 2",
  };
  char *folder = await_make_directory ();
  g_autoptr (GPtrArray) uris = parse (accounts, G_N_ELEMENTS (accounts));
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  if (has_poppler ())
    {
      path = write_sheet (folder, uris, &a4, NULL);
      text = get_text (path);
      for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
        {
          g_test_message ("“%s”", expected[i]);
          g_assert_nonnull (strstr (text, expected[i]));
        }
    }
  await_remove_directory (folder);
}

/* An account is on one page, whole. */
static void
test_pages (void)
{
  char *folder = await_make_directory ();
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);
  const SallySheetPaper letter = { 612, 792 };
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) found = NULL;

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name =
          g_strdup_printf ("otpauth://totp/Service%u:anna?secret=GEZDGNBVGY3TQOJQ&issuer=Service%u",
                           i, i);
      g_autoptr (SallySecret) secret = sally_secret_new (name, -1);

      g_ptr_array_add (uris, sally_otp_uri_parse (secret, NULL));
    }
  if (has_poppler ())
    {
      path = write_sheet (folder, uris, &letter, NULL);
      found = scan (folder, path);
      assert_codes (uris, found);
      text = get_text (path);
      g_assert_nonnull (strstr (text, "Page 7 of"));
      g_assert_null (strstr (text, "Page 10 of"));
    }
  await_remove_directory (folder);
}

/* Notes that no code has room for are left out, and that is said. */
static void
test_too_much (void)
{
  char *folder = await_make_directory ();
  g_autoptr (GPtrArray) uris = parse (accounts, 2);
  g_autoptr (GPtrArray) bare = parse (accounts, 2);
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  SallyOtpUri *uri = uris->pdata[0];
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) found = NULL;

  g_ptr_array_add (uri->unknown, g_strdup ("note"));
  g_ptr_array_add (uri->unknown, g_strnfill (3000, 'n'));
  if (has_poppler ())
    {
      path = write_sheet (folder, uris, &a4, losses);
      g_assert_cmpuint (losses->len, ==, 1);
      g_assert_nonnull (strstr (losses->pdata[0], "Firm"));
      g_assert_nonnull (strstr (losses->pdata[0], "notes"));
      found = scan (folder, path);
      assert_codes (bare, found);
    }
  await_remove_directory (folder);
}

static void
test_paper (void)
{
  SallySheetPaper paper = sally_sheet_get_default_paper ();

  g_assert_cmpfloat_with_epsilon (paper.width, a4.width, 0.5);
  g_assert_cmpfloat_with_epsilon (paper.height, a4.height, 0.5);
  if (setlocale (LC_PAPER, "en_US.UTF-8") == NULL)
    return;
  paper = sally_sheet_get_default_paper ();
  g_assert_cmpfloat_with_epsilon (paper.width, 612, 0.5);
  g_assert_cmpfloat_with_epsilon (paper.height, 792, 0.5);
  setlocale (LC_PAPER, "C");
}

static void
test_format (void)
{
  const SallyBackupFormat *format = sally_sheet_get_format ();
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (GPtrArray) losses = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (format->name, ==, "pdf");
  g_assert_null (sally_backup_write (format, nothing, NULL, losses, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  setlocale (LC_CTYPE, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sheet/codes-are-read-back", test_codes);
  g_test_add_func ("/sheet/text", test_text);
  g_test_add_func ("/sheet/many-pages", test_pages);
  g_test_add_func ("/sheet/more-than-a-code-holds", test_too_much);
  g_test_add_func ("/sheet/paper", test_paper);
  g_test_add_func ("/sheet/format", test_format);
  return g_test_run ();
}
