/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/given.h"

#include "base/text.h"

#include <glib/gi18n.h>
#include <string.h>

#define FOLDER "sallyport" G_DIR_SEPARATOR_S "connections"
#define SUFFIX ".sallyport"

static void
pins_free (SallyGivenPins *self)
{
  g_free (self->host);
  g_strfreev (self->fingerprints);
  g_free (self);
}

void
sally_given_free (SallyGiven *self)
{
  g_ptr_array_unref (self->servers);
  g_ptr_array_unref (self->pins);
  g_ptr_array_unref (self->problems);
  g_free (self);
}

/* A UUID of a name (RFC 9562 section 5.8): the same file is the same server at the next start, and
 * what a person said of it is found again. `number` tells the servers of one file apart. */
static char *
make_id (const char *name, guint number)
{
  g_autofree char *text = g_strdup_printf ("%s\n%u", name, number);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("%.8s-%.4s-8%.3s-8%.3s-%.12s", hash, hash + 8, hash + 12, hash + 15,
                          hash + 18);
}

static void
add_pins (SallyGiven *self, const SallyProfile *profile)
{
  SallyGivenPins *pins;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (profile->host_keys->len == 0)
    return;
  for (guint i = 0; i < profile->host_keys->len; i++)
    g_strv_builder_add (builder, profile->host_keys->pdata[i]);
  pins = g_new0 (SallyGivenPins, 1);
  pins->host = g_strdup (sally_server_get_host (profile->server));
  pins->port = sally_server_get_port (profile->server);
  pins->fingerprints = g_strv_builder_end (builder);
  g_ptr_array_add (self->pins, pins);
}

/* The file's own server is its last entry: its jump hosts stand before it, each with its place in
 * the chain, counted from the server, for an id. */
static void
add_entries (SallyGiven *self, SallyProfiles *profiles, const char *path, const char *name)
{
  guint n_entries = profiles->entries->len;
  g_autofree char *shown = g_filename_display_name (path);

  for (guint i = 0; i < n_entries; i++)
    {
      const SallyProfile *profile = profiles->entries->pdata[i];
      g_autofree char *id = make_id (name, n_entries - 1 - i);
      g_autofree char *jump = i > 0 ? make_id (name, n_entries - i) : g_strdup ("");
      g_autoptr (SallyServer) server = sally_server_new (id);

      sally_server_set_from (server, profile->server);
      g_object_set (server, "given-by", shown, "jump", jump, NULL);
      if (!profile->has_own_user)
        g_object_set (server, "user", "", NULL);
      add_pins (self, profile);
      g_ptr_array_add (self->servers, g_steal_pointer (&server));
    }
}

static void
add_problem (SallyGiven *self, const char *path, const char *why)
{
  g_autofree char *shown = sally_text_from_name (path, strlen (path));

  g_ptr_array_add (self->problems,
                   g_strdup_printf (_ ("The administrator’s connection file %s is left out: %s"),
                                    shown, why));
}

static void
read_file (SallyGiven *self, const char *path, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyProfiles) profiles =
      sally_profiles_load (path, sally_profiles_find_format ("sallyport"), &error);

  if (profiles != NULL)
    add_entries (self, profiles, path, name);
  else
    add_problem (self, path, error->message);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

/* The names in a folder that are connection files', sorted; none where it cannot be opened. */
static GPtrArray *
list_names (const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    if (g_str_has_suffix (name, SUFFIX) && *name != '.')
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort_values (names, compare_names);
  return names;
}

static void
read_folder (SallyGiven *self, const char *base, GHashTable *seen)
{
  g_autofree char *folder = g_build_filename (base, FOLDER, NULL);
  g_autoptr (GPtrArray) names = list_names (folder);

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);

      if (g_hash_table_contains (seen, names->pdata[i]))
        continue;
      if (g_hash_table_size (seen) >= SALLY_GIVEN_MAX_FILES)
        {
          add_problem (self, path, _ ("there are too many"));
          return;
        }
      g_hash_table_add (seen, g_strdup (names->pdata[i]));
      read_file (self, path, names->pdata[i]);
    }
}

SallyGiven *
sally_given_load (const char *const *folders)
{
  SallyGiven *self = g_new0 (SallyGiven, 1);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->servers = g_ptr_array_new_with_free_func (g_object_unref);
  self->pins = g_ptr_array_new_with_free_func ((GDestroyNotify) pins_free);
  self->problems = g_ptr_array_new_with_free_func (g_free);
  if (folders == NULL)
    folders = g_get_system_config_dirs ();
  for (guint i = 0; folders[i] != NULL; i++)
    read_folder (self, folders[i], seen);
  return self;
}
