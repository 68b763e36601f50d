/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop-search/search-provider.h"

#include "desktop-search/search-wire.h"
#include "search/allowance.h"
#include "search/search.h"

/* A person waits for the desktop's other results no longer either. */
#define ANSWER_MS      1500
/* Between a word and the next, or the choice; then what was read is forgotten with the program. */
#define LINGER_S       15
/* A shell asks for what it was given before. */
#define MAX_METAS      (2 * SALLY_SEARCH_MAX_RESULTS)
/* KRunner's categories: whole names stand among its best. */
#define KRUNNER_EXACT  100
#define KRUNNER_OTHERS 50

typedef void (*AnswerFunc) (SallySearchProvider *self,
                            GDBusMethodInvocation *invocation,
                            GPtrArray *results);

/* What waits for the accounts. */
typedef struct
{
  SallySearchProvider *provider; /* borrowed: it has the question in its queue */
  GDBusMethodInvocation *invocation;
  char **terms;
  AnswerFunc answer;
  guint timeout_id;
} Question;

struct _SallySearchProvider
{
  GObject parent_instance;

  GApplication *application; /* borrowed */
  SallySearchShell *shell;
  SallySearchKrunner *krunner;
  SallyAllowance *allowance;

  SallyAccountStore *accounts;
  SallyServerStore *servers;
  SallyLock *lock;
  SallySettings *settings;

  GQueue questions; /* (element-type Question) */
  gboolean is_reading;
  guint linger_id; /* while the program is held */
};

G_DEFINE_FINAL_TYPE (SallySearchProvider, sally_search_provider, G_TYPE_OBJECT)

enum
{
  ACCOUNT_CHOSEN,
  SERVER_CHOSEN,
  LAUNCHED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
question_free (Question *question)
{
  g_clear_handle_id (&question->timeout_id, g_source_remove);
  g_clear_object (&question->invocation);
  g_strfreev (question->terms);
  g_free (question);
}

static void
on_lingered (gpointer user_data)
{
  SallySearchProvider *self = user_data;

  self->linger_id = 0;
  g_application_release (self->application);
}

/* Whether `invocation` may be answered; it keeps the program up in any case. */
static gboolean
admit (SallySearchProvider *self, GDBusMethodInvocation *invocation)
{
  const char *sender = g_dbus_method_invocation_get_sender (invocation);

  if (self->accounts == NULL ||
      !sally_allowance_take (self->allowance, sender != NULL ? sender : "",
                             g_get_monotonic_time ()))
    return FALSE;
  if (self->linger_id == 0)
    g_application_hold (self->application);
  else
    g_source_remove (self->linger_id);
  self->linger_id = g_timeout_add_seconds_once (LINGER_S, on_lingered, self);
  return TRUE;
}

static SallySearchFacts
get_facts (SallySearchProvider *self)
{
  return (SallySearchFacts) {
    .is_enabled = sally_settings_get_desktop_search (self->settings),
    .is_locked = sally_lock_get_is_locked (self->lock),
    .accounts =
        sally_account_store_get_is_loaded (self->accounts) ? G_LIST_MODEL (self->accounts) : NULL,
    .servers = G_LIST_MODEL (self->servers),
  };
}

static void
answer (SallySearchProvider *self, Question *question)
{
  SallySearchFacts facts = get_facts (self);
  g_autoptr (GPtrArray) results = sally_search_find (&facts, (const char *const *) question->terms);

  question->answer (self, g_steal_pointer (&question->invocation), results);
  question_free (question);
}

static void
answer_all (SallySearchProvider *self)
{
  Question *question;

  self->is_reading = FALSE;
  while ((question = g_queue_pop_head (&self->questions)) != NULL)
    answer (self, question);
}

static void
on_late (gpointer user_data)
{
  Question *question = user_data;
  SallySearchProvider *self = question->provider;

  question->timeout_id = 0;
  g_queue_remove (&self->questions, question);
  answer (self, question);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallySearchProvider) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!sally_account_store_load_finish (SALLY_ACCOUNT_STORE (source), result, &error))
    g_debug ("No accounts to search: %s", error->message);
  answer_all (self);
}

static void
on_is_open (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SallySearchProvider) self = user_data;
  g_autoptr (GError) error = NULL;

  if (sally_keyring_is_open_finish (SALLY_KEYRING (source), result, &error) &&
      self->accounts != NULL)
    {
      sally_account_store_load_async (self->accounts, NULL, on_loaded, g_object_ref (self));
      return;
    }
  if (error != NULL)
    g_debug ("No accounts to search: %s", error->message);
  answer_all (self);
}

/* Nobody is to be asked for a password because somebody types into the desktop's search. */
static void
read_accounts (SallySearchProvider *self)
{
  if (self->is_reading)
    return;
  self->is_reading = TRUE;
  sally_keyring_is_open_async (sally_account_store_get_keyring (self->accounts), NULL, on_is_open,
                               g_object_ref (self));
}

/* Takes `invocation`. */
static void
ask (SallySearchProvider *self,
     GDBusMethodInvocation *invocation,
     const char *const *terms,
     AnswerFunc answer_func)
{
  SallySearchFacts facts;
  Question *question;

  if (!admit (self, invocation))
    {
      g_autoptr (GPtrArray) none = g_ptr_array_new ();

      answer_func (self, invocation, none);
      return;
    }
  facts = get_facts (self);
  question = g_new0 (Question, 1);
  question->provider = self;
  question->invocation = invocation;
  question->terms = g_strdupv ((char **) terms);
  question->answer = answer_func;
  if (facts.accounts != NULL || !sally_search_may_find (&facts, terms))
    {
      answer (self, question);
      return;
    }
  question->timeout_id = g_timeout_add_once (ANSWER_MS, on_late, question);
  g_queue_push_tail (&self->questions, question);
  read_accounts (self);
}

static const char *
get_icon_name (const SallySearchResult *result)
{
  return result->kind == SALLY_SEARCH_SERVER ? "network-server" : SALLY_APPLICATION_ID;
}

static void
choose (SallySearchProvider *self, GDBusMethodInvocation *invocation, const char *id, guint time)
{
  SallySearchKind kind;
  const char *own_id = sally_search_parse_id (id, &kind);

  if (own_id == NULL || !admit (self, invocation) ||
      !sally_settings_get_desktop_search (self->settings))
    return;
  g_signal_emit (self, signals[kind == SALLY_SEARCH_SERVER ? SERVER_CHOSEN : ACCOUNT_CHOSEN], 0,
                 own_id, time);
}

static void
answer_shell (SallySearchProvider *self, GDBusMethodInvocation *invocation, GPtrArray *results)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < results->len; i++)
    g_strv_builder_add (ids, ((SallySearchResult *) results->pdata[i])->id);
  list = g_strv_builder_end (ids);
  /* The reply of both searches is the same. */
  sally_search_shell_complete_get_initial_result_set (self->shell, invocation,
                                                      (const char *const *) list);
}

static gboolean
on_initial (SallySearchProvider *self, GDBusMethodInvocation *invocation, const char *const *terms)
{
  ask (self, invocation, terms, answer_shell);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* Not out of the earlier results: the accounts may have come meanwhile. */
static gboolean
on_subsearch (SallySearchProvider *self,
              GDBusMethodInvocation *invocation,
              const char *const *previous,
              const char *const *terms)
{
  ask (self, invocation, terms, answer_shell);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
add_meta (GVariantBuilder *metas, const SallySearchResult *result)
{
  g_autoptr (GIcon) icon = g_themed_icon_new (get_icon_name (result));
  g_autoptr (GVariant) serialized = g_icon_serialize (icon);

  g_variant_builder_open (metas, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (metas, "{sv}", "id", g_variant_new_string (result->id));
  g_variant_builder_add (metas, "{sv}", "name", g_variant_new_string (result->name));
  g_variant_builder_add (metas, "{sv}", "description", g_variant_new_string (result->description));
  g_variant_builder_add (metas, "{sv}", "icon", serialized);
  g_variant_builder_close (metas);
}

static gboolean
on_metas (SallySearchProvider *self, GDBusMethodInvocation *invocation, const char *const *ids)
{
  g_auto (GVariantBuilder) metas = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aa{sv}"));

  if (admit (self, invocation))
    {
      SallySearchFacts facts = get_facts (self);

      for (gsize i = 0; ids[i] != NULL && i < MAX_METAS; i++)
        {
          g_autoptr (SallySearchResult) result = sally_search_look_up (&facts, ids[i]);

          if (result != NULL)
            add_meta (&metas, result);
        }
    }
  sally_search_shell_complete_get_result_metas (self->shell, invocation,
                                                g_variant_builder_end (&metas));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_activate (SallySearchProvider *self,
             GDBusMethodInvocation *invocation,
             const char *id,
             const char *const *terms,
             guint time)
{
  choose (self, invocation, id, time);
  sally_search_shell_complete_activate_result (self->shell, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_launch (SallySearchProvider *self,
           GDBusMethodInvocation *invocation,
           const char *const *terms,
           guint time)
{
  g_autofree char *search = g_strjoinv (" ", (char **) terms);

  if (admit (self, invocation))
    g_signal_emit (self, signals[LAUNCHED], 0, search, time);
  sally_search_shell_complete_launch_search (self->shell, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
answer_krunner (SallySearchProvider *self, GDBusMethodInvocation *invocation, GPtrArray *results)
{
  g_auto (GVariantBuilder) matches = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(sssida{sv})"));

  for (guint i = 0; i < results->len; i++)
    {
      const SallySearchResult *result = results->pdata[i];
      GVariantDict properties = G_VARIANT_DICT_INIT (NULL);

      g_variant_dict_insert (&properties, "subtext", "s", result->description);
      g_variant_builder_add (&matches, "(sssid@a{sv})", result->id, result->name,
                             get_icon_name (result),
                             result->is_exact ? KRUNNER_EXACT : KRUNNER_OTHERS,
                             1 - i / (double) SALLY_SEARCH_MAX_RESULTS,
                             g_variant_dict_end (&properties));
    }
  sally_search_krunner_complete_match (self->krunner, invocation, g_variant_builder_end (&matches));
}

static gboolean
on_match (SallySearchProvider *self, GDBusMethodInvocation *invocation, const char *query)
{
  g_auto (GStrv) words = g_strsplit (query, " ", SALLY_SEARCH_MAX_TERMS + 1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) terms = NULL;

  for (gsize i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (builder, words[i]);
  terms = g_strv_builder_end (builder);
  ask (self, invocation, (const char *const *) terms, answer_krunner);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_run (SallySearchProvider *self,
        GDBusMethodInvocation *invocation,
        const char *id,
        const char *action)
{
  choose (self, invocation, id, 0);
  sally_search_krunner_complete_run (self->krunner, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_actions (SallySearchProvider *self, GDBusMethodInvocation *invocation)
{
  sally_search_krunner_complete_actions (self->krunner, invocation,
                                         g_variant_new_array (G_VARIANT_TYPE ("(sss)"), NULL, 0));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
sally_search_provider_dispose (GObject *object)
{
  SallySearchProvider *self = SALLY_SEARCH_PROVIDER (object);

  sally_search_provider_unexport (self);
  g_clear_handle_id (&self->linger_id, g_source_remove);
  g_queue_clear_full (&self->questions, (GDestroyNotify) question_free);
  g_clear_object (&self->accounts);
  g_clear_object (&self->servers);
  g_clear_object (&self->lock);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (sally_search_provider_parent_class)->dispose (object);
}

static void
sally_search_provider_finalize (GObject *object)
{
  SallySearchProvider *self = SALLY_SEARCH_PROVIDER (object);

  g_clear_object (&self->shell);
  g_clear_object (&self->krunner);
  sally_allowance_free (self->allowance);

  G_OBJECT_CLASS (sally_search_provider_parent_class)->finalize (object);
}

static void
sally_search_provider_class_init (SallySearchProviderClass *klass)
{
  static const char *const names[N_SIGNALS] = { "account-chosen", "server-chosen", "launched" };

  G_OBJECT_CLASS (klass)->dispose = sally_search_provider_dispose;
  G_OBJECT_CLASS (klass)->finalize = sally_search_provider_finalize;

  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], SALLY_TYPE_SEARCH_PROVIDER, G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

static void
connect_handlers (SallySearchProvider *self)
{
  const struct
  {
    gpointer face;
    const char *signal;
    GCallback handler;
  } handlers[] = {
    { self->shell, "handle-get-initial-result-set", G_CALLBACK (on_initial) },
    { self->shell, "handle-get-subsearch-result-set", G_CALLBACK (on_subsearch) },
    { self->shell, "handle-get-result-metas", G_CALLBACK (on_metas) },
    { self->shell, "handle-activate-result", G_CALLBACK (on_activate) },
    { self->shell, "handle-launch-search", G_CALLBACK (on_launch) },
    { self->krunner, "handle-match", G_CALLBACK (on_match) },
    { self->krunner, "handle-run", G_CALLBACK (on_run) },
    { self->krunner, "handle-actions", G_CALLBACK (on_actions) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    g_signal_connect_object (handlers[i].face, handlers[i].signal, handlers[i].handler, self,
                             G_CONNECT_SWAPPED);
}

static void
sally_search_provider_init (SallySearchProvider *self)
{
  g_queue_init (&self->questions);
  self->allowance = sally_allowance_new ();
  self->shell = sally_search_shell_skeleton_new ();
  self->krunner = sally_search_krunner_skeleton_new ();
  connect_handlers (self);
}

SallySearchProvider *
sally_search_provider_new (GApplication *application)
{
  SallySearchProvider *self;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);

  self = g_object_new (SALLY_TYPE_SEARCH_PROVIDER, NULL);
  self->application = application;
  return self;
}

gboolean
sally_search_provider_export (SallySearchProvider *self,
                              GDBusConnection *bus,
                              const char *path,
                              GError **error)
{
  g_return_val_if_fail (SALLY_IS_SEARCH_PROVIDER (self), FALSE);
  g_return_val_if_fail (G_IS_DBUS_CONNECTION (bus), FALSE);

  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->shell), bus, path,
                                           error) &&
         g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->krunner), bus, path,
                                           error);
}

void
sally_search_provider_unexport (SallySearchProvider *self)
{
  gpointer faces[] = { self->shell, self->krunner };

  g_return_if_fail (SALLY_IS_SEARCH_PROVIDER (self));

  for (gsize i = 0; i < G_N_ELEMENTS (faces); i++)
    if (g_dbus_interface_skeleton_get_connection (faces[i]) != NULL)
      g_dbus_interface_skeleton_unexport (faces[i]);
}

void
sally_search_provider_set_up (SallySearchProvider *self,
                              SallyAccountStore *accounts,
                              SallyServerStore *servers,
                              SallyLock *lock,
                              SallySettings *settings)
{
  g_return_if_fail (SALLY_IS_SEARCH_PROVIDER (self));
  g_return_if_fail (SALLY_IS_ACCOUNT_STORE (accounts));
  g_return_if_fail (SALLY_IS_SERVER_STORE (servers));
  g_return_if_fail (SALLY_IS_LOCK (lock));
  g_return_if_fail (SALLY_IS_SETTINGS (settings));

  g_set_object (&self->accounts, accounts);
  g_set_object (&self->servers, servers);
  g_set_object (&self->lock, lock);
  g_set_object (&self->settings, settings);
}
