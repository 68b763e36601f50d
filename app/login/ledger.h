/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: may this code be spent now? Never one time step twice, across all programs. */
#pragma once

#include "otp/otp.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The shortest life a code must have left when it is sent: it travels, and clocks differ. */
#define SALLY_LEDGER_DEFAULT_MIN_LIFE_S 3

/* Milliseconds until a code may be spent; 0: now. Pure. `last_step` is the newest step that was
 * sent (RFC 6238 section 5.2: a verifier must not accept one twice), -1 if none was. A `min_life_s`
 * that no code can have counts as one second less than the period. */
gint64 sally_ledger_wait_ms (gint64 last_step, gint64 now_ms, guint period_s, guint min_life_s);

/* The record on disk: $XDG_STATE_HOME/sallyport/ledger/ (or `directory`), one small file an
 * account, which is also the lock. It holds a step number and the period it counts, and nothing
 * secret. A record that cannot be read counts as a code that was sent just now. */
#define SALLY_TYPE_LEDGER (sally_ledger_get_type ())
G_DECLARE_FINAL_TYPE (SallyLedger, sally_ledger, SALLY, LEDGER, GObject)

SallyLedger *sally_ledger_new (const char *directory) G_GNUC_WARN_UNUSED_RESULT;

/* One sign-in's turn with an account. Sign-ins that share an account run one after the other, to
 * the end: PAM's module refuses even a fresh code if another sign-in finished while its prompt was
 * open. */
#define SALLY_TYPE_LEDGER_TURN (sally_ledger_turn_get_type ())
G_DECLARE_FINAL_TYPE (SallyLedgerTurn, sally_ledger_turn, SALLY, LEDGER_TURN, GObject)

/* Waits for the turn: until no other program or object holds it; those that wait on one ledger get
 * it in the order in which they asked. It ends when the object is freed, or with the process.
 * SALLY_ERROR_INVALID for an id that is no plain file name, LOCAL_* if the record cannot be opened.
 */
void sally_ledger_begin_async (SallyLedger *self,
                               const char *account_id,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
SallyLedgerTurn *sally_ledger_begin_finish (SallyLedger *self,
                                            GAsyncResult *result,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Waits for a time step that was never sent and has `min_life_s` left, writes it down as spent
 * (fsync), and gives it. The turn's property wait-until (monotonic µs, 0: not waiting) tells how
 * long. SALLY_ERROR_FAILED if the wait would exceed three periods: this computer's clock has gone
 * back. */
void sally_ledger_turn_spend_async (SallyLedgerTurn *self,
                                    const SallyOtpParameters *parameters,
                                    guint min_life_s,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* FALSE with `error`; on TRUE `*step` is ours. */
gboolean sally_ledger_turn_spend_finish (SallyLedgerTurn *self,
                                         GAsyncResult *result,
                                         guint64 *step,
                                         GError **error);
gint64 sally_ledger_turn_get_wait_until (SallyLedgerTurn *self);

/* Writes down that the code of `step` is sent although nobody asked the ledger: a person typed it.
 * An older step than the newest one that was sent changes nothing. */
void sally_ledger_turn_note_async (SallyLedgerTurn *self,
                                   const SallyOtpParameters *parameters,
                                   guint64 step,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean
sally_ledger_turn_note_finish (SallyLedgerTurn *self, GAsyncResult *result, GError **error);

G_END_DECLS
