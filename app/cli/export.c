/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/merge.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/new-password.h"
#include "cli/output.h"
#include "cli/terminal.h"
#include "export/backups.h"
#include "export/sheet.h"

#include <glib/gi18n.h>
#include <stdio.h>

static SallySecret *
ask (SallyCli *cli, const char *question, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  sally_terminal_ask_async (question, TRUE, cli->cancellable, sally_cli_keep_result, &result);
  sally_cli_wait (&result);
  return sally_terminal_ask_finish (result, error);
}

/* A plain file gives every key to whoever reads it: that has to be meant. */
static gboolean
agree_to_plain (SallyCli *cli, gboolean plain, GError **error)
{
  g_autoptr (SallySecret) answer = NULL;

  if (plain)
    return TRUE;
  if (sally_terminal_is_there ())
    {
      answer =
          ask (cli, _ ("The file will hold all keys unprotected. Write it? (yes or no) "), error);
      if (answer == NULL)
        return FALSE;
      if (g_ascii_strcasecmp (sally_secret_peek (answer, NULL), "yes") == 0 ||
          g_utf8_collate (sally_secret_peek (answer, NULL), _ ("yes")) == 0)
        return TRUE;
    }
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("This format protects nothing: --plain says that this is meant; "
                          "sallyport and aegis-encrypted need a password"));
  return FALSE;
}

/* The readable accounts; the others are named in `losses`. */
static GPtrArray *
collect (SallyCli *cli, GPtrArray *losses)
{
  GListModel *accounts = G_LIST_MODEL (cli->accounts);
  GPtrArray *uris = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_otp_uri_free);

  for (guint i = 0; i < g_list_model_get_n_items (accounts); i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (accounts, i);
      SallyOtpUri *uri = sally_account_to_uri (account);

      if (uri != NULL)
        g_ptr_array_add (uris, uri);
      else
        g_ptr_array_add (losses,
                         g_strdup_printf (_ ("The entry %s in the keyring cannot be read and is "
                                             "left out"),
                                          sally_account_get_id (account)));
    }
  return uris;
}

static gboolean
find_format (const char *name, const SallyBackupFormat **format, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  *format = name != NULL ? sally_backup_find_format (name) : NULL;
  if (name != NULL && g_str_equal (name, sally_sheet_get_format ()->name))
    *format = sally_sheet_get_format ();
  if (*format != NULL && (*format)->write != NULL)
    return TRUE;
  for (const SallyBackupFormat *known = sally_backup_get_formats (); known->name != NULL; known++)
    if (known->write != NULL)
      g_string_append_printf (names, "%s, ", known->name);
  g_string_append (names, sally_sheet_get_format ()->name);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("--format is one of %s"), names->str);
  return FALSE;
}

static GBytes *
make_file (SallyCli *cli,
           const SallyBackupFormat *format,
           SallySecret *password,
           GPtrArray *losses,
           GError **error)
{
  g_autoptr (GPtrArray) uris = collect (cli, losses);
  g_autoptr (GAsyncResult) result = NULL;

  sally_backup_write_async (format, uris, password, cli->cancellable, sally_cli_keep_result,
                            &result);
  sally_cli_wait (&result);
  return sally_backup_write_finish (result, losses, error);
}

/* What the file says when it is read back, before anybody relies on it; the number of accounts. */
static gboolean
drill (SallyCli *cli,
       GBytes *bytes,
       const SallyBackupFormat *format,
       SallySecret *password,
       guint *n_accounts,
       GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SallyBackup) backup = NULL;

  if (g_bytes_get_size (bytes) == 0)
    return TRUE;
  sally_backup_read_async (bytes, format, password, cli->cancellable, sally_cli_keep_result,
                           &result);
  sally_cli_wait (&result);
  backup = sally_backup_read_finish (result, error);
  if (backup == NULL)
    return FALSE;
  *n_accounts = backup->entries->len;
  return sally_merge_verify (G_LIST_MODEL (cli->accounts), backup, error);
}

static int export (SallyCli *cli,
                   const char *path,
                   const SallyBackupFormat *format,
                   SallySecret *password,
                   gboolean force)
{
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (SallyBackups) backups = sally_backups_new (cli->accounts, cli->settings);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = make_file (cli, format, password, losses, &error);
  g_autofree char *shown = sally_show_name (path);
  guint n_accounts = 0;

  if (bytes == NULL ||
      (format->read != NULL && !drill (cli, bytes, format, password, &n_accounts, &error)) ||
      !sally_backup_save (path, bytes, force, &error))
    return sally_message_error (error);
  if (format->read != NULL)
    printf (ngettext ("Wrote %u account to “%s” and read it back\n",
                      "Wrote %u accounts to “%s” and read them back\n", n_accounts),
            n_accounts, shown);
  else
    printf (_ ("Wrote the sheet “%s”: print it, lock it away and delete the file\n"), shown);
  for (guint i = 0; i < losses->len; i++)
    sally_message ("%s", (const char *) losses->pdata[i]);
  sally_backups_note_export (backups, g_get_real_time () / G_USEC_PER_SEC);
  g_settings_sync ();
  return losses->len > 0 ? SALLY_EXIT_PARTLY : SALLY_EXIT_DONE;
}

int
sally_command_export (SallyCli *cli, char **arguments)
{
  g_autofree char *format_name = NULL;
  gboolean password_stdin = FALSE;
  gboolean plain = FALSE;
  gboolean force = FALSE;
  const GOptionEntry options[] = {
    { "format", 0, 0, G_OPTION_ARG_FILENAME, &format_name,
      N_ ("aegis, aegis-encrypted, uris, migration, sallyport or pdf (a sheet to print)"),
      "FORMAT" },
    { "password-stdin", 0, 0, G_OPTION_ARG_NONE, &password_stdin,
      N_ ("Read the file's password from standard input"), NULL },
    { "plain", 0, 0, G_OPTION_ARG_NONE, &plain, N_ ("Do write the keys unprotected"), NULL },
    { "force", 0, 0, G_OPTION_ARG_NONE, &force, N_ ("Replace the file if it is there"), NULL },
    G_OPTION_ENTRY_NULL,
  };
  const SallyBackupFormat *format;
  g_auto (GStrv) operands = NULL;
  g_autoptr (SallySecret) password = NULL;
  g_autoptr (GError) error = NULL;

  if (!sally_cli_parse (cli, options, arguments, 1, 1, &operands))
    return cli->exit_code;
  if (!find_format (format_name, &format, &error))
    return sally_message_error (error);
  if (format->protection == SALLY_BACKUP_ENCRYPTED)
    {
      password =
          sally_cli_get_new_password (cli, _ ("Password for the file: "), password_stdin, &error);
      if (password == NULL)
        return sally_message_error (error);
    }
  else if (!agree_to_plain (cli, plain, &error))
    return sally_message_error (error);
  if (!sally_cli_load_accounts (cli, &error))
    return sally_message_error (error);
  return export (cli, operands[0], format, password, force);
}
