/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "demo-count.h"
/* demo-ear: a WebSocket client like any other, that subscribes to one channel of the relay and counts what it hears.
 * Threads: the main loop's (the socket has a thread of its own in fw-ws-client). */
typedef struct DemoEar DemoEar;

/* channel: "log/iot-events" or "fleet". count: borrowed. */
DemoEar *demo_ear_new (const char *url, const char *channel, DemoCount *count, GError **error);
void     demo_ear_free (DemoEar *ear); /* NULL is fine */
gboolean demo_ear_is_subscribed (const DemoEar *ear);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DemoEar, demo_ear_free)
