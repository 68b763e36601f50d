/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/import-dialog.h"

#include "login/adopted-keys.h"
#include "profiles/plan.h"
#include "servers/recipe-words.h"

#include <glib/gi18n.h>

struct _SallyImportDialog
{
  AdwDialog parent_instance;

  GtkStack *stack;
  GtkWidget *save_button;
  GtkWidget *ssh_button;
  GtkLabel *message_label;
  AdwPreferencesPage *preview_page;
  AdwPreferencesGroup *notices_group;

  SallyServerStore *servers;
  SallyHostTrust *host_trust;
  GCancellable *cancellable;
  GPtrArray *files; /* (element-type SallyProfiles) what was read; `plan` borrows from it */
  GPtrArray *plan;  /* (element-type SallyPlanItem) */
  GPtrArray *rows;  /* (element-type AdwSwitchRow) for each item of the plan; NULL: it is there, or
                       is what the connection file is about */
  gboolean is_connection_file;
  GPtrArray *saving; /* (element-type SallyPlanItem) */
};

G_DEFINE_FINAL_TYPE (SallyImportDialog, sally_import_dialog, ADW_TYPE_DIALOG)

typedef enum
{
  SIGNAL_IMPORTED,
  N_SIGNALS,
} SallyImportDialogSignal;

static guint signals[N_SIGNALS];

static void
show_error (SallyImportDialog *self, const char *message)
{
  gtk_label_set_text (self->message_label, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), *message != '\0');
  if (*message != '\0')
    gtk_accessible_announce (GTK_ACCESSIBLE (self), message,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static char *
dup_ssh_config (void)
{
  return g_build_filename (g_get_home_dir (), ".ssh", "config", NULL);
}

/* The new ones that are switched on, and those that lead to them. */
static GPtrArray *
get_chosen (SallyImportDialog *self)
{
  g_autofree gboolean *wanted = g_new0 (gboolean, self->plan->len);

  for (guint i = 0; i < self->plan->len; i++)
    wanted[i] = self->rows->pdata[i] == NULL || adw_switch_row_get_active (self->rows->pdata[i]);
  return sally_plan_choose (self->plan, wanted);
}

static void
update (SallyImportDialog *self)
{
  g_autoptr (GPtrArray) chosen = get_chosen (self);
  g_autofree char *label = NULL;

  if (self->is_connection_file)
    label = g_strdup (_ ("_Save"));
  else
    label = g_strdup_printf (ngettext ("_Import %u", "_Import %u", chosen->len), chosen->len);
  gtk_button_set_label (GTK_BUTTON (self->save_button), label);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.save",
                                 chosen->len > 0 && self->saving == NULL);
}

static GtkWidget *
new_row (const char *title, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  return row;
}

/* Who signs in where and how, then what could not come along. */
static char *
describe (const SallyPlanItem *item)
{
  g_autofree char *address = sally_server_dup_address (item->server);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%s@%s · %s", sally_server_get_user (item->server), address,
                          sally_recipe_words (sally_server_get_recipe (item->server)));
  if (*sally_server_get_jump (item->server) != '\0')
    /* Translators: another server, through which one is reached. */
    g_string_append_printf (text, _ (" · through %s"), sally_server_get_jump (item->server));
  for (guint i = 0; i < item->profile->losses->len; i++)
    g_string_append_printf (text, "\n– %s", (const char *) item->profile->losses->pdata[i]);
  return g_string_free_and_steal (text);
}

static GtkWidget *
add_choice (SallyImportDialog *self, AdwPreferencesGroup *group, const SallyPlanItem *item)
{
  g_autofree char *description = NULL;
  GtkWidget *row;

  if (!item->is_new)
    {
      /* Translators: a saved server's name. */
      description =
          g_strdup_printf (_ ("Saved already as “%s”"), sally_server_get_name (item->server));
      row = new_row (sally_server_get_name (item->profile->server), description);
      gtk_widget_set_sensitive (row, FALSE);
      adw_preferences_group_add (group, row);
      return NULL;
    }
  description = describe (item);
  row = adw_switch_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), sally_server_get_name (item->server));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), description);
  adw_switch_row_set_active (ADW_SWITCH_ROW (row), TRUE);
  g_signal_connect_object (row, "notify::active", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (group, row);
  return row;
}

static void
add_property (AdwPreferencesGroup *group, const char *title, const char *value)
{
  GtkWidget *row;

  if (*value == '\0')
    return;
  row = new_row (title, value);
  adw_action_row_set_subtitle_selectable (ADW_ACTION_ROW (row), TRUE);
  gtk_widget_add_css_class (row, "property");
  adw_preferences_group_add (group, row);
}

/* A hyphen at the end of a line would look like a part of it. */
static void
add_key (AdwPreferencesGroup *group, const char *title, const char *fingerprint)
{
  g_autofree char *markup =
      g_markup_printf_escaped ("<span insert_hyphens=\"false\">%s</span>", fingerprint);
  GtkWidget *row = new_row (title, "");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), TRUE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  adw_action_row_set_subtitle_selectable (ADW_ACTION_ROW (row), TRUE);
  gtk_widget_add_css_class (row, "property");
  adw_preferences_group_add (group, row);
}

static void
on_user_changed (SallyServer *server, GtkEditable *row)
{
  g_object_set (server, "user", gtk_editable_get_text (row), NULL);
}

static void
add_user (SallyImportDialog *self, AdwPreferencesGroup *group, const SallyPlanItem *item)
{
  GtkWidget *row;

  if (item->profile->has_own_user || !item->is_new)
    {
      add_property (group, _ ("User Name"), sally_server_get_user (item->server));
      return;
    }
  row = adw_entry_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("User Name"));
  gtk_editable_set_text (GTK_EDITABLE (row), sally_server_get_user (item->server));
  g_signal_connect_object (row, "changed", G_CALLBACK (on_user_changed), item->server,
                           G_CONNECT_SWAPPED);
  adw_preferences_group_add (group, row);
}

/* All that a connection file would do. */
static void
add_details (SallyImportDialog *self, AdwPreferencesGroup *group, const SallyPlanItem *item)
{
  SallyServer *server = item->server;
  g_autofree char *address = sally_server_dup_address (server);
  g_auto (GStrv) known =
      sally_host_trust_dup_fingerprints (self->host_trust, sally_server_get_host (server),
                                         sally_server_get_port (server));

  adw_preferences_group_set_title (group, sally_server_get_name (server));
  if (!item->is_new)
    adw_preferences_group_set_description (group, _ ("It is saved already and stays as it is."));
  add_property (group, _ ("Address"), address);
  add_user (self, group, item);
  add_property (group, _ ("Sign In With"), sally_recipe_words (sally_server_get_recipe (server)));
  add_property (group, _ ("Connect Through"), sally_server_get_jump (server));
  add_property (group, _ ("Start Folder"), sally_server_get_start_directory (server));
  add_property (group, _ ("Prompt for the Password (Pattern)"),
                sally_server_get_password_prompt (server));
  add_property (group, _ ("Prompt for the Code (Pattern)"), sally_server_get_code_prompt (server));
  for (guint i = 0; item->is_new && i < item->profile->host_keys->len; i++)
    {
      const char *key = item->profile->host_keys->pdata[i];
      gboolean differs = known[0] != NULL && !g_strv_contains ((const char *const *) known, key);

      add_key (group,
               differs ? _ ("Key in the File (Not Taken: Another Is Trusted Already)")
                       : _ ("The Only Key to Be Trusted"),
               key);
    }
  for (guint i = 0; item->is_new && known[0] == NULL && i < item->profile->known_keys->len; i++)
    add_key (group, _ ("Key That the Other Program Knows"), item->profile->known_keys->pdata[i]);
}

static void
show_plan (SallyImportDialog *self)
{
  AdwPreferencesGroup *group = NULL;
  guint n_notices = 0;

  self->is_connection_file = TRUE;
  for (guint i = 0; i < self->files->len; i++)
    {
      SallyProfiles *file = self->files->pdata[i];

      self->is_connection_file =
          self->is_connection_file && g_str_equal (file->format->name, "sallyport");
      for (guint j = 0; j < file->notices->len; j++, n_notices++)
        adw_preferences_group_add (self->notices_group, new_row (file->notices->pdata[j], ""));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->notices_group), n_notices > 0);
  for (guint i = 0; i < self->plan->len; i++)
    {
      GtkWidget *row = NULL;

      if (group == NULL || self->is_connection_file)
        {
          group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
          adw_preferences_page_add (self->preview_page, group);
        }
      if (self->is_connection_file)
        add_details (self, group, self->plan->pdata[i]);
      else
        row = add_choice (self, group, self->plan->pdata[i]);
      g_ptr_array_add (self->rows, row);
    }
  if (self->is_connection_file)
    adw_dialog_set_title (ADW_DIALOG (self), _ ("Connection File"));
  gtk_stack_set_visible_child_name (self->stack, "preview");
  gtk_widget_set_visible (self->save_button, TRUE);
  update (self);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyImportDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = sally_profiles_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->stack == NULL)
    return;
  if (files == NULL)
    {
      gtk_stack_set_visible_child_name (self->stack, "choose");
      show_error (self, error->message);
      return;
    }
  self->files = g_steal_pointer (&files);
  self->plan = sally_plan (G_LIST_MODEL (self->servers), self->files);
  show_plan (self);
}

static void
load (SallyImportDialog *self, const char *const *sources)
{
  show_error (self, "");
  gtk_stack_set_visible_child_name (self->stack, "reading");
  sally_profiles_load_async (sources, NULL, self->cancellable, on_loaded, g_object_ref_sink (self));
}

static void
on_use_ssh_config (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autofree char *path = dup_ssh_config ();

  load (SALLY_IMPORT_DIALOG (widget), (const char *const[]) { path, NULL });
}

static void
on_files_chosen (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyImportDialog) self = user_data;
  g_autoptr (GListModel) files =
      gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, NULL);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) paths = NULL;

  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      if (g_file_peek_path (file) != NULL)
        g_strv_builder_add (builder, g_file_peek_path (file));
    }
  paths = g_strv_builder_end (builder);
  if (paths[0] != NULL && self->stack != NULL)
    load (self, (const char *const *) paths);
}

static void
on_choose (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autoptr (GtkFileDialog) chooser = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (chooser, _ ("Choose Files of Servers"));
  gtk_file_dialog_open_multiple (chooser, GTK_WINDOW (gtk_widget_get_root (widget)), NULL,
                                 on_files_chosen, g_object_ref (widget));
}

/* The host keys that the files pin, where nothing is known yet. */
static gboolean
pin_keys (SallyImportDialog *self, GPtrArray *pinned, GError **error)
{
  for (guint i = 0; i < self->saving->len; i++)
    {
      SallyPlanItem *item = self->saving->pdata[i];
      gboolean is_pinned;
      g_auto (GStrv) known =
          sally_host_trust_dup_fingerprints (self->host_trust, sally_server_get_host (item->server),
                                             sally_server_get_port (item->server));

      if (!sally_host_trust_pin_new (self->host_trust, sally_server_get_host (item->server),
                                     sally_server_get_port (item->server), item->profile->host_keys,
                                     &is_pinned, error))
        return FALSE;
      if (!is_pinned && !sally_adopt_keys (self->host_trust, sally_server_get_host (item->server),
                                           sally_server_get_port (item->server),
                                           item->profile->known_keys, &is_pinned, error))
        return FALSE;
      if (is_pinned && known[0] == NULL)
        g_ptr_array_add (pinned, g_object_ref (item->server));
    }
  return TRUE;
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyImportDialog) self = user_data;
  g_autoptr (GPtrArray) saved = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) pinned = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  gboolean is_done =
      sally_server_store_save_all_finish (SALLY_SERVER_STORE (source), result, &error) &&
      pin_keys (self, pinned, &error);

  for (guint i = 0; i < self->saving->len; i++)
    g_ptr_array_add (saved, g_object_ref (((SallyPlanItem *) self->saving->pdata[i])->server));
  g_clear_pointer (&self->saving, g_ptr_array_unref);
  if (!is_done)
    {
      if (self->stack != NULL)
        {
          show_error (self, error->message);
          update (self);
        }
      return;
    }
  g_signal_emit (self, signals[SIGNAL_IMPORTED], 0, saved, pinned);
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
on_save (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyImportDialog *self = SALLY_IMPORT_DIALOG (widget);
  g_autoptr (GPtrArray) servers = g_ptr_array_new ();

  self->saving = get_chosen (self);
  for (guint i = 0; i < self->saving->len; i++)
    g_ptr_array_add (servers, ((SallyPlanItem *) self->saving->pdata[i])->server);
  show_error (self, "");
  update (self);
  sally_server_store_save_all_async (self->servers, servers, NULL, on_saved, g_object_ref (self));
}

static void
sally_import_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (SALLY_IMPORT_DIALOG (dialog)->cancellable);
}

static void
sally_import_dialog_dispose (GObject *object)
{
  SallyImportDialog *self = SALLY_IMPORT_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_IMPORT_DIALOG);
  g_clear_object (&self->servers);
  g_clear_object (&self->host_trust);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->saving, g_ptr_array_unref);
  g_clear_pointer (&self->plan, g_ptr_array_unref);
  g_clear_pointer (&self->files, g_ptr_array_unref);

  G_OBJECT_CLASS (sally_import_dialog_parent_class)->dispose (object);
}

static void
sally_import_dialog_class_init (SallyImportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_import_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = sally_import_dialog_closed;

  signals[SIGNAL_IMPORTED] =
      g_signal_new ("imported", SALLY_TYPE_IMPORT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_PTR_ARRAY, G_TYPE_PTR_ARRAY);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/servers/import-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyImportDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyImportDialog, save_button);
  gtk_widget_class_bind_template_child (widget_class, SallyImportDialog, ssh_button);
  gtk_widget_class_bind_template_child (widget_class, SallyImportDialog, message_label);
  gtk_widget_class_bind_template_child (widget_class, SallyImportDialog, preview_page);
  gtk_widget_class_bind_template_child (widget_class, SallyImportDialog, notices_group);

  gtk_widget_class_install_action (widget_class, "import.choose", NULL, on_choose);
  gtk_widget_class_install_action (widget_class, "import.ssh-config", NULL, on_use_ssh_config);
  gtk_widget_class_install_action (widget_class, "import.save", NULL, on_save);
}

static void
sally_import_dialog_init (SallyImportDialog *self)
{
  g_autofree char *ssh_config = dup_ssh_config ();

  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (self->ssh_button, g_file_test (ssh_config, G_FILE_TEST_IS_REGULAR));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.save", FALSE);
}

AdwDialog *
sally_import_dialog_new (SallyServerStore *servers,
                         SallyHostTrust *host_trust,
                         const char *const *sources)
{
  SallyImportDialog *self;

  g_return_val_if_fail (SALLY_IS_SERVER_STORE (servers), NULL);
  g_return_val_if_fail (SALLY_IS_HOST_TRUST (host_trust), NULL);

  self = g_object_new (SALLY_TYPE_IMPORT_DIALOG, NULL);
  self->servers = g_object_ref (servers);
  self->host_trust = g_object_ref (host_trust);
  if (sources != NULL)
    load (self, sources);
  return ADW_DIALOG (self);
}
