/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "relay-fanout.h"
/* relay-request: what a client of fleetwire.v1+json asks for, answered or passed on to the hub.
 * Promises: any bytes; every request gets an answer or an `error` of the closed set, and the socket stays.
 * Threads: its socket thread. */
void relay_request (RelayFanout *fanout, RelayClient *client, const char *text, gsize len);
void relay_request_too_large (RelayFanout *fanout, RelayClient *client, gsize max);
