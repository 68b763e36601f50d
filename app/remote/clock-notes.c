/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "remote/clock-notes.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#define MAX_BYTES          (64 * 1024)
/* More servers than a person uses in a day. */
#define MAX_NOTES          100
/* An engine tells at once. What comes later was read before this program was there: whether our
 * clock was set since then nobody knows. */
#define MAX_DELAY_S        30
/* As the engine has it (engine/clock.c), which is not taken at its word. */
#define MAX_OFFSET_S       (366 * G_GINT64_CONSTANT (86400))
#define MAX_ACCURACY_S     60
/* From here on nobody sets the clock: the kernel's limit of a known error, which is how
 * systemd-timedated tells. STA_UNSYNC says less, since a daemon may set it for the sake of the
 * hardware's clock alone. */
#define MAX_CLOCK_ERROR_US (16 * G_USEC_PER_SEC)

/* Reading the kernel's clock state needs no privilege; where it is hidden, nothing is known. */
static SallyClock
look_at_clock (void)
{
  struct timex state = { .modes = 0 };

  if (adjtimex (&state) < 0)
    return SALLY_CLOCK_UNKNOWN;
  return state.maxerror < MAX_CLOCK_ERROR_US ? SALLY_CLOCK_SYNCHRONISED : SALLY_CLOCK_FREE;
}

static const char *
get_boot_id (void)
{
  static char *boot_id;

  if (g_once_init_enter_pointer (&boot_id))
    {
      char *text = NULL;

      if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
        text = g_strdup ("");
      g_once_init_leave_pointer (&boot_id, g_strchomp (text));
    }
  return boot_id;
}

void
sally_clock_notes_get_now (SallyClockNow *now)
{
  struct timespec since_boot = { 0 };

  g_return_if_fail (now != NULL);

  clock_gettime (CLOCK_BOOTTIME, &since_boot);
  now->time_s = g_get_real_time () / G_USEC_PER_SEC;
  now->boot_time_s = now->time_s - since_boot.tv_sec;
  now->boot_id = get_boot_id ();
  now->state = look_at_clock ();
}

char *
sally_clock_notes_dup_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "sallyport", "clocks", NULL);
}

static GKeyFile *
load_file (void)
{
  GKeyFile *file = g_key_file_new ();
  g_autofree char *path = sally_clock_notes_dup_path ();
  GStatBuf status;

  if (g_stat (path, &status) == 0 && status.st_size <= MAX_BYTES)
    g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL);
  return file;
}

static SallyClockSighting *
read_sighting (GKeyFile *file, const char *group)
{
  SallyClockSighting *sighting = g_new0 (SallyClockSighting, 1);

  sighting->address = g_key_file_get_string (file, group, "address", NULL);
  sighting->name = g_key_file_get_string (file, group, "name", NULL);
  sighting->boot_id = g_key_file_get_string (file, group, "boot", NULL);
  sighting->offset_s = g_key_file_get_int64 (file, group, "offset", NULL);
  sighting->accuracy_s =
      (guint) CLAMP (g_key_file_get_int64 (file, group, "accuracy", NULL), 1, MAX_ACCURACY_S);
  sighting->time_s = g_key_file_get_int64 (file, group, "time", NULL);
  sighting->boot_time_s = g_key_file_get_int64 (file, group, "boot-time", NULL);
  if (sighting->address == NULL || sighting->name == NULL || sighting->boot_id == NULL ||
      sighting->offset_s < -MAX_OFFSET_S || sighting->offset_s > MAX_OFFSET_S)
    g_clear_pointer (&sighting, sally_clock_sighting_free);
  return sighting;
}

static GPtrArray *
read_all (GKeyFile *file)
{
  GPtrArray *sightings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_clock_sighting_free);
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL && i < MAX_NOTES; i++)
    {
      SallyClockSighting *sighting = read_sighting (file, groups[i]);

      if (sighting != NULL)
        g_ptr_array_add (sightings, sighting);
    }
  return sightings;
}

GPtrArray *
sally_clock_notes_load (void)
{
  g_autoptr (GKeyFile) file = load_file ();

  return read_all (file);
}

static SallyClockSighting *
find (GPtrArray *sightings, const char *address)
{
  for (guint i = 0; i < sightings->len; i++)
    {
      SallyClockSighting *sighting = sightings->pdata[i];

      if (g_str_equal (sighting->address, address))
        return sighting;
    }
  return NULL;
}

const SallyClockSighting *
sally_clock_notes_find (GPtrArray *sightings, SallyServer *server)
{
  g_autofree char *address = NULL;

  g_return_val_if_fail (sightings != NULL, NULL);
  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);

  address = sally_server_dup_address (server);
  return find (sightings, address);
}

static SallyClockSighting *
take_sighting (SallyServer *server, GVariant *info, const SallyClockNow *now)
{
  SallyClockSighting *sighting = g_new0 (SallyClockSighting, 1);
  guint32 accuracy_s = 0;

  sighting->address = sally_server_dup_address (server);
  sighting->name = g_strdup (sally_server_get_name (server));
  if (*sighting->name == '\0')
    g_set_str (&sighting->name, sighting->address);
  sighting->boot_id = g_strdup (now->boot_id);
  sighting->boot_time_s = now->boot_time_s;
  if (!g_variant_lookup (info, "clock-offset", "x", &sighting->offset_s) ||
      !g_variant_lookup (info, "clock-accuracy", "u", &accuracy_s) ||
      !g_variant_lookup (info, "clock-time", "x", &sighting->time_s) ||
      sighting->offset_s < -MAX_OFFSET_S || sighting->offset_s > MAX_OFFSET_S ||
      accuracy_s > MAX_ACCURACY_S || sighting->time_s > now->time_s ||
      sighting->time_s < now->time_s - MAX_DELAY_S)
    g_clear_pointer (&sighting, sally_clock_sighting_free);
  else
    sighting->accuracy_s = accuracy_s;
  return sighting;
}

/* A name of the form that key files allow, whatever is in the address. */
static void
write_sighting (GKeyFile *file, const SallyClockSighting *sighting)
{
  g_autofree char *group = g_compute_checksum_for_string (G_CHECKSUM_SHA256, sighting->address, -1);

  g_key_file_set_string (file, group, "address", sighting->address);
  g_key_file_set_string (file, group, "name", sighting->name);
  g_key_file_set_int64 (file, group, "offset", sighting->offset_s);
  g_key_file_set_int64 (file, group, "accuracy", sighting->accuracy_s);
  g_key_file_set_int64 (file, group, "time", sighting->time_s);
  g_key_file_set_int64 (file, group, "boot-time", sighting->boot_time_s);
  g_key_file_set_string (file, group, "boot", sighting->boot_id);
}

/* A few hundred bytes, replaced whole; of two programs that do so at once the later one wins, and
 * the next upload tells again. */
static void
save (GPtrArray *sightings, const SallyClockNow *now)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = sally_clock_notes_dup_path ();
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  /* The newest stands last. */
  for (guint i = sightings->len > MAX_NOTES ? sightings->len - MAX_NOTES : 0; i < sightings->len;
       i++)
    if (sally_clock_sighting_is_valid (sightings->pdata[i], now))
      write_sighting (file, sightings->pdata[i]);
  text = g_key_file_to_data (file, NULL, NULL);
  if (g_mkdir_with_parents (directory, 0700) != 0 ||
      !g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_debug ("the server's clock is not kept: %s", error != NULL ? error->message : directory);
}

void
sally_clock_notes_add (SallyServer *server, GVariant *info)
{
  g_autoptr (SallyClockSighting) sighting = NULL;
  g_autoptr (GPtrArray) sightings = NULL;
  SallyClockSighting *old;
  SallyClockNow now;

  g_return_if_fail (SALLY_IS_SERVER (server));

  if (info == NULL)
    return;
  sally_clock_notes_get_now (&now);
  sighting = take_sighting (server, info, &now);
  if (sighting == NULL)
    return;
  sightings = sally_clock_notes_load ();
  old = find (sightings, sighting->address);
  if (old != NULL && old->time_s == sighting->time_s && old->offset_s == sighting->offset_s)
    return;
  if (old != NULL)
    g_ptr_array_remove (sightings, old);
  g_ptr_array_add (sightings, g_steal_pointer (&sighting));
  save (sightings, &now);
}
