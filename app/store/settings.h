/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person's settings: typed access to the GSettings schema, defaults where it is not installed.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Keys: linger-minutes (u, 10), minimum-code-life (u, 3 s), clipboard-clear (u, 30 s, 0 never),
 * keyring (enum, a SallyKeyringStore: a wish where nothing is kept yet),
 * codes-sort (enum), codes-hidden (b), lock (b), lock-after-minutes (u),
 * lock-with-screen (b), desktop-search (b, TRUE),
 * show-hidden-files (b), download-folder (s, "": the system's), parallel-files (u, 0: as many as
 * pay), keep-permissions (b, TRUE), keep-times (b, TRUE), verify-uploads (b), links (enum),
 * download-limit and upload-limit (u, KiB a second, 0: none);
 * clock-dismissed (x, see sally_clock_is_dismissed);
 * backup-* and export-time, which export/backups.h reads and writes. */
#define SALLY_TYPE_SETTINGS (sally_settings_get_type ())
G_DECLARE_FINAL_TYPE (SallySettings, sally_settings, SALLY, SETTINGS, GObject)

SallySettings *sally_settings_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* For g_settings_bind; NULL where the schema is not installed. */
GSettings *sally_settings_get_gsettings (SallySettings *self);

guint sally_settings_get_linger_s (SallySettings *self);
guint sally_settings_get_minimum_code_life_s (SallySettings *self);
guint sally_settings_get_clipboard_clear_s (SallySettings *self);
guint sally_settings_get_parallel_files (SallySettings *self);
/* Bytes a second, 0: none. */
guint64 sally_settings_get_download_limit (SallySettings *self);
guint64 sally_settings_get_upload_limit (SallySettings *self);
gboolean sally_settings_get_keep_permissions (SallySettings *self);
gboolean sally_settings_get_verify_uploads (SallySettings *self);
gboolean sally_settings_get_keep_times (SallySettings *self);
/* A SallyLinks (remote/tree-links.h). */
int sally_settings_get_links (SallySettings *self);
gboolean sally_settings_get_desktop_search (SallySettings *self);
gboolean sally_settings_get_show_hidden_files (SallySettings *self);

G_END_DECLS
