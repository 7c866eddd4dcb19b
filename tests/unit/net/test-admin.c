/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fw-admin.h"
#include "fw-error.h"
#include "ws-peer.h"

static const FwMetricRow rows[] = {
  { .name = "fleetwire_test_events_total", .type = FW_METRIC_COUNTER, .help = "Events seen" },
  { 0 },
};

static gboolean
is_ready (gpointer user, char **ret_why_not)
{
  if (g_atomic_int_get ((gint *) user) != 0)
    return TRUE;
  *ret_why_not = g_strdup ("the broker is away");
  return FALSE;
}

static char *
get (FwAdmin *admin, const char *path, const char *host, char **ret_body)
{
  g_autoptr (Peer) peer = peer_connect (fw_admin_port (admin), 0);
  g_autofree char *request = g_strdup_printf ("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host);

  peer_say (peer, request);
  return peer_read_reply (peer, ret_body);
}

static void
expect (FwAdmin *admin, const char *path, const char *host, const char *status, const char *in_body)
{
  g_autofree char *body = NULL;
  g_autofree char *head = get (admin, path, host, &body);

  g_assert_nonnull (strstr (head, status));
  g_assert_nonnull (strstr (body, in_body));
}

static void
test_pages (void)
{
  g_autoptr (FwMetrics) metrics = fw_metrics_new (rows);
  gint readiness = 0;
  const FwAdminSource source = { .metrics = metrics, .ready = is_ready, .user = &readiness };
  g_autoptr (GError) error = NULL;
  g_autoptr (FwAdmin) admin = fw_admin_new ("localhost:0", FALSE, &source, &error);

  g_assert_no_error (error);
  fw_metrics_add (metrics, 0, 0, 3);
  expect (admin, "/metrics", "localhost", " 200 ", "fleetwire_test_events_total 3\n");
  expect (admin, "/healthz", "127.0.0.1:9464", " 200 ", "ok");
  expect (admin, "/readyz", "localhost", " 503 ", "the broker is away");
  g_atomic_int_set (&readiness, 1);
  expect (admin, "/readyz", "localhost", " 200 ", "ready");
  expect (admin, "/other", "localhost", " 404 ", "/metrics");
  expect (admin, "/metrics", "evil.example", " 421 ", "localhost");
}

static void
test_next_free_port (void)
{
  g_autoptr (FwMetrics) metrics = fw_metrics_new (rows);
  const FwAdminSource source = { .metrics = metrics };
  g_autoptr (GError) error = NULL;
  g_autoptr (FwAdmin) first = fw_admin_new ("127.0.0.1:0", FALSE, &source, &error);
  g_autofree char *same = g_strdup_printf ("127.0.0.1:%u", fw_admin_port (first));
  g_autoptr (FwAdmin) second = fw_admin_new (same, TRUE, &source, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (fw_admin_port (second), >, fw_admin_port (first));
  g_assert_null (fw_admin_new (same, FALSE, &source, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE);
}

static void
test_one_too_many_is_told_so (void)
{
  g_autoptr (FwMetrics) metrics = fw_metrics_new (rows);
  const FwAdminSource source = { .metrics = metrics };
  g_autoptr (FwAdmin) admin = fw_admin_new ("localhost:0", FALSE, &source, NULL);
  g_autoptr (GPtrArray) silent = g_ptr_array_new_with_free_func ((GDestroyNotify) peer_free);

  for (guint i = 0; i < FW_ADMIN_CONNECTIONS_MAX; i++)
    g_ptr_array_add (silent, peer_connect (fw_admin_port (admin), 0));
  g_autoptr (Peer) late = peer_connect (fw_admin_port (admin), 0);
  peer_expect_status (late, "503");
}

static void
test_none_wanted (void)
{
  const FwAdminSource source = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_null (fw_admin_new (NULL, FALSE, &source, &error));
  g_assert_null (fw_admin_new ("", FALSE, &source, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/admin/pages", test_pages);
  g_test_add_func ("/net/admin/next-free-port", test_next_free_port);
  g_test_add_func ("/net/admin/one-too-many-is-told-so", test_one_too_many_is_told_so);
  g_test_add_func ("/net/admin/none-wanted", test_none_wanted);
  return g_test_run ();
}
