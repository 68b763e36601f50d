/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/server-dialog.h"

#include "base/error.h"
#include "common/choice-list.h"
#include "common/step-words.h"
#include "servers/check-dialog.h"
#include "servers/key-row.h"
#include "servers/recipe-words.h"
#include "servers/server-test.h"

#include <glib/gi18n.h>
#include <string.h>

struct _SallyServerDialog
{
  AdwDialog parent_instance;

  AdwPreferencesGroup *address_group;
  GtkEditable *name_row;
  GtkEditable *host_row;
  GtkEditable *port_row;
  GtkEditable *user_row;
  AdwComboRow *recipe_row;
  AdwComboRow *account_row;
  GtkEditable *password_row;
  SallyKeyRow *key_row;
  GtkWidget *prompts_group;
  GtkEditable *separator_row;
  AdwComboRow *code_length_row;
  GtkEditable *password_prompt_row;
  GtkEditable *code_prompt_row;
  AdwComboRow *jump_row;
  GtkEditable *start_row;
  GtkEditable *group_row;
  GtkLabel *message_label;
  AdwButtonRow *test_row;
  GtkWidget *delete_row;
  GtkStringList *recipe_list;
  GtkStringList *account_list;
  GtkStringList *jump_list;

  SallyServerStore *servers;
  SallyAccountStore *accounts;
  SallyConnectionServices *services;
  SallyServer *original; /* what is edited, or a fresh one, whose id the new one gets */
  gboolean is_new;
  SallyServer *saving;   /* what is being written */
  GStrv account_ids;     /* parallel to account_list; "" first */
  GCancellable *testing; /* NULL: no test is under way */
  gboolean is_filling;
};

G_DEFINE_FINAL_TYPE (SallyServerDialog, sally_server_dialog, ADW_TYPE_DIALOG)

typedef enum
{
  SIGNAL_SAVED,
  SIGNAL_DELETE,
  N_SIGNALS,
} SallyServerDialogSignal;

static guint signals[N_SIGNALS];

static void
show_message (SallyServerDialog *self, const char *message, const char *style)
{
  static const char *const styles[] = { "error", "success", "dimmed" };

  gtk_label_set_text (self->message_label, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), message[0] != '\0');
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    {
      if (g_str_equal (styles[i], style))
        gtk_widget_add_css_class (GTK_WIDGET (self->message_label), styles[i]);
      else
        gtk_widget_remove_css_class (GTK_WIDGET (self->message_label), styles[i]);
    }
}

static const char *
get_recipe (SallyServerDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->recipe_row);

  return sally_login_recipe_names ()[selected];
}

static gboolean
recipe_uses (SallyServerDialog *self, SallyFactor factor)
{
  SallyLoginRecipe recipe;

  return sally_login_recipe_parse (get_recipe (self), &recipe, NULL) &&
         sally_login_recipe_uses (&recipe, factor);
}

static char *
dup_stripped (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

/* The name of the server to go through, "" for none, which is the first of the list. */
static const char *
get_jump (SallyServerDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->jump_row);

  if (*sally_server_get_given_by (self->original) != '\0')
    return sally_server_get_jump (self->original);
  return selected > 0 ? gtk_string_list_get_string (self->jump_list, selected) : "";
}

/* 0 for what is no port. */
static guint
get_port (SallyServerDialog *self)
{
  g_autofree char *text = dup_stripped (self->port_row);
  guint64 port = 0;

  return g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL) ? (guint) port : 0;
}

/* The first choice is the account's own; the others count up from the shortest. */
static guint
get_code_length (SallyServerDialog *self)
{
  guint selected = adw_combo_row_get_selected (self->code_length_row);

  return selected > 0 ? SALLY_SERVER_MIN_CODE_LENGTH + selected - 1 : 0;
}

/* How the server asks: what does not apply to the recipe stays as it is. */
static void
set_prompts (SallyServerDialog *self, SallyServer *server)
{
  /* Not stripped: a space may be what stands between. */
  g_object_set (server, "separator", gtk_editable_get_text (self->separator_row), "code-length",
                get_code_length (self), "password-prompt",
                gtk_editable_get_text (self->password_prompt_row), "code-prompt",
                gtk_editable_get_text (self->code_prompt_row), NULL);
}

/* The server as it stands in the dialog; one without a port that can be keeps the usual one. */
static SallyServer *
create_server (SallyServerDialog *self)
{
  SallyServer *server = sally_server_new (sally_server_get_id (self->original));
  g_autofree char *name = dup_stripped (self->name_row);
  g_autofree char *host = dup_stripped (self->host_row);
  g_autofree char *user = dup_stripped (self->user_row);
  g_autofree char *start = dup_stripped (self->start_row);
  g_autofree char *group = dup_stripped (self->group_row);
  guint port = get_port (self);
  guint account = adw_combo_row_get_selected (self->account_row);

  sally_server_set_from (server, self->original);
  g_object_set (server, "name", name, "host", host, "port",
                port != 0 ? port : SALLY_SERVER_DEFAULT_PORT, "user", user, "recipe",
                get_recipe (self), "account-id",
                recipe_uses (self, SALLY_FACTOR_CODE) ? self->account_ids[account] : "",
                "identity-file",
                recipe_uses (self, SALLY_FACTOR_KEY) ? sally_key_row_get_identity (self->key_row)
                                                     : "",
                "jump", get_jump (self), "start-directory", start, "group", group, NULL);
  set_prompts (self, server);
  return server;
}

static void
update (SallyServerDialog *self)
{
  g_autoptr (SallyServer) server = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_valid, is_started;

  if (self->is_filling)
    return;

  gtk_widget_set_visible (GTK_WIDGET (self->account_row), recipe_uses (self, SALLY_FACTOR_CODE));
  gtk_widget_set_visible (GTK_WIDGET (self->password_row),
                          recipe_uses (self, SALLY_FACTOR_PASSWORD));
  gtk_widget_set_visible (GTK_WIDGET (self->key_row), recipe_uses (self, SALLY_FACTOR_KEY));
  gtk_widget_set_visible (self->prompts_group, recipe_uses (self, SALLY_FACTOR_CODE) ||
                                                   recipe_uses (self, SALLY_FACTOR_PASSWORD));
  gtk_widget_set_visible (GTK_WIDGET (self->separator_row),
                          recipe_uses (self, SALLY_FACTOR_CODE) &&
                              strchr (get_recipe (self), '+') != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->code_length_row),
                          recipe_uses (self, SALLY_FACTOR_CODE));
  gtk_widget_set_visible (GTK_WIDGET (self->code_prompt_row),
                          recipe_uses (self, SALLY_FACTOR_CODE));
  gtk_widget_set_visible (GTK_WIDGET (self->password_prompt_row),
                          recipe_uses (self, SALLY_FACTOR_PASSWORD));

  server = create_server (self);
  is_valid = sally_server_validate (server, &error);
  if (is_valid && get_port (self) == 0)
    {
      is_valid = FALSE;
      g_set_error_literal (&error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("The port must be a number from 1 to 65535"));
    }
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "server.save",
                                 is_valid && self->saving == NULL && self->testing == NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "server.check", is_valid);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "server.test", is_valid);

  /* Nobody is told off before they have begun. */
  is_started = sally_server_get_name (server)[0] != '\0' &&
               sally_server_get_host (server)[0] != '\0' &&
               sally_server_get_user (server)[0] != '\0';
  if (self->testing == NULL)
    show_message (self, !is_valid && is_started ? error->message : "", "error");
}

static SallySecret *
create_password (SallyServerDialog *self)
{
  const char *text = gtk_editable_get_text (self->password_row);

  if (text[0] == '\0' || !recipe_uses (self, SALLY_FACTOR_PASSWORD))
    return NULL;
  return sally_secret_new (text, -1);
}

static void
fail_saving (SallyServerDialog *self, const GError *error)
{
  g_clear_object (&self->saving);
  update (self);
  show_message (self, error->message, "error");
}

static void
on_server_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_server_store_save_finish (SALLY_SERVER_STORE (source), result, &error))
    {
      fail_saving (self, error);
      return;
    }
  gtk_editable_set_text (self->password_row, "");
  g_signal_emit (self, signals[SIGNAL_SAVED], 0, self->saving);
  adw_dialog_force_close (ADW_DIALOG (self));
}

static void
on_password_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_keyring_store_finish (SALLY_KEYRING (source), result, &error))
    {
      fail_saving (self, error);
      return;
    }
  /* A new password begins anew. */
  if (!sally_guard_clear (sally_connection_services_get_guard (self->services), self->saving,
                          &error))
    {
      fail_saving (self, error);
      return;
    }
  sally_server_store_save_async (self->servers, self->saving, NULL, on_server_saved,
                                 g_object_ref (self));
}

/* The password first: a saved server without its password would be half a job, a password without a
 * server harms nothing and is overwritten by the next attempt. */
static void
on_save (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyServerDialog *self = SALLY_SERVER_DIALOG (widget);
  g_autoptr (SallySecret) password = create_password (self);

  g_set_object (&self->saving, NULL);
  self->saving = create_server (self);
  gtk_widget_action_set_enabled (widget, "server.save", FALSE);
  if (password != NULL)
    sally_keyring_store_async (sally_account_store_get_keyring (self->accounts),
                               SALLY_KEYRING_PASSWORD, sally_server_get_id (self->saving), password,
                               NULL, on_password_saved, g_object_ref (self));
  else
    sally_server_store_save_async (self->servers, self->saving, NULL, on_server_saved,
                                   g_object_ref (self));
}

static void
on_test_progress (SallyConnection *connection, gpointer user_data)
{
  SallyServerDialog *self = user_data;
  g_autofree char *words =
      sally_step_words_dup (connection, sally_connection_get_state (connection));

  if (*words != '\0')
    show_message (self, words, "dimmed");
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyServerDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean worked = sally_server_test_finish (result, &error);

  g_clear_object (&self->testing);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->test_row), _ ("_Test Sign-in"));
  update (self);
  if (worked)
    show_message (self, _ ("It works: the server let you in."), "success");
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_message (self, error->message, "error");
}

static void
on_test (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyServerDialog *self = SALLY_SERVER_DIALOG (widget);
  g_autoptr (SallyServer) server = NULL;
  g_autoptr (SallySecret) password = NULL;

  if (self->testing != NULL)
    {
      g_cancellable_cancel (self->testing);
      return;
    }

  server = create_server (self);
  password = create_password (self);
  self->testing = g_cancellable_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->test_row), _ ("Stop _Test"));
  update (self);
  sally_server_test_async (server, self->services, sally_account_store_get_keyring (self->accounts),
                           password, self->is_new ? NULL : sally_server_get_id (self->original),
                           self->testing, on_test_progress, on_tested, g_object_ref (self));
}

static void
on_check (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyServerDialog *self = SALLY_SERVER_DIALOG (widget);
  g_autoptr (SallyServer) server = create_server (self);

  adw_dialog_present (sally_check_dialog_new (server, self->services), widget);
}

static void
on_delete (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_signal_emit (widget, signals[SIGNAL_DELETE], 0);
  adw_dialog_force_close (ADW_DIALOG (widget));
}

static void
sally_server_dialog_closed (AdwDialog *dialog)
{
  SallyServerDialog *self = SALLY_SERVER_DIALOG (dialog);

  if (self->testing != NULL)
    g_cancellable_cancel (self->testing);
}

static void
sally_server_dialog_dispose (GObject *object)
{
  SallyServerDialog *self = SALLY_SERVER_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_SERVER_DIALOG);
  g_clear_object (&self->servers);
  g_clear_object (&self->accounts);
  g_clear_object (&self->services);
  g_clear_object (&self->original);
  g_clear_object (&self->saving);
  g_clear_object (&self->testing);
  g_clear_pointer (&self->account_ids, g_strfreev);

  G_OBJECT_CLASS (sally_server_dialog_parent_class)->dispose (object);
}

static void
sally_server_dialog_class_init (SallyServerDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_server_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = sally_server_dialog_closed;

  signals[SIGNAL_SAVED] = g_signal_new ("saved", SALLY_TYPE_SERVER_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, SALLY_TYPE_SERVER);
  signals[SIGNAL_DELETE] = g_signal_new ("delete", SALLY_TYPE_SERVER_DIALOG, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/servers/server-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, address_group);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, host_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, port_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, user_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, recipe_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, account_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, password_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, key_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, prompts_group);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, separator_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, code_length_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, password_prompt_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, code_prompt_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, jump_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, jump_list);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, start_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, group_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, message_label);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, test_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, delete_row);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, recipe_list);
  gtk_widget_class_bind_template_child (widget_class, SallyServerDialog, account_list);
  gtk_widget_class_bind_template_callback (widget_class, update);

  gtk_widget_class_install_action (widget_class, "server.save", NULL, on_save);
  gtk_widget_class_install_action (widget_class, "server.check", NULL, on_check);
  gtk_widget_class_install_action (widget_class, "server.test", NULL, on_test);
  gtk_widget_class_install_action (widget_class, "server.delete", NULL, on_delete);
}

static void
sally_server_dialog_init (SallyServerDialog *self)
{
  const char *const *recipes = sally_login_recipe_names ();

  self->is_filling = TRUE;
  g_type_ensure (SALLY_TYPE_KEY_ROW);
  gtk_widget_init_template (GTK_WIDGET (self));
  sally_choice_list_show_whole (self->recipe_row);
  sally_choice_list_show_whole (self->account_row);
  for (guint i = 0; recipes[i] != NULL; i++)
    {
      gtk_string_list_append (self->recipe_list, sally_recipe_words (recipes[i]));
      if (g_str_equal (recipes[i], "password+code"))
        adw_combo_row_set_selected (self->recipe_row, i);
    }
}

static void
fill_accounts (SallyServerDialog *self, const char *selected_id)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  guint n_accounts = g_list_model_get_n_items (G_LIST_MODEL (self->accounts));

  gtk_string_list_append (self->account_list, _ ("I Type Them"));
  g_strv_builder_add (ids, "");
  for (guint i = 0; i < n_accounts; i++)
    {
      g_autoptr (SallyAccount) account = g_list_model_get_item (G_LIST_MODEL (self->accounts), i);

      if (sally_account_is_broken (account))
        continue;
      gtk_string_list_append (self->account_list, sally_account_get_name (account));
      g_strv_builder_add (ids, sally_account_get_id (account));
      if (g_str_equal (sally_account_get_id (account), selected_id))
        adw_combo_row_set_selected (self->account_row,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->account_list)) -
                                        1);
    }
  self->account_ids = g_strv_builder_end (ids);
}

static void
fill_jumps (SallyServerDialog *self)
{
  guint n_servers = g_list_model_get_n_items (G_LIST_MODEL (self->servers));

  gtk_string_list_append (self->jump_list, _ ("No Other Server"));
  for (guint i = 0; i < n_servers; i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (G_LIST_MODEL (self->servers), i);
      const char *name = sally_server_get_name (server);

      if (server == self->original)
        continue;
      gtk_string_list_append (self->jump_list, name);
      /* What the administrator gives has an id there. */
      if (g_str_equal (name, sally_server_get_jump (self->original)) ||
          g_str_equal (sally_server_get_id (server), sally_server_get_jump (self->original)))
        adw_combo_row_set_selected (self->jump_row,
                                    g_list_model_get_n_items (G_LIST_MODEL (self->jump_list)) - 1);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->jump_row),
                          g_list_model_get_n_items (G_LIST_MODEL (self->jump_list)) > 1);
}

static void
fill_address (SallyServerDialog *self, SallyServer *server)
{
  g_autofree char *port = g_strdup_printf ("%u", sally_server_get_port (server));

  gtk_editable_set_text (self->name_row, sally_server_get_name (server));
  gtk_editable_set_text (self->host_row, sally_server_get_host (server));
  gtk_editable_set_text (self->port_row, port);
  gtk_editable_set_text (self->user_row, sally_server_get_user (server));
  gtk_editable_set_text (self->start_row, sally_server_get_start_directory (server));
}

static void
fill (SallyServerDialog *self, SallyServer *server)
{
  const char *const *recipes = sally_login_recipe_names ();

  fill_address (self, server);
  gtk_editable_set_text (self->group_row, sally_server_get_group (server));
  gtk_editable_set_text (self->separator_row, sally_server_get_separator (server));
  gtk_editable_set_text (self->password_prompt_row, sally_server_get_password_prompt (server));
  gtk_editable_set_text (self->code_prompt_row, sally_server_get_code_prompt (server));
  if (sally_server_get_code_length (server) >= SALLY_SERVER_MIN_CODE_LENGTH &&
      sally_server_get_code_length (server) <= SALLY_SERVER_MAX_CODE_LENGTH)
    adw_combo_row_set_selected (self->code_length_row, sally_server_get_code_length (server) -
                                                           SALLY_SERVER_MIN_CODE_LENGTH + 1);
  sally_key_row_set_identity (self->key_row, sally_server_get_identity_file (server));
  for (guint i = 0; recipes[i] != NULL; i++)
    {
      if (g_str_equal (recipes[i], sally_server_get_recipe (server)))
        adw_combo_row_set_selected (self->recipe_row, i);
    }
}

/* What the administrator gives: only what is the person's can be changed. */
static void
lock_given (SallyServerDialog *self)
{
  GtkWidget *const fixed[] = {
    GTK_WIDGET (self->name_row),   GTK_WIDGET (self->host_row), GTK_WIDGET (self->port_row),
    GTK_WIDGET (self->recipe_row), self->prompts_group,         GTK_WIDGET (self->jump_row),
  };

  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    gtk_widget_set_sensitive (fixed[i], FALSE);
  adw_preferences_group_set_description (self->address_group,
                                         _ ("Your administrator gives this server. User name, "
                                            "password, account and key are yours."));
  gtk_widget_set_visible (self->delete_row, FALSE);
  adw_dialog_set_focus (ADW_DIALOG (self), GTK_WIDGET (self->user_row));
}

AdwDialog *
sally_server_dialog_new (SallyServerStore *servers,
                         SallyAccountStore *accounts,
                         SallyConnectionServices *services,
                         SallyServer *server)
{
  SallyServerDialog *self;
  g_autoptr (SallyKeyStore) keys = NULL;

  g_return_val_if_fail (SALLY_IS_SERVER_STORE (servers), NULL);
  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (accounts), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (services), NULL);

  self = g_object_new (SALLY_TYPE_SERVER_DIALOG, NULL);
  self->servers = g_object_ref (servers);
  self->accounts = g_object_ref (accounts);
  self->services = g_object_ref (services);
  self->is_new = server == NULL;
  self->original = server != NULL ? g_object_ref (server) : sally_server_new (NULL);
  keys = sally_key_store_new (sally_account_store_get_keyring (accounts));
  sally_key_row_set_keys (self->key_row, keys);
  fill_jumps (self);
  fill_accounts (self, server != NULL ? sally_server_get_account_id (server) : "");
  if (server != NULL)
    {
      fill (self, server);
      adw_dialog_set_title (ADW_DIALOG (self), _ ("Edit Server"));
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->password_row),
                                     _ ("Password (Leave Empty to Keep It)"));
      gtk_widget_set_visible (self->delete_row, TRUE);
      if (*sally_server_get_given_by (server) != '\0')
        lock_given (self);
    }
  else if (g_strv_length (self->account_ids) == 2)
    {
      adw_combo_row_set_selected (self->account_row, 1);
    }
  self->is_filling = FALSE;
  update (self);
  return ADW_DIALOG (self);
}

void
sally_server_dialog_fill (SallyServerDialog *self, SallyServer *values)
{
  g_return_if_fail (SALLY_IS_SERVER_DIALOG (self));
  g_return_if_fail (SALLY_IS_SERVER (values));

  self->is_filling = TRUE;
  fill_address (self, values);
  self->is_filling = FALSE;
  update (self);
}
