/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program: builds everything once and hands it down. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define SALLY_TYPE_APPLICATION (sally_application_get_type ())
G_DECLARE_FINAL_TYPE (SallyApplication, sally_application, SALLY, APPLICATION, AdwApplication)

SallyApplication *sally_application_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
