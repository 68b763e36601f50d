/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: why did it fail? The facts of one sign-in -> a sentence and a next step. */
#pragma once

#include "base/error.h"
#include "model/ssh-certificate.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_CLOCK_UNKNOWN,
  SALLY_CLOCK_SYNCHRONISED, /* by the network, says the kernel */
  SALLY_CLOCK_FREE,         /* by nobody */
} SallyClock;

/* The lists of one side's SSH_MSG_KEXINIT (RFC 4253 section 7.1), comma-separated; NULL: unknown.
 */
typedef struct
{
  char *key_exchanges;
  char *host_keys;
  char *ciphers;
  char *macs;
} SallyAlgorithms;

/* What is known of one attempt to sign in, and no secret: strings are sanitised and owned, NULL for
 * unknown. Reference-counted; filled in by one sign-in, on the main thread. */
typedef struct
{
  char *address;
  char *user;
  char *recipe;
  gint64 begun_us; /* as g_get_real_time() counts, as all below; 0 for never */
  gint64 ended_us;
  GError *error; /* NULL: it worked */

  char *ident;
  char *words; /* what the server said beside its prompts, the last of it */
  SallyAlgorithms theirs;
  SallyAlgorithms ours;
  char *host_key; /* type and fingerprint */

  char *offered_first; /* methods, comma-separated */
  char *offered;       /* and as they are now */
  char *done;          /* methods that were right (partial success, RFC 4252 section 5.1) */
  char *refused;       /* the method that was not */
  guint n_keys;        /* offered */
  SallySshCertificate *certificate; /* the first among them; NULL: none */
  gboolean has_sent;                /* the server got something of ours to judge */
  guint n_requests;                 /* that wanted answers */

  /* The last request that was answered. */
  gboolean sent_password;
  gboolean sent_code;
  gboolean is_joined;  /* both in one answer */
  gboolean is_typed;   /* by the person */
  gboolean is_changed; /* the prompts were not the pinned ones */

  /* The last code that was sent; period 0: none, or it counts no time. */
  gint64 code_step;
  guint code_period_s;
  gint64 code_sent_us;
  gint64 code_wait_us; /* that it took to become fresh */

  SallyClock clock;
  gboolean has_clock_offset;
  gint64 clock_offset_s; /* this computer's clock less the right time */
  char *clock_server;    /* whose clock it was measured by; NULL: this server's */
  guint n_refusals;      /* before this one, in a row */
} SallySignInFacts;

SallySignInFacts *sally_sign_in_facts_new (void) G_GNUC_WARN_UNUSED_RESULT;
SallySignInFacts *sally_sign_in_facts_ref (SallySignInFacts *self);
void sally_sign_in_facts_unref (SallySignInFacts *self);

typedef enum
{
  SALLY_FAULT_NONE, /* the error's own message says all there is */
  SALLY_FAULT_PASSWORD,
  SALLY_FAULT_CODE,
  SALLY_FAULT_PASSWORD_OR_CODE,
  SALLY_FAULT_KEY,
  SALLY_FAULT_CLOCK,
  SALLY_FAULT_RECIPE,    /* the server wants other factors than the profile has */
  SALLY_FAULT_ALGORITHM, /* no common one */
  SALLY_FAULT_LOCKED,    /* the account, or this address, may be locked for a while */
  SALLY_FAULT_ACCOUNT,   /* the server says that something is wrong with it */
} SallyFault;

typedef struct
{
  SallyFault fault; /* the likely one */
  char *sentence;   /* translated, without a final stop; "" if `fault` is NONE */
  char *next_step;  /* likewise */
} SallyDiagnosis;

/* Pure. */
SallyDiagnosis *sally_doctor_diagnose (const SallySignInFacts *facts) G_GNUC_WARN_UNUSED_RESULT;
void sally_diagnosis_free (SallyDiagnosis *self);

/* The names in `theirs` when none of them is in `ours`, else NULL: both comma-separated. */
const char *sally_doctor_find_mismatch (const char *theirs, const char *ours);

/* Which security policy of AWS Transfer Family offers these lists, as its documentation names them
 * ("TransferSecurityPolicy-2024-01"); NULL if the server is none of theirs or the lists are
 * unknown. Static. */
const char *sally_doctor_find_aws_policy (const SallySignInFacts *facts);

/* All facts as lines of text, for whoever helps: times, names, lists and lengths, never a secret.
 * Not translated. */
char *sally_doctor_trace (const SallySignInFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallySignInFacts, sally_sign_in_facts_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyDiagnosis, sally_diagnosis_free)

G_END_DECLS
