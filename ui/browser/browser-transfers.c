/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/browser-private.h"
#include "browser/conflict-dialog.h"
#include "browser/drag-provider.h"
#include "browser/file-cell.h"
#include "common/folders.h"
#include "model/remote-path.h"
#include "remote/tree.h"

#include <glib/gi18n.h>

/* How soon after its end a person hears of a transfer, unless more are under way. */
#define TELL_INTERVAL_MS 250

/* Files on their way into the queue, one question at a time. */
typedef struct
{
  SallyBrowser *browser;
  SallyDirectory *directory;
  gboolean is_upload;
  GPtrArray *items;      /* (element-type SallyRemoteFile) down, (element-type GFile) up */
  char *local_directory; /* downloads only */
  char *remote_folder;   /* uploads into a folder of the directory; NULL: into itself */
  guint next;
  gboolean is_folder;  /* the next one */
  gboolean has_answer; /* one that holds for all that follow */
  SallyConflict answer;
} Batch;

static void
batch_free (Batch *batch)
{
  g_clear_object (&batch->browser);
  g_clear_object (&batch->directory);
  g_clear_pointer (&batch->items, g_ptr_array_unref);
  g_free (batch->local_directory);
  g_free (batch->remote_folder);
  g_free (batch);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Batch, batch_free)

static Batch *
batch_new (SallyBrowser *self, gboolean is_upload, GPtrArray *items)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->browser = g_object_ref (self);
  batch->directory = g_object_ref (self->directory);
  batch->is_upload = is_upload;
  batch->items = g_ptr_array_ref (items);
  return batch;
}

static void step (Batch *batch);

static void
on_tree_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyBrowser) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;
  SallyTreeResult counts = { 0 };

  if (!sally_tree_run_finish (SALLY_TREE (source), result, &counts, &error))
    {
      sally_browser_show_error (self, error);
      return;
    }
  if (self->directory != NULL)
    sally_directory_reload (self->directory);
  if (counts.n_left_out > 0)
    {
      message =
          g_strdup_printf (ngettext ("%u entry of the folder was left out: it is no file",
                                     "%u entries of the folder were left out: they are no files",
                                     counts.n_left_out),
                           counts.n_left_out);
      sally_browser_show_message (self, message);
    }
}

/* Ends by itself when the browser goes: its cancellable is cancelled then. */
static void
run_tree (SallyBrowser *self, SallyTree *tree)
{
  sally_tree_run_async (tree, self->cancellable, on_tree_done, g_object_ref (self));
  g_object_unref (tree);
}

static void
enqueue_upload (Batch *batch, SallyConflict conflict)
{
  SallyBrowser *self = batch->browser;
  const char *local = g_file_peek_path (g_ptr_array_index (batch->items, batch->next));
  const char *folder = batch->remote_folder != NULL ? batch->remote_folder
                                                    : sally_directory_get_path (batch->directory);
  g_autofree char *name = g_path_get_basename (local);
  g_autofree char *remote = sally_remote_path_join (folder, name);

  if (batch->is_folder)
    run_tree (self, sally_tree_new_upload (self->queue, self->connection, local, remote, conflict));
  else
    sally_transfer_queue_upload (self->queue, self->connection, local, remote, conflict);
}

static void
enqueue_download (Batch *batch, SallyConflict conflict)
{
  SallyBrowser *self = batch->browser;
  SallyRemoteFile *file = g_ptr_array_index (batch->items, batch->next);
  const char *name = sally_remote_file_get_raw_name (file);
  g_autofree char *remote =
      sally_remote_path_join (sally_directory_get_path (batch->directory), name);

  if (sally_remote_file_get_kind (file) == SALLY_REMOTE_FILE_DIRECTORY)
    run_tree (self, sally_tree_new_download (self->queue, self->connection, remote,
                                             batch->local_directory, name, conflict));
  else
    sally_transfer_queue_download (self->queue, self->connection, remote, batch->local_directory,
                                   name, conflict);
}

static void
enqueue (Batch *batch, SallyConflict conflict)
{
  if (batch->is_upload)
    enqueue_upload (batch, conflict);
  else
    enqueue_download (batch, conflict);
}

static void
follow_choice (Batch *batch, SallyConflict choice)
{
  if (choice == SALLY_CONFLICT_ASK)
    batch->next = batch->items->len; /* this one and all that follow */
  else if (choice != SALLY_CONFLICT_SKIP)
    enqueue (batch, choice);
  batch->next++;
  step (batch);
}

static void
on_choice (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Batch *batch = user_data;
  gboolean for_all = FALSE;
  SallyConflict choice = sally_conflict_dialog_choose_finish (result, &for_all);

  batch->has_answer = for_all;
  batch->answer = choice;
  follow_choice (batch, choice);
}

static void
meet_conflict (Batch *batch, const char *name)
{
  if (batch->has_answer)
    follow_choice (batch, batch->answer);
  else if (batch->is_folder)
    {
      /* It is merged into the one that is there: the question comes for each file. */
      enqueue (batch, SALLY_CONFLICT_ASK);
      batch->next++;
      step (batch);
    }
  else
    sally_conflict_dialog_choose_async (GTK_WIDGET (batch->browser), name, batch->is_upload,
                                        batch->next + 1 < batch->items->len,
                                        batch->browser->cancellable, on_choice, batch);
}

static void
on_local_info (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Batch *batch = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &error);
  g_autofree char *name = g_file_get_basename (G_FILE (source));

  if (g_cancellable_is_cancelled (batch->browser->cancellable))
    {
      batch_free (batch);
      return;
    }

  batch->is_folder = info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY;
  if (batch->remote_folder != NULL)
    {
      /* What is in it is not listed here: the queue looks, and asks. */
      enqueue (batch, SALLY_CONFLICT_ASK);
      batch->next++;
      step (batch);
      return;
    }
  if (batch->is_upload ? sally_directory_find (batch->directory, name) != NULL : info != NULL)
    {
      g_autofree char *display = g_filename_display_name (name);

      meet_conflict (batch, display);
      return;
    }
  /* A local file that cannot be read fails in the queue, where it says why. */
  enqueue (batch, SALLY_CONFLICT_FAIL);
  batch->next++;
  step (batch);
}

/* The next file: does its target exist? Asked of the disk without blocking, of the server's folder
 * from what is listed; the queue itself never overwrites unasked. */
static void
step (Batch *batch)
{
  g_autoptr (GFile) local = NULL;

  if (batch->next >= batch->items->len)
    {
      batch_free (batch);
      return;
    }

  if (batch->is_upload)
    local = g_object_ref (g_ptr_array_index (batch->items, batch->next));
  else
    local = g_file_new_build_filename (batch->local_directory,
                                       sally_remote_file_get_raw_name (
                                           g_ptr_array_index (batch->items, batch->next)),
                                       NULL);
  g_file_query_info_async (local, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, batch->browser->cancellable, on_local_info, batch);
}

/* `folder` (nullable): one of those that are listed, to go into. */
static void
upload_files (SallyBrowser *self, GPtrArray *files, SallyRemoteFile *folder)
{
  Batch *batch = batch_new (self, TRUE, files);

  if (folder != NULL)
    batch->remote_folder = sally_remote_path_join (sally_directory_get_path (self->directory),
                                                   sally_remote_file_get_raw_name (folder));
  step (batch);
}

static void
download_files (SallyBrowser *self, GPtrArray *files, const char *local_directory)
{
  Batch *batch = batch_new (self, FALSE, files);

  batch->local_directory = g_strdup (local_directory);
  step (batch);
}

static gboolean
are_regular (GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      if (sally_remote_file_is_enterable (g_ptr_array_index (files, i)))
        return FALSE;
    }
  return files->len > 0;
}

/* A link to a folder is no folder: it may lead anywhere. */
gboolean
sally_browser_can_download (GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      SallyRemoteFile *file = g_ptr_array_index (files, i);

      if (sally_remote_file_is_enterable (file) &&
          sally_remote_file_get_kind (file) != SALLY_REMOTE_FILE_DIRECTORY)
        return FALSE;
    }
  return files->len > 0;
}

static void
download_selected (SallyBrowser *self, GFile *folder)
{
  g_autoptr (GPtrArray) files = NULL;

  if (folder == NULL || self->file_list == NULL)
    return;
  if (g_file_peek_path (folder) == NULL)
    {
      sally_browser_show_message (self, _ ("Choose a folder on this computer"));
      return;
    }
  files = sally_file_list_dup_selected (self->file_list);
  if (sally_browser_can_download (files))
    download_files (self, files, g_file_peek_path (folder));
}

static void
on_folder_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyBrowser) self = user_data;
  g_autoptr (GFile) folder =
      gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, NULL);

  download_selected (self, folder);
}

/* In a sandbox the first download asks where they go, from then on. */
static void
on_download_folder_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyBrowser) self = user_data;
  g_autoptr (GFile) folder =
      gtk_file_dialog_select_folder_finish (GTK_FILE_DIALOG (source), result, NULL);

  if (folder != NULL && self->settings != NULL)
    sally_folders_set_download (self->settings, folder);
  download_selected (self, folder);
}

static void
on_download (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  g_autofree char *path = sally_folders_dup_download (self->settings);
  g_autoptr (GFile) folder = path != NULL ? g_file_new_for_path (path) : NULL;
  g_autoptr (GtkFileDialog) dialog = NULL;

  if (folder != NULL)
    {
      download_selected (self, folder);
      return;
    }
  dialog = gtk_file_dialog_new ();
  gtk_file_dialog_set_title (dialog, _ ("Download Folder"));
  gtk_file_dialog_set_accept_label (dialog, _ ("_Download Here"));
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (widget)),
                                 self->cancellable, on_download_folder_chosen, g_object_ref (self));
}

static void
on_save_to (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Save To"));
  gtk_file_dialog_set_accept_label (dialog, _ ("_Save Here"));
  gtk_file_dialog_select_folder (dialog, GTK_WINDOW (gtk_widget_get_root (widget)),
                                 self->cancellable, on_folder_chosen, g_object_ref (self));
}

static void
on_files_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyBrowser) self = user_data;
  g_autoptr (GListModel) chosen =
      gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, NULL);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  if (chosen == NULL || self->directory == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (chosen); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (chosen, i);

      if (g_file_peek_path (file) != NULL)
        g_ptr_array_add (files, g_steal_pointer (&file));
    }
  upload_files (self, files, NULL);
}

static void
on_upload (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyBrowser *self = SALLY_BROWSER (widget);
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Upload Files"));
  gtk_file_dialog_set_accept_label (dialog, _ ("_Upload"));
  gtk_file_dialog_open_multiple (dialog, GTK_WINDOW (gtk_widget_get_root (widget)),
                                 self->cancellable, on_files_chosen, g_object_ref (self));
}

/* The folder whose row is there, and the row; NULL for any other place. */
static SallyRemoteFile *
pick_folder (SallyBrowser *self, double x, double y, GtkWidget **row)
{
  GtkWidget *view = sally_file_list_get_view (self->file_list);
  graphene_point_t point;
  SallyRemoteFile *file;

  if (!gtk_widget_get_mapped (view) ||
      !gtk_widget_compute_point (GTK_WIDGET (self->stack), view,
                                 &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return NULL;
  file = sally_file_cell_pick (view, point.x, point.y, row);
  return file != NULL && sally_remote_file_get_kind (file) == SALLY_REMOTE_FILE_DIRECTORY ? file
                                                                                          : NULL;
}

/* Shows into which folder files would go; NULL: into the one that is shown. */
static void
set_drop_row (SallyBrowser *self, GtkWidget *row)
{
  if (self->drop_row == row)
    return;
  if (self->drop_row != NULL)
    gtk_widget_remove_css_class (self->drop_row, "drop-folder");
  g_set_weak_pointer (&self->drop_row, row);
  if (row != NULL)
    gtk_widget_add_css_class (row, "drop-folder");
}

static GdkDragAction
on_drop_motion (GtkDropTarget *target, double x, double y, SallyBrowser *self)
{
  GtkWidget *row = NULL;

  set_drop_row (self, pick_folder (self, x, y, &row) != NULL ? row : NULL);
  return GDK_ACTION_COPY;
}

static void
on_drop_leave (GtkDropTarget *target, SallyBrowser *self)
{
  set_drop_row (self, NULL);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SallyBrowser *self)
{
  GSList *dropped = gdk_file_list_get_files (g_value_get_boxed (value));
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (GSList *link = dropped; link != NULL; link = link->next)
    {
      if (g_file_peek_path (link->data) != NULL)
        g_ptr_array_add (files, g_object_ref (link->data));
    }
  g_slist_free (dropped);
  if (files->len == 0)
    return FALSE;
  upload_files (self, files, pick_folder (self, x, y, NULL));
  return TRUE;
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, SallyBrowser *self)
{
  SallyRemoteFile *file =
      sally_file_cell_pick (sally_file_list_get_view (self->file_list), x, y, NULL);
  g_autoptr (GPtrArray) files = sally_file_list_dup_selected (self->file_list);

  if (file == NULL)
    return NULL;
  if (!g_ptr_array_find (files, file, NULL))
    {
      g_ptr_array_set_size (files, 0);
      g_ptr_array_add (files, g_object_ref (file));
    }
  if (!are_regular (files))
    return NULL;
  return sally_drag_provider_new (self->queue, self->connection,
                                  sally_directory_get_path (self->directory), files);
}

/* "“x” uploaded", "12 files downloaded"; with failures the first of them, and how many more. */
static char *
describe_ended (SallyBrowser *self)
{
  guint n_done = self->n_uploaded + self->n_downloaded;

  if (self->n_failed == 1)
    return g_strdup (self->failure->message);
  if (self->n_failed > 1)
    /* Translators: why one failed, then how many others did. */
    return g_strdup_printf (ngettext ("%s, and %u more failed", "%s, and %u more failed",
                                      self->n_failed - 1),
                            self->failure->message, self->n_failed - 1);
  if (n_done == 1)
    /* Translators: the name of a file. */
    return g_strdup_printf (self->n_uploaded > 0 ? _ ("“%s” uploaded") : _ ("“%s” downloaded"),
                            self->ended_name);
  if (self->n_downloaded == 0)
    return g_strdup_printf (ngettext ("%u file uploaded", "%u files uploaded", n_done), n_done);
  if (self->n_uploaded == 0)
    return g_strdup_printf (ngettext ("%u file downloaded", "%u files downloaded", n_done), n_done);
  return g_strdup_printf (ngettext ("%u file transferred", "%u files transferred", n_done), n_done);
}

static gboolean
has_active (SallyBrowser *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->queue)); i++)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (G_LIST_MODEL (self->queue), i);

      if (sally_transfer_is_active (transfer) &&
          sally_transfer_get_connection (transfer) == self->connection)
        return TRUE;
    }
  return FALSE;
}

/* One message for all that went together, once they have come to their end. */
static gboolean
tell_ended (gpointer user_data)
{
  SallyBrowser *self = user_data;
  g_autofree char *message = NULL;

  if (has_active (self))
    return G_SOURCE_CONTINUE;
  self->tell_source = 0;
  message = describe_ended (self);
  sally_browser_show_message (self, message);
  self->n_uploaded = self->n_downloaded = self->n_failed = 0;
  g_clear_pointer (&self->ended_name, g_free);
  g_clear_error (&self->failure);
  return G_SOURCE_REMOVE;
}

static void
on_finished (SallyBrowser *self, SallyTransfer *transfer)
{
  g_autofree char *folder = NULL;
  gboolean is_upload = sally_transfer_get_is_upload (transfer);

  if (sally_transfer_get_connection (transfer) != self->connection || self->directory == NULL)
    return;

  folder = sally_remote_path_dup_parent (sally_transfer_get_remote_path (transfer));
  if (is_upload && g_str_equal (folder, sally_directory_get_path (self->directory)))
    sally_directory_reload (self->directory);

  if (sally_transfer_get_state (transfer) == SALLY_TRANSFER_FAILED)
    {
      self->n_failed++;
      if (self->failure == NULL)
        self->failure = g_error_copy (sally_transfer_get_error (transfer));
    }
  else if (sally_transfer_get_state (transfer) != SALLY_TRANSFER_FINISHED)
    return;
  else if (is_upload)
    self->n_uploaded++;
  else
    self->n_downloaded++;
  g_set_str (&self->ended_name, sally_transfer_get_name (transfer));
  if (self->tell_source == 0)
    self->tell_source = g_timeout_add (TELL_INTERVAL_MS, tell_ended, self);
}

void
sally_browser_set_up_transfers (SallyBrowser *self)
{
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  GtkDragSource *drag = gtk_drag_source_new ();

  g_signal_connect_object (drop, "drop", G_CALLBACK (on_drop), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (drop, "motion", G_CALLBACK (on_drop_motion), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (drop, "leave", G_CALLBACK (on_drop_leave), self, G_CONNECT_DEFAULT);
  gtk_widget_add_controller (GTK_WIDGET (self->stack), GTK_EVENT_CONTROLLER (drop));
  gtk_drag_source_set_actions (drag, GDK_ACTION_COPY);
  g_signal_connect_object (drag, "prepare", G_CALLBACK (on_drag_prepare), self, G_CONNECT_DEFAULT);
  gtk_widget_add_controller (sally_file_list_get_view (self->file_list),
                             GTK_EVENT_CONTROLLER (drag));
  g_signal_connect_object (self->queue, "finished", G_CALLBACK (on_finished), self,
                           G_CONNECT_SWAPPED);
}

void
sally_browser_install_transfer_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "browser.download", NULL, on_download);
  gtk_widget_class_install_action (widget_class, "browser.save-to", NULL, on_save_to);
  gtk_widget_class_install_action (widget_class, "browser.upload", NULL, on_upload);
}
