/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In which order the codes stand, and which of them. */
#include "config.h"

#include "codes/codes-page-private.h"

#include "store/account-batch.h"

#include <glib/gi18n.h>
#include <string.h>

/* Nobody chooses among more. */
#define MAX_TAGS 100

static int
compare_names (SallyAccount *a, SallyAccount *b)
{
  g_autofree char *key_a = g_utf8_casefold (sally_account_get_name (a), -1);
  g_autofree char *key_b = g_utf8_casefold (sally_account_get_name (b), -1);
  int order = g_utf8_collate (key_a, key_b);

  return order != 0 ? order : strcmp (sally_account_get_id (a), sally_account_get_id (b));
}

/* What has no place of its own stands behind what has. */
static int
compare_places (SallyAccount *a, SallyAccount *b)
{
  guint place_a = sally_account_get_order (a) - 1;
  guint place_b = sally_account_get_order (b) - 1;

  return (place_a > place_b) - (place_a < place_b);
}

static int
compare (gconstpointer item_a, gconstpointer item_b, gpointer user_data)
{
  SallyCodesPage *self = user_data;
  SallyAccount *a = (SallyAccount *) item_a;
  SallyAccount *b = (SallyAccount *) item_b;
  int order = sally_account_get_is_pinned (b) - sally_account_get_is_pinned (a);

  if (order != 0)
    return order;
  switch (self->sort)
    {
    case SALLY_CODES_SORT_RECENT:
      order = (sally_account_get_last_used (a) < sally_account_get_last_used (b)) -
              (sally_account_get_last_used (a) > sally_account_get_last_used (b));
      break;
    case SALLY_CODES_SORT_USES:
      order = (sally_account_get_use_count (a) < sally_account_get_use_count (b)) -
              (sally_account_get_use_count (a) > sally_account_get_use_count (b));
      break;
    case SALLY_CODES_SORT_MANUAL:
      order = compare_places (a, b);
      break;
    case SALLY_CODES_SORT_NAME:
    default:
      break;
    }
  return order != 0 ? order : compare_names (a, b);
}

static gboolean
has_chosen_tag (gpointer item, gpointer user_data)
{
  SallyCodesPage *self = user_data;
  g_auto (GStrv) tags = NULL;

  if (self->tag == NULL)
    return TRUE;
  tags = sally_account_dup_tags (SALLY_ACCOUNT (item));
  return g_strv_contains ((const char *const *) tags, self->tag);
}

static void
on_tag_toggled (GtkToggleButton *button, SallyCodesPage *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  g_set_str (&self->tag, g_object_get_data (G_OBJECT (button), "tag"));
  gtk_filter_changed (GTK_FILTER (self->tag_filter), GTK_FILTER_CHANGE_DIFFERENT);
}

static GtkWidget *
append_tag_button (SallyCodesPage *self, const char *label, const char *tag, GtkWidget *group)
{
  GtkWidget *button = gtk_toggle_button_new_with_label (label);

  gtk_widget_add_css_class (button, "tag");
  g_object_set_data_full (G_OBJECT (button), "tag", g_strdup (tag), g_free);
  if (group != NULL)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (group));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), g_strcmp0 (tag, self->tag) == 0);
  g_signal_connect_object (button, "toggled", G_CALLBACK (on_tag_toggled), self, G_CONNECT_DEFAULT);
  gtk_box_append (self->tag_box, button);
  return button;
}

static int
compare_tags (gconstpointer a, gconstpointer b)
{
  return g_utf8_collate (*(const char *const *) a, *(const char *const *) b);
}

/* Sorted, each once. */
static GPtrArray *
collect_tags (SallyCodesPage *self)
{
  GListModel *accounts = G_LIST_MODEL (self->accounts);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *all = g_ptr_array_new_null_terminated (1, g_free, TRUE);

  for (guint i = 0; i < g_list_model_get_n_items (accounts) && all->len < MAX_TAGS; i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (accounts, i);
      g_auto (GStrv) tags = sally_account_dup_tags (account);

      for (guint j = 0; tags[j] != NULL && all->len < MAX_TAGS; j++)
        if (!g_hash_table_contains (seen, tags[j]))
          {
            g_ptr_array_add (all, g_strdup (tags[j]));
            g_hash_table_add (seen, all->pdata[all->len - 1]);
          }
    }
  g_ptr_array_sort (all, compare_tags);
  return all;
}

static void
update_tags (SallyCodesPage *self)
{
  g_autoptr (GPtrArray) tags = collect_tags (self);
  GtkWidget *group;

  if (g_strv_equal ((const char *const *) tags->pdata, (const char *const *) self->tags->pdata))
    return;
  g_ptr_array_unref (self->tags);
  self->tags = g_ptr_array_ref (tags);
  if (self->tag != NULL && !g_strv_contains ((const char *const *) tags->pdata, self->tag))
    g_clear_pointer (&self->tag, g_free);
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (self->tag_box))) != NULL;)
    gtk_box_remove (self->tag_box, child);
  gtk_widget_set_visible (self->tag_bar, tags->len > 0);
  if (tags->len == 0)
    return;
  group = append_tag_button (self, _ ("All"), NULL, NULL);
  for (guint i = 0; i < tags->len; i++)
    append_tag_button (self, tags->pdata[i], tags->pdata[i], group);
}

static void
update_order (gpointer user_data)
{
  SallyCodesPage *self = user_data;

  self->order_id = 0;
  update_tags (self);
  gtk_filter_changed (GTK_FILTER (self->tag_filter), GTK_FILTER_CHANGE_DIFFERENT);
  gtk_sorter_changed (GTK_SORTER (self->sorter), GTK_SORTER_CHANGE_DIFFERENT);
  if (!self->has_rows)
    sally_codes_page_update_view (self);
}

/* Once for however many accounts have changed. */
void
sally_codes_page_queue_order (SallyCodesPage *self)
{
  if (self->order_id == 0)
    self->order_id = g_idle_add_once (update_order, self);
}

void
sally_codes_page_show_all (SallyCodesPage *self)
{
  GtkWidget *all = gtk_widget_get_first_child (GTK_WIDGET (self->tag_box));

  if (self->tag != NULL && all != NULL)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (all), TRUE);
  g_clear_handle_id (&self->order_id, g_source_remove);
  update_order (self);
}

static void
on_moved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCodesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyAccountBatch) batch =
      sally_account_batch_save_finish (SALLY_ACCOUNT_STORE (source), result, &error);

  self->is_moving = FALSE;
  if (batch == NULL)
    sally_codes_page_show_message (self, error->message);
  sally_codes_page_queue_order (self);
}

/* Gives each account up to the last that needs one a place, and saves those whose place is new. */
static void
save_places (SallyCodesPage *self, GPtrArray *accounts)
{
  g_autoptr (GPtrArray) changed = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_placed = accounts->len;

  /* Behind the last that moved, names go on giving the order. */
  while (n_placed > 0 && sally_account_get_order (accounts->pdata[n_placed - 1]) == 0 &&
         (n_placed < 2 ||
          compare_names (accounts->pdata[n_placed - 2], accounts->pdata[n_placed - 1]) < 0))
    n_placed--;
  for (guint i = 0; i < accounts->len; i++)
    {
      guint order = i < n_placed ? i + 1 : 0;

      if (sally_account_get_order (accounts->pdata[i]) != order)
        {
          SallyAccount *account = sally_account_dup (accounts->pdata[i]);

          sally_account_set_order (account, order);
          g_ptr_array_add (changed, account);
        }
    }
  if (changed->len == 0)
    return;
  self->is_moving = TRUE;
  sally_account_batch_save_async (self->accounts, changed, NULL, on_moved, g_object_ref (self));
}

void
sally_codes_page_move (SallyCodesPage *self, SallyAccount *account, SallyAccount *target)
{
  g_autoptr (GPtrArray) accounts = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *sorted = G_LIST_MODEL (self->sorted);
  guint from = G_MAXUINT, to = G_MAXUINT;

  g_assert (account != target);

  if (self->sort != SALLY_CODES_SORT_MANUAL)
    {
      sally_codes_page_show_message (self, _ ("Sort manually to move accounts"));
      return;
    }
  if (self->is_moving ||
      sally_account_get_is_pinned (account) != sally_account_get_is_pinned (target))
    return;
  for (guint i = 0; i < g_list_model_get_n_items (sorted); i++)
    {
      SallyAccount *item = g_list_model_get_item (sorted, i);

      g_ptr_array_add (accounts, item);
      from = item == account ? i : from;
      to = item == target ? i : to;
    }
  if (from == G_MAXUINT || to == G_MAXUINT)
    return;
  g_ptr_array_insert (accounts, (int) to, g_ptr_array_steal_index (accounts, from));
  save_places (self, accounts);
}

static void
on_sort_changed (SallyCodesPage *self)
{
  self->sort = (SallyCodesSort) g_settings_get_enum (self->settings, "codes-sort");
  sally_codes_page_queue_order (self);
}

void
sally_codes_page_set_up_order (SallyCodesPage *self, GSettings *settings)
{
  self->tags = g_ptr_array_new_null_terminated (1, g_free, TRUE);
  self->sorter = gtk_custom_sorter_new (compare, self, NULL);
  gtk_sort_list_model_set_sorter (self->sorted, GTK_SORTER (self->sorter));
  gtk_sort_list_model_set_model (self->sorted, G_LIST_MODEL (self->accounts));
  self->tag_filter = gtk_custom_filter_new (has_chosen_tag, self, NULL);
  gtk_multi_filter_append (self->filter, g_object_ref (GTK_FILTER (self->tag_filter)));
  g_signal_connect_object (self->accounts, "items-changed",
                           G_CALLBACK (sally_codes_page_queue_order), self, G_CONNECT_SWAPPED);
  if (settings != NULL)
    {
      g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
      g_autoptr (GAction) sort = g_settings_create_action (settings, "codes-sort");
      g_autoptr (GAction) view = g_settings_create_action (settings, "codes-view");

      self->settings = g_object_ref (settings);
      g_action_map_add_action (G_ACTION_MAP (group), sort);
      g_action_map_add_action (G_ACTION_MAP (group), view);
      gtk_widget_insert_action_group (GTK_WIDGET (self), "view", G_ACTION_GROUP (group));
      g_signal_connect_object (settings, "changed::codes-sort", G_CALLBACK (on_sort_changed), self,
                               G_CONNECT_SWAPPED);
      on_sort_changed (self);
    }
  sally_codes_page_queue_order (self);
}
