/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-probe.h"

#include "tests/support/await.h"

/* Run by with-keyring: a service is there. */

static SallyKeyringProbe
probe (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  SallyKeyringProbe found;

  sally_keyring_probe_async (await_ready, &result);
  sally_keyring_probe_finish (await_result (&result), &found);
  return found;
}

static void
test_service (void)
{
  SallyKeyringProbe found = probe ();

  g_assert_true (found.has_service);
  g_assert_false (found.has_portal);
  g_assert_false (found.has_file);
}

/* The variables are read at the call, the bus once in a process. */
static void
test_nothing (void)
{
  SallyKeyringProbe found;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  g_setenv ("SECRET_SERVICE_BUS_NAME", "org.example.Nobody", TRUE);
  found = probe ();
  g_assert_false (found.has_service || found.has_portal || found.has_file);
  g_setenv ("SECRET_BACKEND", "file", TRUE);
  found = probe ();
  g_assert_true (found.has_file);
}

static void
test_no_bus (void)
{
  SallyKeyringProbe found;

  if (!g_test_subprocess ())
    {
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  found = probe ();
  g_assert_false (found.has_service || found.has_portal || found.has_file);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keyring-probe/service", test_service);
  g_test_add_func ("/keyring-probe/nothing", test_nothing);
  g_test_add_func ("/keyring-probe/no-bus", test_no_bus);
  return g_test_run ();
}
