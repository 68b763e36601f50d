/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Shared by backups.c and backups-work.c. */
#pragma once

#include "export/backups.h"

G_BEGIN_DECLS

struct _SallyBackups
{
  GObject parent_instance;

  SallyAccountStore *accounts;
  SallyKeyring *keyring;
  GSettings *settings; /* NULL where the schema is not installed */
  guint n_busy;
};

/* 1 when a backup begins, -1 at its end. */
void sally_backups_add_busy (SallyBackups *self, int n);

G_END_DECLS
