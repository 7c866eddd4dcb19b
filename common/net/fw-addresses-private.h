/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <sys/socket.h>
#include "fw-addresses.h"
typedef struct { socklen_t len; struct sockaddr_storage where; } FwAddress;
const FwAddress *fw_addresses_get (const FwAddresses *addresses, guint i); /* NULL: no more */
