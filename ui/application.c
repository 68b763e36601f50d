/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/application.h"

#include "browser/drag-provider.h"
#include "common/shortcuts-dialog.h"
#include "desktop-search/search-provider.h"
#include "export/backups.h"
#include "keyring/dialog-vault.h"
#include "login/guard.h"
#include "login/host-trust.h"
#include "login/ledger.h"
#include "preferences/preferences-dialog.h"
#include "profiles/given.h"
#include "servers/dialog-prompter.h"
#include "ui/window.h"

#include <glib/gi18n.h>
#include <string.h>

/* Each opens a dialog: nobody wants more at once. */
#define MAX_LINKS          8
/* As many toasts, one after the other, a person reads. */
#define MAX_SHOWN_PROBLEMS 3

static const char *const new_actions[] = { "new-account", "new-server" };

struct _SallyApplication
{
  AdwApplication parent_instance;

  SallySettings *settings;
  SallyJournal *journal;
  SallyAccountStore *accounts;
  SallyBackups *backups;
  SallyClockWatch *clock;
  SallyServerStore *servers;
  GPtrArray *given_problems; /* (element-type utf8) of the administrator's files */
  SallyConnections *connections;
  SallyTransferQueue *queue;
  SallyClipboard *clipboard;
  SallyLock *lock;
  SallySearchProvider *search;
};

G_DEFINE_FINAL_TYPE (SallyApplication, sally_application, ADW_TYPE_APPLICATION)

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  /* By way of the window, which asks if transfers are under way. */
  if (window != NULL)
    gtk_window_close (window);
  else
    g_application_quit (G_APPLICATION (user_data));
}

static void
on_preferences (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  SallyApplication *self = user_data;
  AdwDialog *dialog;

  if (sally_lock_get_is_locked (self->lock))
    return;
  dialog = sally_preferences_dialog_new (self->settings, self->lock, self->backups,
                                         SALLY_KEYRING_HOME (
                                             sally_account_store_get_keyring (self->accounts)),
                                         self->servers);
  if (g_str_equal (g_action_get_name (G_ACTION (action)), "backups"))
    adw_preferences_dialog_set_visible_page_name (ADW_PREFERENCES_DIALOG (dialog), "backups");
  adw_dialog_present (dialog,
                      GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (self))));
}

static void
on_shortcuts (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_dialog_present (sally_shortcuts_dialog_new (),
                      GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (user_data))));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AdwDialog *about = adw_about_dialog_new ();

  g_object_set (about, "application-name", _ ("Sallyport"), "application-icon",
                SALLY_APPLICATION_ID, "version", SALLY_VERSION, "developer-name",
                _ ("The Sallyport developers"), "comments",
                _ ("One-time codes, and the SFTP servers that want them."), "license-type",
                GTK_LICENSE_GPL_3_0, "translator-credits", _ ("translator-credits"), NULL);
  adw_dialog_present (about,
                      GTK_WIDGET (gtk_application_get_active_window (GTK_APPLICATION (user_data))));
}

/* Whoever dragged a file does not wait for it any more. */
static guint
drop_dragged (SallyApplication *self)
{
  GListModel *list = G_LIST_MODEL (self->queue);
  guint n_left = 0;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SallyTransfer) transfer = g_list_model_get_item (list, i);

      if (sally_transfer_get_state (transfer) != SALLY_TRANSFER_PAUSED)
        continue;
      if (sally_drag_provider_owns (sally_transfer_get_local_path (transfer)))
        sally_transfer_queue_cancel (self->queue, transfer);
      else
        n_left++;
    }
  sally_transfer_queue_clear_ended (self->queue);
  return n_left;
}

static void
on_restored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyApplication) self = user_data;
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));
  g_autoptr (GError) error = NULL;
  guint n_left;

  if (sally_transfer_queue_restore_finish (SALLY_TRANSFER_QUEUE (source), result, &error) < 0)
    {
      g_message ("%s", error->message);
      return;
    }
  if (self->queue == NULL)
    return;
  n_left = drop_dragged (self);
  if (n_left > 0 && window != NULL)
    sally_window_offer_resume (SALLY_WINDOW (window), n_left);
}

/* The only window, made at need; NULL if the program could not start. */
static GtkWindow *
ensure_window (SallyApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (self->accounts == NULL)
    return NULL;
  if (window != NULL)
    return window;
  window = sally_window_new (GTK_APPLICATION (self),
                             &(SallyWindowParts) { .accounts = self->accounts,
                                                   .backups = self->backups,
                                                   .clock = self->clock,
                                                   .servers = self->servers,
                                                   .journal = self->journal,
                                                   .connections = self->connections,
                                                   .queue = self->queue,
                                                   .settings = self->settings,
                                                   .clipboard = self->clipboard,
                                                   .lock = self->lock });
  /* Only now somebody can be asked for the passphrase of a vault. */
  sally_account_store_load_async (self->accounts, NULL, NULL, NULL);
  for (guint i = 0; i < MIN (self->given_problems->len, MAX_SHOWN_PROBLEMS); i++)
    sally_window_show_message (SALLY_WINDOW (window), self->given_problems->pdata[i]);
  sally_transfer_queue_restore_async (self->queue, NULL, on_restored, g_object_ref (self));
  return window;
}

/* The desktop entry's actions, by their names there. */
static void
on_new (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = ensure_window (user_data);
  const char *name = g_action_get_name (G_ACTION (action));

  if (window == NULL)
    return;
  gtk_window_present (window);
  gtk_widget_activate_action (GTK_WIDGET (window),
                              g_str_equal (name, "new-account") ? "win.add-account"
                                                                : "win.add-server",
                              NULL);
}

/* `time` is that of the click or key, by which a display lets the window take the focus. */
static SallyWindow *
present_window (SallyApplication *self, guint time)
{
  GtkWindow *window = ensure_window (self);
  GdkSurface *surface;

  if (window == NULL)
    return NULL;
  gtk_window_present (window);
  surface = gtk_native_get_surface (GTK_NATIVE (window));
  if (surface != NULL && time != GDK_CURRENT_TIME)
    gdk_toplevel_focus (GDK_TOPLEVEL (surface), time);
  return SALLY_WINDOW (window);
}

static void
on_account_chosen (SallyApplication *self, const char *id, guint time)
{
  SallyWindow *window = present_window (self, time);

  if (window != NULL)
    sally_window_copy_code (window, id);
}

static void
on_server_chosen (SallyApplication *self, const char *id, guint time)
{
  SallyWindow *window = present_window (self, time);

  if (window != NULL)
    sally_window_go_to_server (window, id);
}

static void
on_search_launched (SallyApplication *self, const char *search, guint time)
{
  SallyWindow *window = present_window (self, time);

  if (window != NULL)
    sally_window_search_codes (window, search);
}

static const GActionEntry actions[] = {
  { "quit", on_quit },           { "preferences", on_preferences },
  { "backups", on_preferences }, { "shortcuts", on_shortcuts },
  { "about", on_about },         { "new-account", on_new },
  { "new-server", on_new },
};

static const struct
{
  const char *action;
  const char *accelerators[3];
} accelerators[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.shortcuts", { "<Control>question", "<Control><Shift>slash" } },
  { "window.close", { "<Control>w" } },
  { "win.add-server", { "<Control>n" } },
  { "win.add-account", { "<Control>k" } },
  { "win.search", { "<Control>f" } },
  { "win.toggle-sidebar", { "F9" } },
  { "win.show-codes", { "<Alt>1" } },
  { "win.show-transfers", { "<Alt>2" } },
  { "win.show-history", { "<Alt>3" } },
};

/* Each server has one connection in this program, whoever asks for it. */
static SallyConnection *
get_connection (const char *server_id, gpointer user_data)
{
  SallyApplication *self = user_data;
  SallyServer *server = sally_server_store_get_by_id (self->servers, server_id);

  return server != NULL ? g_object_ref (sally_connections_get (self->connections, server)) : NULL;
}

static void
apply_transfer_settings (SallyApplication *self)
{
  sally_transfer_queue_set_keeps (self->queue, sally_settings_get_keep_permissions (self->settings),
                                  sally_settings_get_keep_times (self->settings));
  sally_transfer_queue_set_verifies (self->queue,
                                     sally_settings_get_verify_uploads (self->settings));
  sally_transfer_queue_set_links (self->queue,
                                  (SallyLinks) sally_settings_get_links (self->settings));
  sally_transfer_queue_set_max_files (self->queue,
                                      sally_settings_get_parallel_files (self->settings));
  sally_transfer_queue_set_limits (self->queue, sally_settings_get_download_limit (self->settings),
                                   sally_settings_get_upload_limit (self->settings));
}

static void
build_queue (SallyApplication *self)
{
  g_autoptr (SallyTransferStore) store = sally_transfer_store_new (NULL);
  GSettings *gsettings = sally_settings_get_gsettings (self->settings);

  self->queue = sally_transfer_queue_new (store);
  sally_transfer_queue_set_connect_func (self->queue, get_connection, self);
  if (gsettings != NULL)
    g_signal_connect_object (gsettings, "changed", G_CALLBACK (apply_transfer_settings), self,
                             G_CONNECT_SWAPPED);
  apply_transfer_settings (self);
}

/* The servers that the administrator gives, and their host keys; what is wrong with the files is
 * told in the window. */
static void
take_given (SallyApplication *self, SallyHostTrust *host_trust)
{
  g_autoptr (SallyGiven) given = sally_given_load (NULL);

  for (guint i = 0; i < given->pins->len; i++)
    {
      const SallyGivenPins *pins = given->pins->pdata[i];

      sally_host_trust_set_given (host_trust, pins->host, pins->port,
                                  (const char *const *) pins->fingerprints);
    }
  sally_server_store_set_given (self->servers, given->servers);
  self->given_problems = g_ptr_array_ref (given->problems);
}

/* Everything there is one of, from the bottom up. */
static void
build_parts (SallyApplication *self, SallyKeyring *keyring)
{
  g_autoptr (SallyLedger) ledger = sally_ledger_new (NULL);
  g_autoptr (SallyGuard) guard = sally_guard_new (NULL);
  g_autoptr (SallyHostTrust) host_trust = sally_host_trust_new (NULL);
  g_autoptr (SallyPrompter) prompter = NULL;
  g_autoptr (SallyConnectionServices) services = NULL;

  self->lock = sally_lock_new (keyring, self->settings);
  self->accounts = sally_account_store_new (keyring);
  self->backups = sally_backups_new (self->accounts, self->settings);
  self->clock = sally_clock_watch_new ();
  self->servers = sally_server_store_new (NULL);
  take_given (self, host_trust);
  sally_search_provider_set_up (self->search, self->accounts, self->servers, self->lock,
                                self->settings);
  self->journal = sally_journal_new (NULL);
  prompter = sally_dialog_prompter_new (GTK_APPLICATION (self), self->lock);
  services = sally_connection_services_new (self->accounts, self->servers, ledger, guard,
                                            host_trust, prompter, self->settings, self->journal);
  self->connections = sally_connections_new (services);
  build_queue (self);
  self->clipboard =
      sally_clipboard_new (gdk_display_get_clipboard (gdk_display_get_default ()), self->settings);
}

static void
clean_cache_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  sally_drag_provider_clean_cache ();
  g_task_return_boolean (task, TRUE);
}

/* A program that was killed leaves dragged files behind. */
static void
clean_cache (SallyApplication *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);

  g_task_set_source_tag (task, clean_cache);
  g_task_run_in_thread (task, clean_cache_thread);
}

static void
sally_application_startup (GApplication *application)
{
  SallyApplication *self = SALLY_APPLICATION (application);
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyVaultPrompter) vault_prompter = NULL;
  g_autoptr (SallyKeyring) keyring = NULL;

  G_APPLICATION_CLASS (sally_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (accelerators); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accelerators[i].action,
                                           accelerators[i].accelerators);

  self->settings = sally_settings_new ();
  vault_prompter = sally_dialog_vault_new (GTK_APPLICATION (self));
  keyring = sally_keyring_home_new (NULL, self->settings, vault_prompter, &error);
  if (keyring == NULL)
    {
      g_printerr ("%s\n", error->message);
      g_application_quit (application);
      return;
    }
  build_parts (self, keyring);
  clean_cache (self);
}

static void
sally_application_activate (GApplication *application)
{
  GtkWindow *window = ensure_window (SALLY_APPLICATION (application));

  if (window != NULL)
    gtk_window_present (window);
}

/* FALSE if there is a reason to be told, which the person sees in the window. */
static gboolean
open_link (SallyApplication *self, const char *uri, GError **error)
{
  SallyWindow *window = SALLY_WINDOW (ensure_window (self));
  g_autoptr (SallySecret) link = sally_secret_new (uri, -1);

  if (sally_window_open_link (window, link, error))
    return TRUE;
  sally_window_show_error (window, *error);
  return FALSE;
}

/* A link, or a connection file. */
static gboolean
open_argument (SallyApplication *self,
               GApplicationCommandLine *command_line,
               const char *argument,
               GError **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (argument);
  g_autoptr (GFile) file = NULL;

  if (scheme != NULL && g_ascii_strcasecmp (scheme, "file") != 0)
    return open_link (self, argument, error);
  file = g_application_command_line_create_file_for_arg (command_line, argument);
  sally_window_open_connection_file (SALLY_WINDOW (ensure_window (self)), file);
  return TRUE;
}

/* Links and files that the desktop hands over by D-Bus, so that no list of processes shows a key.
 */
static void
sally_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  SallyApplication *self = SALLY_APPLICATION (application);
  GtkWindow *window = ensure_window (self);

  if (window == NULL)
    return;
  gtk_window_present (window);
  for (int i = 0; i < n_files && i < MAX_LINKS; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);
      g_autoptr (GError) error = NULL;

      if (g_file_is_native (files[i]))
        sally_window_open_connection_file (SALLY_WINDOW (window), files[i]);
      else
        open_link (self, uri, &error);
      explicit_bzero (uri, strlen (uri));
    }
}

/* Runs in the first instance, whichever was called. */
static int
sally_application_command_line (GApplication *application, GApplicationCommandLine *command_line)
{
  SallyApplication *self = SALLY_APPLICATION (application);
  GVariantDict *options = g_application_command_line_get_options_dict (command_line);
  g_autoptr (GError) error = NULL;
  GtkWindow *window = ensure_window (self);
  SallyServer *server;
  const char *name;
  g_autofree const char **arguments = NULL;

  if (window == NULL)
    return EXIT_FAILURE;
  for (guint i = 0; i < G_N_ELEMENTS (new_actions); i++)
    if (g_variant_dict_contains (options, new_actions[i]))
      g_action_group_activate_action (G_ACTION_GROUP (self), new_actions[i], NULL);
  if (g_variant_dict_lookup (options, "server", "&s", &name))
    {
      server = sally_server_store_find (self->servers, name, &error);
      if (server != NULL)
        sally_window_open_server (SALLY_WINDOW (window), server);
      else
        {
          sally_window_show_error (SALLY_WINDOW (window), error);
          g_application_command_line_printerr (command_line, "sallyport: %s\n", error->message);
        }
    }
  if (g_variant_dict_lookup (options, G_OPTION_REMAINING, "^a&ay", &arguments))
    for (guint i = 0; arguments[i] != NULL && i < MAX_LINKS && error == NULL; i++)
      if (!open_argument (self, command_line, arguments[i], &error))
        g_application_command_line_printerr (command_line, "sallyport: %s\n", error->message);
  gtk_window_present (window);
  return error == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}

static gboolean
sally_application_dbus_register (GApplication *application,
                                 GDBusConnection *bus,
                                 const char *path,
                                 GError **error)
{
  SallyApplication *self = SALLY_APPLICATION (application);
  g_autofree char *search_path = g_strconcat (path, "/SearchProvider", NULL);

  return G_APPLICATION_CLASS (sally_application_parent_class)
             ->dbus_register (application, bus, path, error) &&
         sally_search_provider_export (self->search, bus, search_path, error);
}

static void
sally_application_dbus_unregister (GApplication *application,
                                   GDBusConnection *bus,
                                   const char *path)
{
  sally_search_provider_unexport (SALLY_APPLICATION (application)->search);
  G_APPLICATION_CLASS (sally_application_parent_class)->dbus_unregister (application, bus, path);
}

static void
sally_application_dispose (GObject *object)
{
  g_clear_object (&SALLY_APPLICATION (object)->search);

  G_OBJECT_CLASS (sally_application_parent_class)->dispose (object);
}

static void
sally_application_shutdown (GApplication *application)
{
  SallyApplication *self = SALLY_APPLICATION (application);

  if (self->clipboard != NULL)
    sally_clipboard_clear (self->clipboard);
  g_clear_object (&self->clipboard);
  g_clear_object (&self->queue);
  g_clear_object (&self->connections);
  g_clear_object (&self->servers);
  g_clear_pointer (&self->given_problems, g_ptr_array_unref);
  g_clear_object (&self->backups);
  g_clear_object (&self->clock);
  g_clear_object (&self->accounts);
  g_clear_object (&self->lock);
  g_clear_object (&self->settings);
  g_clear_object (&self->journal);
  if (!g_application_get_is_remote (application))
    sally_drag_provider_clean_cache ();

  G_APPLICATION_CLASS (sally_application_parent_class)->shutdown (application);
}

static void
sally_application_class_init (SallyApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->startup = sally_application_startup;
  application_class->activate = sally_application_activate;
  application_class->command_line = sally_application_command_line;
  application_class->open = sally_application_open;
  application_class->shutdown = sally_application_shutdown;
  application_class->dbus_register = sally_application_dbus_register;
  application_class->dbus_unregister = sally_application_dbus_unregister;
  G_OBJECT_CLASS (klass)->dispose = sally_application_dispose;
}

static void
sally_application_init (SallyApplication *self)
{
  static const GOptionEntry options[] = {
    { "server", 's', 0, G_OPTION_ARG_STRING, NULL, N_ ("Open the saved server NAME and sign in"),
      N_ ("NAME") },
    { "new-account", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Add an account"), NULL },
    { "new-server", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Add a server"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, NULL, N_ ("[LINK|FILE…]") },
    G_OPTION_ENTRY_NULL,
  };

  self->search = sally_search_provider_new (G_APPLICATION (self));
  g_signal_connect_object (self->search, "account-chosen", G_CALLBACK (on_account_chosen), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "server-chosen", G_CALLBACK (on_server_chosen), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->search, "launched", G_CALLBACK (on_search_launched), self,
                           G_CONNECT_SWAPPED);
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_summary (
      G_APPLICATION (self), _ ("One-time codes, and the SFTP servers that want them."));
}

SallyApplication *
sally_application_new (void)
{
  return g_object_new (SALLY_TYPE_APPLICATION, "application-id", SALLY_APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_COMMAND_LINE | G_APPLICATION_HANDLES_OPEN,
                       "resource-base-path", SALLY_RESOURCES, NULL);
}
