/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <openssl/ssl.h>
#include "fw-tls.h"
/* A connection of this kind, before its handshake. server_name: whom a client expects; a name or a literal address. */
SSL *fw_tls_connection (FwTls *tls, const char *server_name);
/* Why the last call of OpenSSL on this thread failed, in words that live for ever; never NULL. */
const char *fw_tls_last_fault (void);
