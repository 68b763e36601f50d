/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QR codes held before the camera, until there is an account to add. */
#pragma once

#include "camera/camera-access.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Has the camera while it is seen, and at no other time. Signal "scanned", before it closes by
 * itself: see sally_scan_dialog_ref_texts(). Actions: scan.finish, with what is there;
 * scan.try-again; scan.camera (u), the camera by its index. */
#define SALLY_TYPE_SCAN_DIALOG (sally_scan_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SallyScanDialog, sally_scan_dialog, SALLY, SCAN_DIALOG, AdwDialog)

SallyScanDialog *sally_scan_dialog_new (SallyCameraAccess *access);

/* The addresses that were read (element-type SallySecret). */
GPtrArray *sally_scan_dialog_ref_texts (SallyScanDialog *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
