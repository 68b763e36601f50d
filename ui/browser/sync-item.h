/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A step of a synchronization as the list shows it. */
#pragma once

#include "remote/sync-plan.h"

G_BEGIN_DECLS

/* Properties, read-only, made once: icon-name, title, subtitle (all utf8). */
#define SALLY_TYPE_SYNC_ITEM (sally_sync_item_get_type ())
G_DECLARE_FINAL_TYPE (SallySyncItem, sally_sync_item, SALLY, SYNC_ITEM, GObject)

/* Copies what it shows. */
SallySyncItem *
sally_sync_item_new (const SallySyncStep *step, gboolean is_upload) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
