/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: is this the prompt script I know? What worked is pinned; a changed one is for a person.
 */
#pragma once

#include "model/server.h"

G_BEGIN_DECLS

/* Requests of one sign-in; the engine has the same limit. */
#define SALLY_PROMPTS_MAX_REQUESTS 16
/* RFC 4256 section 3.2 sets no limit; more prompts than this in one request is an attack or a bug.
 */
#define SALLY_PROMPTS_MAX_PROMPTS  16

typedef struct
{
  const char *text; /* sanitised (base/text.h) */
  gboolean echo;
} SallyPrompt;

/* One request of a server that wants answers. Requests without prompts are notices: nothing is
 * answered to them, and their words (a number to match, a time) change, so that no script has
 * them. */
typedef struct
{
  const char *method; /* "password", which has no words, or "keyboard-interactive" */
  const char *name;   /* sanitised, "" for none, as below */
  const char *instruction;
  const SallyPrompt *prompts;
  guint n_prompts;
} SallyPromptRequest;

/* The requests of one sign-in in their order, normalised: white space is one space, each run of
 * digits and each name of a day or month one "#". So times, counters and numbers to match do not
 * make a script another one; every other character and the echo flag do. The user's name may be in
 * it: a script belongs to one user. */
typedef struct _SallyPromptScript SallyPromptScript;

SallyPromptScript *sally_prompt_script_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sally_prompt_script_free (SallyPromptScript *self);

/* FALSE beyond SALLY_PROMPTS_MAX_REQUESTS or SALLY_PROMPTS_MAX_PROMPTS. */
gboolean sally_prompt_script_add (SallyPromptScript *self, const SallyPromptRequest *request);
guint sally_prompt_script_get_length (const SallyPromptScript *self);

/* What request `i` asks, a line a prompt, for a person to read; "" beyond the end. */
char *sally_prompt_script_describe (const SallyPromptScript *self, guint i);

/* As it is kept in the server's property "prompts": with the user, address and recipe it is for. */
char *sally_prompt_script_to_string (const SallyPromptScript *self, SallyServer *server);

/* The script pinned for the server; NULL if none is, or it was pinned for another user, address or
 * recipe. One that cannot be read is an empty script, of which everything differs. */
SallyPromptScript *sally_prompt_script_get_pinned (SallyServer *server) G_GNUC_WARN_UNUSED_RESULT;

typedef enum
{
  SALLY_PROMPTS_FIRST,   /* none is pinned yet */
  SALLY_PROMPTS_SAME,    /* so far it goes as it did */
  SALLY_PROMPTS_CHANGED, /* nothing may be answered without a person */
} SallyPromptsVerdict;

/* Whether the requests so far are those of `pinned` (nullable), in order. Fewer are no change: a
 * server may leave out a factor. Pure. */
SallyPromptsVerdict
sally_prompts_check (const SallyPromptScript *pinned, const SallyPromptScript *so_far);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyPromptScript, sally_prompt_script_free)

G_END_DECLS
