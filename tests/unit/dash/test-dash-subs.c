/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-subs.h"
#include <string.h>

static void
want_window (DashSubs *subs, const char *where)
{
  FwClientMessage wish
      = { .channel = FW_CHANNEL_FLEET, .where = (char *) where, .interval_ms = 500, .first = 20 };

  dash_subs_want (subs, DASH_SUB_WINDOW, &wish);
}

static void
check_next (DashSubs *subs, const char *op, const char *part)
{
  g_autofree char *text = dash_subs_next (subs);

  if (op == NULL)
    {
      g_assert_null (text);
      return;
    }
  g_assert_nonnull (text);
  g_assert_nonnull (strstr (text, op));
  g_assert_nonnull (strstr (text, part));
}

/* The relay has taken the wish, as channel 7. */
static void
subscribe (DashSubs *subs)
{
  DashSub sub;

  want_window (subs, NULL);
  check_next (subs, "\"subscribe\"", "\"first\":20");
  g_assert_true (dash_subs_answered (subs, 1, 7, &sub));
}

static void
test_only_the_last_wish_counts_while_an_answer_is_due (void)
{
  g_autoptr (DashSubs) subs = dash_subs_new ();
  DashSub sub;

  want_window (subs, "age > 1m");
  check_next (subs, "\"subscribe\"", "age > 1m");
  want_window (subs, "age > 2m");
  want_window (subs, "age > 3m");
  check_next (subs, NULL, NULL);
  g_assert_true (dash_subs_answered (subs, 1, 7, &sub));
  g_assert_cmpint (sub, ==, DASH_SUB_WINDOW);
  g_assert_true (dash_subs_find (subs, 7, &sub));
  check_next (subs, "\"update\"", "age > 3m");
  check_next (subs, NULL, NULL);
}

static void
test_the_same_wish_is_not_asked_twice (void)
{
  g_autoptr (DashSubs) subs = dash_subs_new ();

  subscribe (subs);
  want_window (subs, NULL);
  check_next (subs, NULL, NULL);
}

static void
test_a_refused_wish_waits_for_a_change (void)
{
  g_autoptr (DashSubs) subs = dash_subs_new ();
  DashSub sub;

  want_window (subs, "nonsense");
  check_next (subs, "\"subscribe\"", "nonsense");
  g_assert_true (dash_subs_refused (subs, 1, &sub));
  check_next (subs, NULL, NULL);
  want_window (subs, "age > 1m");
  check_next (subs, "\"subscribe\"", "age > 1m");
  g_assert_false (dash_subs_answered (subs, 99, 7, &sub));
}

static void
test_what_is_not_wanted_is_given_up (void)
{
  g_autoptr (DashSubs) subs = dash_subs_new ();
  DashSub sub;

  subscribe (subs);
  dash_subs_want (subs, DASH_SUB_WINDOW, NULL);
  check_next (subs, "\"unsubscribe\"", "\"ch\":7");
  g_assert_false (dash_subs_find (subs, 7, &sub));
  check_next (subs, NULL, NULL);
}

static void
test_a_new_connection_is_asked_anew (void)
{
  g_autoptr (DashSubs) subs = dash_subs_new ();
  DashSub sub;

  subscribe (subs);
  dash_subs_forget (subs);
  g_assert_false (dash_subs_find (subs, 7, &sub));
  check_next (subs, "\"subscribe\"", "fleet");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dash/subs/only-the-last-wish-counts-while-an-answer-is-due",
                   test_only_the_last_wish_counts_while_an_answer_is_due);
  g_test_add_func ("/dash/subs/the-same-wish-is-not-asked-twice",
                   test_the_same_wish_is_not_asked_twice);
  g_test_add_func ("/dash/subs/a-refused-wish-waits-for-a-change",
                   test_a_refused_wish_waits_for_a_change);
  g_test_add_func ("/dash/subs/what-is-not-wanted-is-given-up",
                   test_what_is_not_wanted_is_given_up);
  g_test_add_func ("/dash/subs/a-new-connection-is-asked-anew",
                   test_a_new_connection_is_asked_anew);
  return g_test_run ();
}
