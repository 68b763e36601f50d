/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "history/history-page.h"

#include "history/history-item.h"
#include "store/journal-export.h"

#include <glib/gi18n.h>
#include <string.h>

/* Nobody scrolls further; sally history has them all. */
#define MAX_SHOWN 5000

struct _SallyHistoryPage
{
  AdwBin parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *stack;
  GtkToggleButton *search_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkDropDown *server_drop_down;
  GtkStringList *server_names;
  GtkListView *list_view;

  SallyJournal *journal;
  SallyServerStore *servers;
  GStrv server_ids;  /* as server_names has them; the first is "" for all */
  GListStore *items; /* of SallyHistoryItem */
  GtkFilter *filter;
  GtkFilterListModel *shown;
  char *words; /* folded */
  gboolean is_stale;
  gboolean is_listing;
};

G_DEFINE_FINAL_TYPE (SallyHistoryPage, sally_history_page, ADW_TYPE_BIN)

static void reload (SallyHistoryPage *self);

/* NULL: all servers. */
static const char *
get_server_id (SallyHistoryPage *self)
{
  guint selected = gtk_drop_down_get_selected (self->server_drop_down);

  if (self->server_ids == NULL || selected >= g_strv_length (self->server_ids) || selected == 0)
    return NULL;
  return self->server_ids[selected];
}

static void
update_view (SallyHistoryPage *self)
{
  const char *name = "records";

  if (g_list_model_get_n_items (G_LIST_MODEL (self->items)) == 0)
    name = "empty";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->shown)) == 0)
    name = "no-results";
  gtk_stack_set_visible_child_name (self->stack, name);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "history.receipt",
                                 get_server_id (self) != NULL);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyHistoryPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records =
      sally_journal_list_finish (SALLY_JOURNAL (source), result, &error);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  self->is_listing = FALSE;
  if (self->stack == NULL)
    return;
  if (records == NULL)
    {
      adw_toast_overlay_add_toast (self->toasts, adw_toast_new (error->message));
      return;
    }
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (items, sally_history_item_new (records->pdata[i]));
  g_list_store_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)),
                       items->pdata, items->len);
  update_view (self);
  if (self->is_stale)
    reload (self);
}

/* One list at a time: what comes meanwhile is in the next. */
static void
reload (SallyHistoryPage *self)
{
  SallyJournalFilter filter = { .server_id = get_server_id (self), .limit = MAX_SHOWN };

  self->is_stale = TRUE;
  if (self->is_listing || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->is_stale = FALSE;
  self->is_listing = TRUE;
  sally_journal_list_async (self->journal, &filter, on_listed, g_object_ref (self));
}

static void
sally_history_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sally_history_page_parent_class)->map (widget);
  reload (SALLY_HISTORY_PAGE (widget));
}

static void
on_server_selected (SallyHistoryPage *self)
{
  if (self->journal == NULL)
    return;
  update_view (self);
  reload (self);
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  SallyHistoryPage *self = user_data;

  return self->words == NULL || *self->words == '\0' ||
         sally_history_item_matches (item, self->words);
}

static void
on_search_changed (SallyHistoryPage *self)
{
  g_free (self->words);
  self->words = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)), -1);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  update_view (self);
}

static void
on_servers_changed (SallyHistoryPage *self)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  guint n_servers = g_list_model_get_n_items (G_LIST_MODEL (self->servers));

  g_strv_builder_add (ids, "");
  g_ptr_array_add (names, g_strdup (_ ("All Servers")));
  for (guint i = 0; i < n_servers; i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);

      g_strv_builder_add (ids, sally_server_get_id (server));
      g_ptr_array_add (names, g_strdup (sally_server_get_name (server)));
    }
  g_ptr_array_add (names, NULL);
  g_strfreev (self->server_ids);
  self->server_ids = g_strv_builder_end (ids);
  gtk_string_list_splice (self->server_names, 0,
                          g_list_model_get_n_items (G_LIST_MODEL (self->server_names)),
                          (const char *const *) names->pdata);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyHistoryPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;
  guint64 n_records;
  gint64 first_broken;

  if (!sally_journal_verify_finish (SALLY_JOURNAL (source), result, &n_records, &first_broken,
                                    &error))
    words = g_strdup (error->message);
  else if (first_broken != 0)
    words =
        g_strdup_printf (_ ("Record %" G_GINT64_FORMAT " was changed, or one before it is gone"),
                         first_broken);
  else
    words = g_strdup_printf (ngettext ("%" G_GUINT64_FORMAT " record, each as it was written",
                                       "%" G_GUINT64_FORMAT " records, each as it was written",
                                       n_records),
                             n_records);
  if (self->toasts != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (words));
}

static void
on_verify (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyHistoryPage *self = SALLY_HISTORY_PAGE (widget);

  sally_journal_verify_async (self->journal, on_verified, g_object_ref (self));
}

/* A file that is being written: first where, then what. */
typedef struct
{
  SallyHistoryPage *page;
  GFile *file;
  gboolean is_receipt;
} Saving;

static void
saving_free (Saving *saving)
{
  g_clear_object (&saving->file);
  g_object_unref (saving->page);
  g_free (saving);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Saving *saving = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *words = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    words = g_strdup (_ ("Saved"));
  else
    words = g_strdup (error->message);
  if (saving->page->toasts != NULL)
    adw_toast_overlay_add_toast (saving->page->toasts, adw_toast_new (words));
  saving_free (saving);
}

static void
on_records_to_save (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Saving *saving = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) records =
      sally_journal_list_finish (SALLY_JOURNAL (source), result, &error);
  g_autofree char *name = g_file_get_basename (saving->file);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (records != NULL)
    text = saving->is_receipt
               ? sally_journal_make_receipt (records)
               : sally_journal_make_export (records, g_str_has_suffix (name, ".csv"));
  if (text == NULL)
    {
      if (saving->page->toasts != NULL)
        adw_toast_overlay_add_toast (
            saving->page->toasts,
            adw_toast_new (error != NULL ? error->message
                                         : _ ("No file went there or came from there")));
      saving_free (saving);
      return;
    }
  bytes = g_bytes_new (text, strlen (text));
  g_file_replace_contents_bytes_async (saving->file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE,
                                       NULL, on_written, saving);
}

static void
on_file_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Saving *saving = user_data;
  SallyJournalFilter filter = { .server_id = get_server_id (saving->page) };

  saving->file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);
  if (saving->file == NULL)
    saving_free (saving);
  else
    sally_journal_list_async (saving->page->journal, &filter, on_records_to_save, saving);
}

static void
save (SallyHistoryPage *self, gboolean is_receipt, const char *title, const char *name)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  Saving *saving = g_new0 (Saving, 1);

  saving->page = g_object_ref (self);
  saving->is_receipt = is_receipt;
  gtk_file_dialog_set_title (dialog, title);
  gtk_file_dialog_set_initial_name (dialog, name);
  gtk_file_dialog_save (dialog, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), NULL,
                        on_file_chosen, saving);
}

static void
on_export (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  /* Translators: a file name; keep the ending. */
  save (SALLY_HISTORY_PAGE (widget), FALSE, _ ("Export History"), _ ("History.csv"));
}

static void
on_receipt (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  /* Translators: a file name; keep the ending. */
  save (SALLY_HISTORY_PAGE (widget), TRUE, _ ("Save Delivery Receipt"), _ ("Receipt.txt"));
}

static void
sally_history_page_dispose (GObject *object)
{
  SallyHistoryPage *self = SALLY_HISTORY_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_HISTORY_PAGE);
  g_clear_object (&self->journal);
  g_clear_object (&self->servers);
  g_clear_object (&self->shown);
  g_clear_object (&self->items);
  g_clear_pointer (&self->server_ids, g_strfreev);
  g_clear_pointer (&self->words, g_free);

  G_OBJECT_CLASS (sally_history_page_parent_class)->dispose (object);
}

static void
sally_history_page_class_init (SallyHistoryPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_history_page_dispose;
  widget_class->map = sally_history_page_map;

  g_type_ensure (SALLY_TYPE_HISTORY_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/history/history-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyHistoryPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, SallyHistoryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyHistoryPage, search_button);
  gtk_widget_class_bind_template_child (widget_class, SallyHistoryPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, SallyHistoryPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, SallyHistoryPage, server_drop_down);
  gtk_widget_class_bind_template_child (widget_class, SallyHistoryPage, server_names);
  gtk_widget_class_bind_template_child (widget_class, SallyHistoryPage, list_view);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_server_selected);
  gtk_widget_class_install_action (widget_class, "history.verify", NULL, on_verify);
  gtk_widget_class_install_action (widget_class, "history.export", NULL, on_export);
  gtk_widget_class_install_action (widget_class, "history.receipt", NULL, on_receipt);
}

static void
sally_history_page_init (SallyHistoryPage *self)
{
  self->items = g_list_store_new (SALLY_TYPE_HISTORY_ITEM);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  self->shown = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->items)), self->filter);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (gtk_no_selection_new (
                                                g_object_ref (G_LIST_MODEL (self->shown)))));
}

GtkWidget *
sally_history_page_new (SallyJournal *journal, SallyServerStore *servers)
{
  SallyHistoryPage *self;

  g_return_val_if_fail (SALLY_IS_JOURNAL (journal), NULL);
  g_return_val_if_fail (SALLY_IS_SERVER_STORE (servers), NULL);

  self = g_object_new (SALLY_TYPE_HISTORY_PAGE, NULL);
  self->servers = g_object_ref (servers);
  on_servers_changed (self);
  self->journal = g_object_ref (journal);
  g_signal_connect_object (servers, "items-changed", G_CALLBACK (on_servers_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (journal, "changed", G_CALLBACK (reload), self, G_CONNECT_SWAPPED);
  update_view (self);
  return GTK_WIDGET (self);
}

void
sally_history_page_start_search (SallyHistoryPage *self)
{
  g_return_if_fail (SALLY_IS_HISTORY_PAGE (self));

  gtk_toggle_button_set_active (self->search_button, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}
