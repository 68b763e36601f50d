/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "search/search.h"

#include "base/text.h"
#include "model/account.h"
#include "model/server.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *const prefixes[] = { "account-", "server-" };

/* A result with what gives it its place. */
typedef struct
{
  SallySearchResult *result;
  gboolean is_pinned;
  guint use_count;
  char *sort_key;
} Match;

static void
match_free (gpointer data)
{
  Match *match = data;

  g_clear_pointer (&match->result, sally_search_result_free);
  g_free (match->sort_key);
  g_free (match);
}

void
sally_search_result_free (SallySearchResult *result)
{
  if (result == NULL)
    return;
  g_free (result->id);
  g_free (result->name);
  g_free (result->description);
  g_free (result);
}

static guint
measure (const char *term)
{
  guint width = 0;

  for (const char *c = term; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_isalnum (g_utf8_get_char (c)))
      width += g_unichar_iswide (g_utf8_get_char (c)) ? 2 : 1;
  return width;
}

gboolean
sally_search_may_find (const SallySearchFacts *facts, const char *const *terms)
{
  guint width = 0;
  guint n_terms;

  g_return_val_if_fail (facts != NULL, FALSE);
  g_return_val_if_fail (terms != NULL, FALSE);

  if (!facts->is_enabled || facts->is_locked)
    return FALSE;
  for (n_terms = 0; terms[n_terms] != NULL && n_terms < SALLY_SEARCH_MAX_TERMS; n_terms++)
    {
      if (strlen (terms[n_terms]) > SALLY_SEARCH_MAX_TERM ||
          !g_utf8_validate (terms[n_terms], -1, NULL))
        return FALSE;
      width = MAX (width, measure (terms[n_terms]));
    }
  return terms[n_terms] == NULL && width >= SALLY_SEARCH_MIN_TERM;
}

static gboolean
matches_all (const char *const *terms, const char *text)
{
  for (gsize i = 0; terms[i] != NULL; i++)
    if (!g_str_match_string (terms[i], text, TRUE))
      return FALSE;
  return TRUE;
}

static gboolean
is_same (const char *search, const char *name)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);

  return *folded != '\0' && g_str_equal (search, folded);
}

static SallySearchResult *
result_new (SallySearchKind kind, const char *id, const char *name, const char *description)
{
  SallySearchResult *result = g_new0 (SallySearchResult, 1);

  result->id = g_strconcat (prefixes[kind], id, NULL);
  result->kind = kind;
  result->name = sally_text_from_server (name, -1, FALSE);
  result->description = sally_text_from_server (description, -1, FALSE);
  return result;
}

static SallySearchResult *
show_account (SallyAccount *account)
{
  const char *issuer = sally_account_get_issuer (account);
  const char *label = sally_account_get_label (account);

  if (*issuer == '\0')
    return result_new (SALLY_SEARCH_ACCOUNT, sally_account_get_id (account), label,
                       _ ("One-time code"));
  return result_new (SALLY_SEARCH_ACCOUNT, sally_account_get_id (account), issuer,
                     *label != '\0' ? label : _ ("One-time code"));
}

static SallySearchResult *
show_server (SallyServer *server)
{
  return result_new (SALLY_SEARCH_SERVER, sally_server_get_id (server),
                     sally_server_get_name (server), _ ("SFTP server"));
}

static void
add (GPtrArray *matches, SallySearchResult *result, const char *name)
{
  Match *match = g_new0 (Match, 1);
  g_autofree char *folded = g_utf8_casefold (name, -1);

  match->result = result;
  match->sort_key = g_utf8_collate_key (folded, -1);
  g_ptr_array_add (matches, match);
}

static void
match_account (GPtrArray *matches,
               SallyAccount *account,
               const char *const *terms,
               const char *search)
{
  const char *issuer = sally_account_get_issuer (account);
  const char *label = sally_account_get_label (account);
  g_autofree char *words = g_strdup_printf ("%s %s", issuer, label);
  Match *match;

  if (sally_account_is_broken (account) || !matches_all (terms, words))
    return;
  add (matches, show_account (account), words);
  match = matches->pdata[matches->len - 1];
  match->is_pinned = sally_account_get_is_pinned (account);
  match->use_count = sally_account_get_use_count (account);
  match->result->is_exact = is_same (search, issuer) || is_same (search, label) ||
                            is_same (search, words) ||
                            is_same (search, sally_account_get_name (account));
}

static void
match_server (GPtrArray *matches, SallyServer *server, const char *const *terms, const char *search)
{
  const char *name = sally_server_get_name (server);
  Match *match;

  if (!matches_all (terms, name))
    return;
  add (matches, show_server (server), name);
  match = matches->pdata[matches->len - 1];
  match->result->is_exact = is_same (search, name);
}

static int
compare_matches (gconstpointer item_a, gconstpointer item_b)
{
  const Match *a = item_a, *b = item_b;
  int order = b->result->is_exact - a->result->is_exact;

  if (order == 0)
    order = b->is_pinned - a->is_pinned;
  if (order == 0)
    order = (a->use_count < b->use_count) - (a->use_count > b->use_count);
  if (order == 0)
    order = strcmp (a->sort_key, b->sort_key);
  return order != 0 ? order : strcmp (a->result->id, b->result->id);
}

GPtrArray *
sally_search_find (const SallySearchFacts *facts, const char *const *terms)
{
  GPtrArray *results = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_search_result_free);
  g_autoptr (GPtrArray) matches = g_ptr_array_new_with_free_func (match_free);
  g_autofree char *joined = NULL;
  g_autofree char *search = NULL;

  g_return_val_if_fail (facts != NULL, results);
  g_return_val_if_fail (terms != NULL, results);

  if (!sally_search_may_find (facts, terms))
    return results;
  joined = g_strjoinv (" ", (char **) terms);
  search = g_utf8_casefold (joined, -1);
  for (guint i = 0; facts->accounts != NULL && i < g_list_model_get_n_items (facts->accounts); i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (facts->accounts, i);

      match_account (matches, account, terms, search);
    }
  for (guint i = 0; i < g_list_model_get_n_items (facts->servers); i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (facts->servers, i);

      match_server (matches, server, terms, search);
    }
  g_ptr_array_sort_values (matches, compare_matches);
  for (guint i = 0; i < matches->len && i < SALLY_SEARCH_MAX_RESULTS; i++)
    g_ptr_array_add (results, g_steal_pointer (&((Match *) matches->pdata[i])->result));
  return results;
}

const char *
sally_search_parse_id (const char *id, SallySearchKind *kind)
{
  g_return_val_if_fail (id != NULL, NULL);
  g_return_val_if_fail (kind != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (id, prefixes[i]) && id[strlen (prefixes[i])] != '\0')
      {
        *kind = (SallySearchKind) i;
        return id + strlen (prefixes[i]);
      }
  return NULL;
}

SallySearchResult *
sally_search_look_up (const SallySearchFacts *facts, const char *id)
{
  SallySearchKind kind;
  const char *own_id;
  GListModel *model;

  g_return_val_if_fail (facts != NULL, NULL);

  own_id = sally_search_parse_id (id, &kind);
  if (own_id == NULL || !facts->is_enabled || facts->is_locked)
    return NULL;
  model = kind == SALLY_SEARCH_ACCOUNT ? facts->accounts : facts->servers;
  for (guint i = 0; model != NULL && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);

      if (kind == SALLY_SEARCH_SERVER)
        {
          if (g_str_equal (sally_server_get_id (SALLY_SERVER (item)), own_id))
            return show_server (SALLY_SERVER (item));
        }
      else if (g_str_equal (sally_account_get_id (SALLY_ACCOUNT (item)), own_id))
        return sally_account_is_broken (SALLY_ACCOUNT (item)) ? NULL
                                                              : show_account (SALLY_ACCOUNT (item));
    }
  return NULL;
}
