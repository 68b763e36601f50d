/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "model/server-uri.h"

#include <string.h>

static void
test_parts (void)
{
  static const struct
  {
    const char *uri;
    const char *host;
    guint port;
    const char *user;
    const char *path;
    const char *name;
  } table[] = {
    { "sftp://example.org", "example.org", 22, "", "", "example.org" },
    { "sftp://example.org/", "example.org", 22, "", "", "example.org" },
    { "SFTP://Example.org:22", "Example.org", 22, "", "", "Example.org" },
    { "sftp://vendor@example.org:2222/in/box", "example.org", 2222, "vendor", "/in/box",
      "example.org" },
    { "sftp://first%40corp@example.org/", "example.org", 22, "first@corp", "", "example.org" },
    { "sftp://vendor;fingerprint=ssh-rsa-00@example.org/a", "example.org", 22, "vendor", "/a",
      "example.org" },
    { "sftp://vendor:not-used@example.org/a", "example.org", 22, "vendor", "/a", "example.org" },
    { "sftp://example.org/a%20b/%C3%A4", "example.org", 22, "", "/a b/\303\244", "example.org" },
    { "sftp://example.org/~", "example.org", 22, "", "", "example.org" },
    { "sftp://example.org/~/inbox", "example.org", 22, "", "inbox", "example.org" },
    { "sftp://example.org/~bob", "example.org", 22, "", "/~bob", "example.org" },
    { "sftp://[2001:db8::1]:22/a", "2001:db8::1", 22, "", "/a", "" },
    { "sftp://192.0.2.1/", "192.0.2.1", 22, "", "", "192.0.2.1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *path = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyServer) server = sally_server_new_from_uri (table[i].uri, &path, &error);

      g_test_message ("%s", table[i].uri);
      g_assert_no_error (error);
      g_assert_cmpstr (sally_server_get_host (server), ==, table[i].host);
      g_assert_cmpuint (sally_server_get_port (server), ==, table[i].port);
      g_assert_cmpstr (sally_server_get_user (server), ==, table[i].user);
      g_assert_cmpstr (sally_server_get_name (server), ==, table[i].name);
      g_assert_cmpstr (path, ==, table[i].path);
    }
}

static void
test_refused (void)
{
  static const char *const table[] = {
    "",
    "example.org",
    "sftp:",
    "sftp://",
    "sftp:///folder",
    "sftp://vendor:tell-nobody@",
    "sftp://example.org:port/",
    "sftp://example.org:70000/",
    "sftp://example.org/%00",
    "sftp://example.org/%FF",
    "ssh://example.org/",
    "https://vendor:tell-nobody@example.org/",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *path = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyServer) server = sally_server_new_from_uri (table[i], &path, &error);

      g_test_message ("%s", table[i]);
      g_assert_null (server);
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
      g_assert_null (strstr (error->message, "tell-nobody"));
    }
}

static void
test_endless (void)
{
  g_autofree char *folder = g_strnfill (SALLY_SERVER_URI_MAX_BYTES, 'a');
  g_autofree char *uri = g_strconcat ("sftp://example.org/", folder, NULL);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyServer) server = sally_server_new_from_uri (uri, &path, &error);

  g_assert_null (server);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
}

static void
test_means (void)
{
  static const struct
  {
    const char *uri;
    gboolean means;
  } table[] = {
    { "sftp://sftp.example.org:2222/elsewhere", TRUE },
    { "sftp://vendor@SFTP.example.org:2222/", TRUE },
    { "sftp://other@sftp.example.org:2222/", FALSE },
    { "sftp://vendor@sftp.example.org/", FALSE },
    { "sftp://vendor@example.org:2222/", FALSE },
  };
  g_autoptr (SallyServer) saved = sally_server_new (NULL);

  g_object_set (saved, "name", "Customer", "host", "sftp.example.org", "port", 2222, "user",
                "vendor", NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *path = NULL;
      g_autoptr (SallyServer) link = sally_server_new_from_uri (table[i].uri, &path, NULL);

      g_test_message ("%s", table[i].uri);
      g_assert_cmpint (sally_server_uri_means (link, saved), ==, table[i].means);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server-uri/parts", test_parts);
  g_test_add_func ("/server-uri/refuses-what-is-no-link", test_refused);
  g_test_add_func ("/server-uri/refuses-an-endless-link", test_endless);
  g_test_add_func ("/server-uri/means-a-saved-server", test_means);
  return g_test_run ();
}
