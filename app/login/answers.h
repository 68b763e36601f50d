/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: what do I answer to this prompt? Pure (DESIGN section 5). */
#pragma once

#include "base/secret.h"
#include "model/server.h"

G_BEGIN_DECLS

/* What the server's profile says beside the recipe. Borrowed. */
typedef struct
{
  const char *password_prompt; /* regular expressions, "" for none */
  const char *code_prompt;
  const char *separator; /* between the parts of one answer */
} SallyAnswerRules;

SallyAnswerRules sally_answer_rules_from_server (SallyServer *server);

/* What to answer to one request. `*answered` is a set of bits, 0 at first: the steps of the recipe
 * that were answered (key steps do not count here). `steps[i]` becomes the step that answers prompt
 * i, or has no parts: ask the person. `prompts` are the texts, sanitised; NULL for SSH's "password"
 * method, which has none.
 *
 * Without patterns the order decides: the next steps of the recipe, and if the request has more
 * prompts than steps are left, none of it is guessed. With patterns a prompt gets the first step
 * left over that it matches: one factor must match its own pattern, or have none while the other's
 * does not match either; several in one answer must match one of theirs. No word of any language is
 * known here. The echo flag proves nothing and is not looked at: google-authenticator-libpam turns
 * it round with its option echo_verification_code. */
void sally_answers_plan (const SallyLoginRecipe *recipe,
                         const SallyAnswerRules *rules,
                         guint *answered,
                         const char *const *prompts,
                         guint n_prompts,
                         SallyLoginStep *steps);

/* The parts of one step joined, `separator` (may be "") between them. `password` or `code` may be
 * NULL only if the step does not use it. */
SallySecret *sally_answers_compose (const SallyLoginStep *step,
                                    SallySecret *password,
                                    SallySecret *code,
                                    const char *separator) G_GNUC_WARN_UNUSED_RESULT;

gboolean sally_login_step_uses (const SallyLoginStep *step, SallyFactor factor);

/* SSH methods to try for a recipe, in order, NULL-terminated, static: "publickey" first if it
 * begins with a key; "password" before "keyboard-interactive" where one answer with the password in
 * it is all there is; the other way round where there are several or a code alone, which have
 * prompts of their own. */
const char *const *sally_answers_methods (const SallyLoginRecipe *recipe);

G_END_DECLS
