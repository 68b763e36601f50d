/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-libsecret.h"

#include "base/error.h"
#include "tests/support/await.h"
#include "tests/support/keyrings.h"

#include <libsecret/secret.h>
#include <string.h>

/* Run by with-keyring: a real daemon, unlocked and empty, on a bus of its own. */

#define ID_A   "5f0c2a9e-8d1b-4c3a-9e7f-10293847560a"
#define ID_B   "5f0c2a9e-8d1b-4c3a-9e7f-10293847560b"
#define TEXT_A "otpauth://totp/ACME:alice?secret=GEZDGNBVGY3TQOJQ"

static gboolean
store (
    SallyKeyring *keyring, SallyKeyringKind kind, const char *id, const char *text, GError **error)
{
  g_autoptr (SallySecret) secret = sally_secret_new (text, -1);
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_store_async (keyring, kind, id, secret, NULL, await_ready, &result);
  return sally_keyring_store_finish (keyring, await_result (&result), error);
}

static char *
lookup (SallyKeyring *keyring, SallyKeyringKind kind, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallySecret) secret = NULL;

  sally_keyring_lookup_async (keyring, kind, id, NULL, await_ready, &result);
  secret = sally_keyring_lookup_finish (keyring, await_result (&result), error);
  return secret != NULL ? g_strdup (sally_secret_peek (secret, NULL)) : NULL;
}

static GPtrArray *
list (SallyKeyring *keyring, SallyKeyringKind kind, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_list_async (keyring, kind, NULL, await_ready, &result);
  return sally_keyring_list_finish (keyring, await_result (&result), error);
}

static gboolean
remove_item (SallyKeyring *keyring, SallyKeyringKind kind, const char *id, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_keyring_remove_async (keyring, kind, id, NULL, await_ready, &result);
  return sally_keyring_remove_finish (keyring, await_result (&result), error);
}

static void
test_round_trip (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_libsecret_new ();
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) two = NULL;
  g_autofree char *replaced = NULL;
  g_autofree char *password = NULL;
  g_autoptr (GError) error = NULL;

  none = list (keyring, SALLY_KEYRING_ACCOUNT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);

  g_assert_true (store (keyring, SALLY_KEYRING_ACCOUNT, ID_A, "old", &error));
  g_assert_true (store (keyring, SALLY_KEYRING_ACCOUNT, ID_A, TEXT_A, &error));
  g_assert_true (store (keyring, SALLY_KEYRING_ACCOUNT, ID_B, "account b", &error));
  g_assert_true (store (keyring, SALLY_KEYRING_PASSWORD, ID_A, "pässword", &error));
  g_assert_no_error (error);

  two = list (keyring, SALLY_KEYRING_ACCOUNT, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (two->len, ==, 2);
  replaced = lookup (keyring, SALLY_KEYRING_ACCOUNT, ID_A, &error);
  g_assert_cmpstr (replaced, ==, TEXT_A);
  password = lookup (keyring, SALLY_KEYRING_PASSWORD, ID_A, &error);
  g_assert_cmpstr (password, ==, "pässword");

  g_assert_true (remove_item (keyring, SALLY_KEYRING_ACCOUNT, ID_A, &error));
  g_assert_true (remove_item (keyring, SALLY_KEYRING_ACCOUNT, ID_A, &error));
  g_assert_no_error (error);
  g_assert_null (lookup (keyring, SALLY_KEYRING_ACCOUNT, ID_A, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_MISSING);
}

/* Operations that overlap come out as if they had not. */
static void
test_overlapping (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_libsecret_new ();
  g_autoptr (SallySecret) first = sally_secret_new ("first", -1);
  g_autoptr (SallySecret) second = sally_secret_new ("second", -1);
  g_autoptr (GAsyncResult) result_first = NULL;
  g_autoptr (GAsyncResult) result_second = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_store_async (keyring, SALLY_KEYRING_PASSPHRASE, ID_A, first, NULL, await_ready,
                             &result_first);
  sally_keyring_store_async (keyring, SALLY_KEYRING_PASSPHRASE, ID_A, second, NULL, await_ready,
                             &result_second);
  g_assert_true (sally_keyring_store_finish (keyring, await_result (&result_first), &error));
  g_assert_true (sally_keyring_store_finish (keyring, await_result (&result_second), &error));
  g_assert_no_error (error);
  text = lookup (keyring, SALLY_KEYRING_PASSPHRASE, ID_A, NULL);
  g_assert_cmpstr (text, ==, "second");
}

static void
test_cancelled (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_libsecret_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_keyring_list_async (keyring, SALLY_KEYRING_ACCOUNT, cancellable, await_ready, &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (sally_keyring_list_finish (keyring, await_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static GVariant *
get_property (GDBusConnection *bus, const char *path, const char *interface, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_sync (bus, "org.freedesktop.secrets", path,
                                   "org.freedesktop.DBus.Properties", "Get",
                                   g_variant_new ("(ss)", interface, name), G_VARIANT_TYPE ("(v)"),
                                   G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  GVariant *value;

  g_assert_no_error (error);
  g_variant_get (answer, "(v)", &value);
  return value;
}

/* Labels and attributes are readable by everybody, even while locked. */
static void
test_bus_tells_nothing (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_libsecret_new ();
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GVariant) items = NULL;
  GVariantIter iter;
  const char *path;
  guint n_items = 0;

  g_assert_true (store (keyring, SALLY_KEYRING_ACCOUNT, ID_A, TEXT_A, NULL));
  items = get_property (bus, "/org/freedesktop/secrets/aliases/default",
                        "org.freedesktop.Secret.Collection", "Items");
  g_variant_iter_init (&iter, items);
  while (g_variant_iter_next (&iter, "&o", &path))
    {
      g_autoptr (GVariant) label = get_property (bus, path, "org.freedesktop.Secret.Item", "Label");
      g_autoptr (GVariant) attributes =
          get_property (bus, path, "org.freedesktop.Secret.Item", "Attributes");
      GVariantIter pairs;
      const char *name;
      const char *value;
      guint n_attributes = 0;

      g_assert_cmpstr (g_variant_get_string (label, NULL), ==, "Sallyport entry");
      g_variant_iter_init (&pairs, attributes);
      while (g_variant_iter_next (&pairs, "{&s&s}", &name, &value))
        {
          n_attributes++;
          if (g_str_equal (name, "application") || g_str_equal (name, "xdg:schema"))
            g_assert_cmpstr (value, ==, "io.github.sallyport.Sallyport");
          else if (g_str_equal (name, "kind"))
            g_assert_true (g_str_equal (value, "account") || g_str_equal (value, "password") ||
                           g_str_equal (value, "passphrase"));
          else if (g_str_equal (name, "id"))
            g_assert_true (g_uuid_string_is_valid (value));
          else if (g_str_equal (name, "version"))
            g_assert_cmpstr (value, ==, "1");
          else
            g_error ("unexpected attribute %s=%s", name, value);
        }
      g_assert_cmpuint (n_attributes, ==, 5);
      n_items++;
    }
  g_assert_cmpuint (n_items, >=, 1);
}

static void
lock_default_collection (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretService) service = secret_service_get_sync (SECRET_SERVICE_NONE, NULL, &error);
  g_autoptr (SecretCollection) collection = NULL;
  g_autoptr (GList) objects = NULL;

  g_assert_no_error (error);
  collection = secret_collection_for_alias_sync (service, SECRET_COLLECTION_DEFAULT,
                                                 SECRET_COLLECTION_NONE, NULL, &error);
  g_assert_no_error (error);
  objects = g_list_prepend (NULL, collection);
  g_assert_cmpint (secret_service_lock_sync (service, objects, NULL, NULL, &error), ==, 1);
  g_assert_no_error (error);
}

/* The last one on this bus: nobody is there to unlock it again. */
static void
test_locked (void)
{
  g_autoptr (SallyKeyring) keyring = sally_keyring_libsecret_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (store (keyring, SALLY_KEYRING_ACCOUNT, ID_A, TEXT_A, NULL));
  g_assert_true (keyring_is_open (keyring));
  lock_default_collection ();
  g_assert_false (keyring_is_open (keyring));

  g_assert_null (lookup (keyring, SALLY_KEYRING_ACCOUNT, ID_A, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  g_assert_null (list (keyring, SALLY_KEYRING_ACCOUNT, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  /* Nothing can be known to be missing while all is locked. */
  g_assert_null (lookup (keyring, SALLY_KEYRING_PASSWORD, ID_B, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  g_assert_false (store (keyring, SALLY_KEYRING_ACCOUNT, ID_B, "x", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED);
  g_clear_error (&error);
  g_assert_false (remove_item (keyring, SALLY_KEYRING_ACCOUNT, ID_A, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_LOCKED);
}

static void
test_absent (void)
{
  g_autoptr (SallyKeyring) keyring = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_test_subprocess ())
    {
      g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }
  keyring = sally_keyring_libsecret_new ();
  g_assert_false (keyring_is_open (keyring));
  g_assert_null (list (keyring, SALLY_KEYRING_ACCOUNT, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT);
  g_clear_error (&error);
  g_assert_false (store (keyring, SALLY_KEYRING_ACCOUNT, ID_A, "x", &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_ABSENT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keyring-libsecret/round-trip", test_round_trip);
  g_test_add_func ("/keyring-libsecret/overlapping", test_overlapping);
  g_test_add_func ("/keyring-libsecret/cancelled", test_cancelled);
  g_test_add_func ("/keyring-libsecret/bus-tells-nothing", test_bus_tells_nothing);
  g_test_add_func ("/keyring-libsecret/locked", test_locked);
  g_test_add_func ("/keyring-libsecret/absent", test_absent);
  return g_test_run ();
}
