/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-probe"

#include "config.h"

#include "probe/lb-probe-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>
#include <unistd.h>

/*
 * What went wrong with a probe: was it the backend, or was it us? Only the first may count
 * against the backend.
 */

/* GIO keeps few of the error numbers apart: the others all become G_IO_ERROR_FAILED, and only the
 * system's sentence at the end of the message still tells which one it was. */
static gboolean
error_is_from_errno (const GError *error, int number)
{
  return strstr (error->message, g_strerror (number)) != NULL;
}

/* The name of a host cannot be looked up without a descriptor either, but what the resolver reports
 * then is that the name was not found. */
static gboolean
out_of_descriptors (void)
{
  int fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return errno == EMFILE || errno == ENFILE || errno == ENOMEM;

  close (fd);
  return FALSE;
}

/* "Cannot assign requested address" has two reasons: every local port towards that address is in
 * use, which is our trouble and passes; or this machine has no address of that family (::1 where
 * IPv6 is off), and then nobody who runs here will ever reach the backend. A datagram socket takes
 * no port from those of TCP, so it tells which one it is. */
static gboolean
address_is_routable (GSocketAddress *address)
{
  g_autoptr (GSocket) socket = NULL;

  if (address == NULL)
    return FALSE;

  socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_DATAGRAM,
                         G_SOCKET_PROTOCOL_DEFAULT, NULL);
  return socket != NULL && g_socket_connect (socket, address, NULL, NULL);
}

static const char *
certificate_errors_to_word (GTlsCertificateFlags errors)
{
  if (errors & G_TLS_CERTIFICATE_REVOKED)
    return LB_PROBE_ERROR_TLS ": revoked";
  if (errors & G_TLS_CERTIFICATE_EXPIRED)
    return LB_PROBE_ERROR_TLS ": expired";
  if (errors & G_TLS_CERTIFICATE_NOT_ACTIVATED)
    return LB_PROBE_ERROR_TLS ": not yet valid";
  if (errors & G_TLS_CERTIFICATE_BAD_IDENTITY)
    return LB_PROBE_ERROR_TLS ": wrong host";
  if (errors & G_TLS_CERTIFICATE_UNKNOWN_CA)
    return LB_PROBE_ERROR_TLS ": unknown authority";
  if (errors & G_TLS_CERTIFICATE_INSECURE)
    return LB_PROBE_ERROR_TLS ": weak";

  return LB_PROBE_ERROR_TLS ": bad certificate";
}

static const char *
io_error_to_word (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return LB_PROBE_ERROR_REFUSED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return LB_PROBE_ERROR_TIMEOUT;
  /* Also what GIO calls G_IO_ERROR_BROKEN_PIPE. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED))
    return LB_PROBE_ERROR_RESET;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    return LB_PROBE_ERROR_INCOMPLETE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND))
    return LB_PROBE_ERROR_DNS;
  /* Not permitted: a packet filter on this machine. Not supported: no IPv6 in this kernel. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED) ||
      error_is_from_errno (error, EADDRNOTAVAIL))
    return LB_PROBE_ERROR_UNREACHABLE;

  return LB_PROBE_ERROR_FAILED;
}

/**
 * lb_probe_error_is_ours:
 * @error: what ended a probe
 * @address: (nullable): the address it last connected to, if it came that far
 *
 * Whether a probe failed for a reason of this process or this machine: descriptors, memory, buffers
 * or local ports have run out, or it was cancelled. That says nothing about the backend.
 *
 * Returns: %TRUE if nothing may be recorded
 */
gboolean
lb_probe_error_is_ours (const GError *error, GSocketAddress *address)
{
  static const int ours[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS };

  g_return_val_if_fail (error != NULL, FALSE);

  if (error->domain == G_RESOLVER_ERROR)
    return out_of_descriptors ();

  if (error->domain != G_IO_ERROR)
    return FALSE;

  if (error->code == G_IO_ERROR_CANCELLED || error->code == G_IO_ERROR_TOO_MANY_OPEN_FILES ||
      error->code == G_IO_ERROR_ADDRESS_IN_USE)
    return TRUE;

  for (gsize i = 0; i < G_N_ELEMENTS (ours); i++)
    if (error_is_from_errno (error, ours[i]))
      return TRUE;

  return error_is_from_errno (error, EADDRNOTAVAIL) && address_is_routable (address);
}

/**
 * lb_probe_error_to_word:
 * @error: what ended a probe
 * @certificate_errors: what is wrong with the backend's certificate, 0 if nothing or if there is
 * none
 *
 * Returns: (transfer none): the word for it, static
 */
const char *
lb_probe_error_to_word (const GError *error, GTlsCertificateFlags certificate_errors)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (certificate_errors != 0)
    return certificate_errors_to_word (certificate_errors);
  if (error->domain == G_TLS_ERROR)
    return LB_PROBE_ERROR_TLS;
  if (error->domain == G_RESOLVER_ERROR)
    return LB_PROBE_ERROR_DNS;
  if (error->domain == SOUP_SESSION_ERROR)
    return LB_PROBE_ERROR_INVALID;
  if (error->domain == G_IO_ERROR)
    return io_error_to_word (error);

  return LB_PROBE_ERROR_FAILED;
}

/* Whether @error is @word, maybe with a detail behind it; then @detail is that, or "". */
static gboolean
error_is_word (const char *error, const char *word, const char **detail)
{
  const gsize length = strlen (word);

  if (strncmp (error, word, length) != 0)
    return FALSE;

  *detail = error + length + strspn (error + length, ": ");
  return *detail > error + length || error[length] == '\0';
}

static const char *
certificate_detail_to_sentence (const char *detail)
{
  static const struct
  {
    const char *detail;
    const char *sentence;
  } sentences[] = {
    { "", N_ ("No secure connection came about.") },
    { "revoked", N_ ("The certificate has been revoked.") },
    { "expired", N_ ("The certificate has expired.") },
    { "not yet valid", N_ ("The certificate is not valid yet.") },
    { "wrong host", N_ ("The certificate is for another host.") },
    { "unknown authority", N_ ("The certificate was issued by an authority that is not trusted.") },
    { "weak", N_ ("The certificate uses an algorithm that is not secure any more.") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (strcmp (detail, sentences[i].detail) == 0)
      return _ (sentences[i].sentence);

  return _ ("The certificate is not valid.");
}

/**
 * lb_probe_error_describe:
 * @error: a word as LbProbeResult.error has it
 *
 * Returns: (transfer full): a translated sentence for it
 */
char *
lb_probe_error_describe (const char *error)
{
  static const struct
  {
    const char *word;
    const char *sentence;
  } sentences[] = {
    { LB_PROBE_ERROR_TIMEOUT, N_ ("It did not answer in time.") },
    { LB_PROBE_ERROR_REFUSED, N_ ("It refused the connection: nothing listens there.") },
    { LB_PROBE_ERROR_RESET, N_ ("The connection broke before the answer was there.") },
    { LB_PROBE_ERROR_INCOMPLETE, N_ ("It closed the connection before the answer was there.") },
    { LB_PROBE_ERROR_UNREACHABLE, N_ ("There is no way to its address from this computer.") },
    { LB_PROBE_ERROR_DNS, N_ ("No address was found for its name.") },
    { LB_PROBE_ERROR_INVALID, N_ ("What it answered is not HTTP.") },
    { LB_PROBE_ERROR_BODY, N_ ("Its answer does not hold the text that is expected.") },
    { LB_PROBE_ERROR_LOOP, N_ ("It is this load balancer itself, or leads back to it.") },
    { LB_PROBE_ERROR_FAILED, N_ ("It could not be reached.") },
  };
  const char *detail;

  g_return_val_if_fail (error != NULL, NULL);

  if (error_is_word (error, LB_PROBE_ERROR_STATUS, &detail))
    return g_strdup_printf (_ ("It answered with status %s, which is not expected."), detail);

  if (error_is_word (error, LB_PROBE_ERROR_TLS, &detail))
    return g_strdup (certificate_detail_to_sentence (detail));

  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (strcmp (error, sentences[i].word) == 0)
      return g_strdup (_ (sentences[i].sentence));

  return g_strdup (error);
}
