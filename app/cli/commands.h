/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of `sally`, one or a few a file, for the table in main.c. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

/* Each gets the words behind its name (NULL-terminated) and gives the exit code. */
int sally_command_account_add (SallyCli *cli, char **arguments);
int sally_command_account_list (SallyCli *cli, char **arguments);
int sally_command_account_remove (SallyCli *cli, char **arguments);
int sally_command_code (SallyCli *cli, char **arguments);
int sally_command_keyring_status (SallyCli *cli, char **arguments);
int sally_command_keyring_move (SallyCli *cli, char **arguments);
int sally_command_keyring_passphrase (SallyCli *cli, char **arguments);
int sally_command_keyring_start_afresh (SallyCli *cli, char **arguments);
int sally_command_import (SallyCli *cli, char **arguments);
int sally_command_export (SallyCli *cli, char **arguments);
int sally_command_key_make (SallyCli *cli, char **arguments);
int sally_command_key_list (SallyCli *cli, char **arguments);
int sally_command_key_show (SallyCli *cli, char **arguments);
int sally_command_key_remove (SallyCli *cli, char **arguments);
int sally_command_backup_enable (SallyCli *cli, char **arguments);
int sally_command_backup_run (SallyCli *cli, char **arguments);
int sally_command_backup_status (SallyCli *cli, char **arguments);
int sally_command_backup_verify (SallyCli *cli, char **arguments);
int sally_command_backup_disable (SallyCli *cli, char **arguments);
int sally_command_server_add (SallyCli *cli, char **arguments);
int sally_command_server_list (SallyCli *cli, char **arguments);
int sally_command_server_import (SallyCli *cli, char **arguments);
int sally_command_server_export (SallyCli *cli, char **arguments);
int sally_command_server_set (SallyCli *cli, char **arguments);
int sally_command_server_show (SallyCli *cli, char **arguments);
int sally_command_server_remove (SallyCli *cli, char **arguments);
int sally_command_server_password (SallyCli *cli, char **arguments);
int sally_command_server_passphrase (SallyCli *cli, char **arguments);
int sally_command_server_trust (SallyCli *cli, char **arguments);
int sally_command_server_forget_key (SallyCli *cli, char **arguments);
int sally_command_server_unlock (SallyCli *cli, char **arguments);
int sally_command_ls (SallyCli *cli, char **arguments);
int sally_command_get (SallyCli *cli, char **arguments);
int sally_command_put (SallyCli *cli, char **arguments);
int sally_command_transfers (SallyCli *cli, char **arguments);
int sally_command_resume (SallyCli *cli, char **arguments);
int sally_command_mkdir (SallyCli *cli, char **arguments);
int sally_command_rm (SallyCli *cli, char **arguments);
int sally_command_mv (SallyCli *cli, char **arguments);
int sally_command_stat (SallyCli *cli, char **arguments);
int sally_command_status (SallyCli *cli, char **arguments);
int sally_command_sync (SallyCli *cli, char **arguments);
int sally_command_history (SallyCli *cli, char **arguments);
int sally_command_receipt (SallyCli *cli, char **arguments);
int sally_command_check (SallyCli *cli, char **arguments);
int sally_command_doctor (SallyCli *cli, char **arguments);
int sally_command_disconnect (SallyCli *cli, char **arguments);

G_END_DECLS
