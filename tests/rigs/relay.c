/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A slow line in user space: relays TCP connections to a port of this machine, each byte a fixed
 * time later, at most at a given rate, cuts them on demand and may change a bit. For machines whose
 * kernel has no netem. */

#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* What may be under way in one direction: 64 MiB are 1 s of delay at 64 MB/s. Beyond it the relay
 * stops reading, as a full router queue would make the sender wait. */
#define LINE_CAPACITY  (64 * 1024 * 1024)
#define CHUNK_BYTES    65536
#define LISTEN_BACKLOG 64

typedef struct
{
  gint64 due; /* monotonic µs at which it may leave */
  gsize length;
  gsize written;
  guint8 bytes[];
} Chunk;

typedef struct
{
  int in;
  int out;
  GQueue chunks;    /* of Chunk, by due */
  gsize queued;     /* bytes in chunks */
  gint64 line_free; /* monotonic µs at which the rate lets the next byte in */
  gboolean ended;   /* the sender has closed */
  gboolean shut;    /* and the receiver was told */
} Direction;

typedef struct
{
  int near;
  int far;
  Direction directions[2];
} Line;

typedef struct
{
  int listener;
  int signals;
  gboolean until_eof;
  guint16 target_port;
  gint64 delay;            /* µs, one way */
  double bytes_per_second; /* 0: no limit */
  gint64 cut_after;        /* bytes over all lines; 0: never */
  gint64 change_after;     /* likewise, of those that are read */
  gint64 relayed;
  GPtrArray *lines; /* of Line */
} Relay;

static void
line_free (Line *line)
{
  for (guint i = 0; i < G_N_ELEMENTS (line->directions); i++)
    g_queue_clear_full (&line->directions[i].chunks, g_free);
  g_clear_fd (&line->near, NULL);
  g_clear_fd (&line->far, NULL);
  g_free (line);
}

/* A reset instead of an orderly end: what a cut line or a rebooted router looks like. */
static void
relay_cut (Relay *relay)
{
  const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  for (guint i = 0; i < relay->lines->len; i++)
    {
      Line *line = relay->lines->pdata[i];

      setsockopt (line->near, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      setsockopt (line->far, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
  g_ptr_array_set_size (relay->lines, 0);
}

static void
direction_init (Direction *direction, int in, int out)
{
  direction->in = in;
  direction->out = out;
  g_queue_init (&direction->chunks);
}

static void
relay_accept (Relay *relay)
{
  const int on = 1;
  const struct sockaddr_in target = {
    .sin_family = AF_INET,
    .sin_port = htons (relay->target_port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  g_autofd int near = accept4 (relay->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  g_autofd int far = -1;
  Line *line;

  if (near < 0)
    return;
  /* Connecting on the loopback is done or refused at once, so that this one call may block. */
  far = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (far < 0 || connect (far, (const struct sockaddr *) &target, sizeof target) < 0)
    return;
  g_unix_set_fd_nonblocking (far, TRUE, NULL);
  setsockopt (near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (far, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);

  line = g_new0 (Line, 1);
  line->near = g_steal_fd (&near);
  line->far = g_steal_fd (&far);
  direction_init (&line->directions[0], line->near, line->far);
  direction_init (&line->directions[1], line->far, line->near);
  g_ptr_array_add (relay->lines, line);
}

/* What slips through TCP's checksum, once. */
static void
relay_change (Relay *relay, Chunk *chunk)
{
  if (relay->change_after <= 0)
    return;
  relay->change_after -= (gint64) chunk->length;
  if (relay->change_after <= 0)
    chunk->bytes[chunk->length - 1] ^= 1;
}

/* Reads at once what is there and stamps it with the time it may leave. FALSE if the line is dead.
 */
static gboolean
direction_read (Direction *direction, Relay *relay)
{
  gint64 now = g_get_monotonic_time ();
  gint64 entered = now;
  Chunk *chunk = g_malloc (sizeof (Chunk) + CHUNK_BYTES);
  ssize_t length = read (direction->in, chunk->bytes, CHUNK_BYTES);

  if (length <= 0)
    {
      g_free (chunk);
      direction->ended = length == 0;
      return length == 0 || errno == EAGAIN || errno == EINTR;
    }

  if (relay->bytes_per_second > 0)
    {
      entered = MAX (now, direction->line_free);
      entered += (gint64) ((double) length / relay->bytes_per_second * G_USEC_PER_SEC);
      direction->line_free = entered;
    }
  chunk->due = entered + relay->delay;
  chunk->length = (gsize) length;
  chunk->written = 0;
  relay_change (relay, chunk);
  direction->queued += chunk->length;
  g_queue_push_tail (&direction->chunks, chunk);
  return TRUE;
}

/* Writes what is due. FALSE if the line is dead. */
static gboolean
direction_write (Direction *direction, Relay *relay)
{
  gint64 now = g_get_monotonic_time ();
  Chunk *chunk;

  while ((chunk = g_queue_peek_head (&direction->chunks)) && chunk->due <= now)
    {
      ssize_t written =
          write (direction->out, chunk->bytes + chunk->written, chunk->length - chunk->written);

      if (written < 0)
        return errno == EAGAIN || errno == EINTR;
      chunk->written += (gsize) written;
      direction->queued -= (gsize) written;
      relay->relayed += written;
      if (chunk->written < chunk->length)
        return TRUE;
      g_free (g_queue_pop_head (&direction->chunks));
    }

  if (direction->ended && !direction->shut && g_queue_is_empty (&direction->chunks))
    {
      shutdown (direction->out, SHUT_WR);
      direction->shut = TRUE;
    }
  return TRUE;
}

static gboolean
line_is_done (const Line *line)
{
  return line->directions[0].shut && line->directions[1].shut;
}

/* What to wait for in this direction; lowers `*wake` to the time of its next chunk. */
static void
direction_watch (const Direction *direction, GArray *polls, gint64 *wake)
{
  const Chunk *chunk = g_queue_peek_head ((GQueue *) &direction->chunks);
  gboolean reads = !direction->ended && direction->queued < LINE_CAPACITY;
  gboolean writes = chunk && chunk->due <= g_get_monotonic_time ();
  struct pollfd in = { .fd = reads ? direction->in : -1, .events = POLLIN };
  struct pollfd out = { .fd = writes ? direction->out : -1, .events = POLLOUT };

  if (chunk && !writes)
    *wake = MIN (*wake, chunk->due);
  g_array_append_val (polls, in);
  g_array_append_val (polls, out);
}

static void
relay_wait (const Relay *relay, GArray *polls)
{
  struct pollfd fixed[] = {
    { .fd = relay->listener, .events = POLLIN },
    { .fd = relay->signals, .events = POLLIN },
    { .fd = relay->until_eof ? STDIN_FILENO : -1, .events = POLLIN },
  };
  gint64 wake = G_MAXINT64;
  struct timespec timeout = { 0 };

  g_array_set_size (polls, 0);
  g_array_append_vals (polls, fixed, G_N_ELEMENTS (fixed));
  for (guint i = 0; i < relay->lines->len; i++)
    {
      const Line *line = relay->lines->pdata[i];

      direction_watch (&line->directions[0], polls, &wake);
      direction_watch (&line->directions[1], polls, &wake);
    }

  if (wake < G_MAXINT64)
    {
      gint64 wait = MAX (0, wake - g_get_monotonic_time ());

      timeout.tv_sec = wait / G_USEC_PER_SEC;
      timeout.tv_nsec = wait % G_USEC_PER_SEC * 1000;
    }
  if (ppoll ((struct pollfd *) (void *) polls->data, polls->len,
             wake < G_MAXINT64 ? &timeout : NULL, NULL) < 0)
    g_array_set_size (polls, 0);
}

static void
relay_serve (Relay *relay, const GArray *polls)
{
  const struct pollfd *lines = (const struct pollfd *) (const void *) polls->data + 3;

  /* From the end, so that removing a line leaves the others' places alone. */
  for (guint i = relay->lines->len; i-- > 0;)
    {
      Line *line = relay->lines->pdata[i];
      gboolean alive = TRUE;

      for (guint j = 0; alive && j < G_N_ELEMENTS (line->directions); j++)
        {
          Direction *direction = &line->directions[j];

          if (lines[i * 4 + j * 2].revents)
            alive = direction_read (direction, relay);
          alive = alive && direction_write (direction, relay);
        }
      if (!alive || line_is_done (line))
        g_ptr_array_remove_index (relay->lines, i);
    }

  if (relay->cut_after > 0 && relay->relayed >= relay->cut_after)
    {
      relay->cut_after = 0;
      relay_cut (relay);
    }
}

/* FALSE when it is time to end. */
static gboolean
relay_handle_signal (Relay *relay)
{
  struct signalfd_siginfo info;

  if (read (relay->signals, &info, sizeof info) != sizeof info)
    return TRUE;
  if (info.ssi_signo != SIGUSR1)
    return FALSE;
  relay_cut (relay);
  return TRUE;
}

static gboolean
stdin_has_ended (void)
{
  char bytes[256];

  return read (STDIN_FILENO, bytes, sizeof bytes) == 0;
}

static void
relay_run (Relay *relay)
{
  g_autoptr (GArray) polls = g_array_new (FALSE, FALSE, sizeof (struct pollfd));

  for (;;)
    {
      const struct pollfd *fixed;

      relay_wait (relay, polls);
      if (polls->len == 0)
        continue;
      relay_serve (relay, polls);

      fixed = (const struct pollfd *) (const void *) polls->data;
      if (fixed[0].revents)
        relay_accept (relay);
      if (fixed[1].revents && !relay_handle_signal (relay))
        return;
      if (fixed[2].revents && stdin_has_ended ())
        return;
    }
}

/* Port 0 takes a free one. The port is the ready line, as the rigs write it. */
static gboolean
relay_listen (Relay *relay, guint16 port)
{
  const int on = 1;
  struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons (port),
    .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
  };
  socklen_t length = sizeof address;

  relay->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (relay->listener < 0)
    return FALSE;
  setsockopt (relay->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind (relay->listener, (struct sockaddr *) &address, sizeof address) < 0 ||
      listen (relay->listener, LISTEN_BACKLOG) < 0 ||
      getsockname (relay->listener, (struct sockaddr *) &address, &length) < 0)
    return FALSE;
  printf ("{\"port\":%u}\n", ntohs (address.sin_port));
  fflush (stdout);
  return TRUE;
}

static int
open_signals (void)
{
  sigset_t set;

  sigemptyset (&set);
  sigaddset (&set, SIGINT);
  sigaddset (&set, SIGTERM);
  sigaddset (&set, SIGUSR1);
  sigprocmask (SIG_BLOCK, &set, NULL);
  return signalfd (-1, &set, SFD_CLOEXEC);
}

int
main (int argc, char **argv)
{
  Relay relay = { .listener = -1 };
  const GOptionEntry entries[] = {
    { "change-after", 0, 0, G_OPTION_ARG_INT64, &relay.change_after,
      "Change one bit, once, when BYTES have passed", "BYTES" },
    { "cut-after", 0, 0, G_OPTION_ARG_INT64, &relay.cut_after,
      "Reset all lines, once, when BYTES have passed", "BYTES" },
    { "until-eof", 0, 0, G_OPTION_ARG_NONE, &relay.until_eof, "End when standard input does",
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context =
      g_option_context_new ("LISTEN-PORT TARGET-PORT ONE-WAY-MS [MB/S]");
  g_autoptr (GError) error = NULL;
  guint64 listen_port, target_port;

  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_summary (context,
                                "Relays TCP on the loopback, late. SIGUSR1 cuts all lines.");
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc < 4 || argc > 5 ||
      !g_ascii_string_to_unsigned (argv[1], 10, 0, G_MAXUINT16, &listen_port, &error) ||
      !g_ascii_string_to_unsigned (argv[2], 10, 1, G_MAXUINT16, &target_port, &error))
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      g_printerr ("%s%s", error ? error->message : "", error ? "\n\n" : "");
      g_printerr ("%s", help);
      return 2;
    }

  signal (SIGPIPE, SIG_IGN);
  relay.target_port = (guint16) target_port;
  relay.delay = (gint64) (g_ascii_strtod (argv[3], NULL) * 1000);
  relay.bytes_per_second = argc > 4 ? g_ascii_strtod (argv[4], NULL) * 1e6 : 0;
  relay.lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  relay.signals = open_signals ();
  if (!relay_listen (&relay, (guint16) listen_port))
    {
      g_printerr ("relay: port %s: %s\n", argv[1], g_strerror (errno));
      return 1;
    }
  relay_run (&relay);
  g_ptr_array_unref (relay.lines);
  return 0;
}
