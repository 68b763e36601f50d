/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each format's file gives to the table in profiles.c. */
#pragma once

#include "profiles/input.h"

G_BEGIN_DECLS

#define SALLY_DECLARE_PROFILES(name)                                                               \
  gboolean sally_##name##_sniff (SallyProfilesInput *input);                                       \
  gboolean sally_##name##_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error);

SALLY_DECLARE_PROFILES (connection_file)
SALLY_DECLARE_PROFILES (cyberduck)
SALLY_DECLARE_PROFILES (filezilla)
SALLY_DECLARE_PROFILES (gtk_bookmarks)
SALLY_DECLARE_PROFILES (links)
SALLY_DECLARE_PROFILES (putty_registry)
SALLY_DECLARE_PROFILES (putty_session)
SALLY_DECLARE_PROFILES (remmina)
SALLY_DECLARE_PROFILES (ssh_config)
SALLY_DECLARE_PROFILES (winscp)

G_END_DECLS
