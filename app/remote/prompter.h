/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person, as the connection sees them: an interface that the window and the terminal implement.
 */
#pragma once

#include "base/secret.h"
#include "login/host-trust.h"
#include "model/server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  SallyServer *server;
  const char *key_type;
  const char *fingerprint;
  SallyHostVerdict verdict; /* NEW only: changed keys are refused without a question */
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
  const char *text; /* sanitised words of the server, or ours if `is_own` of the question is set */
  gboolean echo;
} SallyPrompt;

typedef struct
{
  SallyServer *server;
  gboolean is_own;         /* we ask (a missing password, a passphrase), not the server */
  const char *name;        /* sanitised, may be "" */
  const char *instruction; /* sanitised, may be "" */
  const SallyPrompt *prompts;
  guint n_prompts; /* 0: a notice to be shown, nothing to answer */
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
  GPtrArray *(*ask_finish) (SallyPrompter *self, GAsyncResult *result, GError **error);
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

/* One SallySecret a prompt, in order, in an array with a free function (transfer container). */
void sally_prompter_ask_async (SallyPrompter *self,
                               const SallyPromptQuestion *question,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
GPtrArray *sally_prompter_ask_finish (SallyPrompter *self,
                                      GAsyncResult *result,
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
