/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/sandbox.h"

#include "base/error.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What a GLib main loop, GDBus over an inherited socket, libssh2 and OpenSSL need once everything
 * is open. Not here on purpose: open, socket, connect, bind, exec, fork, kill, ptrace, ioctl. */
static const int allowed_calls[] = {
  /* descriptors we hold */
  SCMP_SYS (read),
  SCMP_SYS (readv),
  SCMP_SYS (pread64),
  SCMP_SYS (write),
  SCMP_SYS (writev),
  SCMP_SYS (pwrite64),
  SCMP_SYS (close),
  SCMP_SYS (fstat),
  SCMP_SYS (fsync),
  SCMP_SYS (fdatasync),
  SCMP_SYS (ftruncate),
  SCMP_SYS (fallocate),
  SCMP_SYS (lseek),
  SCMP_SYS (fcntl),
  SCMP_SYS (dup),
  SCMP_SYS (pipe2),
  SCMP_SYS (eventfd2),
  /* sockets we hold */
  SCMP_SYS (accept4),
  SCMP_SYS (recvfrom),
  SCMP_SYS (recvmsg),
  SCMP_SYS (sendto),
  SCMP_SYS (sendmsg),
  SCMP_SYS (shutdown),
  SCMP_SYS (getsockname),
  SCMP_SYS (getpeername),
  SCMP_SYS (getsockopt),
  SCMP_SYS (setsockopt),
  /* waiting and time */
  SCMP_SYS (poll),
  SCMP_SYS (ppoll),
  SCMP_SYS (clock_gettime),
  SCMP_SYS (clock_nanosleep),
  SCMP_SYS (gettimeofday),
  SCMP_SYS (time),
  SCMP_SYS (restart_syscall),
  /* memory */
  SCMP_SYS (brk),
  SCMP_SYS (munmap),
  SCMP_SYS (mremap),
  SCMP_SYS (madvise),
  SCMP_SYS (mlock),
  SCMP_SYS (munlock),
  SCMP_SYS (getrandom),
  /* threads */
  SCMP_SYS (futex),
  SCMP_SYS (set_robust_list),
  SCMP_SYS (rseq),
  SCMP_SYS (gettid),
  SCMP_SYS (sched_yield),
  SCMP_SYS (sched_getaffinity),
  SCMP_SYS (sched_getattr),
  SCMP_SYS (sched_setattr),
  SCMP_SYS (exit),
  SCMP_SYS (exit_group),
  SCMP_SYS (sigaltstack),
  SCMP_SYS (rt_sigaction),
  SCMP_SYS (rt_sigprocmask),
  SCMP_SYS (rt_sigreturn),
  /* who we are */
  SCMP_SYS (getpid),
  SCMP_SYS (getuid),
  SCMP_SYS (geteuid),
  SCMP_SYS (getgid),
  SCMP_SYS (getegid),
};

static gboolean
fail (GError **error, const char *what)
{
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_ENGINE, "The program cannot lock itself in (%s: %s)",
               what, g_strerror (errno));
  return FALSE;
}

/* No core file and no /proc/PID/mem for other processes of the user: passwords pass through here.
 */
static gboolean
forbid_inspection (GError **error)
{
  const struct rlimit no_core = { 0, 0 };

  if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return fail (error, "no_new_privs");
  if (prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    return fail (error, "dumpable");
  if (setrlimit (RLIMIT_CORE, &no_core) != 0)
    return fail (error, "core limit");
  return TRUE;
}

/* A rule set that handles all it can and allows nothing. An old kernel knows fewer rights, one
 * without Landlock none: seccomp below closes the same doors, so that this is the second lock, not
 * the only one. */
static gboolean
forbid_paths (GError **error)
{
  struct landlock_ruleset_attr rules = { 0 };
  long abi = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  int descriptor;

  if (abi < 1)
    {
      g_debug ("no Landlock in this kernel");
      return TRUE;
    }

  rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  if (abi >= 2)
    rules.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
  if (abi >= 3)
    rules.handled_access_fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
  if (abi >= 4)
    rules.handled_access_net = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP;
#ifdef LANDLOCK_ACCESS_FS_IOCTL_DEV
  if (abi >= 5)
    rules.handled_access_fs |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
#endif
#ifdef LANDLOCK_SCOPE_SIGNAL
  if (abi >= 6)
    rules.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL;
#endif

  descriptor = (int) syscall (SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (descriptor < 0)
    return fail (error, "Landlock rules");
  if (syscall (SYS_landlock_restrict_self, descriptor, 0) != 0)
    {
      close (descriptor);
      return fail (error, "Landlock");
    }
  close (descriptor);
  return TRUE;
}

/* Calls that are allowed only in part: memory that is never executable, threads but no processes.
 */
static int
add_partial_rules (scmp_filter_ctx filter)
{
  int rc;

  rc = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mmap), 1,
                         SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  if (rc == 0)
    rc = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (mprotect), 1,
                           SCMP_A2 (SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  if (rc == 0)
    rc = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (clone), 1,
                           SCMP_A0 (SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  /* clone3's flags lie in memory, where a filter cannot look: glibc falls back to clone on ENOSYS.
   */
  if (rc == 0)
    rc = seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (clone3), 0);
  if (rc == 0)
    rc = seccomp_rule_add (filter, SCMP_ACT_ALLOW, SCMP_SYS (prctl), 1,
                           SCMP_A0 (SCMP_CMP_EQ, PR_SET_NAME));
  return rc;
}

static gboolean
restrict_calls (GError **error)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  int rc = filter == NULL ? -ENOMEM : 0;

  if (rc == 0)
    rc = seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);
  for (gsize i = 0; rc == 0 && i < G_N_ELEMENTS (allowed_calls); i++)
    rc = seccomp_rule_add (filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
  if (rc == 0)
    rc = add_partial_rules (filter);
  if (rc == 0)
    rc = seccomp_load (filter);
  seccomp_release (filter);

  if (rc != 0)
    {
      errno = -rc;
      return fail (error, "seccomp");
    }
  return TRUE;
}

gboolean
sally_sandbox_enter (GError **error)
{
  return forbid_inspection (error) && forbid_paths (error) && restrict_calls (error);
}
