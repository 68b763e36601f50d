/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/account-details.h"

#include "common/qr-view.h"
#include "model/service-icon.h"

#include <glib/gi18n.h>

struct _SallyAccountDetails
{
  AdwDialog parent_instance;

  GtkWidget *values_group;
  GtkWidget *tags_group;
  AdwActionRow *issuer_row;
  AdwActionRow *label_row;
  AdwActionRow *kind_row;
  AdwActionRow *used_row;
  AdwActionRow *servers_row;
  AdwComboRow *icon_row;
  GtkEditable *tags_row;
  GtkWidget *show_button;
  GtkWidget *qr_box;
  SallyQrView *qr_view;

  SallyAccount *account;
  gboolean is_filled; /* from then on what is chosen is the person's choice */
};

G_DEFINE_FINAL_TYPE (SallyAccountDetails, sally_account_details, ADW_TYPE_DIALOG)

typedef enum
{
  SIGNAL_TAGS_CHANGED,
  SIGNAL_ICON_CHANGED,
  N_SIGNALS,
} SallyAccountDetailsSignal;

static guint signals[N_SIGNALS];

static void
show_value (AdwActionRow *row, const char *value)
{
  gtk_widget_set_visible (GTK_WIDGET (row), *value != '\0');
  adw_action_row_set_subtitle (row, value);
}

static char *
dup_kind (SallyAccount *account)
{
  const SallyOtpParameters *parameters = sally_account_get_parameters (account);
  const char *algorithm = sally_otp_algorithm_to_string (parameters->algorithm);

  switch (parameters->type)
    {
    case SALLY_OTP_STEAM:
      return g_strdup (_ ("Steam Guard"));
    case SALLY_OTP_HOTP:
      /* Translators: a number of digits, the name of an algorithm, a counter. */
      return g_strdup_printf (_ ("By counter, %u digits, %s, next is %" G_GUINT64_FORMAT),
                              parameters->digits, algorithm, sally_account_get_counter (account));
    default:
      /* Translators: a number of digits, seconds, the name of an algorithm. */
      return g_strdup_printf (_ ("By time, %u digits each %u seconds, %s"), parameters->digits,
                              parameters->period_s, algorithm);
    }
}

static char *
dup_use (SallyAccount *account)
{
  guint n_uses = sally_account_get_use_count (account);
  g_autoptr (GDateTime) last = NULL;
  g_autofree char *when = NULL;

  if (n_uses == 0 || sally_account_get_last_used (account) == 0)
    return g_strdup (_ ("Not yet"));
  last = g_date_time_new_from_unix_local (sally_account_get_last_used (account));
  when = last != NULL ? g_date_time_format (last, "%x %R") : g_strdup ("");
  return g_strdup_printf (ngettext ("%u time, last on %s", "%u times, last on %s", n_uses), n_uses,
                          when);
}

static char *
dup_servers (SallyAccount *account, SallyServerStore *servers)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (servers)); i++)
    {
      g_autoptr (SallyServer) server = g_list_model_get_item (G_LIST_MODEL (servers), i);

      if (!g_str_equal (sally_server_get_account_id (server), sally_account_get_id (account)))
        continue;
      if (names->len > 0)
        g_string_append (names, ", ");
      g_string_append (names, sally_server_get_name (server));
    }
  return g_strdup (names->len > 0 ? names->str : _ ("None"));
}

/* The key shows only when somebody asks for it, and is gone with the dialog. */
static void
on_show (SallyAccountDetails *self)
{
  g_autoptr (SallyOtpUri) uri = sally_account_to_uri (self->account);
  g_autoptr (SallySecret) text = NULL;

  if (uri == NULL)
    return;
  /* Tags and notes would only make the code denser: other devices have no use for them. */
  g_ptr_array_set_size (uri->unknown, 0);
  text = sally_otp_uri_build (uri);
  if (!sally_qr_view_set_text (self->qr_view, text))
    return;
  adw_dialog_set_title (ADW_DIALOG (self), sally_account_get_name (self->account));
  gtk_widget_set_visible (self->values_group, FALSE);
  gtk_widget_set_visible (self->tags_group, FALSE);
  gtk_widget_set_visible (self->show_button, FALSE);
  gtk_widget_set_visible (self->qr_box, TRUE);
}

static void
on_tags_applied (SallyAccountDetails *self)
{
  g_auto (GStrv) words = g_strsplit (gtk_editable_get_text (self->tags_row), ",", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) tags = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    if (*g_strstrip (words[i]) != '\0' && g_hash_table_add (seen, words[i]))
      g_strv_builder_add (builder, words[i]);
  tags = g_strv_builder_end (builder);
  g_signal_emit (self, signals[SIGNAL_TAGS_CHANGED], 0, tags);
}

/* The choices in their order: by the service, letters, and the set. */
static const char *
get_choice (guint position)
{
  static const char *const first[] = { SALLY_SERVICE_ICON_AUTOMATIC, SALLY_SERVICE_ICON_LETTERS };

  return position < G_N_ELEMENTS (first)
             ? first[position]
             : sally_service_icon_list ()[position - G_N_ELEMENTS (first)];
}

static void
fill_icons (SallyAccountDetails *self)
{
  const char *const *names = sally_service_icon_list ();
  const char *titles[] = { _ ("By Service"), _ ("Letters"), NULL };
  g_autoptr (GtkStringList) list = gtk_string_list_new (titles);
  const char *current = sally_account_get_icon (self->account);

  for (guint i = 0; names[i] != NULL; i++)
    gtk_string_list_append (list, sally_service_icon_get_title (names[i]));
  adw_combo_row_set_model (self->icon_row, G_LIST_MODEL (list));
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    if (g_str_equal (get_choice (i), current))
      adw_combo_row_set_selected (self->icon_row, i);
  self->is_filled = TRUE;
}

static void
on_icon_selected (SallyAccountDetails *self)
{
  guint selected = adw_combo_row_get_selected (self->icon_row);

  if (self->is_filled && selected != GTK_INVALID_LIST_POSITION)
    g_signal_emit (self, signals[SIGNAL_ICON_CHANGED], 0, get_choice (selected));
}

static void
on_icon_item_setup (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");

  gtk_widget_set_hexpand (label, TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_list_item_set_child (item, box);
}

/* As the row's own list does, which shows no pictures. */
static void
update_mark (AdwComboRow *row, GParamSpec *pspec, GtkListItem *item)
{
  GtkWidget *mark = gtk_widget_get_last_child (gtk_list_item_get_child (item));
  gboolean is_chosen = adw_combo_row_get_selected_item (row) == gtk_list_item_get_item (item);

  gtk_widget_set_opacity (mark, is_chosen ? 1 : 0);
  gtk_list_item_set_accessible_description (item, is_chosen ? _ ("Chosen") : "");
}

static void
on_icon_item_bind (GtkListItemFactory *factory, GtkListItem *item, SallyAccountDetails *self)
{
  GtkWidget *image = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  const char *title = gtk_string_object_get_string (gtk_list_item_get_item (item));
  const char *choice = get_choice (gtk_list_item_get_position (item));
  const char *name = sally_service_icon_choose (choice, sally_account_get_issuer (self->account));
  g_autofree char *icon_name =
      g_strdup_printf ("sally-service-%s-symbolic", name != NULL ? name : "");

  gtk_image_set_from_icon_name (GTK_IMAGE (image), name != NULL ? icon_name : NULL);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (image)), title);
  gtk_list_item_set_accessible_label (item, title);
  g_signal_connect_object (self->icon_row, "notify::selected-item", G_CALLBACK (update_mark), item,
                           G_CONNECT_DEFAULT);
  update_mark (self->icon_row, NULL, item);
}

static void
on_icon_item_unbind (GtkListItemFactory *factory, GtkListItem *item, SallyAccountDetails *self)
{
  g_signal_handlers_disconnect_by_func (self->icon_row, update_mark, item);
}

static void
sally_account_details_dispose (GObject *object)
{
  SallyAccountDetails *self = SALLY_ACCOUNT_DETAILS (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_ACCOUNT_DETAILS);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (sally_account_details_parent_class)->dispose (object);
}

static void
sally_account_details_class_init (SallyAccountDetailsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_account_details_dispose;

  signals[SIGNAL_TAGS_CHANGED] =
      g_signal_new ("tags-changed", SALLY_TYPE_ACCOUNT_DETAILS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRV);

  signals[SIGNAL_ICON_CHANGED] =
      g_signal_new ("icon-changed", SALLY_TYPE_ACCOUNT_DETAILS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (SALLY_TYPE_QR_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/codes/account-details.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, values_group);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, tags_group);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, issuer_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, label_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, kind_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, used_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, servers_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, icon_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, tags_row);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, show_button);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, qr_box);
  gtk_widget_class_bind_template_child (widget_class, SallyAccountDetails, qr_view);
  gtk_widget_class_bind_template_callback (widget_class, on_show);
  gtk_widget_class_bind_template_callback (widget_class, on_tags_applied);
  gtk_widget_class_bind_template_callback (widget_class, on_icon_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_icon_item_setup);
  gtk_widget_class_bind_template_callback (widget_class, on_icon_item_bind);
  gtk_widget_class_bind_template_callback (widget_class, on_icon_item_unbind);
}

static void
sally_account_details_init (SallyAccountDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

AdwDialog *
sally_account_details_new (SallyAccount *account, SallyServerStore *servers)
{
  SallyAccountDetails *self;
  g_autofree char *kind = NULL;
  g_autofree char *use = NULL;
  g_autofree char *names = NULL;
  g_autofree char *words = NULL;
  g_auto (GStrv) tags = NULL;

  g_return_val_if_fail (SALLY_IS_ACCOUNT (account) && !sally_account_is_broken (account), NULL);
  g_return_val_if_fail (SALLY_IS_SERVER_STORE (servers), NULL);

  self = g_object_new (SALLY_TYPE_ACCOUNT_DETAILS, NULL);
  self->account = g_object_ref (account);
  kind = dup_kind (account);
  use = dup_use (account);
  names = dup_servers (account, servers);
  tags = sally_account_dup_tags (account);
  words = g_strjoinv (", ", tags);
  show_value (self->issuer_row, sally_account_get_issuer (account));
  show_value (self->label_row, sally_account_get_label (account));
  show_value (self->kind_row, kind);
  show_value (self->used_row, use);
  show_value (self->servers_row, names);
  gtk_editable_set_text (self->tags_row, words);
  fill_icons (self);
  return ADW_DIALOG (self);
}
