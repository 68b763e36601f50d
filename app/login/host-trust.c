/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/host-trust.h"

#include "base/error.h"
#include "login/known-hosts.h"
#include "model/fingerprint.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ten thousand hosts; what is larger is not ours. */
#define MAX_FILE_BYTES   (2 * 1024 * 1024)
/* The type of a key that was pinned before it was seen. */
#define ANY_TYPE         "*"
/* A key of known_hosts that a person had forgotten. */
#define FORGOTTEN_TYPE   "!"
#define DEFAULT_PORT     22
/* Others hold the lock for the time of one fsync. */
#define LOCK_ATTEMPTS    100
#define LOCK_INTERVAL_US 10000

struct _SallyHostTrust
{
  GObject parent_instance;

  char *path;
  GStrv known_hosts; /* paths */
  GHashTable *given; /* address -> GStrv of fingerprints */
};

G_DEFINE_FINAL_TYPE (SallyHostTrust, sally_host_trust, G_TYPE_OBJECT)

static void
sally_host_trust_finalize (GObject *object)
{
  SallyHostTrust *self = SALLY_HOST_TRUST (object);

  g_free (self->path);
  g_strfreev (self->known_hosts);
  g_hash_table_unref (self->given);
  G_OBJECT_CLASS (sally_host_trust_parent_class)->finalize (object);
}

static void
sally_host_trust_class_init (SallyHostTrustClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sally_host_trust_finalize;
}

static void
sally_host_trust_init (SallyHostTrust *self)
{
  self->given =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_strfreev);
}

SallyHostTrust *
sally_host_trust_new (const char *path)
{
  SallyHostTrust *self = g_object_new (SALLY_TYPE_HOST_TRUST, NULL);

  self->path = path != NULL
                   ? g_strdup (path)
                   : g_build_filename (g_get_user_data_dir (), "sallyport", "known_hosts", NULL);
  if (path == NULL)
    {
      g_autofree char *user = g_build_filename (g_get_home_dir (), ".ssh", "known_hosts", NULL);
      g_autofree char *user2 = g_build_filename (g_get_home_dir (), ".ssh", "known_hosts2", NULL);
      const char *const paths[] = { user, user2, "/etc/ssh/ssh_known_hosts",
                                    "/etc/ssh/ssh_known_hosts2", NULL };

      sally_host_trust_set_known_hosts (self, paths);
    }
  return self;
}

void
sally_host_trust_set_known_hosts (SallyHostTrust *self, const char *const *paths)
{
  g_return_if_fail (SALLY_IS_HOST_TRUST (self));
  g_return_if_fail (paths != NULL);

  g_strfreev (self->known_hosts);
  self->known_hosts = g_strdupv ((char **) paths);
}

void
sally_host_finding_clear (SallyHostFinding *finding)
{
  g_return_if_fail (finding != NULL);

  g_clear_pointer (&finding->known, g_free);
}

/* "[host]:port", the first word of a line; NULL if the host could break the line. */
static char *
make_address (const char *host, guint port)
{
  g_autofree char *folded = g_ascii_strdown (host, -1);

  if (*host == '\0')
    return NULL;
  for (const char *c = host; *c != '\0'; c++)
    if (g_ascii_isspace (*c) || g_ascii_iscntrl (*c) || *c == '[' || *c == ']')
      return NULL;
  return g_strdup_printf ("[%s]:%u", folded, port);
}

static gboolean
is_key_type (const char *text)
{
  if (*text == '\0')
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_.@", *c) == NULL)
      return FALSE;
  return TRUE;
}

/* The lines of the file, empty if there is none. */
static char **
read_lines (SallyHostTrust *self, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) reason = NULL;
  GStatBuf status;

  if (g_stat (self->path, &status) == 0 && status.st_size > MAX_FILE_BYTES)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                   _ ("The store of host keys, %s, is far too large to be one"), self->path);
      return NULL;
    }
  if (!g_file_get_contents (self->path, &text, NULL, &reason))
    {
      if (g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_new0 (char *, 1);
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                   _ ("The store of host keys cannot be read: %s"), reason->message);
      return NULL;
    }
  return g_strsplit (text, "\n", -1);
}

/* The words of a line that is about `address`, else NULL. */
static char **
parse_line (const char *line, const char *address)
{
  g_auto (GStrv) words = g_strsplit_set (line, " \t\r", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) fields = NULL;
  g_autofree char *fingerprint = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (builder, words[i]);
  fields = g_strv_builder_end (builder);
  if (g_strv_length (fields) < 3 || g_ascii_strcasecmp (fields[0], address) != 0)
    return NULL;
  if (!g_str_equal (fields[1], ANY_TYPE) && !g_str_equal (fields[1], FORGOTTEN_TYPE) &&
      !is_key_type (fields[1]))
    return NULL;
  fingerprint = sally_fingerprint_canonical (fields[2]);
  if (fingerprint == NULL)
    return NULL;
  g_set_str (&fields[2], fingerprint);
  return g_steal_pointer (&fields);
}

void
sally_host_trust_set_given (SallyHostTrust *self,
                            const char *host,
                            guint port,
                            const char *const *fingerprints)
{
  char *address;

  g_return_if_fail (SALLY_IS_HOST_TRUST (self));
  g_return_if_fail (host != NULL && fingerprints != NULL && fingerprints[0] != NULL);

  address = make_address (host, port);
  if (address != NULL)
    g_hash_table_replace (self->given, address, g_strdupv ((char **) fingerprints));
}

/* What would be done to the keys of a host whose keys the administrator gives. */
static gboolean
check_not_given (SallyHostTrust *self, const char *address, GError **error)
{
  if (!g_hash_table_contains (self->given, address))
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("The host keys of %s are given by the administrator: they cannot be changed "
                  "here"),
               address);
  return FALSE;
}

/* As if these alone had been pinned. */
static GPtrArray *
make_given_entries (const char *address, char **fingerprints)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  for (guint i = 0; fingerprints[i] != NULL; i++)
    {
      const char *const fields[] = { address, ANY_TYPE, fingerprints[i], NULL };

      g_ptr_array_add (entries, g_strdupv ((char **) fields));
    }
  return entries;
}

/* What is trusted for `address`: (element-type GStrv), words of lines. */
static GPtrArray *
read_entries (SallyHostTrust *self, const char *address, GError **error)
{
  char **given = g_hash_table_lookup (self->given, address);
  g_auto (GStrv) lines = NULL;
  GPtrArray *entries;

  if (given != NULL)
    return make_given_entries (address, given);
  lines = read_lines (self, error);
  if (lines == NULL)
    return NULL;
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      char **fields = parse_line (lines[i], address);

      if (fields != NULL)
        g_ptr_array_add (entries, fields);
    }
  return entries;
}

static gboolean
is_forgotten (GPtrArray *entries, const char *fingerprint)
{
  for (guint i = 0; i < entries->len; i++)
    {
      char **fields = entries->pdata[i];

      if (g_str_equal (fields[1], FORGOTTEN_TYPE) && g_str_equal (fields[2], fingerprint))
        return TRUE;
    }
  return FALSE;
}

/* What the known_hosts files say of a host. */
typedef void (*KnownHostFunc) (const SallyKnownHost *known, const char *path, gpointer user_data);

static void
for_each_known_host (
    SallyHostTrust *self, const char *host, guint port, KnownHostFunc func, gpointer user_data)
{
  for (guint i = 0; self->known_hosts != NULL && self->known_hosts[i] != NULL; i++)
    {
      g_autofree char *bytes = NULL;
      g_autoptr (GPtrArray) found = NULL;
      GStatBuf status;
      gsize length;

      if (g_stat (self->known_hosts[i], &status) != 0 ||
          status.st_size > SALLY_KNOWN_HOSTS_MAX_BYTES ||
          !g_file_get_contents (self->known_hosts[i], &bytes, &length, NULL))
        continue;
      found = sally_known_hosts_find (bytes, length, host, port);
      for (guint j = 0; j < found->len; j++)
        func (found->pdata[j], self->known_hosts[i], user_data);
    }
}

/* One question, while the files are gone through. */
typedef struct
{
  GPtrArray *entries; /* our own */
  const char *key_type;
  const char *fingerprint;
  gboolean only_matches; /* the host without its port: what differs means nothing */
  SallyHostVerdict verdict;
  gboolean has_authority;
  GString *known;
  char *revoked;
} Look;

static void
look_at_known_host (const SallyKnownHost *known, const char *path, gpointer user_data)
{
  Look *look = user_data;
  gboolean is_same = g_str_equal (known->fingerprint, look->fingerprint);

  if (known->mark == SALLY_KNOWN_HOST_REVOKED && is_same && look->revoked == NULL)
    look->revoked = g_strdup_printf ("%s:%u", path, known->line);
  if (known->mark == SALLY_KNOWN_HOST_AUTHORITY && !look->only_matches)
    look->has_authority = TRUE;
  if (known->mark != SALLY_KNOWN_HOST_KEY || (look->only_matches && !is_same) ||
      is_forgotten (look->entries, known->fingerprint))
    return;
  if (is_same)
    look->verdict = SALLY_HOST_TRUST_MATCH;
  else if (look->verdict != SALLY_HOST_TRUST_MATCH)
    look->verdict =
        g_str_equal (known->key_type, look->key_type) || look->verdict == SALLY_HOST_TRUST_CHANGED
            ? SALLY_HOST_TRUST_CHANGED
            : SALLY_HOST_TRUST_OTHER_TYPE;
  g_string_append_printf (look->known, "%s%s %s (%s:%u)", look->known->len > 0 ? ", " : "",
                          known->key_type, known->fingerprint, path, known->line);
}

/* FALSE if our own store knows nothing of the host. */
static gboolean
look_at_entries (Look *look)
{
  gboolean is_known = FALSE;

  for (guint i = 0; i < look->entries->len; i++)
    {
      char **fields = look->entries->pdata[i];
      gboolean is_any = g_str_equal (fields[1], ANY_TYPE);

      if (g_str_equal (fields[1], FORGOTTEN_TYPE))
        continue;
      is_known = TRUE;
      if (g_str_equal (fields[2], look->fingerprint))
        look->verdict = SALLY_HOST_TRUST_MATCH;
      else if (look->verdict != SALLY_HOST_TRUST_MATCH)
        look->verdict = is_any || g_str_equal (fields[1], look->key_type) ||
                                look->verdict == SALLY_HOST_TRUST_CHANGED
                            ? SALLY_HOST_TRUST_CHANGED
                            : SALLY_HOST_TRUST_OTHER_TYPE;
      g_string_append_printf (look->known, "%s%s%s%s", look->known->len > 0 ? ", " : "",
                              is_any ? "" : fields[1], is_any ? "" : " ", fields[2]);
    }
  return is_known;
}

static void
look_up (SallyHostTrust *self, const char *host, guint port, Look *look)
{
  SallyHostVerdict own;
  g_autofree char *own_known = NULL;
  gboolean is_known = look_at_entries (look);

  own = look->verdict;
  own_known = g_strdup (look->known->str);
  g_string_truncate (look->known, 0);
  look->verdict = SALLY_HOST_TRUST_NEW;
  for_each_known_host (self, host, port, look_at_known_host, look);
  look->only_matches = TRUE;
  if (port != DEFAULT_PORT && look->verdict == SALLY_HOST_TRUST_NEW)
    for_each_known_host (self, host, DEFAULT_PORT, look_at_known_host, look);

  if (is_known)
    {
      look->verdict = own;
      g_string_assign (look->known, own_known);
    }
  if (look->revoked != NULL)
    {
      look->verdict = SALLY_HOST_TRUST_REVOKED;
      g_string_assign (look->known, look->revoked);
    }
}

SallyHostVerdict
sally_host_trust_check (SallyHostTrust *self,
                        const char *host,
                        guint port,
                        const char *key_type,
                        const char *fingerprint,
                        SallyHostFinding *finding)
{
  g_auto (SallyHostFinding) unused = { SALLY_HOST_TRUST_CHANGED };
  g_autofree char *address = NULL;
  g_autofree char *canonical = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GString) known = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Look look = { .key_type = key_type, .known = known };

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), SALLY_HOST_TRUST_CHANGED);
  g_return_val_if_fail (host != NULL && key_type != NULL && fingerprint != NULL,
                        SALLY_HOST_TRUST_CHANGED);

  if (finding == NULL)
    finding = &unused;
  *finding = (SallyHostFinding) { .verdict = SALLY_HOST_TRUST_CHANGED };
  address = make_address (host, port);
  canonical = sally_fingerprint_canonical (fingerprint);
  g_return_val_if_fail (address != NULL && canonical != NULL, SALLY_HOST_TRUST_CHANGED);

  entries = read_entries (self, address, &error);
  if (entries == NULL)
    {
      /* What cannot be read may say that the key has changed. */
      finding->known = g_strdup (error->message);
      return SALLY_HOST_TRUST_CHANGED;
    }
  look.entries = entries;
  look.fingerprint = canonical;
  look.verdict = SALLY_HOST_TRUST_NEW;
  look_up (self, host, port, &look);
  g_free (look.revoked);
  finding->verdict = look.verdict;
  finding->has_authority = look.has_authority;
  if (look.verdict != SALLY_HOST_TRUST_NEW && look.verdict != SALLY_HOST_TRUST_MATCH)
    finding->known = g_strdup (known->str);
  return look.verdict;
}

/* Held while the file is changed; closing lets go. */
static int
lock (SallyHostTrust *self, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (self->path);
  g_autofree char *lock_path = g_strconcat (self->path, ".lock", NULL);
  g_autofd int fd = -1;

  if (g_mkdir_with_parents (directory, 0700) != 0)
    {
      sally_error_set_errno (error, errno, directory);
      return -1;
    }
  fd = g_open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    {
      sally_error_set_errno (error, errno, lock_path);
      return -1;
    }
  for (guint i = 0; i < LOCK_ATTEMPTS; i++)
    {
      if (flock (fd, LOCK_EX | LOCK_NB) == 0)
        return g_steal_fd (&fd);
      if (errno != EWOULDBLOCK && errno != EINTR)
        break;
      g_usleep (LOCK_INTERVAL_US);
    }
  sally_error_set_errno (error, errno, lock_path);
  return -1;
}

/* A last line without an end, as an editor may leave it, must not swallow ours. */
static gboolean
ends_within_line (int fd)
{
  struct stat status;
  char last = '\n';

  return fstat (fd, &status) == 0 && status.st_size > 0 &&
         pread (fd, &last, 1, status.st_size - 1) == 1 && last != '\n';
}

static gboolean
append_line (SallyHostTrust *self, const char *line, GError **error)
{
  g_autofree char *directory = g_path_get_dirname (self->path);
  g_autofree char *text = NULL;
  g_autofd int fd = g_open (self->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  g_autofd int directory_fd = -1;
  gsize length;
  ssize_t written;

  if (fd < 0)
    {
      sally_error_set_errno (error, errno, self->path);
      return FALSE;
    }
  text = g_strconcat (ends_within_line (fd) ? "\n" : "", line, "\n", NULL);
  length = strlen (text);
  written = write (fd, text, length);
  if (written != (ssize_t) length || fsync (fd) != 0)
    {
      sally_error_set_errno (error, written >= 0 && written < (ssize_t) length ? ENOSPC : errno,
                             self->path);
      return FALSE;
    }
  /* The file's name is on the disk only when its folder is. */
  directory_fd = g_open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (directory_fd >= 0)
    fsync (directory_fd);
  return TRUE;
}

static char *
make_line (const char *address, const char *key_type, const char *fingerprint)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *seen = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");

  return g_strjoin (" ", address, key_type, fingerprint, seen, NULL);
}

static void
set_not_a_fingerprint (GError **error)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("This is no fingerprint of a host key: it has to be “SHA256:” and 43 "
                          "characters, as ssh-keygen -l shows it"));
}

static void
set_not_a_host (GError **error)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("This is no host or no type of a host key"));
}

gboolean
sally_host_trust_add (SallyHostTrust *self,
                      const char *host,
                      guint port,
                      const char *key_type,
                      const char *fingerprint,
                      GError **error)
{
  g_autofree char *address = NULL;
  g_autofree char *canonical = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autofd int lock_fd = -1;

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), FALSE);
  g_return_val_if_fail (host != NULL && key_type != NULL && fingerprint != NULL, FALSE);

  address = make_address (host, port);
  canonical = sally_fingerprint_canonical (fingerprint);
  if (canonical == NULL)
    {
      set_not_a_fingerprint (error);
      return FALSE;
    }
  if (address == NULL || !is_key_type (key_type))
    {
      set_not_a_host (error);
      return FALSE;
    }

  lock_fd = lock (self, error);
  if (lock_fd < 0)
    return FALSE;
  entries = read_entries (self, address, error);
  if (entries == NULL)
    return FALSE;
  for (guint i = 0; i < entries->len; i++)
    if (g_str_equal (((char **) entries->pdata[i])[1], key_type) &&
        g_str_equal (((char **) entries->pdata[i])[2], canonical))
      return TRUE;
  line = make_line (address, key_type, canonical);
  return append_line (self, line, error);
}

/* The lines about `address` give way to `added`; all others stay as they are. */
static gboolean
replace_lines (SallyHostTrust *self, const char *address, GPtrArray *added, GError **error)
{
  g_autofd int lock_fd = lock (self, error);
  g_auto (GStrv) lines = NULL;
  g_autoptr (GString) kept = g_string_new (NULL);
  g_autoptr (GError) reason = NULL;
  gboolean is_changed = added->len > 0;

  if (lock_fd < 0)
    return FALSE;
  lines = read_lines (self, error);
  if (lines == NULL)
    return FALSE;
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = parse_line (lines[i], address);

      if (fields != NULL)
        is_changed = TRUE;
      else if (*lines[i] != '\0' || lines[i + 1] != NULL)
        g_string_append_printf (kept, "%s\n", lines[i]);
    }
  for (guint i = 0; i < added->len; i++)
    g_string_append_printf (kept, "%s\n", (const char *) g_ptr_array_index (added, i));
  if (!is_changed)
    return TRUE;
  if (!g_file_set_contents_full (self->path, kept->str, (gssize) kept->len,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                 &reason))
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                   _ ("The store of host keys cannot be written: %s"), reason->message);
      return FALSE;
    }
  return TRUE;
}

gboolean
sally_host_trust_pin (SallyHostTrust *self,
                      const char *host,
                      guint port,
                      const char *const *fingerprints,
                      GError **error)
{
  g_autofree char *address = NULL;
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), FALSE);
  g_return_val_if_fail (host != NULL && fingerprints != NULL && fingerprints[0] != NULL, FALSE);

  address = make_address (host, port);
  if (address == NULL)
    {
      set_not_a_host (error);
      return FALSE;
    }
  if (!check_not_given (self, address, error))
    return FALSE;
  for (guint i = 0; fingerprints[i] != NULL; i++)
    {
      g_autofree char *canonical = sally_fingerprint_canonical (fingerprints[i]);

      if (canonical == NULL || i >= SALLY_HOST_TRUST_MAX_PINS)
        {
          set_not_a_fingerprint (error);
          return FALSE;
        }
      g_ptr_array_add (added, make_line (address, ANY_TYPE, canonical));
    }
  return replace_lines (self, address, added, error);
}

typedef struct
{
  const char *address;
  GPtrArray *added;
} Forgetting;

static void
forget_known_host (const SallyKnownHost *known, const char *path, gpointer user_data)
{
  Forgetting *forgetting = user_data;

  if (known->mark == SALLY_KNOWN_HOST_KEY)
    g_ptr_array_add (forgetting->added,
                     make_line (forgetting->address, FORGOTTEN_TYPE, known->fingerprint));
}

gboolean
sally_host_trust_forget (SallyHostTrust *self, const char *host, guint port, GError **error)
{
  g_autofree char *address = NULL;
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  address = make_address (host, port);
  if (address == NULL)
    return TRUE;
  if (!check_not_given (self, address, error))
    return FALSE;
  {
    Forgetting forgetting = { address, added };

    for_each_known_host (self, host, port, forget_known_host, &forgetting);
  }
  return replace_lines (self, address, added, error);
}

static void
collect_key_type (const SallyKnownHost *known, const char *path, gpointer user_data)
{
  GPtrArray *types = user_data;

  if (known->mark == SALLY_KNOWN_HOST_KEY &&
      !g_ptr_array_find_with_equal_func (types, known->key_type, g_str_equal, NULL))
    g_ptr_array_add (types, g_strdup (known->key_type));
}

char *
sally_host_trust_dup_key_types (SallyHostTrust *self, const char *host, guint port)
{
  g_autofree char *address = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) types = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  address = make_address (host, port);
  entries = address != NULL ? read_entries (self, address, NULL) : NULL;
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      char **fields = entries->pdata[i];

      if (is_key_type (fields[1]) &&
          !g_ptr_array_find_with_equal_func (types, fields[1], g_str_equal, NULL))
        g_ptr_array_add (types, g_strdup (fields[1]));
    }
  /* What the store knows goes before; a host it does not know may be known there. */
  if (entries != NULL && entries->len == 0)
    for_each_known_host (self, host, port, collect_key_type, types);
  if (types->len == 0)
    return NULL;
  g_ptr_array_add (types, NULL);
  return g_strjoinv (",", (char **) types->pdata);
}

static void
add_fingerprint (GPtrArray *fingerprints, const char *fingerprint)
{
  if (fingerprints->len < SALLY_HOST_TRUST_MAX_PINS &&
      !g_ptr_array_find_with_equal_func (fingerprints, fingerprint, g_str_equal, NULL))
    g_ptr_array_add (fingerprints, g_strdup (fingerprint));
}

static void
collect_fingerprint (const SallyKnownHost *known, const char *path, gpointer user_data)
{
  if (known->mark == SALLY_KNOWN_HOST_KEY)
    add_fingerprint (user_data, known->fingerprint);
}

char **
sally_host_trust_dup_fingerprints (SallyHostTrust *self, const char *host, guint port)
{
  g_autofree char *address = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) fingerprints = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  address = make_address (host, port);
  entries = address != NULL ? read_entries (self, address, NULL) : NULL;
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      char **fields = entries->pdata[i];

      if (!g_str_equal (fields[1], FORGOTTEN_TYPE))
        add_fingerprint (fingerprints, fields[2]);
    }
  if (entries != NULL && entries->len == 0)
    for_each_known_host (self, host, port, collect_fingerprint, fingerprints);
  g_ptr_array_add (fingerprints, NULL);
  return (char **) g_ptr_array_steal (fingerprints, NULL);
}

/* Whether all of `some` are among `all`. */
static gboolean
contains_all (char **all, char **some)
{
  for (guint i = 0; some[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *) all, some[i]))
      return FALSE;
  return TRUE;
}

gboolean
sally_host_trust_pin_new (SallyHostTrust *self,
                          const char *host,
                          guint port,
                          GPtrArray *fingerprints,
                          gboolean *is_pinned,
                          GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) wanted = NULL;
  g_auto (GStrv) known = NULL;

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), FALSE);
  g_return_val_if_fail (fingerprints != NULL && is_pinned != NULL, FALSE);

  *is_pinned = FALSE;
  if (fingerprints->len == 0)
    return TRUE;
  for (guint i = 0; i < fingerprints->len; i++)
    g_strv_builder_add (builder, fingerprints->pdata[i]);
  wanted = g_strv_builder_end (builder);
  known = sally_host_trust_dup_fingerprints (self, host, port);
  if (known[0] != NULL)
    {
      *is_pinned = contains_all (known, wanted) && contains_all (wanted, known);
      return TRUE;
    }
  *is_pinned = sally_host_trust_pin (self, host, port, (const char *const *) wanted, error);
  return *is_pinned;
}
