/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/putty-keys.h"

/* Keys of ssh-keygen, written as PuTTY does, and what ssh-keygen -l shows for them. */
static void
test_describe (void)
{
  static const struct
  {
    const char *type;
    const char *value;
    const char *key;
  } table[] = {
    { "ssh-ed25519",
      "0x58722d037697745f8b0fa982145e9971129ab8a9988525710690ed4254239d36,0x299db59a729"
      "3369cf50ea857853c079fcd4c0110f5c1e471b342b78e22f65cc8",
      "ssh-ed25519 SHA256:VTSzr+MnGjX279G5Ic7T2wyWekB4437+8Erb9u7x+3A" },
    { "ssh-ed25519",
      "0x538642d5d57655ea1802525f96a40bbb3e7937bc302941f734bc4fadc7d9d21f,0x2000cfcc4d6"
      "9a4aa63e0303a6e1d3eced0f381300716750719a550b7bb26fd77",
      "ssh-ed25519 SHA256:bW74JOSDgmK0aa+i7ctkDS5F71RgQYgy6tl9adeW+p0" },
    { "rsa2",
      "0x10001,0xb22329430cf0d7a60519707a53c9157f6fde6cfb6d1f13efea2205c05fdc9b90843afe"
      "1a9412ab63db4fe00906a2873f9abe50196b269c6df5eed2d4559ecb24bbca9d6ae316a26b275415"
      "843e1f49e569056a1540c4608b4e045251e6b3c1789e7bebd83d6ef48390ab66887186d5aec7c20c"
      "0e35e0f2c44e1485e301a93765",
      "ssh-rsa SHA256:EC3ulnnLT+SNGqB4GcFhzN4I2UDKyHjmBeKQTDd/NvU" },
    { "ecdsa-sha2-nistp256",
      "nistp256,0x929b509356d27323c5a52680f6d703527decf78d93b53985cfbc14a1be1bc875,0x16"
      "763d2bd35a29762922bb9d055eea5c5c0c83ac08cee9fee6f04242f2214b2d",
      "ecdsa-sha2-nistp256 SHA256:k5IJ3KCSwk1Vu9hVftPdeZfgUwCNo92ZyO1055yhnlo" },
    { "ecdsa-sha2-nistp521",
      "nistp521,0x48045c9ec27bf22071a76c1d3ab54cc1d0aac30d7696926d5efb5c8bbcebe75ef0f48"
      "679a63ee1911e07d4cefd7981c49c4af9b0d8c5adfb46855c6e33d37208d6,0x7dd7ab2295d14949"
      "b4b398e3e2a0d387abdf7650229f123c58092c5b043d2c12c8a57bc3d343f540820642b3bca2b0c3"
      "d69ac0a52ae73f250fbde2c301dc14638a",
      "ecdsa-sha2-nistp521 SHA256:36s4727/QFEZL+VN9tT85kgzCk4mz4epIIqtB1KbW8o" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *key = sally_putty_key_describe (table[i].type, table[i].value);

      g_assert_cmpstr (key, ==, table[i].key);
    }
}

static void
test_no_keys (void)
{
  static const struct
  {
    const char *type;
    const char *value;
  } table[] = {
    { "rsa2", "" },
    { "rsa2", "0x10001" },
    { "rsa2", "0x10001,0x" },
    { "rsa2", "0x10001,12" },
    { "rsa2", "0x10001,0xg" },
    { "dss", "0x1,0x2" },
    { "ssh-ed25519", "0x1" },
    { "ssh-ed25519", "0x1,0x0" },
    { "ssh-ed25519", "0x1,0x1000000000000000000000000000000000000000000000000000000000000000000" },
    { "ecdsa-sha2-nistp256", "nistp384,0x1,0x2" },
    { "ecdsa-sha2-nistp256", "nistp256,0x1" },
    { "ecdsa-sha2-nistp999", "nistp999,0x1,0x2" },
    { "ecdsa-sha2-", ",0x1,0x2" },
  };
  g_autofree char *long_number = g_strnfill (100000, 'f');
  g_autofree char *long_value = g_strconcat ("0x10001,0x", long_number, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_assert_null (sally_putty_key_describe (table[i].type, table[i].value));
  g_assert_null (sally_putty_key_describe ("rsa2", long_value));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/putty-keys/describe", test_describe);
  g_test_add_func ("/putty-keys/no-keys", test_no_keys);
  return g_test_run ();
}
