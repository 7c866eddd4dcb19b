/* SPDX-License-Identifier: Apache-2.0 */
/* What a client may say, and what it is answered. */
#include <string.h>

#include "world.h"

typedef struct
{
  const char *said, *code;
} Case;

static void
test_each_fault_has_its_code (void)
{
  static const Case cases[] = {
    { "{", "bad_json" },
    { "[]", "bad_json" },
    { "{\"op\":\"dance\"}", "unknown_op" },
    { "{\"op\":\"subscribe\",\"channel\":\"nowhere\"}", "unknown_channel" },
    { "{\"op\":\"subscribe\",\"channel\":\"log/other\"}", "unknown_topic" },
    { "{\"op\":\"subscribe\",\"channel\":\"latest/t\"}", "not_supported" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"where\":\"temp_c >\"}", "bad_query" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"first\":5,\"order\":\"nonsense\"}",
      "bad_request" },
    { "{\"op\":\"subscribe\",\"channel\":\"fleet\",\"first\":5,\"totals\":[\"driver\"]}",
      "bad_request" },
    { "{\"op\":\"unsubscribe\",\"ch\":99}", "not_subscribed" },
    { "{\"op\":\"update\",\"ch\":99,\"channel\":\"fleet\"}", "not_subscribed" },
    { "{\"op\":\"command\"}", "not_supported" },
    { "{\"op\":\"seek\"}", "not_supported" },
    { "{\"op\":\"hello\",\"v\":9}", "not_supported" },
  };
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *code = g_strdup_printf ("\"code\":\"%s\"", cases[i].code);

      peer_say (peer, cases[i].said);
      world_settle (world);
      g_test_message ("%s", cases[i].said);
      g_assert_cmpuint (peer_n_heard (peer, "error"), ==, i + 1);
      g_assert_nonnull (strstr (peer_heard (peer, "error"), code));
    }
  g_assert_cmpint (peer->client->closing, ==, RELAY_CLOSE_NONE);
}

static void
test_the_id_comes_back (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  peer_say (peer, "{\"op\":\"subscribe\",\"id\":\"a\\\"b\",\"channel\":\"log/t\"}");
  world_settle (world);
  g_assert_cmpstr (peer_heard (peer, "subscribed"), ==,
                   "{\"op\":\"subscribed\",\"id\":\"a\\\"b\",\"ch\":1}");
}

static void
ask_for_groups (Peer *peer, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *where = g_strdup_printf ("\"where\":\"temp_c > %u\",", i);

      peer_ask (peer, "subscribe", 0, where);
    }
}

static void
assert_refused (const World *world, const Peer *peer, RelayLimit limit, guint n, const char *code)
{
  g_autofree char *said = g_strdup_printf ("\"code\":\"%s\"", code);

  g_assert_cmpuint (peer_n_heard (peer, "error"), ==, n);
  g_assert_nonnull (strstr (peer_heard (peer, "error"), said));
  for (guint i = 0; i < RELAY_N_LIMITS; i++)
    g_assert_cmpuint (relay_fanout_counts (world->fanout).n_refused[i]
                          + relay_groups_counts (world->groups).n_refused[i],
                      ==, i == limit ? n : 0);
}

static void
test_too_many_subscriptions_are_refused (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = NULL;
  Peer *peer;

  limits.fanout.subscriptions_max = 5;
  world = world_new (&limits);
  peer = world_peer (world, FALSE);
  peer_say (peer, "{\"op\":\"subscribe\",\"id\":\"log\",\"channel\":\"log/t\"}");
  ask_for_groups (peer, 4);
  world_settle (world);
  g_assert_null (peer_heard (peer, "error"));
  ask_for_groups (peer, 3);
  world_settle (world);
  g_assert_cmpuint (peer_n_heard (peer, "subscribed"), ==, 5);
  assert_refused (world, peer, RELAY_LIMIT_SUBSCRIPTIONS, 3, "too_many_subscriptions");
}

static void
test_too_many_waiting_requests_are_refused (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = NULL;
  Peer *peer, *other;

  limits.fanout.unanswered_max = 3;
  world = world_new (&limits);
  peer = world_peer (world, FALSE);
  other = world_peer (world, FALSE);
  ask_for_groups (peer, 5);
  ask_for_groups (other, 3);
  world_settle (world);
  g_assert_cmpuint (peer_n_heard (peer, "subscribed"), ==, 3);
  g_assert_null (peer_heard (other, "error"));
  assert_refused (world, peer, RELAY_LIMIT_UNANSWERED, 2, "overloaded");
  peer_ask (peer, "subscribe", 0, "\"where\":\"temp_c > 9\",");
  world_settle (world);
  g_assert_cmpuint (peer_n_heard (peer, "subscribed"), ==, 4);
}

static void
test_asking_without_reading_is_closed (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = world_new (&limits);
  Peer *peer = world_peer (world, FALSE);

  for (guint i = 0; i < 10000 && !peer->client->closing; i++)
    peer_say (peer, "{\"op\":\"dance\"}");
  g_assert_cmpint (peer->client->closing, ==, RELAY_CLOSE_CONTROL_BACKLOG);
  g_assert_cmpuint (peer->client->out->len, <=,
                    limits.fanout.control_backlog_max + FW_FRAME_HEADER_MAX * 10000);
}

static void
test_different_groups_are_bounded (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = NULL;
  Peer *peer;

  limits.groups.groups_max = 2;
  world = world_new (&limits);
  peer = world_peer (world, FALSE);
  ask_for_groups (peer, 3);
  world_settle (world);
  assert_refused (world, peer, RELAY_LIMIT_GROUPS, 1, "overloaded");
}

static void
test_different_windows_are_bounded (void)
{
  WorldLimits limits = world_limits ();
  g_autoptr (World) world = NULL;
  Peer *peer, *other;

  limits.groups.windows_max = 1;
  world = world_new (&limits);
  peer = world_peer (world, FALSE);
  other = world_peer (world, FALSE);
  peer_ask (peer, "subscribe", 0, "\"first\":3,");
  peer_ask (other, "subscribe", 0, "\"first\":3,");
  peer_ask (peer, "subscribe", 0, "\"first\":4,");
  world_settle (world);
  assert_refused (world, peer, RELAY_LIMIT_WINDOWS, 1, "too_many_windows");
  g_assert_null (peer_heard (other, "error"));
}

static void
test_since_gets_reset_and_a_snapshot (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  peer_ask (peer, "subscribe", 0, "\"since\":\"1;t=5\",");
  world_settle (world);
  g_assert_nonnull (strstr (peer_heard (peer, "reset"), "resume_not_supported"));
  g_assert_cmpuint (peer_n_heard (peer, "snapshot"), ==, 1);
}

static void
test_unsubscribe_ends_it (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, FALSE);

  peer_say (peer, "{\"op\":\"subscribe\",\"id\":1,\"channel\":\"log/t\"}");
  world_settle (world);
  peer_say (peer, "{\"op\":\"unsubscribe\",\"id\":2,\"ch\":1}");
  world_settle (world);
  world_event (world, "{\"device_id\":1}");
  world_settle (world);
  g_assert_cmpuint (peer->offsets->len, ==, 0);
  g_assert_false (relay_log_is_read (world->logs[1]));
}

static void
test_a_plain_client_may_say_anything (void)
{
  g_autoptr (World) world = world_new (NULL);
  Peer *peer = world_peer (world, TRUE);

  peer_say (peer, "{\"op\":\"subscribe\"");
  world_settle (world);
  g_assert_cmpuint (peer->n_frames, ==, 0);
  g_assert_cmpint (peer->client->closing, ==, RELAY_CLOSE_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/request/each-fault-has-its-code", test_each_fault_has_its_code);
  g_test_add_func ("/relay/request/the-id-comes-back", test_the_id_comes_back);
  g_test_add_func ("/relay/request/too-many-subscriptions-are-refused",
                   test_too_many_subscriptions_are_refused);
  g_test_add_func ("/relay/request/too-many-waiting-requests-are-refused",
                   test_too_many_waiting_requests_are_refused);
  g_test_add_func ("/relay/request/asking-without-reading-is-closed",
                   test_asking_without_reading_is_closed);
  g_test_add_func ("/relay/request/different-groups-are-bounded",
                   test_different_groups_are_bounded);
  g_test_add_func ("/relay/request/different-windows-are-bounded",
                   test_different_windows_are_bounded);
  g_test_add_func ("/relay/request/since-gets-reset-and-a-snapshot",
                   test_since_gets_reset_and_a_snapshot);
  g_test_add_func ("/relay/request/unsubscribe-ends-it", test_unsubscribe_ends_it);
  g_test_add_func ("/relay/request/a-plain-client-may-say-anything",
                   test_a_plain_client_may_say_anything);
  return g_test_run ();
}
