/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What somebody chose in the desktop's search. */
#include "config.h"

#include "ui/window-private.h"

#include "codes/codes-page.h"

#include <glib/gi18n.h>

/* Who unlocks the window later than that no longer waits for a code in the clipboard. */
#define WANT_S 120

void
sally_window_drop_want (SallyWindow *self)
{
  self->want = NULL;
  g_clear_pointer (&self->wanted, g_free);
  g_clear_handle_id (&self->want_id, g_source_remove);
}

static void
copy_code (SallyWindow *self, const char *account_id)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-codes", NULL);
  if (!sally_codes_page_copy_code (SALLY_CODES_PAGE (self->codes_page), account_id))
    sally_window_show_message (self, _ ("This account is not there any more"));
}

static void
go_to_server (SallyWindow *self, const char *server_id)
{
  SallyServer *server = sally_server_store_get_by_id (self->servers, server_id);

  if (server != NULL)
    sally_window_open_server (self, server);
  else
    sally_window_show_message (self, _ ("This server is not there any more"));
}

static void
search_codes (SallyWindow *self, const char *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-codes", NULL);
  sally_codes_page_search (SALLY_CODES_PAGE (self->codes_page), text);
}

static void
try_want (SallyWindow *self)
{
  void (*want) (SallyWindow *, const char *) = self->want;
  g_autofree char *wanted = NULL;

  if (want == NULL || sally_lock_get_is_locked (self->lock))
    return;
  if (want == copy_code && (!sally_account_store_get_is_loaded (self->accounts) ||
                            sally_clipboard_needs_focus (GTK_WINDOW (self))))
    return;
  wanted = g_steal_pointer (&self->wanted);
  sally_window_drop_want (self);
  want (self, wanted);
}

static void
on_want_is_old (gpointer user_data)
{
  SallyWindow *self = user_data;

  self->want_id = 0;
  sally_window_drop_want (self);
}

static void
set_want (SallyWindow *self, void (*want) (SallyWindow *, const char *), const char *wanted)
{
  sally_window_drop_want (self);
  self->want = want;
  self->wanted = g_strdup (wanted);
  self->want_id = g_timeout_add_seconds_once (WANT_S, on_want_is_old, self);
  try_want (self);
}

void
sally_window_set_up_wants (SallyWindow *self)
{
  g_signal_connect_object (self, "notify::is-active", G_CALLBACK (try_want), self,
                           G_CONNECT_SWAPPED);
  /* Behind what the window itself does when it is unlocked. */
  g_signal_connect_object (self->lock, "notify::is-locked", G_CALLBACK (try_want), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->accounts, "notify::is-loaded", G_CALLBACK (try_want), self,
                           G_CONNECT_SWAPPED);
}

void
sally_window_copy_code (SallyWindow *self, const char *account_id)
{
  g_return_if_fail (SALLY_IS_WINDOW (self));
  g_return_if_fail (account_id != NULL);

  set_want (self, copy_code, account_id);
}

void
sally_window_go_to_server (SallyWindow *self, const char *server_id)
{
  g_return_if_fail (SALLY_IS_WINDOW (self));
  g_return_if_fail (server_id != NULL);

  set_want (self, go_to_server, server_id);
}

void
sally_window_search_codes (SallyWindow *self, const char *text)
{
  g_return_if_fail (SALLY_IS_WINDOW (self));
  g_return_if_fail (text != NULL);

  set_want (self, search_codes, text);
}
