/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person, as the connection sees them: an interface that the window and the terminal implement.
 */
#pragma once

#include "base/secret.h"
#include "login/host-trust.h"
#include "login/prompts.h"
#include "model/server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A key that is new: changed ones are refused without a question. */
typedef struct
{
  SallyServer *server;
  const char *key_type;
  const char *fingerprint;
  const char *randomart;  /* lines without an end at the end, for a fixed-width font */
  gboolean has_authority; /* known_hosts trusts certificates for this host, which are not read */
} SallyHostQuestion;

/* Only a person may make another attempt (login/guard.h). */
typedef struct
{
  SallyServer *server;
  guint n_refusals;
  gint64 last_refusal_us; /* as g_get_real_time() counts */
} SallyAttemptQuestion;

typedef struct
{
  SallyServer *server;
  gboolean is_own;         /* we ask (a missing password, a passphrase), not the server */
  gboolean is_changed;     /* the server asked something else before: say so, and show `before` */
  gboolean offers_memory;  /* ask also whether this script may be answered by itself from now on */
  const char *before;      /* a line a prompt, sanitised, may be ""; NULL unless `is_changed` */
  const char *name;        /* sanitised, may be "" */
  const char *instruction; /* sanitised, may be "" */
  const SallyPrompt *prompts; /* words of the server, or ours if `is_own` is set */
  guint n_prompts;            /* 0: a notice to be shown, nothing to answer */
} SallyPromptQuestion;

/* Main thread. A question lives during the call only: who asks later keeps what they need. All may
 * take as long as the person likes.
 * Errors: SALLY_ERROR_SIGN_IN_NEEDS_PERSON where nobody can be asked, G_IO_ERROR_CANCELLED if
 * dismissed. */
#define SALLY_TYPE_PROMPTER (sally_prompter_get_type ())
G_DECLARE_INTERFACE (SallyPrompter, sally_prompter, SALLY, PROMPTER, GObject)

struct _SallyPrompterInterface
{
  GTypeInterface parent;

  void (*confirm_host_key_async) (SallyPrompter *self,
                                  const SallyHostQuestion *question,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
  gboolean (*confirm_host_key_finish) (SallyPrompter *self,
                                       GAsyncResult *result,
                                       gboolean *accepted,
                                       GError **error);
  void (*ask_async) (SallyPrompter *self,
                     const SallyPromptQuestion *question,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  GPtrArray *(*ask_finish) (SallyPrompter *self,
                            GAsyncResult *result,
                            gboolean *remember,
                            GError **error);
  gboolean (*is_there) (SallyPrompter *self);
  void (*confirm_attempt_async) (SallyPrompter *self,
                                 const SallyAttemptQuestion *question,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
  gboolean (*confirm_attempt_finish) (SallyPrompter *self,
                                      GAsyncResult *result,
                                      gboolean *allowed,
                                      GError **error);
};

void sally_prompter_confirm_host_key_async (SallyPrompter *self,
                                            const SallyHostQuestion *question,
                                            GCancellable *cancellable,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);
gboolean sally_prompter_confirm_host_key_finish (SallyPrompter *self,
                                                 GAsyncResult *result,
                                                 gboolean *accepted,
                                                 GError **error);

/* Whether somebody could be asked now. */
gboolean sally_prompter_is_there (SallyPrompter *self);

/* One SallySecret a prompt, in order, in an array with a free function (transfer container).
 * `*remember` (out, optional): the answer where `offers_memory` was set. */
void sally_prompter_ask_async (SallyPrompter *self,
                               const SallyPromptQuestion *question,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *sally_prompter_ask_finish (SallyPrompter *self,
                                      GAsyncResult *result,
                                      gboolean *remember,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `*allowed` FALSE: not now, or the person is asked in another way (the window shows it with a
 * button). SALLY_ERROR_SIGN_IN_HELD where nobody is there, with the way out. */
void sally_prompter_confirm_attempt_async (SallyPrompter *self,
                                           const SallyAttemptQuestion *question,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
gboolean sally_prompter_confirm_attempt_finish (SallyPrompter *self,
                                                GAsyncResult *result,
                                                gboolean *allowed,
                                                GError **error);

G_END_DECLS
