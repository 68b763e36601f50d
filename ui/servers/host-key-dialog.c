/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/host-key-dialog.h"

#include "model/fingerprint.h"

#include <glib/gi18n.h>

struct _SallyHostKeyDialog
{
  AdwAlertDialog parent_instance;

  GtkLabel *type_label;
  GtkLabel *fingerprint_label;
  GtkLabel *randomart_label;
  GtkWidget *authority_label;
  GtkEditable *compare_row;
  GtkLabel *compare_label;
};

G_DEFINE_FINAL_TYPE (SallyHostKeyDialog, sally_host_key_dialog, ADW_TYPE_ALERT_DIALOG)

static void
sally_host_key_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SALLY_TYPE_HOST_KEY_DIALOG);

  G_OBJECT_CLASS (sally_host_key_dialog_parent_class)->dispose (object);
}

/* A fingerprint that was pasted decides: one that differs cannot be trusted away. */
static void
on_compare_changed (SallyHostKeyDialog *self)
{
  g_autofree char *fingerprint =
      sally_fingerprint_canonical (gtk_editable_get_text (self->compare_row));
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->compare_row)));
  gboolean is_empty = *text == '\0';
  gboolean is_same = fingerprint != NULL &&
                     g_str_equal (fingerprint, gtk_label_get_text (self->fingerprint_label));
  const char *words = is_same               ? _ ("It is the same key.")
                      : fingerprint != NULL ? _ ("It is another key: do not trust it.")
                                            : _ ("This is no whole fingerprint (SHA256:…) yet.");

  gtk_label_set_text (self->compare_label, words);
  gtk_widget_set_visible (GTK_WIDGET (self->compare_label), !is_empty);
  if (fingerprint != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), words,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  gtk_widget_remove_css_class (GTK_WIDGET (self->compare_label), is_same ? "error" : "success");
  gtk_widget_add_css_class (GTK_WIDGET (self->compare_label), is_same ? "success" : "error");
  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (self), "trust", is_empty || is_same);
}

static void
sally_host_key_dialog_class_init (SallyHostKeyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_host_key_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/servers/host-key-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyHostKeyDialog, type_label);
  gtk_widget_class_bind_template_child (widget_class, SallyHostKeyDialog, fingerprint_label);
  gtk_widget_class_bind_template_child (widget_class, SallyHostKeyDialog, randomart_label);
  gtk_widget_class_bind_template_child (widget_class, SallyHostKeyDialog, authority_label);
  gtk_widget_class_bind_template_child (widget_class, SallyHostKeyDialog, compare_row);
  gtk_widget_class_bind_template_child (widget_class, SallyHostKeyDialog, compare_label);
  gtk_widget_class_bind_template_callback (widget_class, on_compare_changed);
}

static void
sally_host_key_dialog_init (SallyHostKeyDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* A line may end after each dot and colon: the dialog's own label breaks between words only, and a
 * long address in large text would be wider than the window. */
static char *
make_breakable (const char *address)
{
  GString *text = g_string_new (NULL);

  for (const char *c = address; *c != '\0'; c++)
    {
      g_string_append_c (text, *c);
      if (*c == '.' || *c == ':' || *c == '-')
        g_string_append (text, "\u200B");
    }
  return g_string_free_and_steal (text);
}

AdwDialog *
sally_host_key_dialog_new (const SallyHostQuestion *question)
{
  SallyHostKeyDialog *self;
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  g_autofree char *address = NULL;
  g_autofree char *breakable = NULL;
  g_autofree char *type = NULL;

  g_return_val_if_fail (question != NULL, NULL);

  self = g_object_new (SALLY_TYPE_HOST_KEY_DIALOG, NULL);
  address = sally_server_dup_address (question->server);
  breakable = make_breakable (address);
  adw_alert_dialog_format_body (ADW_ALERT_DIALOG (self),
                                /* Translators: a host name. */
                                _ ("You connect to %s for the first time. It shows this key:"),
                                breakable);
  /* Translators: the kind of an SSH key, such as "ssh-ed25519". */
  type = g_strdup_printf (_ ("%s key"), question->key_type);
  gtk_label_set_text (self->type_label, type);
  gtk_label_set_text (self->fingerprint_label, question->fingerprint);
  /* A hyphen at the end of a line would look like a part of it. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->fingerprint_label, attributes);
  gtk_label_set_text (self->randomart_label, question->randomart);
  gtk_widget_set_visible (self->authority_label, question->has_authority);
  return ADW_DIALOG (self);
}
