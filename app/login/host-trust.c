/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/host-trust.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FINGERPRINT_PREFIX     "SHA256:"
#define SHA256_BYTES           32
/* Base64 of 32 bytes without its one '='. */
#define FINGERPRINT_CHARACTERS 43
/* Ten thousand hosts; what is larger is not ours. */
#define MAX_FILE_BYTES         (2 * 1024 * 1024)
/* The type of a key that was pinned before it was seen. */
#define ANY_TYPE               "*"
/* Others hold the lock for the time of one fsync. */
#define LOCK_ATTEMPTS          100
#define LOCK_INTERVAL_US       10000

struct _SallyHostTrust
{
  GObject parent_instance;

  char *path;
};

G_DEFINE_FINAL_TYPE (SallyHostTrust, sally_host_trust, G_TYPE_OBJECT)

static void
sally_host_trust_finalize (GObject *object)
{
  SallyHostTrust *self = SALLY_HOST_TRUST (object);

  g_free (self->path);
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
}

SallyHostTrust *
sally_host_trust_new (const char *path)
{
  SallyHostTrust *self = g_object_new (SALLY_TYPE_HOST_TRUST, NULL);

  self->path = path != NULL
                   ? g_strdup (path)
                   : g_build_filename (g_get_user_data_dir (), "sallyport", "known_hosts", NULL);
  return self;
}

char *
sally_host_trust_canonical_fingerprint (const char *text)
{
  g_autoptr (GString) base64 = g_string_new (NULL);
  g_autofree guchar *bytes = NULL;
  g_autofree char *encoded = NULL;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isspace (*c))
      g_string_append_c (base64, *c);
  if (g_ascii_strncasecmp (base64->str, FINGERPRINT_PREFIX, strlen (FINGERPRINT_PREFIX)) == 0)
    g_string_erase (base64, 0, (gssize) strlen (FINGERPRINT_PREFIX));
  if (g_str_has_suffix (base64->str, "="))
    g_string_truncate (base64, base64->len - 1);
  if (base64->len != FINGERPRINT_CHARACTERS)
    return NULL;
  for (gsize i = 0; i < base64->len; i++)
    if (!g_ascii_isalnum (base64->str[i]) && base64->str[i] != '+' && base64->str[i] != '/')
      return NULL;

  g_string_append_c (base64, '=');
  bytes = g_base64_decode (base64->str, &length);
  if (length != SHA256_BYTES)
    return NULL;
  encoded = g_base64_encode (bytes, length);
  encoded[FINGERPRINT_CHARACTERS] = '\0';
  return g_strconcat (FINGERPRINT_PREFIX, encoded, NULL);
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
  if (!g_str_equal (fields[1], ANY_TYPE) && !is_key_type (fields[1]))
    return NULL;
  fingerprint = sally_host_trust_canonical_fingerprint (fields[2]);
  if (fingerprint == NULL)
    return NULL;
  g_set_str (&fields[2], fingerprint);
  return g_steal_pointer (&fields);
}

/* What is trusted for `address`: (element-type GStrv), words of lines. */
static GPtrArray *
read_entries (SallyHostTrust *self, const char *address, GError **error)
{
  g_auto (GStrv) lines = read_lines (self, error);
  GPtrArray *entries;

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

SallyHostVerdict
sally_host_trust_check (SallyHostTrust *self,
                        const char *host,
                        guint port,
                        const char *key_type,
                        const char *fingerprint,
                        char **known)
{
  g_autofree char *address = NULL;
  g_autofree char *canonical = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GString) description = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  SallyHostVerdict verdict = SALLY_HOST_TRUST_NEW;

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), SALLY_HOST_TRUST_CHANGED);
  g_return_val_if_fail (host != NULL && key_type != NULL && fingerprint != NULL,
                        SALLY_HOST_TRUST_CHANGED);

  if (known != NULL)
    *known = NULL;
  address = make_address (host, port);
  canonical = sally_host_trust_canonical_fingerprint (fingerprint);
  g_return_val_if_fail (address != NULL && canonical != NULL, SALLY_HOST_TRUST_CHANGED);

  entries = read_entries (self, address, &error);
  if (entries == NULL)
    {
      /* What cannot be read may say that the key has changed. */
      if (known != NULL)
        *known = g_strdup (error->message);
      return SALLY_HOST_TRUST_CHANGED;
    }
  for (guint i = 0; i < entries->len; i++)
    {
      char **fields = entries->pdata[i];
      gboolean is_any = g_str_equal (fields[1], ANY_TYPE);

      if (g_str_equal (fields[2], canonical))
        return SALLY_HOST_TRUST_MATCH;
      if (is_any || g_str_equal (fields[1], key_type))
        verdict = SALLY_HOST_TRUST_CHANGED;
      else if (verdict == SALLY_HOST_TRUST_NEW)
        verdict = SALLY_HOST_TRUST_OTHER_TYPE;
      g_string_append_printf (description, "%s%s%s%s", i > 0 ? ", " : "", is_any ? "" : fields[1],
                              is_any ? "" : " ", fields[2]);
    }
  if (known != NULL && verdict != SALLY_HOST_TRUST_NEW)
    *known = g_string_free_and_steal (g_steal_pointer (&description));
  return verdict;
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
  g_autofree char *seen = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autofd int lock_fd = -1;

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), FALSE);
  g_return_val_if_fail (host != NULL && fingerprint != NULL, FALSE);

  address = make_address (host, port);
  canonical = sally_host_trust_canonical_fingerprint (fingerprint);
  if (canonical == NULL)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("This is no fingerprint of a host key: it has to be “SHA256:” and 43 "
                              "characters, as ssh-keygen -l shows it"));
      return FALSE;
    }
  if (address == NULL || (key_type != NULL && !is_key_type (key_type)))
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("This is no host or no type of a host key"));
      return FALSE;
    }
  if (key_type == NULL)
    key_type = ANY_TYPE;

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

  now = g_date_time_new_now_utc ();
  seen = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");
  line = g_strjoin (" ", address, key_type, canonical, seen, NULL);
  return append_line (self, line, error);
}

gboolean
sally_host_trust_forget (SallyHostTrust *self, const char *host, guint port, GError **error)
{
  g_autofree char *address = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GString) kept = g_string_new (NULL);
  g_autoptr (GError) reason = NULL;
  g_autofd int lock_fd = -1;
  gboolean is_changed = FALSE;

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), FALSE);
  g_return_val_if_fail (host != NULL, FALSE);

  address = make_address (host, port);
  if (address == NULL)
    return TRUE;
  lock_fd = lock (self, error);
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

char *
sally_host_trust_dup_key_types (SallyHostTrust *self, const char *host, guint port)
{
  g_autofree char *address = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) types = g_ptr_array_new ();

  g_return_val_if_fail (SALLY_IS_HOST_TRUST (self), NULL);
  g_return_val_if_fail (host != NULL, NULL);

  address = make_address (host, port);
  entries = address != NULL ? read_entries (self, address, NULL) : NULL;
  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      char **fields = entries->pdata[i];

      if (!g_str_equal (fields[1], ANY_TYPE) &&
          !g_ptr_array_find_with_equal_func (types, fields[1], g_str_equal, NULL))
        g_ptr_array_add (types, fields[1]);
    }
  if (types->len == 0)
    return NULL;
  g_ptr_array_add (types, NULL);
  return g_strjoinv (",", (char **) types->pdata);
}
