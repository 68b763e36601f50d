/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: will this sign-in work? What a server shows without credentials -> findings. */
#pragma once

#include "login/doctor.h"
#include "login/host-trust.h"

G_BEGIN_DECLS

typedef enum
{
  SALLY_FINDING_GOOD,
  SALLY_FINDING_NOTE, /* worth knowing, or to be decided by a person */
  SALLY_FINDING_BAD,  /* it will not work as it is */
} SallyFindingKind;

typedef struct
{
  SallyFindingKind kind;
  const char *topic; /* static: "server", "algorithms", "host-key", "methods", "clock" */
  char *sentence;    /* translated, without a final stop */
} SallyFinding;

void sally_finding_free (SallyFinding *self);

/* (element-type SallyFinding) (transfer container), in the order in which a sign-in meets them.
 * `facts` are those of a look at the server (remote/probe.h); `trust` is what is known of its host
 * key, `known` (nullable) the finding's word for it. Pure. */
GPtrArray *sally_preflight_judge (const SallySignInFacts *facts,
                                  SallyHostVerdict trust,
                                  const char *known) G_GNUC_WARN_UNUSED_RESULT;

/* Whether none of them is bad. */
gboolean sally_preflight_is_good (GPtrArray *findings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyFinding, sally_finding_free)

G_END_DECLS
