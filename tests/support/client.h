/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client as a program builds it, with a person who answers by script: for tests of remote/. */
#pragma once

#include "remote/connection.h"
#include "remote/transfer-queue.h"
#include "store/keyring-memory.h"
#include "tests/support/rig.h"

G_BEGIN_DECLS

/* A prompter without a face. */
#define TEST_TYPE_PERSON (test_person_get_type ())
G_DECLARE_FINAL_TYPE (TestPerson, test_person, TEST, PERSON, GObject)

typedef struct
{
  char *folder; /* of all that is written; HOME and the XDG folders lie in it */
  SallyKeyring *keyring;
  SallyAccountStore *accounts;
  SallyServerStore *servers;
  SallyLedger *ledger;
  SallyGuard *guard;
  SallyHostTrust *trust;
  TestPerson *person;
  SallySettings *settings;
  SallyJournal *journal;
  SallyConnectionServices *services;
  SallyTransferStore *store;
  SallyTransferQueue *queue; /* a lost connection is not made again, unless a test wants it */
} TestClient;

/* Call before anything of GLib's user directories is used: first thing in main. */
void test_client_prepare (void);
/* For a program that a test starts: the user directories are the test's, `folder` is its own. */
void test_client_prepare_in (const char *folder);

TestClient *test_client_new (void) G_GNUC_WARN_UNUSED_RESULT;
void test_client_free (TestClient *client);

/* What the person says: to host keys (default yes), and the answers to prompts, in order. Without
 * answers left, prompts fail as where nobody is there. */
void test_person_set_accepts_host_keys (TestPerson *self, gboolean accepts);
void test_person_add_answer (TestPerson *self, const char *answer);
guint test_person_get_n_host_keys (TestPerson *self);
guint test_person_get_n_prompts (TestPerson *self);
/* The last prompt's text, or of a notice the instruction. */
const char *test_person_get_last_text (TestPerson *self);

/* Whether one more attempt may be made (default: nobody is there to say so), and how often that was
 * asked. */
void test_person_set_allows_attempts (TestPerson *self, gboolean allows);
guint test_person_get_n_attempts (TestPerson *self);

/* Whether a changed script may be answered by itself from now on (default: no); and how often a
 * change was shown. */
void test_person_set_remembers (TestPerson *self, gboolean remembers);
guint test_person_get_n_changes (TestPerson *self);

/* A profile for the rig: its password in the keyring, its seed as an account, its key as the
 * identity file, as far as the recipe uses them. */
SallyServer *test_client_make_server (TestClient *client,
                                      SallyRig *rig,
                                      const char *recipe) G_GNUC_WARN_UNUSED_RESULT;

/* Opens and waits; NULL if it worked. */
GError *test_client_open (SallyConnection *connection);
void test_client_disconnect (SallyConnection *connection);

G_END_DECLS
