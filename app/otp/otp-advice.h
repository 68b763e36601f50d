/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person should know about unusual parameters before trusting them. Pure. */
#pragma once

#include "otp/otp.h"

G_BEGIN_DECLS

/* One sentence for each thing that is unusual, in one line; NULL if nothing is. Free with g_free.
 */
char *
sally_otp_advice (const SallyOtpParameters *parameters, SallySecret *key) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
