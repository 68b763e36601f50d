/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/randomart.h"

#include <string.h>

/* As ssh-keygen -lv shows them. */
static const struct
{
  const char *key;
  const char *fingerprint;
  const char *art;
} keys[] = {
  { "AAAAC3NzaC1lZDI1NTE5AAAAIIdeMKySs1110KQfwiXEIUnw8ZzjgDqFm/rZWrMcCnPU",
    "SHA256:TLE1t++uHQd1g3a62ndLT00AyQFxB8dOBs+STmdv/Ok",
    "+--[ED25519 256]--+\n"
    "|        . =+B*o  |\n"
    "|         + +oO=  |\n"
    "|        o   =**oo|\n"
    "|       o   o.=+=o|\n"
    "|        S   ..o =|\n"
    "|             ..++|\n"
    "|             .oo=|\n"
    "|            ooo=o|\n"
    "|           ..o+E+|\n"
    "+----[SHA256]-----+" },
  { "AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBM3e5dflrmSxa8HEIdL7QqOQKAWbAHXdR4nMq7ar"
    "S+eZA2KFiRlt0hFZQVJb6co68RUVMM5q8w1SpOv0ck39ORpdYvG2SHGlABy+TFJGAlXk/"
    "VNMEEWrlJ7nfNzV/p/bag==",
    "SHA256:rVYZ69In+b/4DWC2LpX7E52I0Tcs1oAvm+ZDnd2Lwpg",
    "+---[ECDSA 384]---+\n"
    "|            .    |\n"
    "|           . .   |\n"
    "|          . o +  |\n"
    "|         . * = = |\n"
    "|        S = %.*.+|\n"
    "|         = Xo*.oo|\n"
    "|        + %.o.o..|\n"
    "|       . E.X.o.+ |\n"
    "|           .*+=o.|\n"
    "+----[SHA256]-----+" },
  { "AAAAB3NzaC1yc2EAAAADAQABAAABgQDMJoNmo776leCsLsL6Ts+Lpf/GJyIF4Pu34Si68FBBZMVBHMXwoxc9qzgYLgWv"
    "16cfn0ls8KBwGP0o0vZemWeejaLu/ix96nyq+rLS+jTwUwR/lfjp+fbsF88IVieH6E+MkHDEjrC1nwMO2KpXraqmBoBE"
    "0ZX0jvFoFH5ooYzasUBdrIzmxEq77RMlfwx5kAFewUpRFQ34JVz5/Iew8DumVr3AVU+S/apsCJxHoLVOVG9A4BEeLxo0"
    "9LhudpUozyYr5drSNi0gAU+XuDK3fq9yPvhCKye0XmOblBY2yoTDKvnSUZdjRRcF1qgBPTinjvEOgw11ObefirOZFz1Q"
    "CQrBj3nEo3nny4AEOaaL7u/tTpuaa6axKmIGij19DhmVqFv3lYE9FNkrXJAP5I/3eur2noeQJWkmKOun+SYyjCN0KlVN"
    "KneKDlI6KsAvMQRPTToTbSzn+2HDeehOjEyS6ikfdx1yFDTPga5TbMnPnm19YZE0NCS+e+EIlamQuxIN6U8=",
    "SHA256:zZKcfYRgVaqwrOdkZcvQsytgdXQat3r6oCbkcwmoATI",
    "+---[RSA 3072]----+\n"
    "|        o....    |\n"
    "|       .o.oo     |\n"
    "|      .. =o..    |\n"
    "|E    ..=oB..     |\n"
    "|o. . .+.S.+ .    |\n"
    "|. . =. =.=..     |\n"
    "| o +.o+.=o       |\n"
    "|.   +==..o       |\n"
    "|     =o....      |\n"
    "+----[SHA256]-----+" },
};

static void
test_keys (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gsize length;
      g_autofree guchar *blob = g_base64_decode (keys[i].key, &length);
      g_autofree char *fingerprint = sally_fingerprint_new (blob, length);
      g_autofree char *art = sally_randomart_new (blob, length);

      g_assert_cmpstr (fingerprint, ==, keys[i].fingerprint);
      g_assert_cmpstr (art, ==, keys[i].art);
    }
}

/* What is no key has a picture without a title, whatever its lengths say. */
static void
test_any_bytes (void)
{
  static const char *const blobs[] = { "", "AAAAB3NzaC1yc2E=", "/////3NzaC1yc2E=",
                                       "AAAAB3NzaC1yc2EAAAAAAAAAAA==" };

  for (gsize i = 0; i < G_N_ELEMENTS (blobs); i++)
    {
      gsize length;
      g_autofree guchar *blob = g_base64_decode (blobs[i], &length);
      g_autofree char *art = sally_randomart_new (blob, length);

      g_assert_true (g_str_has_prefix (art, "+-----------------+\n|"));
      g_assert_cmpuint (strlen (art), ==, 11 * 20 - 1);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/randomart/as-ssh-keygen-draws-it", test_keys);
  g_test_add_func ("/randomart/any-bytes", test_any_bytes);
  return g_test_run ();
}
