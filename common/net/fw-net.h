/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-net: what server and client share: addresses, and the Host and Origin rules of CONTRACT 6. Pure. Threads: any. */
/* "localhost:8080", "127.0.0.1:8080", "[::1]:8080", ":8080", "8080". localhost means both loopback families.
 * The message of a bad one says what is allowed. */
gboolean    fw_address_parse (const char *text, char **ret_host, guint16 *ret_port, GError **error);
gboolean    fw_host_is_loopback (const char *host);
typedef struct { const char *listen_host; const char *const *public_hosts; const char *const *allow_origins; } FwDoorRules;
typedef enum { FW_DOOR_OPEN, FW_DOOR_BAD_HOST /* 421 */, FW_DOOR_BAD_ORIGIN /* 403 */ } FwDoor;
/* host: the Host header; origin: NULL when absent (not a browser). */
FwDoor      fw_door_check (const FwDoorRules *rules, const char *host, const char *origin);
const char *fw_net_versions (void); /* "libwebsockets 4.1.6 (running 4.1.6)" */
