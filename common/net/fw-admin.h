/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-metric.h"
/* fw-admin: the admin listener of a daemon: /metrics, /healthz, /readyz, on a thread of its own (loopback by default). At
 * most FW_ADMIN_CONNECTIONS_MAX at once: who scrapes and who looks; one more gets 503.
 * Threads: ready is called on the admin thread and must be thread-safe; refresh too (set gauges there). */
#define FW_ADMIN_CONNECTIONS_MAX 128
typedef struct FwAdmin FwAdmin;
typedef struct
{
  FwMetrics *metrics;                                    /* borrowed */
  gboolean (*ready) (gpointer user, char **ret_why_not); /* nullable = always ready; why_not transfer full */
  void     (*refresh) (gpointer user);                   /* nullable; before /metrics is printed */
  gpointer   user;
} FwAdminSource;
/* listen "localhost:9464"; NULL or "" = none (returns NULL without error). With next_free, the next free port within 20 is taken. */
FwAdmin    *fw_admin_new (const char *listen, gboolean next_free, const FwAdminSource *source, GError **error);
void        fw_admin_free (FwAdmin *admin);
guint16     fw_admin_port (const FwAdmin *admin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwAdmin, fw_admin_free)
