/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The scheduled backups of the accounts: how they are set up, how the last one went, doing one. */
#pragma once

#include "export/backup-run.h"
#include "export/schedule.h"
#include "store/account-store.h"
#include "store/settings.h"

G_BEGIN_DECLS

/* Property: is-busy, while a backup is made. Signal "changed": what was set up
 * or recorded is another, by this program or another one. All is kept in the settings, but for the
 * password, which is in the keyring. Main thread; the work is done on others. */
#define SALLY_TYPE_BACKUPS (sally_backups_get_type ())
G_DECLARE_FINAL_TYPE (SallyBackups, sally_backups, SALLY, BACKUPS, GObject)

SallyBackups *
sally_backups_new (SallyAccountStore *accounts, SallySettings *settings) G_GNUC_WARN_UNUSED_RESULT;

/* For g_settings_bind; NULL where nothing can be kept. */
GSettings *sally_backups_get_gsettings (SallyBackups *self);
SallyAccountStore *sally_backups_get_accounts (SallyBackups *self);

void sally_backups_get_facts (SallyBackups *self, SallyScheduleFacts *facts);
gboolean sally_backups_get_is_busy (SallyBackups *self);

/* NULL if none is chosen. */
char *sally_backups_dup_folder (SallyBackups *self);
guint sally_backups_get_keep (SallyBackups *self);
/* Of the last good one: 0 and NULL if there was none. */
guint sally_backups_get_n_accounts (SallyBackups *self);
char *sally_backups_dup_file (SallyBackups *self);
/* Why the last attempt failed; NULL if it did not. */
char *sally_backups_dup_failure (SallyBackups *self);

/* SALLY_ERROR_FAILED where the settings would be forgotten with the program. */
gboolean sally_backups_check_settings (SallyBackups *self, GError **error);

/* `folder` is UTF-8 and absolute. */
void sally_backups_set_folder (SallyBackups *self, const char *folder);
void sally_backups_set_interval (SallyBackups *self, SallyInterval interval);
void sally_backups_set_keep (SallyBackups *self, guint keep);
void sally_backups_set_is_enabled (SallyBackups *self, gboolean is_enabled);

/* A person wrote an export that can be read again. */
void sally_backups_note_export (SallyBackups *self, gint64 now_s);
/* A person wants no reminder. */
void sally_backups_postpone (SallyBackups *self, gint64 now_s);
/* The keyring holds so many; since when there are any counts for the reminder. */
void sally_backups_note_accounts (SallyBackups *self, guint n_accounts, gint64 now_s);

/* NULL removes it. Backups that are there keep the password they were written with. */
void sally_backups_set_password_async (SallyBackups *self,
                                       SallySecret *password,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
sally_backups_set_password_finish (SallyBackups *self, GAsyncResult *result, GError **error);

/* SALLY_ERROR_KEYRING_MISSING if none is set. */
void sally_backups_get_password_async (SallyBackups *self,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
SallySecret *sally_backups_get_password_finish (SallyBackups *self,
                                                GAsyncResult *result,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Makes a backup of the loaded accounts and records how that went. `is_lazy`: none if the newest
 * one has it all, which is then read and compared again. The result has no password in it. */
void sally_backups_run_async (SallyBackups *self,
                              gboolean is_lazy,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
SallyBackupRun *sally_backups_run_finish (SallyBackups *self,
                                          GAsyncResult *result,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The restore drill on demand: any file of accounts, compared with the loaded ones. `password`
 * NULL: that of the keyring, if there is one. SALLY_ERROR_PASSWORD_NEEDED or _WRONG. */
void sally_backups_check_async (SallyBackups *self,
                                const char *path,
                                SallySecret *password,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
SallyComparison *sally_backups_check_finish (SallyBackups *self,
                                             GAsyncResult *result,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
