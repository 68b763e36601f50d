/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "model/server.h"

#include <string.h>

static SallyServer *
make_server (void)
{
  SallyServer *server = sally_server_new (NULL);

  g_object_set (server, "name", "Customer", "host", "sftp.example.org", "user", "vendor", NULL);
  return server;
}

static void
test_defaults (void)
{
  g_autoptr (SallyServer) server = sally_server_new (NULL);

  g_assert_true (g_uuid_string_is_valid (sally_server_get_id (server)));
  g_assert_cmpuint (sally_server_get_port (server), ==, 22);
  g_assert_cmpstr (sally_server_get_recipe (server), ==, "password");
  g_assert_cmpstr (sally_server_get_jump (server), ==, "");
}

static void
test_validate (void)
{
  static const struct
  {
    const char *property;
    const char *value;
    const char *says; /* NULL: valid */
  } table[] = {
    { "name", "Kunde Süd", NULL },
    { "name", "", "no name" },
    { "name", "a:b", "“:”" },
    { "name", "a/b", "“/”" },
    { "name", "a\tb", "invisible" },
    { "name", "a\u202Eb", "invisible" },
    { "name", "-n", "“-”" },
    { "name", " n", "space" },
    { "host", "", "no host" },
    { "host", "192.0.2.1", NULL },
    { "host", "2001:db8::1", NULL },
    { "host", "host:22", "no host" },
    { "host", "user@host", "no host" },
    { "host", "-oProxyCommand=x", "no host" },
    { "host", "a b", "no host" },
    { "user", "", "no user name" },
    { "user", "first.last@example.org", NULL },
    { "user", "-l", "user name" },
    { "user", "a\nb", "user name" },
    { "recipe", "key", NULL },
    { "recipe", "magic", "magic" },
    { "recipe", "password+code", NULL },
    { "separator", ",", NULL },
    { "separator", "a\nb", "visible" },
    { "separator", "12345678901234567", "16" },
    { "password-prompt", "^passwor[dt]", NULL },
    { "password-prompt", "(", "regular expression" },
    { "code-prompt", "code|pin", NULL },
    { "code-prompt", "*", "regular expression" },
    { "jump", "Customer", "itself" },
    { "jump", "Bastion", NULL },
    { "start-directory", "\xFF", "UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyServer) server = make_server ();
      g_autoptr (GError) error = NULL;
      gboolean is_valid;

      g_object_set (server, table[i].property, table[i].value, NULL);
      is_valid = sally_server_validate (server, &error);
      if (is_valid != (table[i].says == NULL) ||
          (error != NULL && strstr (error->message, table[i].says) == NULL))
        g_error ("%s=%s: %s", table[i].property, table[i].value,
                 error != NULL ? error->message : "accepted");
      if (error != NULL)
        g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
    }
}

static void
test_ports (void)
{
  static const struct
  {
    guint port;
    gboolean is_valid;
  } table[] = { { 0, FALSE }, { 1, TRUE }, { 65535, TRUE }, { 65536, FALSE }, { 70000, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyServer) server = make_server ();

      g_object_set (server, "port", table[i].port, NULL);
      g_assert_cmpint (sally_server_validate (server, NULL), ==, table[i].is_valid);
    }
}

static void
test_long_name (void)
{
  g_autoptr (SallyServer) server = make_server ();
  g_autofree char *name = g_strnfill (101, 'n');

  g_object_set (server, "name", name, NULL);
  g_assert_false (sally_server_validate (server, NULL));
  name[100] = '\0';
  g_object_set (server, "name", name, NULL);
  g_assert_true (sally_server_validate (server, NULL));
}

static void
test_code_lengths (void)
{
  static const struct
  {
    guint length;
    gboolean is_valid;
  } table[] = { { 0, TRUE }, { 5, FALSE }, { 6, TRUE }, { 8, TRUE }, { 9, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyServer) server = make_server ();

      g_object_set (server, "code-length", table[i].length, NULL);
      g_assert_cmpint (sally_server_validate (server, NULL), ==, table[i].is_valid);
    }
}

static void
test_address (void)
{
  static const struct
  {
    const char *host;
    guint port;
    const char *address;
  } table[] = {
    { "sftp.example.org", 22, "sftp.example.org" },
    { "sftp.example.org", 2222, "sftp.example.org:2222" },
    { "2001:db8::1", 22, "2001:db8::1" },
    { "2001:db8::1", 2222, "[2001:db8::1]:2222" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyServer) server = make_server ();
      g_autofree char *address = NULL;

      g_object_set (server, "host", table[i].host, "port", table[i].port, NULL);
      address = sally_server_dup_address (server);
      g_assert_cmpstr (address, ==, table[i].address);
    }
}

static void
count (GObject *object, GParamSpec *pspec, guint *counter)
{
  (*counter)++;
}

static void
test_set_from (void)
{
  g_autoptr (SallyServer) server = make_server ();
  g_autoptr (SallyServer) other = make_server ();
  guint n_notified = 0;

  g_object_set (other, "port", 2222, "group", "Work", NULL);
  g_signal_connect (server, "notify", G_CALLBACK (count), &n_notified);
  sally_server_set_from (server, other);
  g_assert_cmpuint (n_notified, ==, 2);
  g_assert_cmpstr (sally_server_get_group (server), ==, "Work");
  g_assert_cmpstr (sally_server_get_id (server), !=, sally_server_get_id (other));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/defaults", test_defaults);
  g_test_add_func ("/server/validate", test_validate);
  g_test_add_func ("/server/ports", test_ports);
  g_test_add_func ("/server/long-name", test_long_name);
  g_test_add_func ("/server/code-lengths", test_code_lengths);
  g_test_add_func ("/server/address", test_address);
  g_test_add_func ("/server/set-from", test_set_from);
  return g_test_run ();
}
