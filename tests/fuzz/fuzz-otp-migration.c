/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is read and can be carried is written so that it reads the same. */
#include "config.h"

#include "otp/otp-migration.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (SallySecret) text = NULL;
  g_autoptr (SallyOtpMigration) migration = NULL;
  g_autoptr (GPtrArray) uris = g_ptr_array_new ();
  g_autoptr (GPtrArray) parts = NULL;
  guint n_read = 0;

  if (size > SALLY_OTP_MIGRATION_MAX_BYTES)
    return 0;
  text = sally_secret_new ((const char *) data, (gssize) size);
  migration = sally_otp_migration_parse (text, NULL);
  if (migration == NULL)
    return 0;
  for (guint i = 0; i < migration->accounts->len; i++)
    {
      SallyOtpMigrationAccount *account = migration->accounts->pdata[i];

      if (account->reason == NULL && sally_otp_migration_can_carry (account->uri, NULL))
        g_ptr_array_add (uris, account->uri);
    }
  parts = sally_otp_migration_build (uris, 1);
  for (guint i = 0; i < parts->len; i++)
    {
      g_autoptr (SallyOtpMigration) part = sally_otp_migration_parse (parts->pdata[i], NULL);

      g_assert_nonnull (part);
      n_read += part->accounts->len;
    }
  g_assert_cmpuint (n_read, ==, uris->len);
  return 0;
}
