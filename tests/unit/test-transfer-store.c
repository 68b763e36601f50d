/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "store/transfer-store.h"
#include "tests/support/await.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

/* Each store is what a program has: its records are its own as long as it lives. */
typedef struct
{
  char *folder;
  char *path;
  SallyTransferStore *store;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = await_make_directory ();
  self->path = g_build_filename (self->folder, "transfers.sqlite", NULL);
  self->store = sally_transfer_store_new (self->path);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->store);
  await_remove_directory (self->folder);
  g_free (self->path);
}

static SallyTransferRecord *
make_record (const char *local, gint64 position)
{
  SallyTransferRecord *record = sally_transfer_record_new ();

  record->server_id = g_strdup ("server");
  record->local_path = g_strdup (local);
  record->remote_path = g_strdup ("/remote/bad\xff");
  record->conflict = 2;
  g_set_str (&record->token, "token");
  record->created = 1234;
  record->position = position;
  return record;
}

static GPtrArray *
make_records (SallyTransferRecord *record)
{
  GPtrArray *records = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_transfer_record_free);

  g_ptr_array_add (records, record);
  return records;
}

static void
add (SallyTransferStore *store, GPtrArray *records)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  sally_transfer_store_add_async (store, records, await_ready, &result);
  g_assert_true (sally_transfer_store_add_finish (store, await_result (&result), &error));
  g_assert_no_error (error);
}

static GPtrArray *
list (SallyTransferStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *records;

  sally_transfer_store_list_async (store, await_ready, &result);
  records = sally_transfer_store_list_finish (store, await_result (&result), &error);
  g_assert_no_error (error);
  return records;
}

static GPtrArray *
take (SallyTransferStore *store, GArray *ids)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *records;

  sally_transfer_store_take_async (store, ids, await_ready, &result);
  records = sally_transfer_store_list_finish (store, await_result (&result), &error);
  g_assert_no_error (error);
  return records;
}

static void
test_kept_as_it_was (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) records = make_records (make_record ("/local/Grüße", 5));
  SallyTransferRecord *record = g_ptr_array_index (records, 0);
  g_autoptr (GPtrArray) found = NULL;
  const SallyTransferRecord *again;
  struct stat info;

  add (self->store, records);
  g_assert_cmpint (record->id, >, 0);
  record->state = SALLY_TRANSFER_RECORD_FAILED;
  record->offset = G_GUINT64_CONSTANT (0x123456789a);
  record->size = G_GUINT64_CONSTANT (0x7fffffffffffffff);
  record->stamp = 1700000000123456789;
  g_set_str (&record->error, "It broke off");
  sally_transfer_store_update (self->store, record);

  found = list (self->store);
  g_assert_cmpuint (found->len, ==, 1);
  again = g_ptr_array_index (found, 0);
  g_assert_cmpint (again->id, ==, record->id);
  g_assert_cmpstr (again->server_id, ==, "server");
  g_assert_cmpstr (again->local_path, ==, "/local/Grüße");
  g_assert_cmpstr (again->remote_path, ==, "/remote/bad\xff");
  g_assert_cmpint (again->conflict, ==, 2);
  g_assert_cmpint (again->state, ==, SALLY_TRANSFER_RECORD_FAILED);
  g_assert_cmpint (again->owner, ==, SALLY_TRANSFER_OWNER_SELF);
  g_assert_cmpstr (again->token, ==, "token");
  g_assert_cmpuint (again->offset, ==, record->offset);
  g_assert_cmpuint (again->size, ==, record->size);
  g_assert_cmpint (again->stamp, ==, record->stamp);
  g_assert_cmpint (again->created, ==, 1234);
  g_assert_cmpint (again->position, ==, 5);
  g_assert_cmpstr (again->error, ==, "It broke off");
  g_assert_cmpint (g_stat (self->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 07777, ==, 0600);

  sally_transfer_store_remove (self->store, record->id);
  g_clear_pointer (&found, g_ptr_array_unref);
  found = list (self->store);
  g_assert_cmpuint (found->len, ==, 0);
}

/* A running program's transfers are nobody else's. */
static void
test_living_owner (Fixture *self, gconstpointer data)
{
  g_autoptr (SallyTransferStore) other = sally_transfer_store_new (self->path);
  g_autoptr (GPtrArray) records = make_records (make_record ("/local/a", 1));
  g_autoptr (GPtrArray) same = make_records (make_record ("/local/a", 2));
  g_autoptr (GPtrArray) taken = NULL;
  g_autoptr (GPtrArray) found = NULL;

  add (self->store, records);
  taken = take (other, NULL);
  g_assert_cmpuint (taken->len, ==, 0);
  add (other, same);
  g_assert_cmpint (((SallyTransferRecord *) g_ptr_array_index (same, 0))->id, !=,
                   ((SallyTransferRecord *) g_ptr_array_index (records, 0))->id);
  found = list (other);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpint (((SallyTransferRecord *) g_ptr_array_index (found, 0))->owner, ==,
                   SALLY_TRANSFER_OWNER_OTHER);
  g_assert_cmpint (((SallyTransferRecord *) g_ptr_array_index (found, 1))->owner, ==,
                   SALLY_TRANSFER_OWNER_SELF);
}

/* An ended one's are taken by the first who wants them, once. */
static void
test_ended_owner (Fixture *self, gconstpointer data)
{
  SallyTransferStore *ended = sally_transfer_store_new (self->path);
  g_autoptr (SallyTransferStore) other = sally_transfer_store_new (self->path);
  g_autoptr (GPtrArray) records = make_records (make_record ("/local/a", 2));
  g_autoptr (GPtrArray) taken = NULL;
  g_autoptr (GPtrArray) late = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 none = -1;

  g_ptr_array_add (records, make_record ("/local/b", 1));
  add (ended, records);
  g_assert_finalize_object (ended);
  found = list (self->store);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (((SallyTransferRecord *) g_ptr_array_index (found, 0))->local_path, ==,
                   "/local/b");
  g_assert_cmpint (((SallyTransferRecord *) g_ptr_array_index (found, 0))->owner, ==,
                   SALLY_TRANSFER_OWNER_NOBODY);

  g_array_append_val (ids, ((SallyTransferRecord *) g_ptr_array_index (found, 0))->id);
  g_array_append_val (ids, none);
  taken = take (self->store, ids);
  g_assert_cmpuint (taken->len, ==, 1);
  g_assert_cmpstr (((SallyTransferRecord *) g_ptr_array_index (taken, 0))->local_path, ==,
                   "/local/b");
  late = take (other, NULL);
  g_assert_cmpuint (late->len, ==, 1);
  g_assert_cmpstr (((SallyTransferRecord *) g_ptr_array_index (late, 0))->local_path, ==,
                   "/local/a");
}

/* The same transfer again goes on with what an ended program has left of it. */
static void
test_adopted (Fixture *self, gconstpointer data)
{
  SallyTransferStore *ended = sally_transfer_store_new (self->path);
  g_autoptr (GPtrArray) records = make_records (make_record ("/local/a", 1));
  g_autoptr (GPtrArray) again = make_records (make_record ("/local/a", 9));
  g_autoptr (GPtrArray) another = make_records (make_record ("/local/b", 9));
  SallyTransferRecord *record = g_ptr_array_index (records, 0);
  g_autoptr (GPtrArray) found = NULL;

  add (ended, records);
  record->offset = 1000;
  record->size = 5000;
  record->stamp = 77;
  g_set_str (&record->token, "older");
  sally_transfer_store_update (ended, record);
  g_assert_finalize_object (ended);

  g_set_str (&((SallyTransferRecord *) g_ptr_array_index (again, 0))->token, "newer");
  add (self->store, again);
  record = g_ptr_array_index (again, 0);
  g_assert_true (record->is_found);
  g_assert_cmpstr (record->token, ==, "older");
  g_assert_cmpuint (record->offset, ==, 1000);
  g_assert_cmpuint (record->size, ==, 5000);
  g_assert_cmpint (record->stamp, ==, 77);
  add (self->store, another);
  g_assert_false (((SallyTransferRecord *) g_ptr_array_index (another, 0))->is_found);
  found = list (self->store);
  g_assert_cmpuint (found->len, ==, 2);
}

/* A lock file whose program was killed, or that somebody else has put there. */
static void
test_owner_names (Fixture *self, gconstpointer data)
{
  g_autofree char *locks = g_strconcat (self->path, "-owners", NULL);
  SallyTransferStore *ended = sally_transfer_store_new (self->path);
  g_autoptr (GPtrArray) records = make_records (make_record ("/local/a", 1));
  g_autoptr (GPtrArray) taken = NULL;
  g_autoptr (GDir) directory = NULL;
  g_autofree char *path = NULL;

  add (ended, records);
  directory = g_dir_open (locks, 0, NULL);
  path = g_build_filename (locks, g_dir_read_name (directory), NULL);
  g_assert_finalize_object (ended);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_set_contents (path, "", 0, NULL));
  taken = take (self->store, NULL);
  g_assert_cmpuint (taken->len, ==, 1);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *self, gconstpointer data);
  } table[] = {
    { "/transfer-store/kept-as-it-was", test_kept_as_it_was },
    { "/transfer-store/living-owner-keeps-its-own", test_living_owner },
    { "/transfer-store/ended-owner-leaves-them-once", test_ended_owner },
    { "/transfer-store/same-transfer-is-adopted", test_adopted },
    { "/transfer-store/lock-of-a-killed-program", test_owner_names },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    g_test_add (table[i].path, Fixture, NULL, set_up, table[i].func, tear_down);
  return g_test_run ();
}
