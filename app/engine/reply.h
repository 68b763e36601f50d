/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a reply: what all who send requests ask of it. */
#pragma once

#include "engine/lane.h"

G_BEGIN_DECLS

/* Whether it is a STATUS of that code. FALSE for NULL. */
gboolean sally_reply_has_status (const SallySftpReply *reply, SallySftpStatus status);

/* The handle of a HANDLE reply (transfer full), else NULL with what sally_reply_set_error sets. */
GBytes *sally_reply_dup_handle (const SallySftpReply *reply, SallyLane *lane, GError **error);

/* Its attributes, if it is ATTRS; else FALSE with what sally_reply_set_error sets. */
gboolean sally_reply_get_attributes (const SallySftpReply *reply,
                                     SallyLane *lane,
                                     SallySftpAttributes *attributes,
                                     GError **error);

/* Why the request failed: the server's status and words; SALLY_ERROR_PROTOCOL for a reply of a kind
 * that answers nothing; for NULL, why `lane` has ended. */
void sally_reply_set_error (const SallySftpReply *reply, SallyLane *lane, GError **error);

G_END_DECLS
