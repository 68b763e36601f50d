/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/dialect.h"

static void
test_table (void)
{
  static const struct
  {
    const char *ident;
    gboolean has_posix_rename;
    const char *name;
    gboolean temporary_name;
    gboolean sets_attributes;
    gboolean splits_uploads;
  } table[] = {
    { "SSH-2.0-AWS_SFTP_1.1", FALSE, "AWS Transfer", FALSE, FALSE, FALSE },
    { "SSH-2.0-AWS_SFTP_1.2", TRUE, "AWS Transfer", FALSE, FALSE, FALSE },
    { "SSH-2.0-AzureSSH_1.0.0", FALSE, "Azure Blob", TRUE, FALSE, FALSE },
    { "SSH-2.0-OpenSSH_9.9p1 Debian-3", TRUE, "OpenSSH", TRUE, TRUE, TRUE },
    { "SSH-2.0-mod_sftp", FALSE, "ProFTPD", TRUE, TRUE, FALSE },
    { "SSH-2.0-dropbear_2025.89", TRUE, "Dropbear", TRUE, TRUE, TRUE },
    { "SSH-2.0-dropbear_2025.89", FALSE, "Dropbear", TRUE, TRUE, FALSE },
    { "SSH-2.0-Bastion", TRUE, "OpenSSH SFTP", TRUE, TRUE, TRUE },
    { "SSH-2.0-Bastion", FALSE, "", TRUE, TRUE, FALSE },
    { "not AWS_SFTP", FALSE, "", TRUE, TRUE, FALSE },
    { "", FALSE, "", TRUE, TRUE, FALSE },
    { NULL, FALSE, "", TRUE, TRUE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const SallyDialect *dialect =
          sally_dialect_detect (table[i].ident, table[i].has_posix_rename);

      g_assert_cmpstr (dialect->name, ==, table[i].name);
      g_assert_cmpint (dialect->temporary_name, ==, table[i].temporary_name);
      g_assert_cmpint (dialect->sets_attributes, ==, table[i].sets_attributes);
      g_assert_cmpint (dialect->splits_uploads, ==, table[i].splits_uploads);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dialect/table", test_table);
  return g_test_run ();
}
