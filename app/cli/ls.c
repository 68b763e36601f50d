/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "cli/address.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "model/remote-path.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  gboolean is_long;
  gboolean all;
  gboolean unsorted;
  gboolean json;
} Style;

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const char *first = sally_remote_file_get_raw_name (*(SallyRemoteFile *const *) a);
  const char *second = sally_remote_file_get_raw_name (*(SallyRemoteFile *const *) b);
  int order = strcoll (first, second);

  return order != 0 ? order : strcmp (first, second);
}

static const char *
kind_name (SallyRemoteFileKind kind)
{
  switch (kind)
    {
    case SALLY_REMOTE_FILE_REGULAR:
      return "file";
    case SALLY_REMOTE_FILE_DIRECTORY:
      return "directory";
    case SALLY_REMOTE_FILE_SYMLINK:
      return "symlink";
    case SALLY_REMOTE_FILE_OTHER:
    default:
      return "other";
    }
}

static void
add_json (JsonBuilder *builder, SallyRemoteFile *file, const char *name)
{
  g_autofree char *mode = sally_remote_file_dup_mode_string (file);

  json_builder_begin_object (builder);
  sally_json_add_name (builder, "name", name);
  sally_json_add_string (builder, "type", kind_name (sally_remote_file_get_kind (file)));
  sally_json_add_int (builder, "size", (gint64) sally_remote_file_get_size (file));
  sally_json_add_string (builder, "mode", mode);
  sally_json_add_int (builder, "modified", sally_remote_file_get_modified (file));
  json_builder_end_object (builder);
}

static void
print_file (SallyRemoteFile *file, const char *name, gboolean is_long)
{
  if (is_long)
    {
      g_autofree char *mode = sally_remote_file_dup_mode_string (file);
      g_autofree char *time = sally_format_time (sally_remote_file_get_modified (file));

      printf ("%s %12" G_GUINT64_FORMAT " %s ", mode, sally_remote_file_get_size (file), time);
    }
  sally_print_name (name);
  putchar ('\n');
}

/* `name` overrides that of a single file (nullable). */
static void
print_files (GPtrArray *files, const char *name, const Style *style)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < files->len; i++)
    {
      SallyRemoteFile *file = files->pdata[i];
      const char *shown = name != NULL ? name : sally_remote_file_get_raw_name (file);

      if (style->json)
        add_json (builder, file, shown);
      else if (style->all || name != NULL || !sally_remote_file_is_hidden (file))
        print_file (file, shown, style->is_long);
    }
  json_builder_end_array (builder);
  if (style->json)
    sally_json_print (builder);
}

typedef struct
{
  const Style *style;
  GPtrArray *files; /* of SallyRemoteFile, that are not printed yet */
} Gathering;

static void
take_page (GPtrArray *page, gpointer user_data)
{
  Gathering *gathering = user_data;

  if (gathering->style->unsorted && !gathering->style->json)
    {
      print_files (page, NULL, gathering->style);
      fflush (stdout);
      return;
    }
  for (guint i = 0; i < page->len; i++)
    g_ptr_array_add (gathering->files, g_object_ref (page->pdata[i]));
}

static int
list_directory (SallyCli *cli, SallyConnection *connection, const char *path, const Style *style)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Gathering gathering = { style, files };
  guint n_unsafe = 0;

  sally_connection_list_async (connection, path, take_page, &gathering, cli->cancellable,
                               sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  if (!sally_connection_list_finish (connection, result, &n_unsafe, &error))
    return sally_message_error (error);
  if (!style->unsorted)
    g_ptr_array_sort (files, compare_names);
  print_files (files, NULL, style);
  if (n_unsafe == 0)
    return SALLY_EXIT_DONE;
  sally_message (ngettext ("%u name that no honest server sends was left out",
                           "%u names that no honest server sends were left out", n_unsafe),
                 n_unsafe);
  return SALLY_EXIT_PARTLY;
}

/* A path that is a file, or a symbolic link to one or to nothing, lists itself under the name it
 * was asked for. */
static int
list_path (SallyCli *cli,
           SallyConnection *connection,
           const char *path,
           const char *asked,
           const Style *style)
{
  SallyRemoteAttributes attributes;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = sally_remote_path_dup_name (path);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  if (sally_address_stat (cli, connection, path, TRUE, &attributes, &error) &&
      ((attributes.flags & SALLY_ATTRIBUTE_PERMISSIONS) == 0 ||
       sally_attributes_is_directory (&attributes)))
    return list_directory (cli, connection, path, style);
  g_clear_error (&error);
  if (!sally_address_stat (cli, connection, path, FALSE, &attributes, &error))
    return sally_message_error (error);
  if (!sally_remote_name_is_safe (name, strlen (name)))
    return list_directory (cli, connection, path, style);
  g_ptr_array_add (files, sally_remote_file_new (name, &attributes, FALSE));
  print_files (files, asked, style);
  return SALLY_EXIT_DONE;
}

int
sally_command_ls (SallyCli *cli, char **arguments)
{
  Style style = { FALSE };
  const GOptionEntry options[] = {
    { "long", 'l', 0, G_OPTION_ARG_NONE, &style.is_long, N_ ("Permissions, size and time too"),
      NULL },
    { "all", 'a', 0, G_OPTION_ARG_NONE, &style.all, N_ ("Names that begin with a dot too"), NULL },
    { "unsorted", 'f', 0, G_OPTION_ARG_NONE, &style.unsorted,
      N_ ("In the server’s order, and each as soon as it comes"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &style.json, N_ ("Print JSON, of all files"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  SallyConnection *connection;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  connection = sally_address_open (cli, operands[0], &path, &error);
  if (connection == NULL)
    return sally_message_error (error);
  return list_path (cli, connection, path, strchr (operands[0], ':') + 1, &style);
}
