/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Ente writes into an address beside the usual: one value that is JSON. */
#pragma once

#include "otp/otp-uri.h"

G_BEGIN_DECLS

/* Takes it out of `uri`, keeping its tags and note as those of an account. FALSE if the entry lies
 * in Ente's bin. */
gboolean sally_ente_tidy (SallyOtpUri *uri);

G_END_DECLS
