/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/known-hosts.h"

#include <string.h>

#define ED25519             "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIdeMKySs1110KQfwiXEIUnw8ZzjgDqFm/rZWrMcCnPU"
#define ED25519_FINGERPRINT "SHA256:TLE1t++uHQd1g3a62ndLT00AyQFxB8dOBs+STmdv/Ok"
#define ECDSA                                                                                      \
  "ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBM3e5dflrmSxa8HEIdL7"   \
  "QqOQKAWbAHXdR4nMq7arS+eZA2KFiRlt0hFZQVJb6co68RUVMM5q8w1SpOv0ck39ORpdYvG2SHGlABy+TFJGAlXk/VNMEE" \
  "WrlJ7nfNzV/p/bag=="
/* Made by ssh-keygen -H of "h.example" and "[h.example]:2222". */
#define HASHED      "|1|e8X3oh99lu04MwTVXyaF8WDTmEA=|5uQ7wg/+9yakojpUhUAJl8nWBD0="
#define HASHED_2222 "|1|gAo3nbHkI9lslR2NID2BId7Zt9s=|WweZ4LvNKNsCIBt4+kgSJ1VwRow="

/* What a line says about a host: 'k' a key, 'r' revoked, 'a' an authority, '-' nothing. */
static const struct
{
  const char *line;
  const char *host;
  guint port;
  char says;
} lines[] = {
  { "h.example " ED25519, "h.example", 22, 'k' },
  { "h.example " ED25519, "H.Example", 22, 'k' },
  { "H.EXAMPLE " ED25519, "h.example", 22, 'k' },
  { "h.example " ED25519, "h.example", 2222, '-' },
  { "h.example " ED25519, "i.example", 22, '-' },
  { "h.example " ED25519, "h.example.org", 22, '-' },
  { "h.example " ED25519 " a comment\r", "h.example", 22, 'k' },
  { "  \th.example\t" ED25519, "h.example", 22, 'k' },
  { "[h.example]:2222 " ED25519, "h.example", 2222, 'k' },
  { "[h.example]:2222 " ED25519, "h.example", 22, '-' },
  { "g,h.example,192.0.2.1 " ED25519, "192.0.2.1", 22, 'k' },
  { "[2001:db8::1]:2222 " ED25519, "2001:db8::1", 2222, 'k' },
  { "2001:db8::1 " ED25519, "2001:db8::1", 22, 'k' },
  { "*.example " ED25519, "h.example", 22, 'k' },
  { "*.example " ED25519, "example", 22, '-' },
  { "?.example " ED25519, "h.example", 22, 'k' },
  { "?.example " ED25519, "hh.example", 22, '-' },
  { "[*.example]:* " ED25519, "h.example", 2222, 'k' },
  { "*a*a*a*a*b " ED25519, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 22, '-' },
  { "*.example,!h.example " ED25519, "h.example", 22, '-' },
  { "*.example,!h.example " ED25519, "g.example", 22, 'k' },
  { "!h.example " ED25519, "g.example", 22, '-' },
  { HASHED " " ED25519, "h.example", 22, 'k' },
  { HASHED " " ED25519, "H.example", 22, 'k' },
  { HASHED " " ED25519, "i.example", 22, '-' },
  { HASHED " " ED25519, "h.example", 2222, '-' },
  { HASHED_2222 " " ED25519, "h.example", 2222, 'k' },
  { "|1|short|x " ED25519, "h.example", 22, '-' },
  { "|1| " ED25519, "h.example", 22, '-' },
  { "|2|e8X3oh99lu04MwTVXyaF8WDTmEA=|x " ED25519, "h.example", 22, '-' },
  { "@revoked * " ED25519, "h.example", 22, 'r' },
  { "@revoked h.example " ED25519, "h.example", 22, 'r' },
  { "@revoked i.example " ED25519, "h.example", 22, '-' },
  { "@cert-authority *.example " ED25519, "h.example", 22, 'a' },
  { "@cert-authority *.example " ED25519, "h.org", 22, '-' },
  { "@unknown h.example " ED25519, "h.example", 22, '-' },
  { "# h.example " ED25519, "h.example", 22, '-' },
  { "h.example", "h.example", 22, '-' },
  { "h.example ssh-ed25519", "h.example", 22, '-' },
  { "h.example ssh-ed25519 !!!!", "h.example", 22, '-' },
  { "h.example ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIIdeMKySs1110KQfwiXEIUnw8ZzjgDqFm/rZWrMcCnPU",
    "h.example", 22, '-' },
  { "h.example ssh-ed25519 /////w==", "h.example", 22, '-' },
  { "h.example 2048 65537 1234567890", "h.example", 22, '-' },
  { "@revoked", "h.example", 22, '-' },
  { "", "h.example", 22, '-' },
};

static char
what_is_said (const char *text, const char *host, guint port)
{
  g_autoptr (GPtrArray) found = sally_known_hosts_find (text, strlen (text), host, port);
  SallyKnownHost *known;

  if (found->len == 0)
    return '-';
  g_assert_cmpuint (found->len, ==, 1);
  known = found->pdata[0];
  g_assert_cmpstr (known->key_type, ==, "ssh-ed25519");
  g_assert_cmpstr (known->fingerprint, ==, ED25519_FINGERPRINT);
  g_assert_cmpuint (known->line, ==, 1);
  return "kra"[known->mark];
}

static void
test_lines (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_test_message ("%s: %s %u", lines[i].line, lines[i].host, lines[i].port);
      g_assert_cmpint (what_is_said (lines[i].line, lines[i].host, lines[i].port), ==,
                       lines[i].says);
    }
}

static void
test_file (void)
{
  static const char text[] = "# mine\n\nbroken\nh.example " ED25519 "\n@revoked * " ECDSA
                             "\ng.example " ED25519 "\nh.example " ECDSA;
  g_autoptr (GPtrArray) found = sally_known_hosts_find (text, strlen (text), "h.example", 22);
  SallyKnownHost *last;

  g_assert_cmpuint (found->len, ==, 3);
  last = found->pdata[2];
  g_assert_cmpstr (last->key_type, ==, "ecdsa-sha2-nistp384");
  g_assert_cmpuint (last->line, ==, 7);
}

/* A line beyond the limit is passed over, and the next one is still read. */
static void
test_long_line (void)
{
  g_autofree char *long_name = g_strnfill (SALLY_KNOWN_HOSTS_MAX_LINE, 'a');
  g_autofree char *text =
      g_strconcat (long_name, ",h.example " ED25519 "\nh.example " ED25519 "\n", NULL);
  g_autoptr (GPtrArray) found = sally_known_hosts_find (text, strlen (text), "h.example", 22);

  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpuint (((SallyKnownHost *) found->pdata[0])->line, ==, 2);
}

/* Cut anywhere, and with any byte changed, nothing is read beyond: each piece is a block of its
 * own. */
static void
test_damage (void)
{
  static const char text[] = "@revoked *.example,!x " ED25519 "\n" HASHED " " ED25519 "\n";
  const gsize length = sizeof text - 1;

  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *cut = g_memdup2 (text, i);
      g_autofree char *changed = g_memdup2 (text, length);
      g_autoptr (GPtrArray) found_cut = sally_known_hosts_find (cut, i, "h.example", 22);
      g_autoptr (GPtrArray) found_changed = NULL;

      changed[i] = (char) (changed[i] ^ 0x80);
      found_changed = sally_known_hosts_find (changed, length, "h.example", 22);
      g_assert_cmpuint (found_cut->len, <=, 2);
      g_assert_cmpuint (found_changed->len, <=, 2);
      changed[i] = '\0';
      g_clear_pointer (&found_changed, g_ptr_array_unref);
      found_changed = sally_known_hosts_find (changed, length, "h.example", 22);
      g_assert_cmpuint (found_changed->len, <=, 2);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/known-hosts/lines", test_lines);
  g_test_add_func ("/known-hosts/file", test_file);
  g_test_add_func ("/known-hosts/long-line", test_long_line);
  g_test_add_func ("/known-hosts/damage", test_damage);
  return g_test_run ();
}
