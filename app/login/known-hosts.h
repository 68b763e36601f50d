/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenSSH's known_hosts, as sshd(8) describes it: read, never written. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file beyond this is not read; lines and lists beyond theirs are passed over. */
#define SALLY_KNOWN_HOSTS_MAX_BYTES    (4 * 1024 * 1024)
#define SALLY_KNOWN_HOSTS_MAX_LINES    100000
#define SALLY_KNOWN_HOSTS_MAX_LINE     (16 * 1024)
#define SALLY_KNOWN_HOSTS_MAX_PATTERNS 256

typedef enum
{
  SALLY_KNOWN_HOST_KEY,
  SALLY_KNOWN_HOST_REVOKED,   /* @revoked: this key must not be accepted */
  SALLY_KNOWN_HOST_AUTHORITY, /* @cert-authority: certificates of this key would be accepted */
} SallyKnownHostMark;

typedef struct
{
  SallyKnownHostMark mark;
  char *key_type;    /* "ssh-ed25519" */
  char *fingerprint; /* "SHA256:..." */
  guint line;        /* from 1 */
} SallyKnownHost;

/* The lines that are about a host and port: plain and hashed names, "[host]:port", the wildcards
 * "*" and "?", and "!", which takes a line out. Port 22 goes without a port, as there. Lines that
 * are none are passed over, as is a key that is not of the type it says. (element-type
 * SallyKnownHost) with a free function. Pure; any bytes do. */
GPtrArray *sally_known_hosts_find (const char *bytes, gsize length, const char *host, guint port);

void sally_known_host_free (SallyKnownHost *self);

G_END_DECLS
