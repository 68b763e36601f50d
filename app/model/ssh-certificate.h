/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an OpenSSH certificate says of the key it is about (PROTOCOL.certkeys); no signature is
 * checked: that is the server's. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of those whom a certificate is for, so many are read. */
#define SALLY_SSH_CERTIFICATE_MAX_PRINCIPALS 64

/* Text is made safe to show. */
typedef struct
{
  char *id;            /* the signer's name for it, "" if it has none */
  GStrv principals;    /* the users it is for, as the signer names them */
  guint64 valid_after; /* unix s */
  guint64 valid_before;
} SallySshCertificate;

/* A public key as an agent lists it. NULL if it is no user certificate of a known kind. */
SallySshCertificate *
sally_ssh_certificate_parse (const guint8 *blob, gsize length) G_GNUC_WARN_UNUSED_RESULT;
void sally_ssh_certificate_free (SallySshCertificate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallySshCertificate, sally_ssh_certificate_free)

G_END_DECLS
