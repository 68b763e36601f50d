/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "servers/prompt-dialog.h"

#include <glib/gi18n.h>

struct _SallyPromptDialog
{
  AdwAlertDialog parent_instance;

  GtkLabel *words_label;
  GtkListBox *answers_box;
  GtkWidget *before_box;
  GtkLabel *before_label;
  GtkWidget *remember_box;
  AdwSwitchRow *remember_row;
};

G_DEFINE_FINAL_TYPE (SallyPromptDialog, sally_prompt_dialog, ADW_TYPE_ALERT_DIALOG)

static void
sally_prompt_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), SALLY_TYPE_PROMPT_DIALOG);

  G_OBJECT_CLASS (sally_prompt_dialog_parent_class)->dispose (object);
}

static void
sally_prompt_dialog_class_init (SallyPromptDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_prompt_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/servers/prompt-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyPromptDialog, words_label);
  gtk_widget_class_bind_template_child (widget_class, SallyPromptDialog, answers_box);
  gtk_widget_class_bind_template_child (widget_class, SallyPromptDialog, before_box);
  gtk_widget_class_bind_template_child (widget_class, SallyPromptDialog, before_label);
  gtk_widget_class_bind_template_child (widget_class, SallyPromptDialog, remember_box);
  gtk_widget_class_bind_template_child (widget_class, SallyPromptDialog, remember_row);
}

static void
sally_prompt_dialog_init (SallyPromptDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
add_answer (SallyPromptDialog *self, const SallyPrompt *prompt)
{
  GtkWidget *row = prompt->echo ? adw_entry_row_new () : adw_password_entry_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 prompt->text[0] != '\0' ? prompt->text : _ ("Answer"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  gtk_list_box_append (self->answers_box, row);
}

/* Nothing saved is answered to a script that is not the one that worked. */
static void
show_change (SallyPromptDialog *self, const SallyPromptQuestion *question)
{
  adw_alert_dialog_format_heading (ADW_ALERT_DIALOG (self), _ ("“%s” Asks Something Else"),
                                   sally_server_get_name (question->server));
  adw_alert_dialog_set_body (
      ADW_ALERT_DIALOG (self),
      _ ("Its questions have changed since the last sign-in, so that nothing "
         "saved was sent. Answer only if you know why."));
  gtk_label_set_text (self->before_label,
                      *question->before != '\0' ? question->before : _ ("nothing at this point"));
  gtk_widget_set_visible (self->before_box, TRUE);
  gtk_widget_set_visible (self->remember_box, question->offers_memory);
}

AdwDialog *
sally_prompt_dialog_new (const SallyPromptQuestion *question)
{
  SallyPromptDialog *self;
  g_autoptr (GString) words = g_string_new (question->name);
  const char *server;

  g_return_val_if_fail (question != NULL, NULL);

  self = g_object_new (SALLY_TYPE_PROMPT_DIALOG, NULL);
  server = sally_server_get_name (question->server);
  if (question->is_changed)
    show_change (self, question);
  else if (question->is_own)
    {
      /* Translators: the name of a saved server. */
      adw_alert_dialog_format_heading (ADW_ALERT_DIALOG (self), _ ("Sign In to “%s”"), server);
    }
  else if (question->n_prompts == 0)
    {
      adw_alert_dialog_format_heading (ADW_ALERT_DIALOG (self), _ ("Message from “%s”"), server);
      adw_alert_dialog_remove_response (ADW_ALERT_DIALOG (self), "cancel");
    }
  else
    {
      adw_alert_dialog_format_heading (ADW_ALERT_DIALOG (self), _ ("“%s” Asks"), server);
      adw_alert_dialog_set_body (ADW_ALERT_DIALOG (self),
                                 _ ("What you answer goes to this server only."));
    }

  if (words->len > 0 && question->instruction[0] != '\0')
    g_string_append_c (words, '\n');
  g_string_append (words, question->instruction);
  gtk_label_set_text (self->words_label, words->str);
  gtk_widget_set_visible (GTK_WIDGET (self->words_label), words->len > 0);

  for (guint i = 0; i < question->n_prompts; i++)
    add_answer (self, &question->prompts[i]);
  gtk_widget_set_visible (GTK_WIDGET (self->answers_box), question->n_prompts > 0);
  if (question->n_prompts > 0)
    adw_dialog_set_focus (ADW_DIALOG (self),
                          GTK_WIDGET (gtk_list_box_get_row_at_index (self->answers_box, 0)));
  return ADW_DIALOG (self);
}

GPtrArray *
sally_prompt_dialog_take_answers (SallyPromptDialog *self)
{
  GPtrArray *answers;
  GtkListBoxRow *row;

  g_return_val_if_fail (SALLY_IS_PROMPT_DIALOG (self), NULL);

  answers = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_secret_unref);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->answers_box, i)) != NULL; i++)
    {
      g_ptr_array_add (answers, sally_secret_new (gtk_editable_get_text (GTK_EDITABLE (row)), -1));
      gtk_editable_set_text (GTK_EDITABLE (row), "");
    }
  return answers;
}

gboolean
sally_prompt_dialog_get_remember (SallyPromptDialog *self)
{
  g_return_val_if_fail (SALLY_IS_PROMPT_DIALOG (self), FALSE);

  return adw_switch_row_get_active (self->remember_row);
}
