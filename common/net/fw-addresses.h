/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-addresses: where a host listens. localhost means both loopback families, whatever the machine's resolver thinks of it.
 * Threads: any; unchanged once made. */
typedef struct FwAddresses FwAddresses;

/* Asks the resolver, which may take seconds. An error names the host, and says what to do. */
FwAddresses *fw_addresses_resolve (const char *host, guint16 port, GError **error);
void         fw_addresses_free (FwAddresses *addresses);
guint        fw_addresses_n (const FwAddresses *addresses); /* at least 1 */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwAddresses, fw_addresses_free)
