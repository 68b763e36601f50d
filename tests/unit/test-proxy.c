/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "remote/proxy.h"

static void
test_environment (void)
{
  static const struct
  {
    const char *variables; /* separated by blanks */
    const char *way;       /* NULL: the desktop is asked */
  } table[] = {
    { "", NULL },
    { "http_proxy=http://p:1", NULL },
    { "all_proxy=", NULL },
    { "all_proxy=socks5://p:1", "socks5://p:1" },
    { "ALL_PROXY=socks5h://p:1", "socks5://p:1" },
    { "all_proxy=socks5://p", "socks5://p:1080" },
    { "all_proxy=socks4a://p:1/", "socks4a://p:1" },
    { "all_proxy=p:3128", "http://p:3128" },
    { "all_proxy=http://p", "http://p" },
    { "all_proxy=HTTP://P:1", "http://P:1" },
    { "all_proxy=http://u:p%40w@p:1", "http://u:p%40w@p:1" },
    { "all_proxy=socks5://[::1]:1", "socks5://[::1]:1" },
    { "all_proxy=socks5://a:1 sftp_proxy=socks5://b:1", "socks5://b:1" },
    { "ALL_PROXY=socks5://a:1 all_proxy=socks5://b:1", "socks5://b:1" },
    { "all_proxy=socks5://p:1 no_proxy=*", "direct://" },
    { "all_proxy=socks5://p:1 no_proxy=example.com", "direct://" },
    { "all_proxy=socks5://p:1 NO_PROXY=.example.com", "direct://" },
    { "all_proxy=socks5://p:1 no_proxy=SFTP.example.com", "direct://" },
    { "all_proxy=socks5://p:1 no_proxy=a.org,example.com:22", "direct://" },
    { "all_proxy=socks5://p:1 no_proxy=example.com:2222", "socks5://p:1" },
    { "all_proxy=socks5://p:1 no_proxy=ample.com", "socks5://p:1" },
    { "all_proxy=socks5://p:1 no_proxy=x.sftp.example.com", "socks5://p:1" },
    { "all_proxy=socks5://p:1 no_proxy=.", "socks5://p:1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_auto (GStrv) environment = g_strsplit (table[i].variables, " ", -1);
      g_autoptr (GError) error = NULL;
      g_autofree char *way = sally_proxy_from_environment ((const char *const *) environment,
                                                           "sftp.example.com", 22, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (way, ==, table[i].way);
    }
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *exceptions;
    const char *host;
    gboolean is_direct;
  } table[] = {
    { "no_proxy=10.0.0.0/8", "10.1.2.3", TRUE },
    { "no_proxy=10.0.0.0/8", "11.1.2.3", FALSE },
    { "no_proxy=10.1.2.3", "10.1.2.3", TRUE },
    { "no_proxy=1.2.3", "10.1.2.3", FALSE },
    { "no_proxy=fd00::/8", "fd00::1", TRUE },
    { "no_proxy=::1", "::1", TRUE },
    { "no_proxy=10.0.0.0/8", "ten.example.com", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      const char *const environment[] = { "all_proxy=socks5://p:1", table[i].exceptions, NULL };
      g_autofree char *way = sally_proxy_from_environment (environment, table[i].host, 22, NULL);

      g_assert_cmpstr (way, ==, table[i].is_direct ? "direct://" : "socks5://p:1");
    }
}

static void
test_no_proxies (void)
{
  const char *const wrong[] = { "all_proxy=ftp://p:1", "all_proxy=socks5://",
                                "all_proxy=socks5://p:x", "all_proxy=http://p:99999" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      const char *const environment[] = { wrong[i], NULL };
      g_autoptr (GError) error = NULL;

      g_assert_null (sally_proxy_from_environment (environment, "h", 22, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
    }
}

static void
test_shown_without_secrets (void)
{
  g_autofree char *with_password = sally_proxy_dup_shown ("http://user:secret@p:3128");
  g_autofree char *plain = sally_proxy_dup_shown ("socks5://[::1]:1080");
  g_autofree char *garbage = sally_proxy_dup_shown ("user:secret@nothing");

  g_assert_cmpstr (with_password, ==, "http://p:3128");
  g_assert_cmpstr (plain, ==, "socks5://[::1]:1080");
  g_assert_false (g_strrstr (garbage, "secret") != NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proxy/environment", test_environment);
  g_test_add_func ("/proxy/addresses", test_addresses);
  g_test_add_func ("/proxy/no-proxies", test_no_proxies);
  g_test_add_func ("/proxy/shown-without-secrets", test_shown_without_secrets);
  return g_test_run ();
}
