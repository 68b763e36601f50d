/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/codes-page-private.h"

#include <glib/gi18n.h>

/* The clock may be set, and a sighting grows old, while the page shows. */
#define CHECK_INTERVAL_S 10

/* At the next start, too. */
static gboolean
is_dismissed (SallyCodesPage *self, const SallyClockVerdict *verdict)
{
  gint64 dismissed_s = self->settings != NULL
                           ? g_settings_get_int64 (self->settings, "clock-dismissed")
                           : self->dismissed_clock_s;

  return sally_clock_is_dismissed (verdict->offset_s, dismissed_s);
}

void
sally_codes_page_update_clock (SallyCodesPage *self)
{
  g_autofree char *sentence = NULL;
  g_autofree char *title = NULL;
  SallyClockVerdict verdict;

  if (!sally_clock_watch_check (self->clock, &verdict) || is_dismissed (self, &verdict))
    {
      adw_banner_set_revealed (self->clock_banner, FALSE);
      return;
    }
  self->shown_clock_s = verdict.offset_s;
  sentence = sally_clock_dup_sentence (verdict.offset_s, verdict.name);
  /* Translators: a sentence about the clock, then what to do. */
  title = g_strdup_printf (_ ("%s. Switch on automatic date and time in the system’s settings."),
                           sentence);
  adw_banner_set_title (self->clock_banner, title);
  adw_banner_set_revealed (self->clock_banner, TRUE);
}

static void
on_dismissed (SallyCodesPage *self)
{
  self->dismissed_clock_s = self->shown_clock_s;
  if (self->settings != NULL)
    g_settings_set_int64 (self->settings, "clock-dismissed", self->shown_clock_s);
  sally_codes_page_update_clock (self);
}

static void
on_tick (SallyCodesPage *self)
{
  if (sally_ticker_get_now (self->ticker) % CHECK_INTERVAL_S == 0)
    sally_codes_page_update_clock (self);
}

void
sally_codes_page_set_up_clock (SallyCodesPage *self, SallyClockWatch *clock)
{
  self->clock = g_object_ref (clock);
  g_signal_connect_object (self->clock_banner, "button-clicked", G_CALLBACK (on_dismissed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (clock, "changed", G_CALLBACK (sally_codes_page_update_clock), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->ticker, "notify::now", G_CALLBACK (on_tick), self,
                           G_CONNECT_SWAPPED);
  sally_codes_page_update_clock (self);
}
