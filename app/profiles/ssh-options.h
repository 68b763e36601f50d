/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an ssh_config says of one host: the first value of each keyword, tokens filled in. */
#pragma once

#include "profiles/ssh-config-file.h"

G_BEGIN_DECLS

typedef struct
{
  char *host;               /* where to connect, HostName's tokens filled in */
  char *user;               /* NULL: not said */
  char *port;               /* NULL: not said */
  GPtrArray *identities;    /* (element-type utf8) paths, tokens filled in */
  char *jump;               /* ProxyJump, tokens filled in; NULL for none */
  char *command;            /* ProxyCommand as it stands; NULL for none */
  char *authentications;    /* PreferredAuthentications; NULL: not said */
  gboolean no_public_key;   /* PubkeyAuthentication no */
  GPtrArray *without_equal; /* (element-type utf8) keywords we have no counterpart of */
  gboolean has_bad_token;   /* a value with a token that is not known was left out */
} SallySshOptions;

/* `user` and `port` (nullable) are what the command line would say, as ProxyJump does. What is not
 * evaluated (exec) is told in a notice. */
SallySshOptions *sally_ssh_options_new (SallySshConfigFile *file,
                                        SallyProfilesInput *input,
                                        SallyProfiles *profiles,
                                        const char *alias,
                                        const char *user,
                                        const char *port) G_GNUC_WARN_UNUSED_RESULT;
void sally_ssh_options_free (SallySshOptions *self);

/* Whether ssh_config(5) has this keyword (in lower case). */
gboolean sally_ssh_options_is_keyword (const char *keyword);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallySshOptions, sally_ssh_options_free)

G_END_DECLS
