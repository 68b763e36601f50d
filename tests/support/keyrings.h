/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A keyring's calls as straight lines, and somebody who knows the vault's passphrase. */
#pragma once

#include "store/keyring.h"
#include "store/vault-prompter.h"

G_BEGIN_DECLS

gboolean keyring_store (
    SallyKeyring *keyring, SallyKeyringKind kind, const char *id, const char *text, GError **error);
char *keyring_lookup (SallyKeyring *keyring, SallyKeyringKind kind, const char *id, GError **error);
GPtrArray *keyring_list (SallyKeyring *keyring, SallyKeyringKind kind, GError **error);
gboolean
keyring_remove (SallyKeyring *keyring, SallyKeyringKind kind, const char *id, GError **error);

/* Fails the test on an error. */
gboolean keyring_is_open (SallyKeyring *keyring);

/* "id=text id=text", by id. Fails the test if the keyring cannot be listed. */
char *keyring_to_string (SallyKeyring *keyring, SallyKeyringKind kind);

/* Gives one of `answers` (NULL-terminated, NULL: none) after the other, then closes the question.
 */
#define TEST_TYPE_ANSWERS (test_answers_get_type ())
G_DECLARE_FINAL_TYPE (TestAnswers, test_answers, TEST, ANSWERS, GObject)

TestAnswers *test_answers_new (const char *const *answers) G_GNUC_WARN_UNUSED_RESULT;
/* How often it was asked to unlock, and to choose; and after how many refusals. */
guint test_answers_get_n_unlock (TestAnswers *self);
guint test_answers_get_n_choose (TestAnswers *self);
guint test_answers_get_n_refused (TestAnswers *self);

G_END_DECLS
