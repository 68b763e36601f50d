/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/code-row.h"

#include "codes/code-text.h"
#include "common/ring.h"

#include <glib/gi18n.h>

/* Shortly before a code ends, the one that follows is shown beside it. */
#define NEXT_CODE_SHOWN_S 10
#define ENDING_S          5
/* How long a hidden code shows once it was asked for. */
#define REVEALED_S        30
/* The second click of a double click asks for no second code. */
#define NEXT_PAUSE_MS     1500

struct _SallyCodeRow
{
  AdwBin parent_instance;

  AdwAvatar *avatar;
  GtkWidget *pin_icon;
  GtkLabel *issuer_label;
  GtkLabel *label_label;
  GtkLabel *code_label;
  GtkLabel *next_label;
  GtkWidget *next_button;
  GtkMenuButton *menu_button;
  GMenuModel *row_menu;
  SallyRing *ring;

  GtkListItem *list_item; /* borrowed, as long as it is bound */
  SallyAccount *account;
  SallyTicker *ticker;
  SallySecret *code;
  guint64 shown_step;
  gboolean hides_code;
  gint64 revealed_until; /* unix seconds */
  guint next_id;
};

G_DEFINE_FINAL_TYPE (SallyCodeRow, sally_code_row, ADW_TYPE_BIN)

typedef enum
{
  PROP_HIDES_CODE = 1,
} SallyCodeRowProperty;

static GParamSpec *properties[PROP_HIDES_CODE + 1];

/* Each has an action of its name. */
typedef enum
{
  SIGNAL_COPY,
  SIGNAL_COPY_NEXT,
  SIGNAL_NEXT_CODE,
  SIGNAL_DETAILS,
  SIGNAL_EDIT,
  SIGNAL_DELETE,
  SIGNAL_TOGGLE_PIN,
  SIGNAL_MOVE_UP,
  SIGNAL_MOVE_DOWN,
  N_SIGNALS,
} SallyCodeRowSignal;

static const char *const signal_names[N_SIGNALS] = { "copy",       "copy-next", "next-code",
                                                     "details",    "edit",      "delete",
                                                     "toggle-pin", "move-up",   "move-down" };

static guint dropped_signal;

static guint signals[N_SIGNALS];

static gboolean
is_hidden (SallyCodeRow *self)
{
  return self->hides_code && sally_ticker_get_now (self->ticker) >= self->revealed_until;
}

static void
update_accessible_label (SallyCodeRow *self)
{
  g_autofree char *label = NULL;
  const char *name = sally_account_get_name (self->account);

  if (self->code != NULL && !is_hidden (self))
    {
      char *spelled = sally_code_text_spell (self->code);

      /* Translators: the name of an account, then its code digit by digit. */
      label = g_strdup_printf (_ ("%s, code %s"), name, spelled);
      sally_code_text_free (spelled);
    }
  gtk_list_item_set_accessible_label (self->list_item, label != NULL ? label : name);
}

static void
set_code (SallyCodeRow *self, SallySecret *code)
{
  char *text = code != NULL && !is_hidden (self) ? sally_code_text_group (code) : NULL;

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
  char *text = g_strconcat ("› ", group, NULL);

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

  if (self->hides_code && self->code != NULL &&
      gtk_widget_has_css_class (GTK_WIDGET (self->code_label), "dimmed") != is_hidden (self))
    g_clear_pointer (&self->code, sally_secret_unref);
  step = sally_otp_step (parameters, now);
  left = sally_otp_remaining_s (parameters, now);
  if (self->code == NULL || step != self->shown_step)
    {
      g_autoptr (SallySecret) code = sally_account_get_code (self->account, now);

      self->shown_step = step;
      set_code (self, code);
      if (code != NULL)
        show_next_code (self, now, sally_otp_period_s (parameters));
    }

  gtk_widget_set_visible (GTK_WIDGET (self->next_label),
                          left <= NEXT_CODE_SHOWN_S && !is_hidden (self));
  sally_ring_set_fraction (self->ring, (double) left / sally_otp_period_s (parameters));
  if (left <= ENDING_S)
    gtk_widget_add_css_class (GTK_WIDGET (self), "ending");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "ending");
}

/* Initials are letters or digits: "Bastion (Frankfurt)" is BF. */
static void
set_avatar (SallyCodeRow *self, const char *name)
{
  g_autoptr (GString) words = g_string_new (NULL);

  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      g_string_append_unichar (words, g_unichar_isalnum (character) ? character : ' ');
    }
  adw_avatar_set_text (self->avatar, words->str);
}

static void
update_account (SallyCodeRow *self)
{
  const char *issuer = sally_account_get_issuer (self->account);
  const char *label = sally_account_get_label (self->account);
  gboolean is_broken = sally_account_is_broken (self->account);
  gboolean counts =
      !is_broken && sally_account_get_parameters (self->account)->type == SALLY_OTP_HOTP;

  set_avatar (self, issuer[0] != '\0' ? issuer : label);
  adw_avatar_set_show_initials (self->avatar, !is_broken);
  gtk_widget_set_visible (self->pin_icon, sally_account_get_is_pinned (self->account));
  gtk_label_set_text (self->issuer_label, issuer[0] != '\0' ? issuer : label);
  gtk_label_set_text (self->label_label, issuer[0] != '\0' ? label : "");
  gtk_widget_set_visible (GTK_WIDGET (self->ring), !counts && !is_broken);
  gtk_widget_set_visible (self->next_button, counts);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.next-code", counts && self->next_id == 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.copy-next", !counts && !is_broken);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.toggle-pin", !is_broken);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.details", !is_broken);
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
on_pause_over (gpointer user_data)
{
  SallyCodeRow *self = user_data;

  self->next_id = 0;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.next-code", TRUE);
}

/* From the click on, until the code has shown for a moment. */
static void
on_next_clicked (SallyCodeRow *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.next-code", FALSE);
}

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, SallyCodeRow *self)
{
  if (self->account == NULL)
    return NULL;
  return gdk_content_provider_new_typed (SALLY_TYPE_ACCOUNT, self->account);
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, SallyCodeRow *self)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (self->avatar));

  gtk_drag_source_set_icon (source, picture, 0, 0);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, SallyCodeRow *self)
{
  g_signal_emit (self, dropped_signal, 0, g_value_get_object (value));
  return TRUE;
}

static void
set_up_moving (SallyCodeRow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (SALLY_TYPE_ACCOUNT, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (on_drag_prepare), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (on_drag_begin), self,
                           G_CONNECT_DEFAULT);
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, G_CONNECT_DEFAULT);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
sally_code_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SallyCodeRowProperty) id)
    {
    case PROP_HIDES_CODE:
      g_value_set_boolean (value, SALLY_CODE_ROW (object)->hides_code);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_code_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  SallyCodeRow *self = SALLY_CODE_ROW (object);

  switch ((SallyCodeRowProperty) id)
    {
    case PROP_HIDES_CODE:
      if (self->hides_code == g_value_get_boolean (value))
        break;
      self->hides_code = g_value_get_boolean (value);
      self->revealed_until = 0;
      if (self->account != NULL)
        update_account (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_code_row_dispose (GObject *object)
{
  SallyCodeRow *self = SALLY_CODE_ROW (object);

  if (self->account != NULL)
    sally_code_row_unbind (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_CODE_ROW);
  g_clear_object (&self->ticker);

  G_OBJECT_CLASS (sally_code_row_parent_class)->dispose (object);
}

static void
sally_code_row_class_init (SallyCodeRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sally_code_row_get_property;
  object_class->set_property = sally_code_row_set_property;
  object_class->dispose = sally_code_row_dispose;

  properties[PROP_HIDES_CODE] =
      g_param_spec_boolean ("hides-code", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  dropped_signal = g_signal_new ("dropped", SALLY_TYPE_CODE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, SALLY_TYPE_ACCOUNT);

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (signal_names[i], SALLY_TYPE_CODE_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (SALLY_TYPE_RING);
  gtk_widget_class_set_template_from_resource (widget_class, SALLY_RESOURCES "/codes/code-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, pin_icon);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, issuer_label);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, label_label);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, code_label);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, next_label);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, next_button);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, row_menu);
  gtk_widget_class_bind_template_child (widget_class, SallyCodeRow, ring);

  for (guint i = 0; i < N_SIGNALS; i++)
    {
      g_autofree char *action = g_strconcat ("row.", signal_names[i], NULL);

      gtk_widget_class_install_action (widget_class, action, NULL, emit_for_action);
    }
}

/* A menu costs more than all the rest of a row: it is made when somebody wants it. */
static void
on_create_menu (GtkMenuButton *button, gpointer user_data)
{
  SallyCodeRow *self = user_data;

  if (gtk_menu_button_get_popover (button) == NULL)
    gtk_menu_button_set_popover (button, gtk_popover_menu_new_from_model (self->row_menu));
}

static void
sally_code_row_init (SallyCodeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->menu_button, on_create_menu, self, NULL);
  set_up_moving (self);
  g_signal_connect (self, "next-code", G_CALLBACK (on_next_clicked), NULL);
}

GtkWidget *
sally_code_row_new (SallyTicker *ticker)
{
  SallyCodeRow *self;

  g_return_val_if_fail (SALLY_IS_TICKER (ticker), NULL);

  self = g_object_new (SALLY_TYPE_CODE_ROW, NULL);
  self->ticker = g_object_ref (ticker);
  return GTK_WIDGET (self);
}

void
sally_code_row_bind (SallyCodeRow *self, GtkListItem *list_item)
{
  g_return_if_fail (SALLY_IS_CODE_ROW (self));
  g_return_if_fail (self->account == NULL);

  self->list_item = list_item;
  self->account = g_object_ref (gtk_list_item_get_item (list_item));
  set_code (self, NULL);
  update_account (self);
  g_signal_connect_object (self->account, "notify", G_CALLBACK (update_account), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->ticker, "notify::now", G_CALLBACK (update_time), self,
                           G_CONNECT_SWAPPED);
}

void
sally_code_row_unbind (SallyCodeRow *self)
{
  g_return_if_fail (SALLY_IS_CODE_ROW (self));
  g_return_if_fail (self->account != NULL);

  g_signal_handlers_disconnect_by_data (self->account, self);
  g_signal_handlers_disconnect_by_data (self->ticker, self);
  g_clear_handle_id (&self->next_id, g_source_remove);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "ending");
  gtk_widget_set_visible (GTK_WIDGET (self->next_label), FALSE);
  g_clear_pointer (&self->code, sally_secret_unref);
  g_clear_object (&self->account);
  self->revealed_until = 0;
  self->list_item = NULL;
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
  g_clear_handle_id (&self->next_id, g_source_remove);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.next-code", FALSE);
  self->next_id = g_timeout_add_once (NEXT_PAUSE_MS, on_pause_over, self);
}

void
sally_code_row_allow_next (SallyCodeRow *self)
{
  g_return_if_fail (SALLY_IS_CODE_ROW (self));

  if (self->next_id == 0)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), "row.next-code", TRUE);
}

gboolean
sally_code_row_reveal (SallyCodeRow *self)
{
  gboolean was_hidden;

  g_return_val_if_fail (SALLY_IS_CODE_ROW (self), FALSE);

  was_hidden = is_hidden (self);
  self->revealed_until = sally_ticker_get_now (self->ticker) + REVEALED_S;
  if (was_hidden && self->code != NULL)
    {
      g_autoptr (SallySecret) code = sally_secret_ref (self->code);

      set_code (self, code);
    }
  return was_hidden;
}
