/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The facts of a sign-in as text, for whoever helps. */
#include "config.h"

#include "login/doctor.h"

/* Behind each name: the values stand in one column. */
#define NAME_WIDTH 22

static void add (GString *text, const char *name, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
add (GString *text, const char *name, const char *format, ...)
{
  g_autofree char *value = NULL;
  va_list arguments;

  va_start (arguments, format);
  value = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_string_append_printf (text, "%-*s %s\n", NAME_WIDTH, name, value);
}

static void
add_text (GString *text, const char *name, const char *value)
{
  g_autofree char *line = NULL;

  if (value == NULL || *value == '\0')
    return;
  /* What a server says in lines is one line here: it cannot pass for another fact. */
  line = g_strdelimit (g_strdup (value), "\n\r", ' ');
  add (text, name, "%s", line);
}

static void
add_time (GString *text, const char *name, gint64 time_us)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc_usec (time_us);
  g_autofree char *words = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  if (time_us != 0)
    add_text (text, name, words);
}

static void
add_algorithms (GString *text, const SallyAlgorithms *algorithms, const char *whose)
{
  const struct
  {
    const char *name;
    const char *list;
  } lists[] = {
    { "key exchange", algorithms->key_exchanges },
    { "host keys", algorithms->host_keys },
    { "ciphers", algorithms->ciphers },
    { "MACs", algorithms->macs },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s %s", whose, lists[i].name);

      add_text (text, name, lists[i].list);
    }
}

static void
add_code (GString *text, const SallySignInFacts *facts)
{
  gint64 begin_us;

  if (facts->code_period_s == 0)
    return;
  begin_us = facts->code_step * facts->code_period_s * G_USEC_PER_SEC;
  add (text, "code step", "%" G_GINT64_FORMAT " of %u s", facts->code_step, facts->code_period_s);
  add (text, "code age when sent", "%.3f s",
       (double) (facts->code_sent_us - begin_us) / G_USEC_PER_SEC);
  add (text, "code life when sent", "%.3f s",
       (double) (begin_us + (gint64) facts->code_period_s * G_USEC_PER_SEC - facts->code_sent_us) /
           G_USEC_PER_SEC);
  add (text, "waited for it", "%.3f s", (double) facts->code_wait_us / G_USEC_PER_SEC);
}

static const char *
describe_sent (const SallySignInFacts *facts)
{
  if (facts->is_typed && !facts->sent_password && !facts->sent_code)
    return "what the person typed";
  if (facts->is_joined)
    return "password and code in one";
  if (facts->sent_password && facts->sent_code)
    return "password and code";
  if (facts->sent_password)
    return "password";
  return facts->sent_code ? "code" : NULL;
}

static const char *
describe_clock (SallyClock clock)
{
  switch (clock)
    {
    case SALLY_CLOCK_SYNCHRONISED:
      return "set by the network";
    case SALLY_CLOCK_FREE:
      return "not set by the network";
    case SALLY_CLOCK_UNKNOWN:
    default:
      return NULL;
    }
}

char *
sally_doctor_trace (const SallySignInFacts *facts)
{
  g_autoptr (GString) text = g_string_new ("Sallyport " SALLY_VERSION "\n");
  g_autoptr (SallyDiagnosis) diagnosis = NULL;

  g_return_val_if_fail (facts != NULL, NULL);

  add_text (text, "server", facts->address);
  add_text (text, "user", facts->user);
  add_text (text, "login", facts->recipe);
  add_time (text, "begun", facts->begun_us);
  add_time (text, "ended", facts->ended_us);
  add_text (text, "outcome", facts->error != NULL ? facts->error->message : "signed in");
  diagnosis = sally_doctor_diagnose (facts);
  add_text (text, "likely", diagnosis->sentence);
  add_text (text, "next", diagnosis->next_step);

  add_text (text, "ident", facts->ident);
  add_text (text, "host key", facts->host_key);
  add_text (text, "it said", facts->words);
  add_algorithms (text, &facts->theirs, "its");
  if (facts->error != NULL &&
      g_error_matches (facts->error, SALLY_ERROR, SALLY_ERROR_NO_COMMON_ALGORITHM))
    add_algorithms (text, &facts->ours, "our");
  add_text (text, "AWS policy", sally_doctor_find_aws_policy (facts));

  add_text (text, "methods at first", facts->offered_first);
  add_text (text, "methods that worked", facts->done);
  add_text (text, "method refused", facts->refused);
  add_text (text, "methods at the end", facts->offered);
  if (facts->n_keys > 0)
    add (text, "keys offered", "%u", facts->n_keys);
  if (facts->certificate != NULL)
    {
      g_autofree char *names = g_strjoinv (", ", facts->certificate->principals);

      add (text, "certificate", "“%s” for %s, %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT,
           facts->certificate->id, names, facts->certificate->valid_after,
           facts->certificate->valid_before);
    }
  add (text, "requests answered", "%u", facts->n_requests);
  add_text (text, "last answer", describe_sent (facts));
  if (facts->is_typed)
    add_text (text, "typed by", "the person");
  if (facts->is_changed)
    add_text (text, "prompts", "not those of the last sign-in");
  add_code (text, facts);
  add_text (text, "clock", describe_clock (facts->clock));
  if (facts->has_clock_offset)
    add (text, "clock offset", "%" G_GINT64_FORMAT " s, by %s", facts->clock_offset_s,
         facts->clock_server != NULL ? facts->clock_server : "this server");
  add (text, "refusals before", "%u", facts->n_refusals);
  return g_string_free_and_steal (g_steal_pointer (&text));
}
