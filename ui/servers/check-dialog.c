/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/check-dialog.h"

#include "remote/probe.h"

#include <glib/gi18n.h>

struct _SallyCheckDialog
{
  AdwDialog parent_instance;

  GtkStack *stack;
  AdwPreferencesGroup *findings_group;
  AdwStatusPage *failed_page;

  SallyServer *server;
  SallyConnectionServices *services;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (SallyCheckDialog, sally_check_dialog, ADW_TYPE_DIALOG)

static void
sally_check_dialog_closed (AdwDialog *dialog)
{
  g_cancellable_cancel (SALLY_CHECK_DIALOG (dialog)->cancellable);
}

static void
sally_check_dialog_dispose (GObject *object)
{
  SallyCheckDialog *self = SALLY_CHECK_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_CHECK_DIALOG);
  g_clear_object (&self->server);
  g_clear_object (&self->services);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (sally_check_dialog_parent_class)->dispose (object);
}

static void
sally_check_dialog_class_init (SallyCheckDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_check_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = sally_check_dialog_closed;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/servers/check-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyCheckDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, SallyCheckDialog, findings_group);
  gtk_widget_class_bind_template_child (widget_class, SallyCheckDialog, failed_page);
}

static void
sally_check_dialog_init (SallyCheckDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
add_finding (SallyCheckDialog *self, const SallyFinding *finding)
{
  static const struct
  {
    const char *icon;
    const char *style;
    const char *words; /* for who does not see the icon */
  } looks[] = {
    [SALLY_FINDING_GOOD] = { "object-select-symbolic", "success", N_ ("Good") },
    [SALLY_FINDING_NOTE] = { "dialog-information-symbolic", "dimmed", N_ ("Note") },
    [SALLY_FINDING_BAD] = { "dialog-warning-symbolic", "error", N_ ("Stands against it") },
  };
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (looks[finding->kind].icon);

  gtk_widget_add_css_class (icon, looks[finding->kind].style);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (looks[finding->kind].words), -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), finding->sentence);
  adw_preferences_row_set_title_selectable (ADW_PREFERENCES_ROW (row), TRUE);
  adw_preferences_group_add (self->findings_group, row);
}

static void
show_findings (SallyCheckDialog *self, const SallySignInFacts *facts)
{
  g_autoptr (GPtrArray) findings = sally_probe_judge (facts, self->server, self->services);

  for (guint i = 0; i < findings->len; i++)
    add_finding (self, findings->pdata[i]);
  adw_preferences_group_set_title (self->findings_group,
                                   sally_preflight_is_good (findings)
                                       ? _ ("Nothing Stands Against Signing In")
                                       : _ ("This Will Not Work Yet"));
  gtk_stack_set_visible_child_name (self->stack, "findings");
}

static void
on_probed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyCheckDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallySignInFacts) facts = sally_probe_run_finish (result, &error);
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->stack == NULL)
    return;
  if (facts != NULL)
    {
      show_findings (self, facts);
      return;
    }
  words = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (self->failed_page, words);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

AdwDialog *
sally_check_dialog_new (SallyServer *server, SallyConnectionServices *services)
{
  SallyCheckDialog *self;

  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);
  g_return_val_if_fail (SALLY_IS_CONNECTION_SERVICES (services), NULL);

  self = g_object_new (SALLY_TYPE_CHECK_DIALOG, NULL);
  self->server = g_object_ref (server);
  self->services = g_object_ref (services);
  sally_probe_run_async (server, services, self->cancellable, on_probed, g_object_ref_sink (self));
  return ADW_DIALOG (self);
}
