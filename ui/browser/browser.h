/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a server: a path bar, the list, and what can be done with them. */
#pragma once

#include "remote/transfer-queue.h"
#include "store/settings.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Actions: browser.back, forward, up, home, reload, search, edit-location, show-hidden, open,
 * download, save-to, upload, new-folder, rename, delete, properties. */
#define SALLY_TYPE_BROWSER (sally_browser_get_type ())
G_DECLARE_FINAL_TYPE (SallyBrowser, sally_browser, SALLY, BROWSER, AdwBin)

/* Opens the connection's start folder. `connection` is ready. */
GtkWidget *
sally_browser_new (SallyConnection *connection, SallyTransferQueue *queue, SallySettings *settings);

/* Goes to `path`, which may be relative to the home folder and hold "..". */
void sally_browser_open_path (SallyBrowser *self, const char *path);

G_END_DECLS
