/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/service-icon.h"

#include <string.h>

static const struct
{
  const char *issuer;
  const char *name;
} table[] = {
  /* As services call themselves. */
  { "GitHub", "code" },
  { "github", "code" },
  { "GITHUB", "code" },
  { "Google", "identity" },
  { "Amazon", "shop" },
  { "Amazon Web Services", "cloud" },
  { "AWS", "cloud" },
  { "PayPal", "card" },
  { "Proton Mail", "mail" },
  { "ProtonMail", "mail" },
  { "Proton VPN", "vpn" },
  { "Société Générale", "bank" },
  { "Let’s Encrypt", "security" },
  { "1Password", "passwords" },
  { "Crypto.com", "coin" },
  { "web.de", "mail" },
  { "E.ON", "energy" },
  { "X", "social" },
  { "ING", "bank" },
  { "Steam", "game" },
  { "AWS Transfer", "server" },
  /* With something behind it, and the longest first. */
  { "GitHub Enterprise", "code" },
  { "Google (alice)", "identity" },
  { "Google Cloud Platform", "cloud" },
  { "Google Drive – work", "storage" },
  { "Signal Iduna", "insurance" },
  { "Microsoft 365", "work" },
  /* A short name is no beginning. */
  { "Ing Systems", NULL },
  { "X Window", NULL },
  /* Hosts. */
  { "github.com", "code" },
  { "www.dropbox.com", "storage" },
  { "console.aws.amazon.com", "cloud" },
  { "mail.google.com", "identity" },
  { "gitlab.example.org", "code" },
  { "example.one", NULL },
  { "sftp.example.com", "server" },
  /* Words that tell. */
  { "Stadtsparkasse Bank", "bank" },
  { "Volksbank Mitte", "bank" },
  { "University of Somewhere", "school" },
  { "My company's VPN", "vpn" },
  { "Bastion (Frankfurt)", "server" },
  { "Webmail", "mail" },
  /* And nothing. */
  { "ACME", NULL },
  { "", NULL },
  { "…", NULL },
  { "名前", NULL },
  { "Databanks", NULL },
  { "a b c d e f g h i j k l m n o bank", NULL },
};

static void
test_table (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_test_message ("%s", table[i].issuer);
      g_assert_cmpstr (sally_service_icon_find (table[i].issuer), ==, table[i].name);
    }
}

static void
test_choices (void)
{
  static const struct
  {
    const char *choice;
    const char *issuer;
    const char *name;
    gboolean is_choice;
  } choices[] = {
    { "", "GitHub", "code", TRUE },           { "", "ACME", NULL, TRUE },
    { "letters", "GitHub", NULL, TRUE },      { "bank", "GitHub", "bank", TRUE },
    { "bank", "ACME", "bank", TRUE },         { "no-such", "GitHub", "code", FALSE },
    { "../../etc", "GitHub", "code", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      g_assert_cmpstr (sally_service_icon_choose (choices[i].choice, choices[i].issuer), ==,
                       choices[i].name);
      g_assert_cmpint (sally_service_icon_is_choice (choices[i].choice), ==, choices[i].is_choice);
    }
}

/* Every name has a title, and every icon of the set a file; and the other way round. */
static void
test_set (void)
{
  const char *const *names = sally_service_icon_list ();
  g_autofree char *folder =
      g_test_build_filename (G_TEST_DIST, "..", "ui", "icons", "services", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n_names = g_strv_length ((char **) names);
  guint n_files = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n_files++;
  g_assert_cmpuint (n_names, >=, 30);
  g_assert_cmpuint (n_files, ==, n_names);
  for (guint i = 0; i < n_names; i++)
    {
      g_autofree char *file =
          g_strdup_printf ("%s/sally-service-%s-symbolic.svg", folder, names[i]);

      g_assert_true (g_file_test (file, G_FILE_TEST_IS_REGULAR));
      g_assert_nonnull (sally_service_icon_get_title (names[i]));
      g_assert_true (i == 0 || strcmp (names[i - 1], names[i]) < 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/service-icon/table", test_table);
  g_test_add_func ("/service-icon/choices", test_choices);
  g_test_add_func ("/service-icon/set", test_set);
  return g_test_run ();
}
