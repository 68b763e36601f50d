/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One remote directory read page by page, a few READDIR ahead of the reader. */
#pragma once

#include "engine/mux.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A page has at most this many entries: a D-Bus message of some 100 KiB. */
#define SALLY_LISTING_PAGE 1000

/* Main thread only. */
typedef struct _SallyListing SallyListing;

/* Once. `error` NULL: opened. */
typedef void (*SallyListingOpenedFunc) (SallyListing *listing,
                                        const GError *error,
                                        gpointer user_data);
/* A page of type a(ay(utuuuuu)b); `is_last` ends it. With `error` the page is NULL. */
typedef void (*SallyListingPageFunc) (GVariant *page,
                                      gboolean is_last,
                                      const GError *error,
                                      gpointer user_data);

SallyListing *sally_listing_new (SallyMux *mux,
                                 const char *path,
                                 SallyListingOpenedFunc func,
                                 gpointer user_data);

/* One reader at a time: FALSE if one waits already. */
gboolean sally_listing_read (SallyListing *self, SallyListingPageFunc func, gpointer user_data);

/* Lets go: whoever waits is answered with G_IO_ERROR_CANCELLED, the handle is closed, and the rest
 * is freed when the last reply is in. */
void sally_listing_close (SallyListing *self);

G_END_DECLS
