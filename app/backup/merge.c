/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/merge.h"

#include "backup/formats.h"
#include "base/error.h"

#include <glib/gi18n.h>

static const char *const status_names[] = { "new", "same", "differs", "unreadable" };

G_DEFINE_ENUM_TYPE (SallyMergeStatus,
                    sally_merge_status,
                    G_DEFINE_ENUM_VALUE (SALLY_MERGE_NEW, "new"),
                    G_DEFINE_ENUM_VALUE (SALLY_MERGE_SAME, "same"),
                    G_DEFINE_ENUM_VALUE (SALLY_MERGE_DIFFERS, "differs"),
                    G_DEFINE_ENUM_VALUE (SALLY_MERGE_UNREADABLE, "unreadable"))

const char *
sally_merge_status_to_string (SallyMergeStatus status)
{
  g_return_val_if_fail ((guint) status < G_N_ELEMENTS (status_names), NULL);

  return status_names[status];
}

void
sally_merge_item_free (SallyMergeItem *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->existing);
  g_free (self);
}

/* For a table of keys: it tells who is looked at more closely. */
static guint
hash_secret (gconstpointer data)
{
  gsize length;
  const char *bytes = sally_secret_peek ((SallySecret *) data, &length);
  guint hash = 5381;

  for (gsize i = 0; i < length; i++)
    hash = hash * 33 + (guchar) bytes[i];
  return hash;
}

static gboolean
equal_secrets (gconstpointer a, gconstpointer b)
{
  return sally_secret_equal ((SallySecret *) a, (SallySecret *) b);
}

/* Key to (element-type SallyAccount) or (element-type SallyOtpUri). */
static void
index_add (GHashTable *index, SallySecret *key, gpointer value)
{
  GPtrArray *values = g_hash_table_lookup (index, key);

  if (values == NULL)
    {
      values = g_ptr_array_new ();
      g_hash_table_insert (index, key, values);
    }
  g_ptr_array_add (values, value);
}

static gboolean
equal_parameters (const SallyOtpParameters *a, const SallyOtpParameters *b)
{
  if (a->type != b->type)
    return FALSE;
  if (a->type == SALLY_OTP_STEAM)
    return TRUE;
  return a->algorithm == b->algorithm && a->digits == b->digits &&
         (a->type == SALLY_OTP_HOTP || a->period_s == b->period_s);
}

static gboolean
is_same (SallyAccount *account, const SallyOtpUri *uri)
{
  return equal_parameters (sally_account_get_parameters (account), &uri->parameters) &&
         g_str_equal (sally_account_get_issuer (account), uri->issuer) &&
         g_str_equal (sally_account_get_label (account), uri->label) &&
         (uri->parameters.type != SALLY_OTP_HOTP ||
          sally_account_get_counter (account) >= uri->counter);
}

static gboolean
is_repeated (const SallyOtpUri *a, const SallyOtpUri *b)
{
  return equal_parameters (&a->parameters, &b->parameters) && g_str_equal (a->issuer, b->issuer) &&
         g_str_equal (a->label, b->label) &&
         (a->parameters.type != SALLY_OTP_HOTP || a->counter == b->counter);
}

/* The one that is the same; else, of those that share the key, one of the same name, or the first.
 */
static void
compare_with_accounts (SallyMergeItem *item, GPtrArray *sharing)
{
  const SallyOtpUri *uri = item->entry->uri;
  SallyAccount *closest = NULL;

  for (guint i = 0; i < sharing->len; i++)
    {
      SallyAccount *account = sharing->pdata[i];

      if (is_same (account, uri))
        {
          item->status = SALLY_MERGE_SAME;
          g_set_object (&item->existing, account);
          return;
        }
      if (closest == NULL || (g_str_equal (sally_account_get_issuer (account), uri->issuer) &&
                              g_str_equal (sally_account_get_label (account), uri->label)))
        closest = account;
    }
  item->status = SALLY_MERGE_DIFFERS;
  g_set_object (&item->existing, closest);
}

static SallyMergeItem *
judge (const SallyBackupEntry *entry, GHashTable *kept, GHashTable *read)
{
  SallyMergeItem *item = g_new0 (SallyMergeItem, 1);
  GPtrArray *sharing;

  item->entry = entry;
  item->status = entry->uri != NULL ? SALLY_MERGE_NEW : SALLY_MERGE_UNREADABLE;
  if (entry->uri == NULL)
    return item;
  sharing = g_hash_table_lookup (read, entry->uri->key);
  for (guint i = 0; sharing != NULL && i < sharing->len; i++)
    if (is_repeated (sharing->pdata[i], entry->uri))
      {
        item->status = SALLY_MERGE_SAME;
        return item;
      }
  index_add (read, entry->uri->key, entry->uri);
  sharing = g_hash_table_lookup (kept, entry->uri->key);
  if (sharing != NULL)
    compare_with_accounts (item, sharing);
  return item;
}

GPtrArray *
sally_merge (GListModel *accounts, SallyBackup *backup)
{
  g_autoptr (GHashTable) kept = NULL;
  g_autoptr (GHashTable) read = NULL;
  GPtrArray *items = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_merge_item_free);
  guint n_accounts = g_list_model_get_n_items (accounts);

  g_return_val_if_fail (G_IS_LIST_MODEL (accounts) && backup != NULL, items);

  kept =
      g_hash_table_new_full (hash_secret, equal_secrets, NULL, (GDestroyNotify) g_ptr_array_unref);
  read =
      g_hash_table_new_full (hash_secret, equal_secrets, NULL, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < n_accounts; i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (accounts, i);

      /* The list holds it for as long as this takes. */
      if (!sally_account_is_broken (account))
        index_add (kept, sally_account_get_key (account), account);
    }
  for (guint i = 0; i < backup->entries->len; i++)
    g_ptr_array_add (items, judge (backup->entries->pdata[i], kept, read));
  return items;
}

/* Two entries that differ from one account cannot both take its place. What the person did with it
 * stays. */
static SallyAccount *
create_replacement (const SallyMergeItem *item, GHashTable *replaced)
{
  SallyAccount *existing = item->existing;
  SallyAccount *account;

  if (!g_hash_table_add (replaced, existing))
    return sally_account_new (NULL, item->entry->uri);
  account = sally_account_new (sally_account_get_id (existing), item->entry->uri);
  sally_account_set_is_pinned (account, sally_account_get_is_pinned (existing));
  sally_account_set_icon (account, sally_account_get_icon (existing));
  sally_account_set_order (account, sally_account_get_order (existing));
  sally_account_set_use_count (account, sally_account_get_use_count (existing));
  sally_account_set_last_used (account, sally_account_get_last_used (existing));
  return account;
}

GPtrArray *
sally_merge_to_accounts (GPtrArray *items, gboolean replace)
{
  GPtrArray *accounts = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) replaced = g_hash_table_new (NULL, NULL);

  g_return_val_if_fail (items != NULL, accounts);

  for (guint i = 0; i < items->len; i++)
    {
      SallyMergeItem *item = items->pdata[i];

      if (item->status == SALLY_MERGE_NEW)
        g_ptr_array_add (accounts, sally_account_new (NULL, item->entry->uri));
      else if (item->status == SALLY_MERGE_DIFFERS && replace)
        g_ptr_array_add (accounts, create_replacement (item, replaced));
    }
  return accounts;
}

gboolean
sally_merge_verify (GListModel *accounts, SallyBackup *backup, GError **error)
{
  g_autoptr (GPtrArray) items = sally_merge (accounts, backup);

  for (guint i = 0; i < items->len; i++)
    {
      SallyMergeItem *item = items->pdata[i];

      if (item->status == SALLY_MERGE_SAME)
        continue;
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_FAILED,
                   _ ("The export was read back to test it, and “%s:%s” is not as it was: nothing "
                      "was written"),
                   item->entry->issuer, item->entry->label);
      return FALSE;
    }
  return TRUE;
}

void
sally_comparison_free (SallyComparison *self)
{
  if (self == NULL)
    return;
  g_free (self->first);
  g_free (self);
}

gboolean
sally_comparison_is_same (const SallyComparison *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->n_same == self->n_kept && self->n_different == 0 && self->n_gone == 0 &&
         self->n_missing == 0 && self->n_unreadable == 0;
}

static gboolean
equal_texts (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (!g_str_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_as_kept (const SallyOtpUri *kept, const SallyOtpUri *read, gboolean is_exact)
{
  gboolean counts = kept->parameters.type == SALLY_OTP_HOTP;

  if (!equal_parameters (&kept->parameters, &read->parameters) ||
      !g_str_equal (kept->issuer, read->issuer) || !g_str_equal (kept->label, read->label))
    return FALSE;
  if (is_exact)
    return (!counts || kept->counter == read->counter) &&
           equal_texts (kept->unknown, read->unknown);
  return !counts || kept->counter >= read->counter;
}

static void
name_first (SallyComparison *self, const SallyOtpUri *uri)
{
  if (self->first == NULL)
    self->first = sally_backup_name_uri (uri);
}

/* Takes what is the same out of `sharing`, so that nothing counts twice. */
static gboolean
take_same (GPtrArray *sharing, const SallyOtpUri *read, gboolean is_exact)
{
  for (guint i = 0; sharing != NULL && i < sharing->len; i++)
    if (is_as_kept (sharing->pdata[i], read, is_exact))
      {
        g_ptr_array_remove_index (sharing, i);
        return TRUE;
      }
  return FALSE;
}

/* What is the same has been taken out: the rest of the file is changed, or gone. */
static void
compare_others (SallyComparison *self, GPtrArray *others, GHashTable *kept)
{
  for (guint i = 0; i < others->len; i++)
    {
      const SallyOtpUri *uri = others->pdata[i];
      GPtrArray *sharing = g_hash_table_lookup (kept, uri->key);

      name_first (self, uri);
      if (sharing != NULL && sharing->len > 0)
        {
          g_ptr_array_remove_index (sharing, 0);
          self->n_different++;
        }
      else
        self->n_gone++;
    }
}

SallyComparison *
sally_merge_compare (GPtrArray *uris, SallyBackup *backup, gboolean is_exact)
{
  g_autoptr (GHashTable) kept = NULL;
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  SallyComparison *self;
  GHashTableIter iter;
  gpointer sharing;

  g_return_val_if_fail (uris != NULL && backup != NULL, NULL);

  self = g_new0 (SallyComparison, 1);
  self->n_kept = uris->len;
  kept =
      g_hash_table_new_full (hash_secret, equal_secrets, NULL, (GDestroyNotify) g_ptr_array_unref);
  for (guint i = 0; i < uris->len; i++)
    index_add (kept, ((SallyOtpUri *) uris->pdata[i])->key, uris->pdata[i]);
  for (guint i = 0; i < backup->entries->len; i++)
    {
      const SallyBackupEntry *entry = backup->entries->pdata[i];

      if (entry->uri == NULL)
        self->n_unreadable++;
      else if (take_same (g_hash_table_lookup (kept, entry->uri->key), entry->uri, is_exact))
        self->n_same++;
      else
        g_ptr_array_add (others, entry->uri);
    }
  compare_others (self, others, kept);
  g_hash_table_iter_init (&iter, kept);
  while (g_hash_table_iter_next (&iter, NULL, &sharing))
    for (guint i = 0; i < ((GPtrArray *) sharing)->len; i++)
      {
        name_first (self, ((GPtrArray *) sharing)->pdata[i]);
        self->n_missing++;
      }
  return self;
}
