/* SPDX-License-Identifier: Apache-2.0 */
/* TLS of a stream. OpenSSL reads and writes the socket by a BIO of ours: its own would raise
 * SIGPIPE. It reads one record at a time and no further, so what the kernel says of the socket
 * (epoll) holds for the stream as well. */
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "fw-stream-private.h"
#include "fw-tls-private.h"
#include "fw-i18n.h"

static gboolean
would_block (void)
{
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ENOBUFS;
}

static int
bio_write (BIO *bio, const char *bytes, int len)
{
  const FwStream *stream = BIO_get_data (bio);
  gssize n = send (stream->watch.fd, bytes, (gsize) len, MSG_DONTWAIT | MSG_NOSIGNAL);

  BIO_clear_retry_flags (bio);
  if (n < 0 && would_block ())
    BIO_set_retry_write (bio);
  return (int) n;
}

static int
bio_read (BIO *bio, char *bytes, int len)
{
  FwStream *stream = BIO_get_data (bio);
  gssize n = recv (stream->watch.fd, bytes, (gsize) len, MSG_DONTWAIT);

  BIO_clear_retry_flags (bio);
  if (n < 0 && would_block ())
    BIO_set_retry_read (bio);
  stream->has_ended = stream->has_ended || n == 0;
  return (int) n;
}

static long
bio_control (BIO *bio, int what, long number, void *data)
{
  const FwStream *stream = BIO_get_data (bio);

  (void) number, (void) data;
  if (what == BIO_CTRL_EOF)
    return stream->has_ended;
  return what == BIO_CTRL_FLUSH;
}

static const BIO_METHOD *
stream_bio (void)
{
  static gsize method;

  if (g_once_init_enter (&method))
    {
      BIO_METHOD *fresh
          = BIO_meth_new (BIO_get_new_index () | BIO_TYPE_SOURCE_SINK, "fleetwire stream");

      BIO_meth_set_write (fresh, bio_write);
      BIO_meth_set_read (fresh, bio_read);
      BIO_meth_set_ctrl (fresh, bio_control);
      g_once_init_leave (&method, (gsize) fresh);
    }
  return (const BIO_METHOD *) method;
}

gboolean
fw_stream_tls_attach (FwStream *stream, FwTls *tls, const char *server_name, gboolean is_server)
{
  SSL *ssl = fw_tls_connection (tls, server_name);
  BIO *bio = ssl ? BIO_new (stream_bio ()) : NULL;

  if (!bio)
    {
      SSL_free (ssl);
      return FALSE;
    }
  BIO_set_data (bio, stream);
  BIO_set_init (bio, 1);
  SSL_set_bio (ssl, bio, bio);
  if (is_server)
    SSL_set_accept_state (ssl);
  else
    SSL_set_connect_state (ssl);
  stream->ssl = ssl;
  return TRUE;
}

/* Why it is over: what is wrong with the other end's certificate is worth more than what TLS calls
 * it. */
static const char *
fault_of (const FwStream *stream, int error_number)
{
  long verdict = SSL_get_verify_result (stream->ssl);
  char text[160];

  if (verdict != X509_V_OK)
    {
      g_snprintf (text, sizeof text, _ ("the certificate of the other end: %s"),
                  X509_verify_cert_error_string (verdict));
      ERR_clear_error ();
      return g_intern_string (text);
    }
  if (stream->has_ended)
    {
      ERR_clear_error ();
      return _ ("the other end has closed the connection");
    }
  return ERR_peek_error () == 0 && error_number != 0 ? g_strerror (error_number)
                                                     : fw_tls_last_fault ();
}

/* What OpenSSL's answer n means: bytes, 0 for later, -1 for over and why. */
static gssize
judge (FwStream *stream, int n, const char **ret_why)
{
  int error_number = errno;

  if (n > 0)
    return n;
  switch (SSL_get_error (stream->ssl, n))
    {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return 0;
    case SSL_ERROR_ZERO_RETURN:
      *ret_why = _ ("the other end has closed the connection");
      return -1;
    default:
      *ret_why = fault_of (stream, error_number);
      stream->is_tls_broken = TRUE;
      return -1;
    }
}

gssize
fw_stream_tls_read (FwStream *stream, guint8 *bytes, gsize len, const char **ret_why)
{
  gssize n;

  ERR_clear_error ();
  errno = 0;
  n = judge (stream, SSL_read (stream->ssl, bytes, (int) len), ret_why);
  stream->tls_wants_out = SSL_want_write (stream->ssl);
  return n;
}

/* What could not be written was often refused in so many words, which wait to be read. */
static void
learn_why (FwStream *stream, const char **ret_why)
{
  const char *why = NULL;
  guint8 bytes[256];

  if (SSL_read (stream->ssl, bytes, sizeof bytes) <= 0 && ERR_peek_error () != 0)
    why = fw_tls_last_fault ();
  if (why)
    *ret_why = why;
}

gssize
fw_stream_tls_write (FwStream *stream, const guint8 *bytes, gsize len, const char **ret_why)
{
  gsize done = 0;
  gssize n = 1;

  while (done < len && n > 0) /* a record at a time */
    {
      ERR_clear_error ();
      errno = 0;
      n = judge (stream, SSL_write (stream->ssl, bytes + done, (int) MIN (len - done, G_MAXINT)),
                 ret_why);
      done += (gsize) MAX (n, 0);
    }
  if (n < 0)
    learn_why (stream, ret_why);
  return n < 0 ? -1 : (gssize) done;
}

gssize
fw_stream_tls_handshake (FwStream *stream, const char **ret_why)
{
  gssize n;

  ERR_clear_error ();
  errno = 0;
  n = judge (stream, SSL_do_handshake (stream->ssl), ret_why);
  stream->tls_wants_out = SSL_want_write (stream->ssl);
  return n;
}

void
fw_stream_tls_bye (FwStream *stream)
{
  ERR_clear_error ();
  if (!stream->is_tls_broken && SSL_is_init_finished (stream->ssl))
    SSL_shutdown (stream->ssl); /* says it once; nobody waits for the answer */
  ERR_clear_error ();
  stream->tls_wants_out = FALSE;
}

void
fw_stream_tls_free (FwStream *stream)
{
  SSL_free (stream->ssl);
  stream->ssl = NULL;
}

char *
fw_stream_certificate_name (const FwStream *stream)
{
  const X509 *certificate = stream->ssl ? SSL_get0_peer_certificate (stream->ssl) : NULL;
  X509_NAME *subject;
  guchar *text = NULL;
  char *name = NULL;
  int at, len;

  if (!certificate || SSL_get_verify_result (stream->ssl) != X509_V_OK)
    return NULL;
  subject = X509_get_subject_name (certificate);
  at = X509_NAME_get_index_by_NID (subject, NID_commonName, -1);
  if (at < 0)
    return NULL;
  len = ASN1_STRING_to_UTF8 (&text, X509_NAME_ENTRY_get_data (X509_NAME_get_entry (subject, at)));
  if (len > 0 && g_utf8_validate ((const char *) text, len, NULL)) /* that refuses a NUL inside */
    name = g_strndup ((const char *) text, (gsize) len);
  OPENSSL_free (text);
  return name;
}
