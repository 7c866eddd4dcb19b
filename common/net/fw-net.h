/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>

#include "fw-door.h"
/* fw-net: what server and client share: addresses, and which limits there are. Pure. Threads: any. */
/* Which limit has refused somebody: connections in all, of one address, handshakes a second, open files of the process. */
typedef enum { FW_NET_LIMIT_CONNECTIONS, FW_NET_LIMIT_PER_ADDRESS, FW_NET_LIMIT_HANDSHAKES, FW_NET_LIMIT_DESCRIPTORS, FW_NET_N_LIMITS } FwNetLimit;
const char *fw_net_limit_text (FwNetLimit limit); /* that it is reached, for a log */

/* "localhost:8080", "127.0.0.1:8080", "[::1]:8080"; ":8080" and "8080" are localhost, which means both loopback families;
 * "*:8080" is every interface.
 * The message of a bad one says what is allowed. */
gboolean    fw_address_parse (const char *text, char **ret_host, guint16 *ret_port, GError **error);
gboolean    fw_host_is_loopback (const char *host);
/* The host of "HOST[:PORT]" or "[IPV6][:PORT]", as in a Host header; NULL when it is not one. Transfer full. */
char       *fw_authority_host (const char *authority);
const char *fw_net_versions (void); /* "libwebsockets 4.1.6 (running 4.1.6)" */
