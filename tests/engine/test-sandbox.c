/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a process that has locked itself in can no longer do, tried one by one. */
#include "config.h"

#include "engine/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each try returns TRUE if the call was refused; it runs in a child of its own. */
typedef gboolean (*Try) (void);

static int file;
static int stream;

static gboolean
is_refused (long result)
{
  return result < 0 && (errno == EPERM || errno == EACCES || errno == ENOSYS);
}

static gboolean
try_open (void)
{
  return is_refused (open ("/etc/passwd", O_RDONLY)) &&
         is_refused (syscall (SYS_open, "/etc/passwd", O_RDONLY)) &&
         is_refused (openat (AT_FDCWD, "/tmp", O_RDONLY | O_DIRECTORY)) &&
         is_refused (creat ("/tmp/sallyport-sandbox-test", 0600)) &&
         is_refused (syscall (SYS_openat2, AT_FDCWD, "/dev/null", NULL, 0)) &&
         is_refused (syscall (SYS_open_by_handle_at, 0, NULL, 0));
}

static gboolean
try_paths (void)
{
  return is_refused (unlink ("/tmp/sallyport-sandbox-test")) &&
         is_refused (rename ("/tmp/a", "/tmp/b")) && is_refused (mkdir ("/tmp/c", 0700)) &&
         is_refused (symlink ("/a", "/tmp/d")) && is_refused (chmod ("/tmp", 0777)) &&
         is_refused (access ("/etc/passwd", R_OK)) && is_refused (chdir ("/tmp"));
}

static gboolean
try_socket (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = GUINT16_TO_BE (22) };
  int pair[2];

  address.sin_addr.s_addr = GUINT32_TO_BE (INADDR_LOOPBACK);
  return is_refused (socket (AF_INET, SOCK_STREAM, 0)) &&
         is_refused (socket (AF_UNIX, SOCK_STREAM, 0)) &&
         is_refused (socketpair (AF_UNIX, SOCK_STREAM, 0, pair)) &&
         is_refused (connect (stream, (struct sockaddr *) &address, sizeof address)) &&
         is_refused (bind (stream, (struct sockaddr *) &address, sizeof address)) &&
         is_refused (listen (stream, 1));
}

static gboolean
try_programs (void)
{
  char *const argv[] = { (char *) "true", NULL };

  return is_refused (execv ("/bin/true", argv)) &&
         is_refused (syscall (SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0)) &&
         is_refused (fork ()) && is_refused (syscall (SYS_vfork)) &&
         is_refused (syscall (SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
}

static gboolean
try_others (void)
{
  return is_refused (kill (getppid (), 0)) &&
         is_refused (ptrace (PTRACE_ATTACH, getppid (), NULL, NULL)) &&
         is_refused (syscall (SYS_pidfd_open, getppid (), 0)) &&
         is_refused (syscall (SYS_process_vm_readv, getppid (), NULL, 0, NULL, 0, 0)) &&
         is_refused (syscall (SYS_bpf, 0, NULL, 0)) &&
         is_refused (syscall (SYS_io_uring_setup, 1, NULL)) && is_refused (setuid (0)) &&
         is_refused (ioctl (stream, 0));
}

static gboolean
try_executable_memory (void)
{
  void *memory = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED || mprotect (memory, 4096, PROT_READ) != 0)
    return FALSE;
  return is_refused (mprotect (memory, 4096, PROT_READ | PROT_EXEC)) &&
         mmap (NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

/* What it is for goes on: files and sockets that are open, threads, memory. */
static gpointer
thread_func (gpointer data)
{
  return g_strdup ("ran");
}

static gboolean
try_work (void)
{
  char bytes[4];
  g_autofree char *ran = g_thread_join (g_thread_new ("work", thread_func, NULL));
  struct rlimit core;

  return pwrite (file, "abcd", 4, 100) == 4 && pread (file, bytes, 4, 100) == 4 &&
         memcmp (bytes, "abcd", 4) == 0 && send (stream, "x", 1, MSG_NOSIGNAL) == 1 &&
         g_str_equal (ran, "ran") && getrlimit (RLIMIT_CORE, &core) != 0;
}

static void
test_try (gconstpointer data)
{
  int pair[2];
  char path[] = "/tmp/sallyport-sandbox-XXXXXX";
  int status;
  pid_t child;

  file = mkstemp (path);
  g_assert_cmpint (file, >=, 0);
  unlink (path);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  stream = pair[0];

  child = fork ();
  if (child == 0)
    {
      g_autoptr (GError) error = NULL;

      if (!sally_sandbox_enter (&error))
        _exit (2);
      _exit (((Try) data) () ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);
  close (file);
  close (pair[0]);
  close (pair[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/sandbox/refuses/opening", try_open, test_try);
  g_test_add_data_func ("/sandbox/refuses/paths", try_paths, test_try);
  g_test_add_data_func ("/sandbox/refuses/sockets", try_socket, test_try);
  g_test_add_data_func ("/sandbox/refuses/programs", try_programs, test_try);
  g_test_add_data_func ("/sandbox/refuses/other-processes", try_others, test_try);
  g_test_add_data_func ("/sandbox/refuses/executable-memory", try_executable_memory, test_try);
  g_test_add_data_func ("/sandbox/goes-on-working", try_work, test_try);
  return g_test_run ();
}
