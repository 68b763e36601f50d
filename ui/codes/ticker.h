/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One clock for all rows of codes: ticks at each full second while somebody looks. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Property: now (int64, unix seconds, read-only), notified at each tick. */
#define SALLY_TYPE_TICKER (sally_ticker_get_type ())
G_DECLARE_FINAL_TYPE (SallyTicker, sally_ticker, SALLY, TICKER, GObject)

SallyTicker *sally_ticker_new (void) G_GNUC_WARN_UNUSED_RESULT;

gint64 sally_ticker_get_now (SallyTicker *self);

/* Runs or rests; it ticks at once when it begins to run, so that nothing old is shown. */
void sally_ticker_set_running (SallyTicker *self, gboolean is_running);

G_END_DECLS
