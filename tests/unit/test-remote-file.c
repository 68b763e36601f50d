/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "model/remote-file.h"

static SallyRemoteFile *
make_file (const char *name, guint32 permissions, gboolean target_is_directory)
{
  const SallyRemoteAttributes attributes = {
    .flags = SALLY_ATTRIBUTE_SIZE | SALLY_ATTRIBUTE_PERMISSIONS | SALLY_ATTRIBUTE_TIMES,
    .size = 4096,
    .permissions = permissions,
    .mtime = 4000000000u,
  };

  return sally_remote_file_new (name, &attributes, target_is_directory);
}

static void
test_kinds_and_modes (void)
{
  static const struct
  {
    guint32 permissions;
    SallyRemoteFileKind kind;
    const char *mode;
  } table[] = {
    { 0100644, SALLY_REMOTE_FILE_REGULAR, "-rw-r--r--" },
    { 0040755, SALLY_REMOTE_FILE_DIRECTORY, "drwxr-xr-x" },
    { 0120777, SALLY_REMOTE_FILE_SYMLINK, "lrwxrwxrwx" },
    { 0140600, SALLY_REMOTE_FILE_OTHER, "srw-------" },
    { 0010600, SALLY_REMOTE_FILE_OTHER, "prw-------" },
    { 0060660, SALLY_REMOTE_FILE_OTHER, "brw-rw----" },
    { 0020660, SALLY_REMOTE_FILE_OTHER, "crw-rw----" },
    { 0041777, SALLY_REMOTE_FILE_DIRECTORY, "drwxrwxrwt" },
    { 0041776, SALLY_REMOTE_FILE_DIRECTORY, "drwxrwxrwT" },
    { 0104755, SALLY_REMOTE_FILE_REGULAR, "-rwsr-xr-x" },
    { 0102644, SALLY_REMOTE_FILE_REGULAR, "-rw-r-Sr--" },
    { 0000644, SALLY_REMOTE_FILE_REGULAR, "-rw-r--r--" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (SallyRemoteFile) file = make_file ("x", table[i].permissions, FALSE);
      g_autofree char *mode = sally_remote_file_dup_mode_string (file);

      g_assert_cmpint (sally_remote_file_get_kind (file), ==, table[i].kind);
      g_assert_cmpstr (mode, ==, table[i].mode);
    }
}

static void
test_without_attributes (void)
{
  const SallyRemoteAttributes attributes = { .size = 5, .permissions = 0040755, .mtime = 7 };
  g_autoptr (SallyRemoteFile) file = sally_remote_file_new ("x", &attributes, FALSE);
  g_autofree char *mode = sally_remote_file_dup_mode_string (file);

  g_assert_cmpint (sally_remote_file_get_kind (file), ==, SALLY_REMOTE_FILE_REGULAR);
  g_assert_cmpuint (sally_remote_file_get_size (file), ==, 0);
  g_assert_cmpint (sally_remote_file_get_modified (file), ==, 0);
  g_assert_cmpstr (mode, ==, "??????????");
}

static void
test_names (void)
{
  g_autoptr (SallyRemoteFile) odd = make_file ("\xE4\n", 0100644, FALSE);
  g_autoptr (SallyRemoteFile) hidden = make_file (".ssh", 0040700, FALSE);

  g_assert_cmpstr (sally_remote_file_get_raw_name (odd), ==, "\xE4\n");
  g_assert_cmpstr (sally_remote_file_get_name (odd), ==, "\\xE4\\x0A");
  g_assert_false (sally_remote_file_is_hidden (odd));
  g_assert_true (sally_remote_file_is_hidden (hidden));
}

static void
test_sorts_numbers_as_people_do (void)
{
  g_autoptr (SallyRemoteFile) nine = make_file ("file9", 0100644, FALSE);
  g_autoptr (SallyRemoteFile) ten = make_file ("file10", 0100644, FALSE);
  g_autofree char *nine_key = sally_remote_file_dup_sort_key (nine);
  g_autofree char *ten_key = sally_remote_file_dup_sort_key (ten);

  g_assert_cmpstr (nine_key, <, ten_key);
}

static void
test_links (void)
{
  g_autoptr (SallyRemoteFile) to_directory = make_file ("l", 0120777, TRUE);
  g_autoptr (SallyRemoteFile) to_file = make_file ("l", 0120777, FALSE);
  g_autoptr (SallyRemoteFile) file = make_file ("f", 0100644, TRUE);
  g_autoptr (SallyRemoteFile) directory = make_file ("d", 0040755, FALSE);

  g_assert_true (sally_remote_file_is_enterable (to_directory));
  g_assert_false (sally_remote_file_is_enterable (to_file));
  g_assert_false (sally_remote_file_is_enterable (file));
  g_assert_true (sally_remote_file_is_enterable (directory));
}

static void
test_icons_differ (void)
{
  g_autoptr (SallyRemoteFile) directory = make_file ("d.png", 0040755, FALSE);
  g_autoptr (SallyRemoteFile) picture = make_file ("d.png", 0100644, FALSE);
  g_autoptr (GIcon) directory_icon = NULL;
  g_autoptr (GIcon) picture_icon = NULL;

  g_object_get (directory, "icon", &directory_icon, NULL);
  g_object_get (picture, "icon", &picture_icon, NULL);
  g_assert_nonnull (picture_icon);
  g_assert_false (g_icon_equal (directory_icon, picture_icon));
}

static void
test_attributes_cross_the_wall (void)
{
  const SallyRemoteAttributes sent = { 0xF, G_MAXUINT64, 1, 2, 0100644, 3, 4000000000u };
  g_autoptr (GVariant) variant = g_variant_ref_sink (sally_remote_attributes_to_variant (&sent));
  SallyRemoteAttributes received;

  sally_remote_attributes_from_variant (variant, &received);
  g_assert_cmpuint (received.flags, ==, sent.flags);
  g_assert_cmpuint (received.size, ==, sent.size);
  g_assert_cmpuint (received.uid, ==, sent.uid);
  g_assert_cmpuint (received.gid, ==, sent.gid);
  g_assert_cmpuint (received.permissions, ==, sent.permissions);
  g_assert_cmpuint (received.atime, ==, sent.atime);
  g_assert_cmpuint (received.mtime, ==, sent.mtime);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/remote-file/kinds-and-modes", test_kinds_and_modes);
  g_test_add_func ("/remote-file/without-attributes", test_without_attributes);
  g_test_add_func ("/remote-file/names", test_names);
  g_test_add_func ("/remote-file/sorts-numbers-as-people-do", test_sorts_numbers_as_people_do);
  g_test_add_func ("/remote-file/links", test_links);
  g_test_add_func ("/remote-file/icons-differ", test_icons_differ);
  g_test_add_func ("/remote-file/attributes-cross-the-wall", test_attributes_cross_the_wall);
  return g_test_run ();
}
