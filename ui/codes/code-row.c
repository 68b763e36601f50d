/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/code-row.h"

#include "codes/code-text.h"
#include "common/ring.h"

#include <glib/gi18n.h>

/* Shortly before a code ends, the one that follows is shown beside it. */
#define NEXT_CODE_SHOWN_S 10
#define ENDING_S          5

struct _SallyCodeRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *issuer_label;
  GtkLabel *label_label;
  GtkLabel *code_label;
  GtkLabel *next_label;
  GtkWidget *next_button;
  SallyRing *ring;

  SallyAccount *account;
  SallyTicker *ticker;
  SallySecret *code;
  guint64 shown_step;
};

G_DEFINE_FINAL_TYPE (SallyCodeRow, sally_code_row, GTK_TYPE_LIST_BOX_ROW)

typedef enum
{
  SIGNAL_COPY,
  SIGNAL_NEXT_CODE,
  SIGNAL_EDIT,
  SIGNAL_DELETE,
  N_SIGNALS,
} SallyCodeRowSignal;

static const char *const signal_names[N_SIGNALS] = { "copy", "next-code", "edit", "delete" };

static guint signals[N_SIGNALS];

static void
update_accessible_label (SallyCodeRow *self)
{
  g_autofree char *label = NULL;
  const char *name = sally_account_get_name (self->account);

  if (self->code != NULL)
    {
      char *spelled = sally_code_text_spell (self->code);

      /* Translators: the name of an account, then its code digit by digit. */
      label = g_strdup_printf (_ ("%s, code %s"), name, spelled);
      sally_code_text_free (spelled);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label != NULL ? label : name, -1);
}

static void
set_code (SallyCodeRow *self, SallySecret *code)
{
  char *text = code != NULL ? sally_code_text_group (code) : NULL;

  g_clear_pointer (&self->code, sally_secret_unref);
  if (code != NULL)
    self->code = sally_secret_ref (code);

  gtk_label_set_text (self->code_label, text != NULL ? text : "••• •••");
  if (text != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self->code_label), "dimmed");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->code_label), "dimmed");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.copy", code != NULL);
  sally_code_text_free (text);
  update_accessible_label (self);
}

static void
show_next_code (SallyCodeRow *self, gint64 now, guint period_s)
{
  g_autoptr (SallySecret) code = sally_account_get_code (self->account, now + period_s);
  char *group = sally_code_text_group (code);
  /* Translators: the code that is valid after this one. */
  char *text = g_strdup_printf (_ ("next %s"), group);

  gtk_label_set_text (self->next_label, text);
  sally_code_text_free (group);
  sally_code_text_free (text);
}

static void
update_time (SallyCodeRow *self)
{
  const SallyOtpParameters *parameters = sally_account_get_parameters (self->account);
  gint64 now = sally_ticker_get_now (self->ticker);
  guint64 step;
  guint left;

  if (parameters->type == SALLY_OTP_HOTP || sally_account_is_broken (self->account))
    return;

  step = sally_otp_step (parameters, now);
  left = sally_otp_remaining_s (parameters, now);
  if (self->code == NULL || step != self->shown_step)
    {
      g_autoptr (SallySecret) code = sally_account_get_code (self->account, now);

      self->shown_step = step;
      set_code (self, code);
      if (code != NULL)
        show_next_code (self, now, parameters->period_s);
    }

  gtk_widget_set_visible (GTK_WIDGET (self->next_label), left <= NEXT_CODE_SHOWN_S);
  sally_ring_set_fraction (self->ring, (double) left / parameters->period_s);
  if (left <= ENDING_S)
    gtk_widget_add_css_class (GTK_WIDGET (self), "ending");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "ending");
}

static void
update_account (SallyCodeRow *self)
{
  const char *issuer = sally_account_get_issuer (self->account);
  const char *label = sally_account_get_label (self->account);
  gboolean is_broken = sally_account_is_broken (self->account);
  gboolean counts =
      !is_broken && sally_account_get_parameters (self->account)->type == SALLY_OTP_HOTP;

  gtk_label_set_text (self->issuer_label, issuer[0] != '\0' ? issuer : label);
  gtk_label_set_text (self->label_label, issuer[0] != '\0' ? label : "");
  gtk_widget_set_visible (GTK_WIDGET (self->ring), !counts && !is_broken);
  gtk_widget_set_visible (self->next_button, counts);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.next-code", counts);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.edit", !is_broken);

  if (is_broken)
    {
      set_code (self, NULL);
      gtk_label_set_text (self->issuer_label, _ ("Unreadable Entry"));
      gtk_label_set_text (self->label_label, _ ("It is kept in the keyring as it is"));
    }
  else if (counts)
    {
      update_accessible_label (self);
    }
  else
    {
      g_clear_pointer (&self->code, sally_secret_unref);
      update_time (self);
    }
}

static void
emit_for_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  const char *name = action_name + strlen ("row.");

  for (guint i = 0; i < N_SIGNALS; i++)
    {
      if (g_str_equal (name, signal_names[i]))
        g_signal_emit (widget, signals[i], 0);
    }
}

static void
sally_code_row_dispose (GObject *object)
{
  SallyCodeRow *self = SALLY_CODE_ROW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_CODE_ROW);
  g_clear_pointer (&self->code, sally_secret_unref);
  g_clear_object (&self->account);
  g_clear_object (&self->ticker);

  G_OBJECT_CLASS (sally_code_row_parent_class)->dispose (object);
}

static void
sally_code_row_class_init (SallyCodeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_code_row_dispose;

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (signal_names[i], SALLY_TYPE_CODE_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (SALLY_TYPE_RING);
  gtk_widget_class_set_template_from_resource (widget_class, SALLY_RESOURCES "/codes/code-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, issuer_label);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, label_label);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, code_label);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, next_label);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, next_button);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, ring);

  gtk_widget_class_install_action (widget_class, "row.copy", NULL, emit_for_action);
  gtk_widget_class_install_action (widget_class, "row.next-code", NULL, emit_for_action);
  gtk_widget_class_install_action (widget_class, "row.edit", NULL, emit_for_action);
  gtk_widget_class_install_action (widget_class, "row.delete", NULL, emit_for_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "row.copy", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "row.delete", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "row.edit", NULL);
}

static void
sally_code_row_init (SallyCodeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sally_code_row_new (SallyAccount *account, SallyTicker *ticker)
{
  SallyCodeRow *self;

  g_return_val_if_fail (SALLY_IS_ACCOUNT (account), NULL);
  g_return_val_if_fail (SALLY_IS_TICKER (ticker), NULL);

  self = g_object_new (SALLY_TYPE_CODE_ROW, NULL);
  self->account = g_object_ref (account);
  self->ticker = g_object_ref (ticker);
  set_code (self, NULL);
  update_account (self);
  g_signal_connect_object (account, "notify", G_CALLBACK (update_account), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (ticker, "notify::now", G_CALLBACK (update_time), self,
                           G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}

SallyAccount *
sally_code_row_get_account (SallyCodeRow *self)
{
  g_return_val_if_fail (SALLY_IS_CODE_ROW (self), NULL);

  return self->account;
}

SallySecret *
sally_code_row_ref_code (SallyCodeRow *self)
{
  g_return_val_if_fail (SALLY_IS_CODE_ROW (self), NULL);

  return self->code != NULL ? sally_secret_ref (self->code) : NULL;
}

void
sally_code_row_show_counted_code (SallyCodeRow *self, SallySecret *code)
{
  g_return_if_fail (SALLY_IS_CODE_ROW (self));
  g_return_if_fail (code != NULL);

  set_code (self, code);
}
