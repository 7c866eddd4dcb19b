/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <string.h>

#include "fw-error.h"
#include "fw-ws-client.h"
#include "ws-house.h"

#define WAIT_MS 5000

static FwWsClient *
client_to (guint16 port, const char *subprotocol)
{
  g_autofree char *url = g_strdup_printf ("ws://localhost:%u/live", port);
  g_autoptr (GError) error = NULL;
  FwWsClient *client = fw_ws_client_new (url, subprotocol, &error);

  g_assert_no_error (error);
  return client;
}

static FwWsItem *
next (FwWsClient *client)
{
  FwWsItem *item;

  while ((item = fw_ws_client_pop (client)) == NULL)
    {
      struct pollfd waiting = { .fd = fw_ws_client_fd (client), .events = POLLIN };

      if (poll (&waiting, 1, WAIT_MS) == 0)
        g_error ("nothing came in %d ms", WAIT_MS);
    }
  return item;
}

static void
expect (FwWsClient *client, FwWsItemType type, const char *text)
{
  g_autoptr (FwWsItem) item = next (client);

  g_assert_cmpint (item->type, ==, type);
  if (text != NULL)
    g_assert_cmpstr (item->text, ==, text);
}

static FwWsClient *
connected_to (House *house)
{
  FwWsClient *client = client_to (fw_ws_server_port (house->server), NULL);

  expect (client, FW_WS_CONNECTED, NULL);
  house_expect (house, "open /live -");
  return client;
}

static void
test_talks_both_ways (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (FwWsClient) client
      = client_to (fw_ws_server_port (house->server), "fleetwire.v1+json");

  g_assert_true (fw_ws_client_send (client, "echo early", 10)); /* before it is connected */
  g_assert_true (fw_ws_client_send (client, "echo second", 11));
  expect (client, FW_WS_CONNECTED, NULL);
  house_expect (house, "open /live fleetwire.v1+json");
  house_expect (house, "message 1 text echo early");
  house_expect (house, "message 1 text echo second");
  expect (client, FW_WS_MESSAGE, "echo early");
  expect (client, FW_WS_MESSAGE, "echo second");
}

static void
test_no_subprotocol (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (FwWsClient) client = client_to (fw_ws_server_port (house->server), NULL);

  expect (client, FW_WS_CONNECTED, NULL);
  house_expect (house, "open /live -");
}

static void
test_says_why_it_was_refused (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (FwWsClient) client = client_to (fw_ws_server_port (house->server), "unknown");
  g_autoptr (FwWsItem) item = next (client);

  g_assert_cmpint (item->type, ==, FW_WS_DISCONNECTED);
  g_assert_cmpint (item->len, >, 0);
  g_assert_cmpuint (item->retry_ms, <=, 500);
}

static void
close_with_reason (House *house)
{
  fw_ws_conn_close (house->conn, 4010, "go elsewhere", FALSE);
}

static void
test_comes_back (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (FwWsClient) client = connected_to (house);
  g_autoptr (FwWsItem) item = NULL;

  house_do (house, close_with_reason);
  item = next (client);
  g_assert_cmpint (item->type, ==, FW_WS_DISCONNECTED);
  g_assert_nonnull (strstr (item->text, "4010"));
  g_assert_nonnull (strstr (item->text, "go elsewhere"));
  expect (client, FW_WS_CONNECTED, NULL);
}

static void
test_waits_for_a_server_that_is_not_there (void)
{
  FwWsServerOptions options = house_options ();
  House *house = house_new (NULL);
  g_autoptr (FwWsClient) client = NULL;

  options.listen_port = fw_ws_server_port (house->server);
  house_free (house);
  client = client_to (options.listen_port, NULL);
  expect (client, FW_WS_DISCONNECTED, NULL);
  house = house_new (&options);
  for (;;)
    {
      g_autoptr (FwWsItem) item = next (client);

      if (item->type == FW_WS_CONNECTED)
        break;
    }
  house_free (house);
}

#define N_MESSAGES 10000 /* more than twice what the ring holds */
#define MESSAGE_BYTES 1000

static void
send_on (House *house)
{
  for (; house->at < N_MESSAGES; house->at++)
    {
      g_autofree char *text = g_strdup_printf ("%0*u", MESSAGE_BYTES, (guint) house->at);
      gsize taken;
      guint8 frame[MESSAGE_BYTES + 4] = { 0x81, 126, MESSAGE_BYTES >> 8, MESSAGE_BYTES & 0xff };

      memcpy (frame + 4, text, MESSAGE_BYTES);
      fw_ws_conn_send (house->conn, frame, sizeof frame, &taken);
      if (taken == 0)
        return;
    }
}

static void
begin_sending (House *house)
{
  house->on_writable = send_on;
  send_on (house);
}

static void
test_a_slow_owner_loses_nothing (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (FwWsClient) client = connected_to (house);

  house_do (house, begin_sending);
  for (guint i = 0; i < N_MESSAGES; i++)
    {
      g_autoptr (FwWsItem) item = next (client);

      g_assert_cmpint (item->type, ==, FW_WS_MESSAGE);
      g_assert_cmpuint (item->len, ==, MESSAGE_BYTES);
      g_assert_cmpuint (g_ascii_strtoull (item->text, NULL, 10), ==, i);
      g_assert_cmpint (item->received_us, >, 0);
    }
}

static void
send_large (House *house)
{
  g_autofree char *text = g_malloc (3 * 1024 * 1024);

  memset (text, 'x', 3 * 1024 * 1024);
  g_assert_cmpint (fw_ws_conn_send_text (house->conn, text, 3 * 1024 * 1024), !=, FW_SENT_CLOSED);
}

static void
test_a_large_message_is_whole (void)
{
  g_autoptr (House) house = house_new (NULL);
  g_autoptr (FwWsClient) client = connected_to (house);
  g_autoptr (FwWsItem) item = NULL;

  house_do (house, send_large);
  item = next (client);
  g_assert_cmpuint (item->len, ==, 3 * 1024 * 1024);
  g_assert_cmpuint (strspn (item->text, "x"), ==, item->len);
}

static void
test_queue_has_a_limit (void)
{
  g_autoptr (FwWsClient) client = client_to (1, NULL); /* nobody there */
  guint n = 0;

  while (n < 10000 && fw_ws_client_send (client, "x", 1))
    n++;
  g_assert_cmpuint (n, ==, 256);
}

static void
test_urls (void)
{
  static const char *const bad[]
      = { "",        "http://localhost:1", "wss://localhost:1", "ws://",
          "ws://:0", "ws://a b:1",         "ws:///path",        "ws://localhost:99999" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (fw_ws_client_new (bad[i], NULL, &error));
      g_assert_error (error, FW_ERROR, FW_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, "ws://HOST:PORT"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/client/talks-both-ways", test_talks_both_ways);
  g_test_add_func ("/net/client/no-subprotocol", test_no_subprotocol);
  g_test_add_func ("/net/client/says-why-it-was-refused", test_says_why_it_was_refused);
  g_test_add_func ("/net/client/comes-back", test_comes_back);
  g_test_add_func ("/net/client/waits-for-a-server", test_waits_for_a_server_that_is_not_there);
  g_test_add_func ("/net/client/a-slow-owner-loses-nothing", test_a_slow_owner_loses_nothing);
  g_test_add_func ("/net/client/a-large-message-is-whole", test_a_large_message_is_whole);
  g_test_add_func ("/net/client/queue-has-a-limit", test_queue_has_a_limit);
  g_test_add_func ("/net/client/urls", test_urls);
  return g_test_run ();
}
