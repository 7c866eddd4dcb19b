/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-tls: what TLS connections of one kind share: certificate, key, and whom they trust. Files are PEM.
 * Promises: TLS 1.2 and 1.3 alone, no renegotiation; a private key that everybody can read is refused; an error names
 *   the file and says what to do. A certificate that has expired is warned of, since a service that starts is more useful.
 * Threads: any; reference-counted. */
typedef struct FwTls FwTls;

typedef struct
{
  const char *certificate_file, *key_file; /* the chain, leaf first */
  const char *client_ca_file;              /* NULL: clients are not asked for a certificate */
  gboolean    wants_client_certificate;    /* one without is turned away */
} FwTlsServer;
typedef struct
{
  const char *ca_file;                     /* NULL: the system's */
  const char *certificate_file, *key_file; /* NULL: none */
} FwTlsClient;

FwTls *fw_tls_new_server (const FwTlsServer *server, GError **error);
FwTls *fw_tls_new_client (const FwTlsClient *client, GError **error);
/* Reads the files again; connections that begin from now on use them. On an error all stays as it was. */
gboolean fw_tls_reload (FwTls *tls, GError **error);
FwTls *fw_tls_ref (FwTls *tls);
void   fw_tls_unref (FwTls *tls); /* NULL is fine */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwTls, fw_tls_unref)
