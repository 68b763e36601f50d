/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the desktop's search finds here, and in which order: names alone, never a code. Pure. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* With fewer letters or digits in its longest term a search finds nothing; an ideograph or other
 * wide character counts twice. */
#define SALLY_SEARCH_MIN_TERM    2
/* Nobody types more; the rest of a term finds nothing either. */
#define SALLY_SEARCH_MAX_TERMS   8
#define SALLY_SEARCH_MAX_TERM    100 /* bytes */
/* More than any desktop shows of one program. */
#define SALLY_SEARCH_MAX_RESULTS 10

typedef enum
{
  SALLY_SEARCH_ACCOUNT,
  SALLY_SEARCH_SERVER,
} SallySearchKind;

typedef struct
{
  char *id; /* of the result: opaque to others, and the same every time */
  SallySearchKind kind;
  char *name;        /* made safe to show */
  char *description; /* the same, or translated */
  gboolean is_exact; /* the search is the whole of a name */
} SallySearchResult;

void sally_search_result_free (SallySearchResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallySearchResult, sally_search_result_free)

typedef struct
{
  gboolean is_enabled; /* the person's setting */
  gboolean is_locked;  /* the window: nothing is found then */
  GListModel
      *accounts; /* of SallyAccount; NULL where they are not known, as with a locked keyring */
  GListModel *servers; /* of SallyServer */
} SallySearchFacts;

/* Whether there could be a result; else the accounts need not be read. */
gboolean sally_search_may_find (const SallySearchFacts *facts, const char *const *terms);

/* All whose names have a word that begins with each term, case and accents ignored: accounts by
 * issuer and label, servers by name. Whole names first, then what is pinned, then by use, then by
 * name. (element-type SallySearchResult) (transfer container), with a free function. */
GPtrArray *sally_search_find (const SallySearchFacts *facts,
                              const char *const *terms) G_GNUC_WARN_UNUSED_RESULT;

/* What is to be shown of a result; NULL if there is no such thing, or it may not be shown. */
SallySearchResult *
sally_search_look_up (const SallySearchFacts *facts, const char *id) G_GNUC_WARN_UNUSED_RESULT;

/* The account's or server's own id in that of a result; borrowed; NULL if it is none. */
const char *sally_search_parse_id (const char *id, SallySearchKind *kind);

G_END_DECLS
