/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/descriptors.h"

#include <sys/resource.h>

/* More than all transfers together hold. */
#define WANTED_DESCRIPTORS 4096
/* POSIX promises as many (_POSIX_OPEN_MAX). */
#define LEAST_DESCRIPTORS  20

guint
sally_descriptors_raise_limit (void)
{
  struct rlimit limit, raised;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return LEAST_DESCRIPTORS;
  raised = limit;
  raised.rlim_cur = MIN (limit.rlim_max, WANTED_DESCRIPTORS);
  if (raised.rlim_cur > limit.rlim_cur && setrlimit (RLIMIT_NOFILE, &raised) == 0)
    limit = raised;
  return (guint) MIN (limit.rlim_cur, G_MAXUINT);
}
