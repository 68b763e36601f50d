/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What importing files of servers would add: pure, nothing is written. Main thread. */
#pragma once

#include "profiles/profiles.h"

G_BEGIN_DECLS

/* One server of a file. */
typedef struct
{
  const SallyProfile *profile; /* borrowed */
  gboolean is_new;             /* else it is there already, and stays as it is */
  SallyServer *server; /* what is to be saved under a name that is free, with the name of its
                          jump; or the one that is there */
  guint jump;          /* its position in the plan; G_MAXUINT: none */
} SallyPlanItem;

void sally_plan_item_free (SallyPlanItem *self);

/* One item for each server (element-type SallyPlanItem), by file and in its order. `servers`
 * (element-type SallyServer) are those there are, `files` (element-type SallyProfiles) what was
 * read; both outlive the plan's use. The same is what has host, port and user of one that is there,
 * and is reached through the same; within the files also the folder in which it begins has to be
 * the same. */
GPtrArray *sally_plan (GListModel *servers, GPtrArray *files) G_GNUC_WARN_UNUSED_RESULT;

/* The new ones that are wanted and the new ones that lead to them, these first (element-type
 * SallyPlanItem, borrowed). `wanted` has an element for each item. */
GPtrArray *sally_plan_choose (GPtrArray *plan, const gboolean *wanted) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
