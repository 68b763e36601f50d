/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sallyport-askpass: hands ssh-add the passphrase that waits in the pipe SALLY_ASKPASS_FD. A second
 * question means that it was wrong; the pipe is empty then, and so is the answer. The mark on
 * standard error tells private-agent.c that there was a question. */
#include "config.h"

#include "base/secret.h"
#include "remote/program.h"

#include <stdlib.h>
#include <unistd.h>

int
main (void)
{
  const char *number = g_getenv ("SALLY_ASKPASS_FD");
  g_autoptr (SallySecret) passphrase = NULL;
  const char *bytes;
  gsize length;
  guint64 descriptor;

  g_printerr (SALLY_ASKPASS_MARK "\n");
  if (number == NULL || !g_ascii_string_to_unsigned (number, 10, 3, G_MAXINT, &descriptor, NULL))
    return EXIT_FAILURE;
  passphrase = sally_secret_read_fd ((int) descriptor, NULL);
  if (passphrase == NULL)
    return EXIT_FAILURE;
  bytes = sally_secret_peek (passphrase, &length);
  if (length == 0 || write (STDOUT_FILENO, bytes, length) != (ssize_t) length)
    return EXIT_FAILURE;
  return EXIT_SUCCESS;
}
