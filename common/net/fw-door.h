/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* fw-door: may this Host, and a browser's Origin, come in? Against pages that were never meant to talk to us, and names
 * that somebody else points at this machine. Pure. Threads: any. */
typedef struct { const char *listen_host; const char *const *public_hosts; const char *const *allow_origins; } FwDoorRules;
typedef enum { FW_DOOR_OPEN, FW_DOOR_BAD_HOST /* 421 */, FW_DOOR_BAD_ORIGIN /* 403 */ } FwDoor;
/* host: the Host header, NULL when absent; it must be a loopback name, the listen address or a public host. origin: NULL
 * when absent (not a browser); it must be of the same host, any port, or one of allow_origins ("null" too). */
FwDoor fw_door_check (const FwDoorRules *rules, const char *host, const char *origin);
