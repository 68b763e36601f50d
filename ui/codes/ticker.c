/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "codes/ticker.h"

struct _SallyTicker
{
  GObject parent_instance;

  gint64 now;
  guint timeout_id;
};

G_DEFINE_FINAL_TYPE (SallyTicker, sally_ticker, G_TYPE_OBJECT)

typedef enum
{
  PROP_NOW = 1,
} SallyTickerProperty;

static GParamSpec *properties[PROP_NOW + 1];

static void
sally_ticker_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch ((SallyTickerProperty) id)
    {
    case PROP_NOW:
      g_value_set_int64 (value, SALLY_TICKER (object)->now);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sally_ticker_dispose (GObject *object)
{
  SallyTicker *self = SALLY_TICKER (object);

  g_clear_handle_id (&self->timeout_id, g_source_remove);

  G_OBJECT_CLASS (sally_ticker_parent_class)->dispose (object);
}

static void
sally_ticker_class_init (SallyTickerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sally_ticker_get_property;
  object_class->dispose = sally_ticker_dispose;

  properties[PROP_NOW] =
      g_param_spec_int64 ("now", NULL, NULL, 0, G_MAXINT64, 0,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sally_ticker_init (SallyTicker *self)
{
  self->now = g_get_real_time () / G_USEC_PER_SEC;
}

SallyTicker *
sally_ticker_new (void)
{
  return g_object_new (SALLY_TYPE_TICKER, NULL);
}

gint64
sally_ticker_get_now (SallyTicker *self)
{
  g_return_val_if_fail (SALLY_IS_TICKER (self), 0);

  return self->now;
}

/* Each timeout aims at the next full second anew: no drift adds up, and a changed clock is
 * followed. */
static void
tick (gpointer user_data)
{
  SallyTicker *self = user_data;
  gint64 now_ms = g_get_real_time () / 1000;

  self->timeout_id = g_timeout_add_once ((guint) (1000 - now_ms % 1000), tick, self);
  self->now = now_ms / 1000;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOW]);
}

void
sally_ticker_set_running (SallyTicker *self, gboolean is_running)
{
  g_return_if_fail (SALLY_IS_TICKER (self));

  if (is_running == (self->timeout_id != 0))
    return;
  if (is_running)
    tick (self);
  else
    g_clear_handle_id (&self->timeout_id, g_source_remove);
}
