/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which picture of our own set an account gets by the name of its service: pure, from a table, with
 * no network and nobody's trademarks. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An account's choice besides a name of the set. */
#define SALLY_SERVICE_ICON_AUTOMATIC "" /* by the service's name, else letters */
#define SALLY_SERVICE_ICON_LETTERS   "letters"

/* The names of the set ("mail"), sorted, NULL-terminated; static. The icon of a name is
 * "sally-service-NAME-symbolic". */
const char *const *sally_service_icon_list (void);

/* What it shows, translated ("Mail"); NULL if the set has no such name. */
const char *sally_service_icon_get_title (const char *name);

/* Whether an account may choose it: automatic, letters, or a name of the set. */
gboolean sally_service_icon_is_choice (const char *choice);

/* The name that fits a service called `issuer`: a known one (any case, with words behind it, or
 * within a host's name), else by a word in it that tells; NULL if nothing does. */
const char *sally_service_icon_find (const char *issuer);

/* The name for an account of that choice and issuer; NULL: letters. */
const char *sally_service_icon_choose (const char *choice, const char *issuer);

G_END_DECLS
