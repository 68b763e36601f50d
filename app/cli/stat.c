/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/address.h"
#include "cli/commands.h"
#include "cli/output.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <sys/stat.h>

static const char *
describe_type (const SallyRemoteAttributes *attributes)
{
  if ((attributes->flags & SALLY_ATTRIBUTE_PERMISSIONS) == 0)
    return "unknown";
  if (S_ISREG (attributes->permissions))
    return "file";
  if (S_ISDIR (attributes->permissions))
    return "directory";
  return S_ISLNK (attributes->permissions) ? "symlink" : "other";
}

/* What the server did not tell is not there. */
static void
print_json (const char *path, const SallyRemoteAttributes *attributes)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sally_json_add_name (builder, "path", path);
  sally_json_add_string (builder, "type", describe_type (attributes));
  if (attributes->flags & SALLY_ATTRIBUTE_SIZE)
    sally_json_add_int (builder, "size", (gint64) attributes->size);
  if (attributes->flags & SALLY_ATTRIBUTE_PERMISSIONS)
    {
      g_autofree char *mode = g_strdup_printf ("%04o", attributes->permissions & 07777);

      sally_json_add_string (builder, "mode", mode);
    }
  if (attributes->flags & SALLY_ATTRIBUTE_OWNER)
    {
      sally_json_add_int (builder, "uid", attributes->uid);
      sally_json_add_int (builder, "gid", attributes->gid);
    }
  if (attributes->flags & SALLY_ATTRIBUTE_TIMES)
    {
      sally_json_add_int (builder, "accessed", attributes->atime);
      sally_json_add_int (builder, "modified", attributes->mtime);
    }
  json_builder_end_object (builder);
  sally_json_print (builder);
}

static void
print_text (const char *path, const SallyRemoteAttributes *attributes)
{
  printf ("%s: ", _ ("Path"));
  sally_print_name (path);
  printf ("\n%s: %s\n", _ ("Type"), describe_type (attributes));
  if (attributes->flags & SALLY_ATTRIBUTE_SIZE)
    printf ("%s: %" G_GUINT64_FORMAT "\n", _ ("Size"), attributes->size);
  if (attributes->flags & SALLY_ATTRIBUTE_PERMISSIONS)
    printf ("%s: %04o\n", _ ("Mode"), attributes->permissions & 07777);
  if (attributes->flags & SALLY_ATTRIBUTE_OWNER)
    printf ("%s: %u:%u\n", _ ("Owner"), attributes->uid, attributes->gid);
  if (attributes->flags & SALLY_ATTRIBUTE_TIMES)
    {
      g_autofree char *modified = sally_format_time (attributes->mtime);

      printf ("%s: %s\n", _ ("Modified"), modified);
    }
}

int
sally_command_stat (SallyCli *cli, char **arguments)
{
  gboolean follow = FALSE;
  gboolean json = FALSE;
  const GOptionEntry options[] = {
    { "dereference", 'L', 0, G_OPTION_ARG_NONE, &follow, N_ ("Follow a symbolic link"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_ ("Print JSON"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_auto (GStrv) operands = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  SallyRemoteAttributes attributes;
  SallyConnection *connection;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  connection = sally_address_open (cli, operands[0], &path, &error);
  if (connection == NULL ||
      !sally_address_stat (cli, connection, path, follow, &attributes, &error))
    return sally_message_error (error);
  if (json)
    print_json (path, &attributes);
  else
    print_text (path, &attributes);
  return SALLY_EXIT_DONE;
}
