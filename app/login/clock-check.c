/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/clock-check.h"

#include <glib/gi18n.h>

/* Clocks run apart, and computers are restarted: an older sighting is none. */
#define VALID_S      86400
/* By so much the time of booting may seem to move while nobody sets the clock. */
#define SETTING_S    2
/* Zones lie whole quarters of an hour apart. A server that keeps local time in its files answers by
 * the right time all the same. */
#define ZONE_STEP_S  (15 * 60)
#define MAX_ZONE_S   (14 * 60 * 60)
/* In a sentence, from here on: minutes, hours, days. */
#define MANY_SECONDS 600
#define MANY_MINUTES (10 * 3600)
#define MANY_HOURS   (4 * 86400)

void
sally_clock_sighting_free (SallyClockSighting *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->address);
  g_free (self->name);
  g_free (self->boot_id);
  g_free (self);
}

gboolean
sally_clock_sighting_is_valid (const SallyClockSighting *self, const SallyClockNow *now)
{
  gint64 age_s;

  g_return_val_if_fail (self != NULL && now != NULL, FALSE);

  age_s = now->time_s - self->time_s;
  return age_s >= 0 && age_s < VALID_S && g_strcmp0 (self->boot_id, now->boot_id) == 0 &&
         ABS (self->boot_time_s - now->boot_time_s) <= SETTING_S;
}

static gboolean
is_off (const SallyClockSighting *sighting)
{
  return ABS (sighting->offset_s) - (gint64) sighting->accuracy_s > SALLY_CLOCK_LIMIT_S;
}

static gboolean
are_alike (const SallyClockSighting *one, const SallyClockSighting *other)
{
  return ABS (one->offset_s - other->offset_s) <=
         (gint64) one->accuracy_s + (gint64) other->accuracy_s;
}

static gboolean
looks_like_zone (const SallyClockSighting *sighting)
{
  gint64 offset_s = ABS (sighting->offset_s);
  gint64 rest_s = (offset_s + ZONE_STEP_S / 2) % ZONE_STEP_S - ZONE_STEP_S / 2;

  return offset_s > ZONE_STEP_S / 2 && offset_s < MAX_ZONE_S + ZONE_STEP_S / 2 &&
         ABS (rest_s) <= (gint64) sighting->accuracy_s + SALLY_CLOCK_LIMIT_S;
}

/* What the other servers say about this one. */
static void
count_others (GPtrArray *sightings,
              const SallyClockNow *now,
              const SallyClockSighting *one,
              guint *n_alike,
              guint *n_right)
{
  *n_alike = *n_right = 0;
  for (guint i = 0; i < sightings->len; i++)
    {
      const SallyClockSighting *other = sightings->pdata[i];

      if (!sally_clock_sighting_is_valid (other, now) ||
          g_strcmp0 (other->address, one->address) == 0)
        continue;
      if (!is_off (other))
        (*n_right)++;
      else if (are_alike (one, other))
        (*n_alike)++;
    }
}

static gboolean
is_believed (GPtrArray *sightings, const SallyClockNow *now, const SallyClockSighting *sighting)
{
  guint n_alike, n_right;

  count_others (sightings, now, sighting, &n_alike, &n_right);
  if (n_alike + 1 <= n_right)
    return FALSE;
  return n_alike > 0 || (now->state != SALLY_CLOCK_SYNCHRONISED && !looks_like_zone (sighting));
}

gboolean
sally_clock_check (GPtrArray *sightings, const SallyClockNow *now, SallyClockVerdict *verdict)
{
  const SallyClockSighting *best = NULL;

  g_return_val_if_fail (sightings != NULL, FALSE);
  g_return_val_if_fail (now != NULL && verdict != NULL, FALSE);

  for (guint i = 0; i < sightings->len; i++)
    {
      const SallyClockSighting *sighting = sightings->pdata[i];

      if (sally_clock_sighting_is_valid (sighting, now) && is_off (sighting) &&
          (best == NULL || sighting->time_s > best->time_s) &&
          is_believed (sightings, now, sighting))
        best = sighting;
    }
  if (best == NULL)
    return FALSE;
  *verdict = (SallyClockVerdict) { -best->offset_s, best->accuracy_s, best->name };
  return TRUE;
}

static char *
dup_span (gint64 span_s)
{
  if (span_s < MANY_SECONDS)
    /* Translators: a span of seconds, in a sentence. */
    return g_strdup_printf (_ ("%d s"), (int) span_s);
  if (span_s < MANY_MINUTES)
    /* Translators: a span of minutes. */
    return g_strdup_printf (_ ("%d min"), (int) (span_s / 60));
  if (span_s < MANY_HOURS)
    /* Translators: a span of hours. */
    return g_strdup_printf (_ ("%d h"), (int) (span_s / 3600));
  /* Translators: a span of days, always several. */
  return g_strdup_printf (_ ("%d days"), (int) MIN (span_s / 86400, G_MAXINT));
}

gboolean
sally_clock_is_dismissed (gint64 offset_s, gint64 dismissed_s)
{
  return dismissed_s != 0 && (offset_s < 0) == (dismissed_s < 0) &&
         ABS (offset_s - dismissed_s) <= SALLY_CLOCK_LIMIT_S;
}

char *
sally_clock_dup_sentence (gint64 offset_s, const char *name)
{
  g_autofree char *span = dup_span (ABS (offset_s));

  if (name == NULL)
    return g_strdup_printf (
        offset_s > 0
            /* Translators: %s is a span of time, such as "43 s". */
            ? _ ("This computer’s clock is %s ahead of the server’s, and codes count the time")
            : _ ("This computer’s clock is %s behind the server’s, and codes count the time"),
        span);
  return g_strdup_printf (
      offset_s > 0
          /* Translators: a span of time, such as "43 s", then the name of a server. */
          ? _ ("This computer’s clock is %s ahead of that of “%s”, and codes count the time")
          : _ ("This computer’s clock is %s behind that of “%s”, and codes count the time"),
      span, name);
}

const char *
sally_clock_get_next_step (void)
{
  return _ ("Set it by the network");
}
