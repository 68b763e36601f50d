/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "browser/connecting-page.h"

#include "common/step-words.h"
#include "model/login-recipe.h"

#include <glib/gi18n.h>

static const SallyConnectionState steps[] = {
  SALLY_CONNECTION_OPENING_JUMP, SALLY_CONNECTION_WAITING_FOR_TURN, SALLY_CONNECTION_REACHING,
  SALLY_CONNECTION_CHECKING_KEY, SALLY_CONNECTION_WAITING_FOR_CODE, SALLY_CONNECTION_SIGNING_IN,
};

#define N_STEPS G_N_ELEMENTS (steps)

typedef struct
{
  GtkWidget *row;
  AdwBin *mark;
  GtkLabel *label;
} Row;

struct _SallyConnectingPage
{
  AdwBin parent_instance;

  AdwStatusPage *status_page;
  GtkListBox *steps_box;

  Row rows[N_STEPS];
  SallyConnection *connection;
  guint countdown_id;
};

G_DEFINE_FINAL_TYPE (SallyConnectingPage, sally_connecting_page, ADW_TYPE_BIN)

/* The jump host is a step only where there is one, the turn only while one waits for it, the code
 * only where the recipe has one. */
static gboolean
is_step_shown (SallyConnectingPage *self, SallyConnectionState step, SallyConnectionState now)
{
  SallyServer *server = sally_connection_get_server (self->connection);
  SallyLoginRecipe recipe;

  switch (step)
    {
    case SALLY_CONNECTION_OPENING_JUMP:
      return sally_connection_get_jump (self->connection) != NULL;
    case SALLY_CONNECTION_WAITING_FOR_TURN:
      return now == SALLY_CONNECTION_WAITING_FOR_TURN;
    case SALLY_CONNECTION_WAITING_FOR_CODE:
      return sally_login_recipe_parse (sally_server_get_recipe (server), &recipe, NULL) &&
             sally_login_recipe_uses (&recipe, SALLY_FACTOR_CODE);
    default:
      return TRUE;
    }
}

static void
set_class (GtkWidget *widget, const char *name, gboolean is_set)
{
  if (is_set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* The rows stay the same, for the pointer or a screen reader may be on one. */
static void
create_rows (SallyConnectingPage *self)
{
  for (guint i = 0; i < N_STEPS; i++)
    {
      Row *row = &self->rows[i];
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

      row->mark = ADW_BIN (adw_bin_new ());
      row->label = GTK_LABEL (gtk_label_new (NULL));
      row->row = gtk_list_box_row_new ();
      gtk_label_set_wrap (row->label, TRUE);
      gtk_label_set_xalign (row->label, 0);
      gtk_widget_set_size_request (GTK_WIDGET (row->mark), 16, 16);
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->mark));
      gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->label));
      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row->row), box);
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row->row), FALSE);
      gtk_widget_set_focusable (row->row, FALSE);
      gtk_list_box_append (self->steps_box, row->row);
    }
}

static void
update_mark (Row *row, SallyConnectionState step, SallyConnectionState now)
{
  GtkWidget *mark = adw_bin_get_child (row->mark);

  if (step == now && !ADW_IS_SPINNER (mark))
    adw_bin_set_child (row->mark, adw_spinner_new ());
  else if (step != now)
    {
      if (!GTK_IS_IMAGE (mark))
        {
          mark = gtk_image_new ();
          adw_bin_set_child (row->mark, mark);
        }
      gtk_image_set_from_icon_name (GTK_IMAGE (mark), step < now ? "object-select-symbolic"
                                                                 : "sally-pending-symbolic");
      set_class (mark, "success", step < now);
      set_class (mark, "dimmed", step > now);
    }
}

static void
update (SallyConnectingPage *self)
{
  SallyConnectionState now = sally_connection_get_state (self->connection);

  for (guint i = 0; i < N_STEPS; i++)
    {
      g_autofree char *words = sally_step_words_dup (self->connection, steps[i]);
      Row *row = &self->rows[i];

      gtk_widget_set_visible (row->row, is_step_shown (self, steps[i], now));
      gtk_label_set_label (row->label, words);
      set_class (GTK_WIDGET (row->label), "dimmed", steps[i] > now);
      update_mark (row, steps[i], now);
    }
}

static gboolean
on_countdown (gpointer user_data)
{
  SallyConnectingPage *self = user_data;

  update (self);
  return G_SOURCE_CONTINUE;
}

static void
update_countdown (SallyConnectingPage *self)
{
  gboolean is_waiting = self->connection != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)) &&
                        sally_connection_get_wait_until (self->connection) != 0;

  if (is_waiting && self->countdown_id == 0)
    self->countdown_id = g_timeout_add_seconds (1, on_countdown, self);
  else if (!is_waiting)
    g_clear_handle_id (&self->countdown_id, g_source_remove);
}

static void
on_state_changed (SallyConnectingPage *self)
{
  update (self);
  update_countdown (self);
}

static void
sally_connecting_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sally_connecting_page_parent_class)->map (widget);
  update_countdown (SALLY_CONNECTING_PAGE (widget));
}

static void
sally_connecting_page_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sally_connecting_page_parent_class)->unmap (widget);
  update_countdown (SALLY_CONNECTING_PAGE (widget));
}

static void
sally_connecting_page_dispose (GObject *object)
{
  SallyConnectingPage *self = SALLY_CONNECTING_PAGE (object);

  g_clear_handle_id (&self->countdown_id, g_source_remove);
  /* Before the template forgets it, which would leave the bin a child that is gone. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), SALLY_TYPE_CONNECTING_PAGE);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (sally_connecting_page_parent_class)->dispose (object);
}

static void
sally_connecting_page_class_init (SallyConnectingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sally_connecting_page_dispose;
  widget_class->map = sally_connecting_page_map;
  widget_class->unmap = sally_connecting_page_unmap;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               SALLY_RESOURCES "/browser/connecting-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SallyConnectingPage, status_page);
  gtk_widget_class_bind_template_child (widget_class, SallyConnectingPage, steps_box);
}

static void
sally_connecting_page_init (SallyConnectingPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  create_rows (self);
}

void
sally_connecting_page_set_connection (SallyConnectingPage *self, SallyConnection *connection)
{
  SallyServer *server;
  g_autofree char *title = NULL;

  g_return_if_fail (SALLY_IS_CONNECTING_PAGE (self));
  g_return_if_fail (self->connection == NULL);

  self->connection = g_object_ref (connection);
  server = sally_connection_get_server (connection);
  /* Translators: the name of a saved server. */
  title = g_strdup_printf (_ ("Opening “%s”"), sally_server_get_name (server));
  adw_status_page_set_title (self->status_page, title);
  g_signal_connect_object (connection, "notify::state", G_CALLBACK (on_state_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (connection, "notify::wait-until", G_CALLBACK (on_state_changed), self,
                           G_CONNECT_SWAPPED);
  on_state_changed (self);
}
