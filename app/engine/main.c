/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sallyport-engine: descriptor 3 is a listening Unix socket, bound by the client that started us.
 */
#include "config.h"

#include "base/descriptors.h"
#include "base/error.h"
#include "base/secret.h"
#include "engine/sandbox.h"
#include "engine/service.h"

#include <errno.h>
#include <fcntl.h>
#include <libssh2.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define LISTENER_DESCRIPTOR 3

/* What free() keeps for the next malloc(). libssh2 takes and frees each packet on the heap: given
 * back to the kernel at each lull, every page of them would be faulted in and zeroed again, which
 * cost a third of a download's processor time. */
#define KEPT_HEAP_BYTES (32 * 1024 * 1024)

#ifdef __SANITIZE_ADDRESS__
/* The leak checker at exit would trace this process from a child, which the sandbox forbids. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "detect_leaks=0";
}
#endif

/* Loads what OpenSSL and libssh2 read from disk at first use: their doors close soon. */
static gboolean
warm_up (GError **error)
{
  g_autoptr (SallySecret) first = sally_secret_new ("", 0);
  guint8 random_byte;
  EVP_CIPHER *cipher;

  OPENSSL_init_crypto (OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_ADD_ALL_CIPHERS |
                           OPENSSL_INIT_ADD_ALL_DIGESTS | OPENSSL_INIT_LOAD_CRYPTO_STRINGS,
                       NULL);
  cipher = EVP_CIPHER_fetch (NULL, "AES-128-GCM", NULL);
  EVP_CIPHER_free (cipher);
  if (cipher == NULL || RAND_bytes (&random_byte, 1) != 1 || libssh2_init (0) != 0)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_ENGINE,
                           "The cryptographic libraries cannot be used");
      return FALSE;
    }
  return TRUE;
}

static void
keep_heap (void)
{
  mallopt (M_MMAP_THRESHOLD, KEPT_HEAP_BYTES);
  mallopt (M_TRIM_THRESHOLD, KEPT_HEAP_BYTES);
}

static gboolean
run (GError **error)
{
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (GSocket) listener = NULL;
  SallyService *service;

  /* The terminal's Ctrl+C is for the command, not for the connection that others use. */
  setsid ();
  signal (SIGPIPE, SIG_IGN);
  sally_descriptors_raise_limit ();
  keep_heap ();
  fcntl (LISTENER_DESCRIPTOR, F_SETFD, FD_CLOEXEC);

  if (!warm_up (error))
    return FALSE;
  listener = g_socket_new_from_fd (LISTENER_DESCRIPTOR, error);
  if (listener == NULL || !sally_sandbox_enter (error))
    return FALSE;

  loop = g_main_loop_new (NULL, FALSE);
  service = sally_service_new (listener, loop, error);
  if (service == NULL)
    return FALSE;
  g_main_loop_run (loop);
  sally_service_free (service);
  libssh2_exit ();
  return TRUE;
}

int
main (void)
{
  g_autoptr (GError) error = NULL;

  if (run (&error))
    return EXIT_SUCCESS;
  g_printerr ("sallyport-engine: %s\n", error->message);
  return EXIT_FAILURE;
}
