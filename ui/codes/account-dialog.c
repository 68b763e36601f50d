/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/account-dialog.h"

#include "codes/code-text.h"
#include "codes/ticker.h"
#include "common/ring.h"
#include "otp/base32.h"
#include "otp/otp-advice.h"

#include <glib/gi18n.h>

struct _SallyAccountDialog
{
  AdwDialog parent_instance;

  GtkWidget *scan_group;
  GtkWidget *camera_row;
  GtkWidget *key_group;
  GtkEditable *key_row;
  GtkEditable *issuer_row;
  GtkEditable *label_row;
  AdwExpanderRow *advanced_row;
  AdwComboRow *type_row;
  AdwComboRow *algorithm_row;
  AdwSpinRow *digits_row;
  AdwSpinRow *period_row;
  AdwSpinRow *counter_row;
  GtkWidget *preview_box;
  GtkLabel *preview_label;
  SallyRing *ring;
  GtkLabel *message_label;
  GtkLabel *advice_label;
  GtkButton *save_button;

  SallyAccountStore *accounts;
  SallyAccount *edited; /* NULL for a new one */
  SallyTicker *ticker;
  SallyOtpUri *uri; /* the last pasted one: its unknown parameters are kept */
  guint fill_id;
  gboolean is_filling;
  gboolean is_saving;
};

G_DEFINE_FINAL_TYPE (SallyAccountDialog, sally_account_dialog, ADW_TYPE_DIALOG)

typedef enum
{
  SIGNAL_SCAN,
  N_SIGNALS,
} SallyAccountDialogSignal;

static guint signals[N_SIGNALS];

static void
show_message (SallyAccountDialog *self, const char *message, gboolean is_error)
{
  gtk_label_set_text (self->message_label, message);
  gtk_widget_set_visible (GTK_WIDGET (self->message_label), message[0] != '\0');
  if (is_error)
    gtk_widget_add_css_class (GTK_WIDGET (self->message_label), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message_label), "error");
}

static void
read_parameters (SallyAccountDialog *self, SallyOtpParameters *parameters)
{
  parameters->type = (SallyOtpType) adw_combo_row_get_selected (self->type_row);
  parameters->algorithm = (SallyOtpAlgorithm) adw_combo_row_get_selected (self->algorithm_row);
  parameters->digits = (guint) adw_spin_row_get_value (self->digits_row);
  parameters->period_s = (guint) adw_spin_row_get_value (self->period_row);
  if (parameters->type == SALLY_OTP_STEAM)
    *parameters = (SallyOtpParameters) { SALLY_OTP_STEAM, SALLY_OTP_SHA1, 5, 30 };
}

/* The key as it stands in the dialog: typed, or that of the edited account. */
static SallySecret *
ref_key (SallyAccountDialog *self, GError **error)
{
  if (self->edited != NULL)
    return sally_secret_ref (sally_account_get_key (self->edited));
  return sally_base32_decode (gtk_editable_get_text (self->key_row), -1, error);
}

static SallyOtpUri *
create_uri (SallyAccountDialog *self, GError **error)
{
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_new ();
  g_autoptr (SallySecret) key = ref_key (self, error);

  if (key == NULL)
    return NULL;
  read_parameters (self, &uri->parameters);
  if (!sally_otp_parameters_validate (&uri->parameters, error))
    return NULL;
  g_clear_pointer (&uri->key, sally_secret_unref);
  uri->key = g_steal_pointer (&key);
  g_set_str (&uri->issuer, gtk_editable_get_text (self->issuer_row));
  g_set_str (&uri->label, gtk_editable_get_text (self->label_row));
  g_strstrip (uri->issuer);
  g_strstrip (uri->label);
  uri->counter = (guint64) adw_spin_row_get_value (self->counter_row);
  for (guint i = 0; self->uri != NULL && i < self->uri->unknown->len; i++)
    g_ptr_array_add (uri->unknown, g_strdup (g_ptr_array_index (self->uri->unknown, i)));
  return g_steal_pointer (&uri);
}

static void
show_code (SallyAccountDialog *self, const SallyOtpUri *uri)
{
  gint64 now = sally_ticker_get_now (self->ticker);
  gboolean counts = uri->parameters.type == SALLY_OTP_HOTP;
  g_autoptr (SallySecret) code =
      counts ? sally_otp_code_at_counter (&uri->parameters, uri->key, uri->counter)
             : sally_otp_code_at_time (&uri->parameters, uri->key, now);
  char *text = sally_code_text_group (code);

  gtk_label_set_text (self->preview_label, text);
  gtk_widget_remove_css_class (GTK_WIDGET (self->preview_label), "dimmed");
  sally_code_text_free (text);
  gtk_widget_set_visible (GTK_WIDGET (self->ring), !counts);
  if (!counts)
    sally_ring_set_fraction (self->ring, (double) sally_otp_remaining_s (&uri->parameters, now) /
                                             uri->parameters.period_s);
}

static void
show_advice (SallyAccountDialog *self, const SallyOtpUri *uri)
{
  g_autofree char *advice = uri != NULL ? sally_otp_advice (&uri->parameters, uri->key) : NULL;

  gtk_label_set_text (self->advice_label, advice != NULL ? advice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->advice_label), advice != NULL);
}

static gboolean
looks_like_uri (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return g_ascii_strncasecmp (text, "otpauth", strlen ("otpauth")) == 0 ||
         g_ascii_strncasecmp (text, "steam:", strlen ("steam:")) == 0;
}

static void
update (SallyAccountDialog *self)
{
  const char *key = gtk_editable_get_text (self->key_row);
  SallyOtpType type = (SallyOtpType) adw_combo_row_get_selected (self->type_row);
  gboolean is_named = gtk_editable_get_text (self->issuer_row)[0] != '\0' ||
                      gtk_editable_get_text (self->label_row)[0] != '\0';
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyOtpUri) uri = NULL;
  gboolean is_empty = self->edited == NULL && key[0] == '\0';

  if (self->is_filling)
    return;

  gtk_widget_set_visible (GTK_WIDGET (self->algorithm_row), type != SALLY_OTP_STEAM);
  gtk_widget_set_visible (GTK_WIDGET (self->digits_row), type != SALLY_OTP_STEAM);
  gtk_widget_set_visible (GTK_WIDGET (self->period_row), type == SALLY_OTP_TOTP);
  gtk_widget_set_visible (GTK_WIDGET (self->counter_row), type == SALLY_OTP_HOTP);

  uri = is_empty || looks_like_uri (key) ? NULL : create_uri (self, &error);
  if (uri != NULL)
    show_code (self, uri);
  gtk_widget_set_visible (self->preview_box, uri != NULL);
  show_advice (self, uri);

  if (error != NULL)
    show_message (self, error->message, TRUE);
  else if (uri != NULL && !is_named)
    show_message (self, _ ("Give it a name to find it again."), FALSE);
  else if (uri != NULL && self->edited == NULL)
    show_message (self, _ ("Type this code at the service to finish there."), FALSE);
  else if (!looks_like_uri (key))
    show_message (self, "", FALSE);

  if (error != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->key_row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->key_row), "error");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "account.save",
                                 uri != NULL && is_named && !self->is_saving);
}

static void
on_tick (SallyAccountDialog *self)
{
  g_autoptr (SallyOtpUri) uri = NULL;

  if (!gtk_widget_get_visible (self->preview_box))
    return;
  uri = create_uri (self, NULL);
  if (uri != NULL)
    show_code (self, uri);
}

static void
fill (SallyAccountDialog *self,
      const char *issuer,
      const char *label,
      const SallyOtpParameters *parameters,
      guint64 counter)
{
  const SallyOtpParameters usual = SALLY_OTP_PARAMETERS_DEFAULT;

  self->is_filling = TRUE;
  gtk_editable_set_text (self->issuer_row, issuer);
  gtk_editable_set_text (self->label_row, label);
  adw_combo_row_set_selected (self->type_row, parameters->type);
  adw_combo_row_set_selected (self->algorithm_row, parameters->algorithm);
  adw_spin_row_set_value (self->digits_row, parameters->digits);
  adw_spin_row_set_value (self->period_row, parameters->period_s);
  adw_spin_row_set_value (self->counter_row, (double) counter);
  adw_expander_row_set_expanded (self->advanced_row, parameters->type != usual.type ||
                                                         parameters->algorithm != usual.algorithm ||
                                                         parameters->digits != usual.digits ||
                                                         parameters->period_s != usual.period_s);
  self->is_filling = FALSE;
}

static void
fill_with_uri (SallyAccountDialog *self, SallyOtpUri *uri)
{
  g_autoptr (SallySecret) key = sally_base32_encode (uri->key);

  fill (self, uri->issuer, uri->label, &uri->parameters, uri->counter);
  g_clear_pointer (&self->uri, sally_otp_uri_free);
  self->uri = uri;
  gtk_editable_set_text (self->key_row, sally_secret_peek (key, NULL));
}

/* Spreads a pasted address over the fields. Not in the handler of "changed": the entry is still
 * busy with what was pasted then. */
static void
fill_from_uri (gpointer user_data)
{
  SallyAccountDialog *self = user_data;
  g_autoptr (SallySecret) text = sally_secret_new (gtk_editable_get_text (self->key_row), -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyOtpUri) uri = sally_otp_uri_parse (text, &error);

  self->fill_id = 0;
  if (uri == NULL)
    {
      show_message (self, error->message, TRUE);
      gtk_widget_add_css_class (GTK_WIDGET (self->key_row), "error");
      return;
    }
  fill_with_uri (self, g_steal_pointer (&uri));
}

static void
on_key_changed (SallyAccountDialog *self)
{
  g_clear_handle_id (&self->fill_id, g_source_remove);
  if (looks_like_uri (gtk_editable_get_text (self->key_row)))
    self->fill_id = g_idle_add_once (fill_from_uri, self);
  update (self);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallyAccountDialog) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_saving = FALSE;
  if (sally_account_store_save_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    {
      adw_dialog_force_close (ADW_DIALOG (self));
      return;
    }
  update (self);
  show_message (self, error->message, TRUE);
}

static void
on_save (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  SallyAccountDialog *self = SALLY_ACCOUNT_DIALOG (widget);
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyOtpUri) uri = create_uri (self, &error);
  g_autoptr (SallyAccount) account = NULL;

  if (uri == NULL)
    {
      show_message (self, error->message, TRUE);
      return;
    }
  account =
      sally_account_new (self->edited != NULL ? sally_account_get_id (self->edited) : NULL, uri);
  self->is_saving = TRUE;
  gtk_widget_action_set_enabled (widget, "account.save", FALSE);
  sally_account_store_save_async (self->accounts, account, NULL, on_saved, g_object_ref (self));
}

static void
on_scan (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gboolean is_camera = g_str_equal (action_name, "account.scan-camera");

  adw_dialog_force_close (ADW_DIALOG (widget));
  g_signal_emit (widget, signals[SIGNAL_SCAN], 0,
                 is_camera ? "codes.scan-camera" : "codes.scan-screen");
}

static void
sally_account_dialog_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sally_account_dialog_parent_class)->map (widget);
  sally_ticker_set_running (SALLY_ACCOUNT_DIALOG (widget)->ticker, TRUE);
}

static void
sally_account_dialog_unmap (GtkWidget *widget)
{
  sally_ticker_set_running (SALLY_ACCOUNT_DIALOG (widget)->ticker, FALSE);
  GTK_WIDGET_CLASS (sally_account_dialog_parent_class)->unmap (widget);
}

static void
sally_account_dialog_dispose (GObject *object)
{
  SallyAccountDialog *self = SALLY_ACCOUNT_DIALOG (object);

  g_clear_handle_id (&self->fill_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_ACCOUNT_DIALOG);
  g_clear_object (&self->accounts);
  g_clear_object (&self->edited);
  g_clear_pointer (&self->uri, sally_otp_uri_free);

  G_OBJECT_CLASS (sally_account_dialog_parent_class)->dispose (object);
}

static void
sally_account_dialog_finalize (GObject *object)
{
  g_clear_object (&SALLY_ACCOUNT_DIALOG (object)->ticker);

  G_OBJECT_CLASS (sally_account_dialog_parent_class)->finalize (object);
}

static void
sally_account_dialog_class_init (SallyAccountDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sally_account_dialog_dispose;
  object_class->finalize = sally_account_dialog_finalize;
  widget_class->map = sally_account_dialog_map;
  widget_class->unmap = sally_account_dialog_unmap;

  signals[SIGNAL_SCAN] =
      g_signal_new ("scan", SALLY_TYPE_ACCOUNT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE);

  g_type_ensure (SALLY_TYPE_RING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/codes/account-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, scan_group);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, camera_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, key_group);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, key_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, issuer_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, label_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, advanced_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, type_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, algorithm_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, digits_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, period_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, counter_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, preview_box);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, preview_label);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, ring);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, message_label);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, advice_label);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDialog, save_button);
  gtk_widget_class_bind_template_callback (widget_class, on_key_changed);
  gtk_widget_class_bind_template_callback (widget_class, update);

  gtk_widget_class_install_action (widget_class, "account.save", NULL, on_save);
  gtk_widget_class_install_action (widget_class, "account.scan-camera", NULL, on_scan);
  gtk_widget_class_install_action (widget_class, "account.scan-screen", NULL, on_scan);
}

static void
sally_account_dialog_init (SallyAccountDialog *self)
{
  self->ticker = sally_ticker_new ();
  self->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_filling = FALSE;
  g_signal_connect_object (self->ticker, "notify::now", G_CALLBACK (on_tick), self,
                           G_CONNECT_SWAPPED);
}

AdwDialog *
sally_account_dialog_new (SallyAccountStore *accounts, SallyAccount *account)
{
  SallyAccountDialog *self;

  g_return_val_if_fail (SALLY_IS_ACCOUNT_STORE (accounts), NULL);
  g_return_val_if_fail (account == NULL || !sally_account_is_broken (account), NULL);

  self = g_object_new (SALLY_TYPE_ACCOUNT_DIALOG, NULL);
  self->accounts = g_object_ref (accounts);
  if (account != NULL)
    {
      self->edited = g_object_ref (account);
      /* What the keyring holds beyond the fields is carried over. */
      g_autoptr (SallySecret) stored = sally_account_to_stored (account);
      self->uri = sally_otp_uri_parse (stored, NULL);
      adw_dialog_set_title (ADW_DIALOG (self), _ ("Edit Account"));
      gtk_button_set_label (self->save_button, _ ("_Save"));
      gtk_widget_set_visible (self->key_group, FALSE);
      adw_dialog_set_focus (ADW_DIALOG (self), GTK_WIDGET (self->issuer_row));
      fill (self, sally_account_get_issuer (account), sally_account_get_label (account),
            sally_account_get_parameters (account), sally_account_get_counter (account));
    }
  update (self);
  return ADW_DIALOG (self);
}

void
sally_account_dialog_offer_scan (SallyAccountDialog *self, gboolean has_camera)
{
  g_return_if_fail (SALLY_IS_ACCOUNT_DIALOG (self));
  g_return_if_fail (self->edited == NULL);

  gtk_widget_set_visible (self->scan_group, TRUE);
  gtk_widget_set_visible (self->camera_row, has_camera);
}

void
sally_account_dialog_set_key (SallyAccountDialog *self, SallySecret *text)
{
  g_return_if_fail (SALLY_IS_ACCOUNT_DIALOG (self));
  g_return_if_fail (text != NULL);
  g_return_if_fail (self->edited == NULL);

  gtk_editable_set_text (self->key_row, sally_secret_peek (text, NULL));
}

AdwDialog *
sally_account_dialog_new_for_uri (SallyAccountStore *accounts, const SallyOtpUri *uri)
{
  AdwDialog *dialog;
  SallyAccountDialog *self;
  g_autoptr (SallySecret) text = NULL;

  g_return_val_if_fail (uri != NULL && sally_otp_uri_validate (uri, NULL), NULL);

  dialog = sally_account_dialog_new (accounts, NULL);
  self = SALLY_ACCOUNT_DIALOG (dialog);
  text = sally_otp_uri_build (uri);
  fill_with_uri (self, sally_otp_uri_parse (text, NULL));
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (self->key_group),
      _ ("This is what was understood. Compare it with what the service shows."));
  adw_dialog_set_title (dialog, _ ("Confirm Account"));
  adw_dialog_set_focus (dialog, GTK_WIDGET (self->save_button));
  return dialog;
}
