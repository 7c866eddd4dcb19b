/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* demo-port: which loopback ports are free, and whether an admin listener says ready. Threads: any; blocks briefly. */
#define DEMO_PORT_TRIES 20
gboolean demo_port_is_free (guint16 port);
/* first, or the next free one of DEMO_PORT_TRIES; 0 when there is none. */
guint16  demo_port_next_free (guint16 first);
/* GET /readyz on a loopback port answers 200. */
gboolean demo_port_is_ready (guint16 port);
