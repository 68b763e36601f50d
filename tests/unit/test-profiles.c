/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/profiles.h"

#include "base/error.h"
#include "profiles/connection-file.h"

#include <glib/gstdio.h>
#include <string.h>

#define PIN "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"
#define PLIST_HEAD                                                                                 \
  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST "      \
  "1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\"><dict>"

/* A file, and what its servers become: "name|user|host|port|recipe|folder|group|jump", a line each.
 */
typedef struct
{
  const char *format;
  const char *path;
  const char *text;
  const char *servers;
  const char *loss;   /* part of a sentence that is said of a server; NULL: none is */
  const char *notice; /* part of one about the file */
} Fixture;

static const Fixture fixtures[] = {
  { "sallyport", NULL,
    "[Sallyport]\nVersion=1\n[Server]\nName=Drop box\nHost=sftp.example\nPort=2222\nUser=vendor\n"
    "Recipe=password+code\nSeparator=,\nCodeLength=8\nPasswordPrompt=^Pass\nCodePrompt=code\n"
    "StartDirectory=/in box\nGroup=Work\nHostKeys=" PIN ";\nJump=Jump 1\nFuture=x\n"
    "[Jump 1]\nName=Gate\nHost=gate.example\nUser=me\nRecipe=key,code\n",
    "Gate|me|gate.example|22|key,code|||\n"
    "Drop box|vendor|sftp.example|2222|password+code|/in box|Work|Gate\n",
    NULL, NULL },
  { "filezilla", "sitemanager.xml",
    "<?xml version=\"1.0\"?>\n<FileZilla3 version=\"3.66\" platform=\"*nix\"><Servers>\n"
    "<Server><Host>ftp.example</Host><Port>21</Port><Protocol>0</Protocol><Name>Old</Name></Server>"
    "<Folder expanded=\"1\">Customers\n<Folder>A &amp; B\n<Server><Host>sftp.example</Host>"
    "<Port>2022</Port><Protocol>1</Protocol><Type>0</Type><User>vendor</User>"
    "<Pass encoding=\"base64\">c2VjcmV0</Pass><Logontype>3</Logontype>"
    "<MaximumMultipleConnections>1</MaximumMultipleConnections><Name>Bank: in/out</Name>"
    "<RemoteDir>1 0 3 srv 7 in box1</RemoteDir><Bookmark><Name>x</Name></Bookmark></Server>"
    "</Folder></Folder>"
    "<Server><Host>key.example</Host><Port>22</Port><Protocol>1</Protocol><User>me</User>"
    "<Logontype>1</Logontype>Named by its text</Server></Servers></FileZilla3>\n",
    "Bank- in-out|vendor|sftp.example|2022|password,code|/srv/in box1|Customers / A & B|\n"
    "Named by its text|me|key.example|22|password|||\n",
    "password is not imported", "1 entry is not for SFTP" },
  { "winscp", "WinSCP.ini",
    "\xEF\xBB\xBF[Configuration]\r\nVersion=1\r\n[Sessions\\Default%20Settings]\r\nCompression="
    "1\r\n"
    "[Sessions\\Work/"
    "Bank%20%C3%96]\r\nHostName=sftp.example\r\nUserName=an%20na\r\nPortNumber=2222\r\n"
    "RemoteDirectory=/"
    "in%20box\r\nPassword=A35C415E28\r\nTunnel=1\r\nTunnelHostName=gate.example\r\n"
    "TunnelUserName=me\r\n[Sessions\\web]\r\nHostName=w.example\r\nFSProtocol=6\r\n"
    "[Sessions\\key]\r\nHostName=k.example\r\nUserName=me\r\nPublicKeyFile=C:%5Ckeys%5Cme.ppk\r\n"
    "[SshHostKeys]\r\nssh-ed25519@22:sftp.example=0x1,0x2\r\n",
    "Bank Ö (tunnel)|me|gate.example|22|password|||\n"
    "Bank Ö|an na|sftp.example|2222|password|/in box|Work|Bank Ö (tunnel)\n"
    "key|me|k.example|22|key|||\n",
    "puttygen", "1 entry is not for SFTP" },
  { "cyberduck", "x.duck",
    PLIST_HEAD
    "<key>Protocol</key><string>sftp</string><key>Provider</key><string>io.x</string>"
    "<key>Nickname</key><string>Bank &lt;in&gt;</string>"
    "<key>Hostname</key><string>sftp.example</string><key>Port</key><string>2222</string>"
    "<key>Username</key><string>vendor</string>"
    "<key>Private Key File Dictionary</key><dict><key>Path</key>"
    "<string>/nonexistent/id</string></dict>"
    "<key>Workdir Dictionary</key><dict><key>Type</key><string>[directory]</string>"
    "<key>Path</key><string>/in</string></dict>"
    "<key>Readonly</key><false/><key>Comment</key><string>hm</string></dict></plist>\n",
    "Bank <in>|vendor|sftp.example|2222|key|/in||\n", "is not here", NULL },
  { "putty-registry", "putty.reg",
    "Windows Registry Editor Version 5.00\r\n\r\n"
    "[HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\Sessions\\Default%20Settings]\r\n"
    "\"HostName\"=\"\"\r\n\r\n"
    "[HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\Sessions\\my%20host]\r\n"
    "\"Protocol\"=\"ssh\"\r\n\"HostName\"=\"anna@sftp.example\"\r\n\"PortNumber\"=dword:"
    "000008ae\r\n"
    "\"UserName\"=\"\"\r\n\"ProxyMethod\"=dword:00000006\r\n\"ProxyHost\"=\"gate.example\"\r\n"
    "\"ProxyPort\"=dword:00000050\r\n\"ProxyUsername\"=\"me\"\r\n"
    "[HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\Sessions\\tty]\r\n"
    "\"Protocol\"=\"serial\"\r\n\"HostName\"=\"x\"\r\n",
    "my host (tunnel)|me|gate.example|22|password|||\n"
    "my host|anna|sftp.example|2222|password|||my host (tunnel)\n",
    NULL, "not for SFTP" },
  { "putty", "/nonexistent/sessions/my%20host",
    "Present=1\nHostName=sftp.example\nProtocol=ssh\nPortNumber=22\nUserName=anna\nProxyMethod=2\n"
    "ProxyHost=socks.example\n",
    "my host|anna|sftp.example|22|password|||\n", "socks.example", NULL },
  { "winscp", "winscp.reg",
    "Windows Registry Editor Version 5.00\r\n\r\n"
    "[HKEY_CURRENT_USER\\Software\\Martin Prikryl]\r\n\r\n"
    "[HKEY_CURRENT_USER\\Software\\Martin Prikryl\\WinSCP 2\\Sessions]\r\n\r\n"
    "[HKEY_CURRENT_USER\\Software\\Martin Prikryl\\WinSCP 2\\Sessions\\Default%20Settings]\r\n"
    "\"Compression\"=dword:00000001\r\n\r\n"
    "[HKEY_CURRENT_USER\\Software\\Martin Prikryl\\WinSCP 2\\Sessions\\Work/Bank%20%C3%96]\r\n"
    "\"HostName\"=\"sftp.example\"\r\n\"PortNumber\"=dword:000008ae\r\n"
    "\"UserName\"=\"an%20na\"\r\n\"RemoteDirectory\"=\"/in%20box\"\r\n"
    "\"Password\"=\"A35C415E28\"\r\n\"FSProtocol\"=dword:00000002\r\n\r\n"
    "[HKEY_CURRENT_USER\\Software\\Martin Prikryl\\WinSCP 2\\Sessions\\web]\r\n"
    "\"HostName\"=\"w.example\"\r\n\"FSProtocol\"=dword:00000006\r\n",
    "Bank Ö|an na|sftp.example|2222|password|/in box|Work|\n", "password is not imported",
    "not for SFTP" },
  { "remmina", "x.remmina",
    "[remmina]\nname=Bank\ngroup=Work/Inner\nprotocol=SFTP\nserver=[2001:db8::1]:2222\n"
    "username=vendor\npassword=.\nssh_auth=2\nssh_tunnel_enabled=1\nssh_tunnel_server=gate.example:"
    "22\n"
    "ssh_tunnel_username=me\nssh_ciphers=aes128-ctr\n",
    "Bank (tunnel)|me|gate.example|22|password|||\n"
    "Bank|vendor|2001:db8::1|2222|key||Work/Inner|Bank (tunnel)\n",
    "ssh_ciphers", NULL },
  { "gtk-bookmarks", "bookmarks",
    "file:///srv/music\nsftp://anna@sftp.example:2222/in%20box My box\ndav://x.example/\n"
    "sftp://anna@b.example/\n",
    "My box|anna|sftp.example|2222|password|/in box||\nb.example|anna|b.example|22|password|||\n",
    NULL, "2 entries are not for SFTP" },
  { "links", NULL,
    "# ours\nsftp://vendor:pass%21@sftp.example/~/in\n SFTP://u%40corp@[2001:db8::2]:23\n"
    "ssh://me;fingerprint=x@h.example/\n",
    "sftp.example|vendor|sftp.example|22|password|in||\n"
    "2001-db8--2|u@corp|2001:db8::2|23|password|||\nh.example|me|h.example|22|password|||\n",
    "password in the address", NULL },
  { "ssh-config", NULL,
    "# mine\nCiphers aes128-ctr\nHost gate\n\tHostName=gate.example\n\tUser me # here\n"
    "Host inner !x deep\n  HostName %h.corp.example\n  ProxyJump gate\n  Port 2222\n"
    "Host pw \"with space\"\n  PreferredAuthentications keyboard-interactive,password\n"
    "Host old\n  ProxyCommand nc %h %p\n  ProxyJump gate\n"
    "Match originalhost pw,old exec \"touch /tmp/never\"\n  User wrong\n"
    "Match host *.CORP.example user=anna\n  User toolate\n"
    "Match final host deep.corp.*\n  IdentitiesOnly yes\n"
    "Host *\n  User anna\n  HostName unused.example\n",
    "gate|me|gate.example|22|key|||\ninner|anna|inner.corp.example|2222|key|||gate\n"
    "deep|anna|deep.corp.example|2222|key|||gate\npw|anna|unused.example|22|password|||\n"
    "with space|anna|unused.example|22|password|||\nold|anna|unused.example|22|key|||\n",
    "Not carried over: ciphers", "“Match exec”" },
  { "ssh-config", NULL,
    "Host target\n  User t\n  ProxyJump a@one.example:2201,ssh://two\n"
    "Host two\n  HostName two.example\n  User second\n  ProxyJump none\n"
    "Host x\n  User x\n  ProxyJump y\nHost y\n  User y\n  ProxyJump x\n",
    "one.example|a|one.example|2201|key|||\ntwo|second|two.example|22|key|||one.example\n"
    "target|t|target|22|key|||two\ntwo|second|two.example|22|key|||\ny|y|y|22|key|||\n"
    "x|x|x|22|key|||y\n",
    "go round in a circle", "whether a server wants a code" },
};

static SallyProfiles *
read_text (const char *text, gsize length, const char *path, const char *format, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length);

  return sally_profiles_read (bytes, path,
                              format != NULL ? sally_profiles_find_format (format) : NULL, error);
}

static char *
describe (SallyProfiles *profiles)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < profiles->entries->len; i++)
    {
      SallyProfile *profile = profiles->entries->pdata[i];
      SallyServer *server = profile->server;

      g_assert_true (sally_server_validate (server, NULL));
      g_assert_cmpstr (sally_server_get_jump (server), ==, "");
      g_string_append_printf (text, "%s|%s|%s|%u|%s|%s|%s|%s\n", sally_server_get_name (server),
                              sally_server_get_user (server), sally_server_get_host (server),
                              sally_server_get_port (server), sally_server_get_recipe (server),
                              sally_server_get_start_directory (server),
                              sally_server_get_group (server),
                              profile->jump != NULL ? sally_server_get_name (profile->jump->server)
                                                    : "");
    }
  return g_string_free_and_steal (text);
}

static gboolean
says (GPtrArray *sentences, const char *part)
{
  for (guint i = 0; i < sentences->len; i++)
    if (strstr (sentences->pdata[i], part) != NULL)
      return TRUE;
  return FALSE;
}

static gboolean
any_says (SallyProfiles *profiles, const char *part)
{
  for (guint i = 0; i < profiles->entries->len; i++)
    if (says (((SallyProfile *) profiles->entries->pdata[i])->losses, part))
      return TRUE;
  return FALSE;
}

static void
test_reads (gconstpointer user_data)
{
  const Fixture *fixture = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyProfiles) profiles =
      read_text (fixture->text, strlen (fixture->text), fixture->path, NULL, &error);
  g_autofree char *servers = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (profiles->format->name, ==, fixture->format);
  servers = describe (profiles);
  g_assert_cmpstr (servers, ==, fixture->servers);
  if (fixture->loss != NULL)
    g_assert_true (any_says (profiles, fixture->loss));
  if (fixture->notice != NULL)
    g_assert_true (says (profiles->notices, fixture->notice));
  g_assert_cmpuint (profiles->n_unreadable, ==, 0);
}

/* What a cut leaves is a file or a sentence; what reads it as another program's, likewise. */
static void
test_cut_anywhere (gconstpointer user_data)
{
  const Fixture *fixture = user_data;

  for (gsize length = 0; length < strlen (fixture->text); length++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyProfiles) profiles =
          read_text (fixture->text, length, fixture->path, NULL, &error);

      g_assert_true ((profiles == NULL) == (error != NULL));
      if (error != NULL)
        g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
      if (profiles != NULL)
        g_assert_cmpuint (profiles->entries->len, >, 0);
    }
  for (const SallyProfilesFormat *format = sally_profiles_get_formats (); format->name != NULL;
       format++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyProfiles) profiles =
          read_text (fixture->text, strlen (fixture->text), fixture->path, format->name, &error);

      g_assert_true ((profiles == NULL) == (error != NULL));
    }
}

static void
test_passwords_are_never_kept (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autoptr (SallyProfiles) profiles =
          read_text (fixtures[i].text, strlen (fixtures[i].text), fixtures[i].path, NULL, NULL);
      static const char *const secrets[] = { "c2VjcmV0", "secret", "A35C415E28", "pass!",
                                             "pass%21" };
      g_autofree char *servers = describe (profiles);

      for (gsize j = 0; j < G_N_ELEMENTS (secrets); j++)
        {
          g_assert_null (strstr (servers, secrets[j]));
          g_assert_false (any_says (profiles, secrets[j]));
          g_assert_false (says (profiles->notices, secrets[j]));
        }
    }
}

static void
test_bad_files (void)
{
  static const struct
  {
    const char *text;
    const char *sentence;
  } table[] = {
    { "", "empty" },
    { "\x89PNG\r\n", "not a list of servers" },
    { "lorem ipsum\n", "not a list of servers" },
    { "<FileZilla3><Servers><Server><Host>h", "damaged" },
    { "<FileZilla3><Servers></Servers></FileZilla3>", "no server" },
    { "<FileZilla3><Server><Host>h</Host><Protocol>0</Protocol></Server></FileZilla3>",
      "other protocols" },
    { "<FileZilla3><Server><Host>a b</Host><Protocol>1</Protocol><Name>N</Name></Server>"
      "</FileZilla3>",
      "“N” is left out: This is no host" },
    { "[remmina]\nprotocol=RDP\nserver=x\n", "other protocols" },
    { "[remmina]\nname=x\n", "damaged" },
    { "Host *\n  User x\n", "no server" },
    { "Host \"a\n", "Line 1" },
    { "Host a\n  Port ssh\n", "There is no port 0" },
    { "[Sallyport]\nVersion=2\n[Server]\nName=x\n", "newer" },
    { "[Sallyport]\nVersion=x\n", "Version" },
    { "[Sallyport]\nVersion=1\n", "damaged" },
    { "[Sallyport]\nVersion=1\n[Server]\nName=x\nHost=h\nUser=u\nHostKeys=SHA256:short\n",
      "HostKeys" },
    { "[Sallyport]\nVersion=1\n[Server]\nName=x\nHost=h\nUser=u\nRecipe=magic\n", "password+code" },
    { "[Sallyport]\nVersion=1\n[Server]\nName=x\nHost=h\nUser=u\nJump=Server\n", "Jump" },
    { "[Sallyport]\nVersion=1\n[Server]\nName=x\nHost=h\nUser=u\nJump=Nowhere\n", "Jump" },
    { "[Sallyport]\nVersion=1\n[Server]\nName=x\nHost=h\nUser=u\nPort=70000\n", "Port" },
    { "[Sallyport]\nVersion=1\n[Server]\nName=x\nHost=h\nUser=u\nCodePrompt=(\n", "expression" },
    { "sftp://\n", "address" },
    { "sftp://u@h:99999\n", "address" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyProfiles) profiles =
          read_text (table[i].text, strlen (table[i].text), NULL, NULL, &error);

      if (profiles != NULL || strstr (error->message, table[i].sentence) == NULL)
        g_test_fail_printf ("%s: %s", table[i].text, error != NULL ? error->message : "was read");
      else
        g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
    }
}

/* Repeats `unit` until `text` has that many bytes. */
static char *
repeat (const char *head, const char *unit, gsize length)
{
  GString *text = g_string_new (head);

  while (text->len < length)
    g_string_append (text, unit);
  return g_string_free_and_steal (text);
}

static void
test_hostile_sizes (void)
{
  static const struct
  {
    const char *head;
    const char *unit;
    gsize length;
  } table[] = {
    { "Host a\n", "Host a b c d e f g h\n", 400000 },
    { "Host a\n", "x", 400000 },
    { "Host ", "*?*?*?*", 100000 },
    { "Host ", "a ", 300000 },
    { "Host a\n", "ProxyJump a,b,c,d,e,f,g,h,i\n", 100000 },
    { "<FileZilla3>", "<Folder>", 400000 },
    { "<FileZilla3><Server>", "<a>", 400000 },
    { "<plist><dict><key>Hostname</key>", "<dict>", 400000 },
    { "", "[Sessions\\x]\n", 400000 },
    { "[Sallyport]\nVersion=1\n[Server]\nHostKeys=", PIN ";", 100000 },
    { "sftp://", "h", 100000 },
    { "", "sftp://u@h\n", 100000 },
    { "sftp://h\n", "x", SALLY_PROFILES_MAX_FILE_BYTES + 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *text = repeat (table[i].head, table[i].unit, table[i].length);
      g_autoptr (GError) error = NULL;
      g_autoptr (SallyProfiles) profiles = read_text (text, strlen (text), NULL, NULL, &error);

      g_assert_true ((profiles == NULL) == (error != NULL));
      if (profiles != NULL)
        g_assert_cmpuint (profiles->entries->len, <=, SALLY_PROFILES_MAX_ENTRIES);
    }
}

static void
test_utf_16_and_latin_1 (void)
{
  const Fixture *fixture = &fixtures[4];
  const char latin[] = "Host b\xFC"
                       "cher\n  HostName b.example\n  User u\n";
  gsize length;
  g_autofree char *wide = g_convert (fixture->text, -1, "UTF-16LE", "UTF-8", NULL, &length, NULL);
  g_autofree char *marked = g_malloc (length + 2);
  g_autoptr (SallyProfiles) putty = NULL;
  g_autoptr (SallyProfiles) ssh = read_text (latin, strlen (latin), NULL, NULL, NULL);
  g_autofree char *servers = NULL;

  memcpy (marked, "\xFF\xFE", 2);
  memcpy (marked + 2, wide, length);
  putty = read_text (marked, length + 2, NULL, NULL, NULL);
  g_assert_nonnull (putty);
  servers = describe (putty);
  g_assert_cmpstr (servers, ==, fixture->servers);
  g_assert_cmpstr (sally_server_get_name (((SallyProfile *) ssh->entries->pdata[0])->server), ==,
                   "bücher");
}

/* A user whom the file does not name is taken from here, and can be told from one it names. */
static void
test_user_who_is_not_named (void)
{
  g_autoptr (SallyProfiles) profiles = read_text ("sftp://h.example", 16, NULL, NULL, NULL);
  SallyProfile *profile = profiles->entries->pdata[0];

  g_assert_false (profile->has_own_user);
  g_assert_cmpstr (sally_server_get_user (profile->server), ==, g_get_user_name ());
}

static void
put (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
drop (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_remove (path) != 0)
        drop (path);
    }
  g_remove (folder);
}

static void
test_include (void)
{
  g_autofree char *folder = g_dir_make_tmp ("sally-XXXXXX", NULL);
  g_autofree char *config = g_build_filename (folder, "config", NULL);
  g_autofree char *key = g_build_filename (folder, "id_test", NULL);
  g_autofree char *identity = g_strdup_printf ("Host keyed\n  User u\n  IdentityFile %s/id_%%n\n"
                                               "  IdentityFile %s/id_test\n",
                                               folder, folder);
  g_autofree char *loop = g_build_filename (folder, "loop", NULL);
  g_autoptr (SallyProfiles) profiles = NULL;
  g_autoptr (SallyProfiles) looped = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *servers = NULL;

  put (folder, "config",
       "Include conf.*/*.conf none/*\nHost inside\n  Include outer\nHost last\n  Include outer\n");
  put (folder, "conf.d/1.conf", identity);
  put (folder, "conf.d/2.conf", "Host second\n  User two\n");
  put (folder, "conf.d/.hidden.conf", "Host hidden\n  User h\n");
  put (folder, "outer", "User only-inside\nHost last\n  Port 2222\n");
  put (folder, "id_test", "a key");
  put (folder, "loop", "Host x\nInclude loop\n");

  profiles = sally_profiles_load (config, NULL, &error);
  g_assert_no_error (error);
  servers = describe (profiles);
  g_assert_cmpstr (servers, ==,
                   "keyed|u|keyed|22|key|||\nsecond|two|second|22|key|||\n"
                   "inside|only-inside|inside|22|key|||\nlast|only-inside|last|2222|key|||\n");
  g_assert_cmpstr (sally_server_get_identity_file (
                       ((SallyProfile *) profiles->entries->pdata[0])->server),
                   ==, key);

  looped = sally_profiles_load (loop, NULL, &error);
  g_assert_null (looped);
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "16 deep"));
  drop (folder);
}

static void
test_connection_file_round_trip (void)
{
  const Fixture *fixture = &fixtures[0];
  g_autoptr (SallyProfiles) first =
      read_text (fixture->text, strlen (fixture->text), NULL, NULL, NULL);
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (SallyProfiles) second = NULL;
  g_autoptr (GPtrArray) second_chain = g_ptr_array_new ();
  SallyProfile *profile = first->entries->pdata[1];
  g_autofree char *servers = NULL;

  g_assert_cmpstr (profile->host_keys->pdata[0], ==, PIN);
  g_assert_cmpuint (sally_server_get_code_length (profile->server), ==, 8);
  g_assert_cmpstr (sally_server_get_separator (profile->server), ==, ",");
  g_assert_cmpstr (sally_server_get_code_prompt (profile->server), ==, "code");
  /* What is this person's own stays here. */
  g_object_set (profile->server, "account-id", "an-account", "identity-file", "/a/key", "prompts",
                "a-script", NULL);
  g_ptr_array_add (chain, profile);
  g_ptr_array_add (chain, first->entries->pdata[0]);
  bytes = sally_connection_file_write (chain);
  for (const char *const *own = (const char *const[]) { "an-account", "/a/key", "a-script", NULL };
       *own != NULL; own++)
    g_assert_null (
        g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), *own));

  second = sally_profiles_read (bytes, NULL, NULL, NULL);
  servers = describe (second);
  g_assert_cmpstr (servers, ==, fixture->servers);
  g_ptr_array_add (second_chain, second->entries->pdata[1]);
  g_ptr_array_add (second_chain, second->entries->pdata[0]);
  again = sally_connection_file_write (second_chain);
  g_assert_true (g_bytes_equal (bytes, again));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (fixtures); i++)
    {
      g_autofree char *reads = g_strdup_printf ("/profiles/reads/%s-%zu", fixtures[i].format, i);
      g_autofree char *cut =
          g_strdup_printf ("/profiles/cut-anywhere/%s-%zu", fixtures[i].format, i);

      g_test_add_data_func (reads, &fixtures[i], test_reads);
      g_test_add_data_func (cut, &fixtures[i], test_cut_anywhere);
    }
  g_test_add_func ("/profiles/passwords-are-never-kept", test_passwords_are_never_kept);
  g_test_add_func ("/profiles/bad-files", test_bad_files);
  g_test_add_func ("/profiles/hostile-sizes", test_hostile_sizes);
  g_test_add_func ("/profiles/utf-16-and-latin-1", test_utf_16_and_latin_1);
  g_test_add_func ("/profiles/user-who-is-not-named", test_user_who_is_not_named);
  g_test_add_func ("/profiles/include", test_include);
  g_test_add_func ("/profiles/connection-file-round-trip", test_connection_file_round_trip);
  return g_test_run ();
}
