/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where our helper programs are. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What sallyport-askpass says on standard error when ssh-add asks it. */
#define SALLY_ASKPASS_MARK "sallyport-askpass: asked"

/* The full path of a program in the libexec folder. Before it come the folders of SALLYPORT_LIBEXEC
 * in the environment (colon-separated) and, for a program that runs where it was built, the build's
 * own. Never NULL. */
char *sally_program_dup_path (const char *name);

/* The folder for sockets of this user: $XDG_RUNTIME_DIR/sallyport/engines, in a Flatpak
 * $XDG_RUNTIME_DIR/app/$FLATPAK_ID/engines, made with mode 0700 if it is not there. LOCAL_* errors.
 */
char *sally_program_dup_runtime_directory (GError **error);

G_END_DECLS
