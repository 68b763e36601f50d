/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system keyring through libsecret: Secret Service, or the Secret portal inside a sandbox. */
#pragma once

#include "store/keyring.h"

G_BEGIN_DECLS

#define SALLY_TYPE_KEYRING_LIBSECRET (sally_keyring_libsecret_get_type ())
G_DECLARE_FINAL_TYPE (
    SallyKeyringLibsecret, sally_keyring_libsecret, SALLY, KEYRING_LIBSECRET, GObject)

SallyKeyring *sally_keyring_libsecret_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
