/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: what do I answer to this prompt? Pure (DESIGN section 5). */
#pragma once

#include "base/secret.h"
#include "model/login-recipe.h"

G_BEGIN_DECLS

/* RFC 4256 section 3.2 sets no limit; more prompts than this in one request is an attack or a bug.
 */
#define SALLY_ANSWERS_MAX_PROMPTS 16

/* What to answer to one request of `n_prompts` prompts when `*next_step` steps of the recipe (key
 * steps do not count here and are passed over) were answered before. On TRUE `steps[i]` is the step
 * that answers prompt i and `*next_step` has moved on. FALSE: the recipe says nothing about this
 * many prompts; ask the person. A request without prompts is a notice: TRUE, nothing to answer. The
 * echo flag proves nothing and is not looked at: google-authenticator-libpam turns it round with
 * its option echo_verification_code. */
gboolean sally_answers_plan (const SallyLoginRecipe *recipe,
                             guint *next_step,
                             guint n_prompts,
                             SallyLoginStep *steps);

/* The parts of one step joined. `password` or `code` may be NULL only if the step does not use it.
 */
SallySecret *sally_answers_compose (const SallyLoginStep *step,
                                    SallySecret *password,
                                    SallySecret *code) G_GNUC_WARN_UNUSED_RESULT;

gboolean sally_login_step_uses (const SallyLoginStep *step, SallyFactor factor);

/* SSH methods to try for a recipe, in order, NULL-terminated, static: "publickey" first if it
 * begins with a key; "password" before "keyboard-interactive" where one answer with the password in
 * it is all there is; the other way round where there are several or a code alone, which have
 * prompts of their own. */
const char *const *sally_answers_methods (const SallyLoginRecipe *recipe);

G_END_DECLS
