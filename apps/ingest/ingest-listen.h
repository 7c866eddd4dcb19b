/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-tls.h"
#include "ingest-options.h"
/* ingest-listen: where the MQTT door listens: plain, by TLS, or both. Threads: main. */
typedef struct
{
  char   *host, *tls_host; /* NULL: not plain; not by TLS */
  guint16 port, tls_port;
  FwTls  *tls; /* NULL: not by TLS */
} IngestListen;

/* From --mqtt, --mqtts and --tls-*. An error names the option that lacks, or the file that will not do. */
gboolean ingest_listen_open (IngestListen *listen, const IngestOptions *options, GError **error);
void     ingest_listen_clear (IngestListen *listen);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IngestListen, ingest_listen_clear)
