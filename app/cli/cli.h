/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a command of `sally` works with: its row of the table, the services, the person's Ctrl-C. */
#pragma once

#include "remote/connection.h"
#include "remote/transfer-queue.h"
#include "store/key-store.h"
#include "store/server-store.h"

G_BEGIN_DECLS

/* The exit codes that no error has (sally_error_exit_code() has the others). */
#define SALLY_EXIT_DONE        0
#define SALLY_EXIT_PARTLY      1
#define SALLY_EXIT_USAGE       2
#define SALLY_EXIT_NETWORK     5 /* sally_error_exit_code() gives it */
#define SALLY_EXIT_INTERRUPTED 130

typedef struct _SallyCli SallyCli;

/* One command: dispatch, `sally help` and `sally COMMAND --help` come from these rows (main.c). */
typedef struct
{
  const char *name; /* one word, or two: "server add" */
  int (*run) (SallyCli *cli, char **arguments);
  const char *synopsis; /* what stands behind the name */
  const char *summary;  /* one line, translatable */
} SallyCommand;

/* Built by main.c, the only place that chooses implementations. All members are borrowed by
 * commands. */
struct _SallyCli
{
  const SallyCommand *command; /* the one that runs */
  GCancellable *cancellable;   /* Ctrl-C */
  SallyKeyring *keyring;       /* a SallyKeyringHome */
  SallyAccountStore *accounts; /* not loaded: sally_cli_load_accounts() */
  SallyKeyStore *keys;         /* not loaded: sally_cli_load_keys() */
  SallyServerStore *servers;
  GPtrArray *given_problems; /* (element-type utf8) files of the administrator that are left out */
  SallyHostTrust *host_trust;
  SallyLedger *ledger;
  SallyGuard *guard;
  SallyJournal *journal;
  SallyConnectionServices *services;
  SallySettings *settings;
  SallyTransferStore *transfer_store;
  SallyTransferQueue *transfers;
  guint n_trees;           /* folders that are being walked */
  gboolean prints_json;    /* a line for each file that is done */
  gboolean has_limit;      /* of this command: the connections lose it at its end */
  GHashTable *connections; /* server id -> SallyConnection, open ones */
  int exit_code;           /* set where sally_cli_parse() gives FALSE */
};

/* Options may stand anywhere before "--". `operands` (out, transfer full) are the other arguments,
 * as the bytes they are. FALSE if the command is at its end already: help was shown, or the usage
 * is wrong. Option values come as bytes too (G_OPTION_ARG_FILENAME): sally_cli_check_text() makes
 * text of them. */
gboolean sally_cli_parse (SallyCli *cli,
                          const GOptionEntry *options,
                          char **arguments,
                          guint min_operands,
                          guint max_operands,
                          char ***operands);

/* Says what the command wants; SALLY_EXIT_USAGE. */
int sally_cli_usage (SallyCli *cli);

/* SALLY_ERROR_INVALID unless `value` (nullable) is UTF-8. `option` is its name, for the message. */
gboolean sally_cli_check_text (const char *option, const char *value, GError **error);

/* A decimal number from `min` to `max`, else SALLY_ERROR_INVALID with a sentence that names the
 * option. */
gboolean sally_cli_parse_number (const char *option,
                                 const char *text,
                                 guint64 min,
                                 guint64 max,
                                 guint64 *number,
                                 GError **error);

/* A GAsyncReadyCallback that keeps its result in the GAsyncResult * at `user_data`, and the wait
 * for it: a command is a straight line, the main loop runs meanwhile. */
void sally_cli_keep_result (GObject *source, GAsyncResult *result, gpointer user_data);
void sally_cli_wait (GAsyncResult **result);

gboolean sally_cli_load_accounts (SallyCli *cli, GError **error);
gboolean sally_cli_load_keys (SallyCli *cli, GError **error);

/* Loads them and finds that one. Borrowed. */
SallySshKey *sally_cli_find_key (SallyCli *cli, const char *name, GError **error);

/* Borrowed. The error of an unreadable list comes before "no such server". */
SallyServer *sally_cli_find_server (SallyCli *cli, const char *name, GError **error);

/* An open connection to the saved server, borrowed; shows its steps on a terminal. One for each
 * server. */
SallyConnection *sally_cli_connect (SallyCli *cli, const char *server_name, GError **error);

/* A secret from standard input to its end or, where that is a terminal, asked for there without an
 * echo. Line ends at its end are not part of it. NULL with an error. */
SallySecret *sally_cli_read_secret (SallyCli *cli,
                                    const char *question,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `secret` without a line end at its end. */
SallySecret *sally_cli_chomp (SallySecret *secret) G_GNUC_WARN_UNUSED_RESULT;

/* The outcome of something done several times. */
typedef struct
{
  guint n_done;
  guint n_failed;
  int code; /* of the failures, SALLY_EXIT_PARTLY once they differ */
} SallyTally;

/* Counts, and says what went wrong (`error` nullable: nothing). */
void sally_tally_add (SallyTally *tally, const GError *error);
/* 0, the code that all failures share if nothing was done or that of a lost line, or 1; 130 as soon
 * as Ctrl-C is among them. */
int sally_tally_exit_code (const SallyTally *tally);

G_END_DECLS
