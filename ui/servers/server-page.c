/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/server-page.h"

#include "browser/browser.h"
#include "browser/connecting-page.h"
#include "common/error-words.h"
#include "remote/attempt.h"

#include <glib/gi18n.h>

struct _SallyServerPage
{
  AdwBin parent_instance;

  GtkStack *stack;
  AdwStatusPage *closed_page;
  SallyConnectingPage *connecting_page;
  AdwStatusPage *error_page;
  GtkButton *next_button;
  GtkButton *other_button;
  GtkButton *details_button;
  GtkWidget *forget_button;
  AdwBin *browser_bin;

  SallyConnection *connection;
  SallyConnectionServices *services;
  SallyTransferQueue *queue;
  SallySettings *settings;
  GCancellable *opening;
  char *path;    /* to be shown once there is a browser; NULL for the start folder */
  GError *error; /* why the last attempt failed or the connection was lost */
};

G_DEFINE_FINAL_TYPE (SallyServerPage, sally_server_page, ADW_TYPE_BIN)

typedef enum
{
  SIGNAL_EDIT,
  N_SIGNALS,
} SallyServerPageSignal;

static guint signals[N_SIGNALS];

static void
show_browser (SallyServerPage *self)
{
  if (adw_bin_get_child (self->browser_bin) == NULL)
    adw_bin_set_child (self->browser_bin,
                       sally_browser_new (self->connection, self->queue, self->settings));
  if (self->path != NULL)
    {
      g_autofree char *path = g_steal_pointer (&self->path);

      sally_browser_open_path (SALLY_BROWSER (adw_bin_get_child (self->browser_bin)), path);
    }
  gtk_stack_set_visible_child_name (self->stack, "browser");
}

/* What the doctor says is about this very sign-in: it stands instead of the general advice. */
static void
show_diagnosis (SallyServerPage *self)
{
  g_autofree char *sentence = NULL;
  g_autofree char *next_step = NULL;
  g_autofree char *trace = sally_connection_dup_trace (self->connection);
  g_autofree char *markup = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->details_button), trace != NULL);
  gtk_widget_set_visible (self->forget_button,
                          g_error_matches (self->error, SALLY_ERROR, SALLY_ERROR_HOST_KEY_CHANGED));
  gtk_button_set_label (self->details_button, _ ("_Copy Details"));
  sally_connection_dup_diagnosis (self->connection, &sentence, &next_step);
  if (*sentence == '\0')
    return;
  markup = g_markup_printf_escaped ("%s.\n\n%s.\n\n%s.", self->error->message, sentence, next_step);
  adw_status_page_set_description (self->error_page, markup);
}

/* The two ways out of an error: what its words suggest, and the other of retry and edit. */
static void
show_error (SallyServerPage *self)
{
  SallyErrorWords words = sally_error_words (self->error);
  SallyNextStep other = words.next_step == SALLY_NEXT_STEP_EDIT_SERVER
                            ? SALLY_NEXT_STEP_RETRY
                            : SALLY_NEXT_STEP_EDIT_SERVER;

  sally_error_words_show (self->error, self->error_page, self->next_button);
  gtk_button_set_label (self->other_button, sally_next_step_get_caption (other));
  show_diagnosis (self);
  gtk_stack_set_visible_child_name (self->stack, "error");
}

static void
update (SallyServerPage *self)
{
  if (sally_connection_get_state (self->connection) == SALLY_CONNECTION_READY)
    show_browser (self);
  else if (self->opening != NULL)
    gtk_stack_set_visible_child_name (self->stack, "connecting");
  else if (self->error != NULL)
    show_error (self);
  else
    gtk_stack_set_visible_child_name (self->stack, "closed");
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyServerPage) self = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_object (&self->opening);
  if (!sally_connection_open_finish (SALLY_CONNECTION (source), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
    }
  if (self->connection != NULL)
    update (self);
}

static void
open_connection (SallyServerPage *self)
{
  if (self->opening != NULL)
    return;

  g_clear_error (&self->error);
  /* A browser belongs to one connection's life: its paths may mean nothing in the next. */
  adw_bin_set_child (self->browser_bin, NULL);
  self->opening = g_cancellable_new ();
  sally_connection_open_async (self->connection, FALSE, self->opening, on_opened,
                               g_object_ref (self));
  update (self);
}

static void
on_lost (SallyServerPage *self, GError *error)
{
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  update (self);
}

static void
follow_step (SallyServerPage *self, SallyNextStep step)
{
  g_autoptr (GError) error = NULL;

  if (step == SALLY_NEXT_STEP_EDIT_SERVER)
    {
      g_signal_emit (self, signals[SIGNAL_EDIT], 0,
                     sally_connection_get_last_tried (self->connection));
      return;
    }
  /* The button under "held back" is the person's own word. */
  if (g_error_matches (self->error, SALLY_ERROR, SALLY_ERROR_SIGN_IN_HELD) &&
      !sally_attempt_allow (sally_connection_get_server (self->connection), self->services, &error))
    {
      on_lost (self, error);
      return;
    }
  open_connection (self);
}

static void
on_next_clicked (SallyServerPage *self)
{
  follow_step (self, sally_error_words (self->error).next_step);
}

static void
on_other_clicked (SallyServerPage *self)
{
  SallyNextStep first = sally_error_words (self->error).next_step;

  follow_step (self, first == SALLY_NEXT_STEP_EDIT_SERVER ? SALLY_NEXT_STEP_RETRY
                                                          : SALLY_NEXT_STEP_EDIT_SERVER);
}

static void
on_forget_response (SallyServerPage *self, const char *response)
{
  g_autoptr (GError) error = NULL;

  if (!g_str_equal (response, "forget"))
    return;
  if (sally_connection_forget_host_key (self->connection, &error))
    open_connection (self);
  else
    on_lost (self, error);
}

static void
on_forget_clicked (SallyServerPage *self)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (
      _ ("Forget the Old Key?"),
      _ ("Do this only if the server’s administrator told you that its key was changed. You are "
         "asked about the new key next: compare its fingerprint.")));

  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "forget",
                                  _ ("_Forget the Old Key"), NULL);
  adw_alert_dialog_set_response_appearance (dialog, "forget", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (dialog, "cancel");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_forget_response), self,
                           G_CONNECT_SWAPPED);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (self));
}

static void
on_details_clicked (SallyServerPage *self)
{
  g_autofree char *trace = sally_connection_dup_trace (self->connection);

  if (trace == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), trace);
  gtk_button_set_label (self->details_button, _ ("Details Copied"));
}

static void
on_open_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  open_connection (SALLY_SERVER_PAGE (widget));
}

static void
on_cancel_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyServerPage *self = SALLY_SERVER_PAGE (widget);

  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
}

static void
on_close_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  sally_connection_disconnect_async (SALLY_SERVER_PAGE (widget)->connection, NULL, NULL, NULL);
}

static void
update_title (SallyServerPage *self)
{
  SallyServer *server = sally_connection_get_server (self->connection);
  g_autofree char *address = sally_server_dup_address (server);
  g_autofree char *markup = g_markup_escape_text (address, -1);

  adw_status_page_set_title (self->closed_page, sally_server_get_name (server));
  adw_status_page_set_description (self->closed_page, markup);
}

static void
sally_server_page_dispose (GObject *object)
{
  SallyServerPage *self = SALLY_SERVER_PAGE (object);

  if (self->opening != NULL)
    g_cancellable_cancel (self->opening);
  /* Before the template forgets it, which would leave the bin a child that is gone. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_SERVER_PAGE);
  g_clear_object (&self->connection);
  g_clear_object (&self->services);
  g_clear_object (&self->queue);
  g_clear_object (&self->settings);
  g_clear_error (&self->error);
  g_clear_pointer (&self->path, g_free);

  G_OBJECT_CLASS (sally_server_page_parent_class)->dispose (object);
}

static void
sally_server_page_class_init (SallyServerPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_server_page_dispose;

  signals[SIGNAL_EDIT] = g_signal_new ("edit", SALLY_TYPE_SERVER_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 1, SALLY_TYPE_SERVER);

  g_type_ensure (SALLY_TYPE_CONNECTING_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/servers/server-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyServerPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyServerPage, closed_page);
  gtk_widget_class_bind_template_child (widget_class, SallyServerPage, connecting_page);
  gtk_widget_class_bind_template_child (widget_class, SallyServerPage, error_page);
  gtk_widget_class_bind_template_child (widget_class, SallyServerPage, next_button);
  gtk_widget_class_bind_template_child (widget_class, SallyServerPage, other_button);
  gtk_widget_class_bind_template_child (widget_class, SallyServerPage, browser_bin);
  gtk_widget_class_bind_template_child (widget_class, SallyServerPage, details_button);
  gtk_widget_class_bind_template_child (widget_class, SallyServerPage, forget_button);
  gtk_widget_class_bind_template_callback (widget_class, on_next_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_other_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_details_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_forget_clicked);

  gtk_widget_class_install_action (widget_class, "connection.open", NULL, on_open_action);
  gtk_widget_class_install_action (widget_class, "connection.cancel", NULL, on_cancel_action);
  gtk_widget_class_install_action (widget_class, "connection.close", NULL, on_close_action);
}

static void
sally_server_page_init (SallyServerPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sally_server_page_new (SallyConnection *connection,
                       SallyConnectionServices *services,
                       SallyTransferQueue *queue,
                       SallySettings *settings)
{
  SallyServerPage *self;

  g_return_val_if_fail (SALLY_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (SALLY_IS_TRANSFER_QUEUE (queue), NULL);
  g_return_val_if_fail (SALLY_IS_SETTINGS (settings), NULL);

  self = g_object_new (SALLY_TYPE_SERVER_PAGE, NULL);
  self->connection = g_object_ref (connection);
  self->services = g_object_ref (services);
  self->queue = g_object_ref (queue);
  self->settings = g_object_ref (settings);
  sally_connecting_page_set_connection (self->connecting_page, connection);
  g_signal_connect_object (connection, "notify::state", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (connection, "lost", G_CALLBACK (on_lost), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sally_connection_get_server (connection), "notify",
                           G_CALLBACK (update_title), self, G_CONNECT_SWAPPED);
  update_title (self);
  update (self);
  return GTK_WIDGET (self);
}

void
sally_server_page_open (SallyServerPage *self)
{
  g_return_if_fail (SALLY_IS_SERVER_PAGE (self));

  if (sally_connection_get_state (self->connection) != SALLY_CONNECTION_READY &&
      self->error == NULL)
    open_connection (self);
}

void
sally_server_page_open_path (SallyServerPage *self, const char *path)
{
  g_return_if_fail (SALLY_IS_SERVER_PAGE (self));
  g_return_if_fail (path != NULL);

  g_set_str (&self->path, path);
  sally_server_page_open (self);
  update (self);
}

void
sally_server_page_start_search (SallyServerPage *self)
{
  GtkWidget *browser;

  g_return_if_fail (SALLY_IS_SERVER_PAGE (self));

  browser = adw_bin_get_child (self->browser_bin);
  if (browser != NULL)
    gtk_widget_activate_action (browser, "browser.search", NULL);
}
