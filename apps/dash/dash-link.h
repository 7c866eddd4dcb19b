/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-ws-client.h"
/* dash-link: the relay's frames in the main loop. Threads: main; the socket's own thread is
 * fw-ws-client's. */
#define DASH_SUBPROTOCOL "fleetwire.v1+json"

typedef struct DashLinkSource DashLinkSource;
/* Called for each item, in order; then once with NULL when there is no more for now. */
typedef void (*DashLinkFunc) (const FwWsItem *item, gpointer user);

DashLinkSource *dash_link_new (const char *url, DashLinkFunc func, gpointer user, GError **error);
void dash_link_free (DashLinkSource *link);
/* FALSE when the way out is full: the message is lost, which the next connection mends. */
gboolean dash_link_send (DashLinkSource *link, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashLinkSource, dash_link_free)
