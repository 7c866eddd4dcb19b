/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-listen.h"

#include "fw-error.h"
#include "fw-net.h"
#include "fw-i18n.h"

static gboolean
is_set (const char *text)
{
  return text && *text;
}

static gboolean
lacks (const char *given, const char *missing, GError **error)
{
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("%s needs %s too"), given, missing);
  return FALSE;
}

static gboolean
is_whole (const IngestOptions *options, GError **error)
{
  gboolean has_certificate = is_set (options->tls_certificate), has_key = is_set (options->tls_key);

  if (has_key && !has_certificate)
    return lacks ("--tls-key", "--tls-certificate", error);
  if (has_certificate && !has_key)
    return lacks ("--tls-certificate", "--tls-key", error);
  if (options->tls_require_certificate && !is_set (options->tls_client_ca))
    return lacks ("--tls-require-certificate", "--tls-client-ca", error);
  if (is_set (options->mqtts) && !has_certificate)
    return lacks ("--mqtts", "--tls-certificate", error);
  if (has_certificate && !is_set (options->mqtts))
    return lacks ("--tls-certificate", "--mqtts", error);
  return TRUE;
}

static gboolean
open_tls (IngestListen *listen, const IngestOptions *options, GError **error)
{
  const FwTlsServer server = { options->tls_certificate, options->tls_key,
                               is_set (options->tls_client_ca) ? options->tls_client_ca : NULL,
                               options->tls_require_certificate };

  listen->tls = fw_tls_new_server (&server, error);
  return listen->tls
         && fw_address_parse (options->mqtts, &listen->tls_host, &listen->tls_port, error);
}

gboolean
ingest_listen_open (IngestListen *listen, const IngestOptions *options, GError **error)
{
  if (!is_whole (options, error))
    return FALSE;
  if (is_set (options->mqtt)
      && !fw_address_parse (options->mqtt, &listen->host, &listen->port, error))
    return FALSE;
  return !is_set (options->mqtts) || open_tls (listen, options, error);
}

void
ingest_listen_clear (IngestListen *listen)
{
  g_free (listen->host);
  g_free (listen->tls_host);
  fw_tls_unref (listen->tls);
}
