/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-vehicle.h"

#include "fw-event-json.h"
#include "sim-fleet.h"

#define START_MS G_GINT64_CONSTANT (1772460000000)
#define N_VEHICLES 20

static SimTown *town;

static void
begin_ground (SimGround *ground)
{
  *ground = (SimGround){ town, sim_router_new (town->net),
                         g_array_new (FALSE, FALSE, sizeof (SimHop)), 1 };
}

static void
end_ground (SimGround *ground)
{
  sim_router_free (ground->router);
  g_array_unref (ground->hops);
}

static void
test_doors_open_only_at_a_standstill (void)
{
  SimGround ground;
  guint n_open = 0, n_moving = 0;
  begin_ground (&ground);
  for (guint number = 1; number <= N_VEHICLES; number++)
    {
      SimVehicle vehicle;
      FwEvent ev;
      sim_vehicle_init (&vehicle, &ground, number, START_MS);
      for (gint64 at_ms = START_MS; at_ms < START_MS + 2 * 3600 * 1000; at_ms += 1000)
        if (sim_vehicle_report (&vehicle, &ground, at_ms, &ev))
          {
            n_open += ev.number[FW_FIELD_DOOR] != 0;
            n_moving += ev.number[FW_FIELD_SPEED_KMH] > 3.0;
            g_assert_false (ev.number[FW_FIELD_DOOR] != 0 && ev.number[FW_FIELD_SPEED_KMH] > 0.0);
            g_assert_false (ev.number[FW_FIELD_IGNITION] == 0
                            && ev.number[FW_FIELD_SPEED_KMH] > 0.0);
          }
      sim_vehicle_clear (&vehicle);
    }
  g_assert_cmpuint (n_open, >, N_VEHICLES * 100);
  g_assert_cmpuint (n_moving, >, N_VEHICLES * 2000);
  end_ground (&ground);
}

/* The receiver's error drifts with every report, so position is left out. */
static void
assert_same_but_for_position (const FwEvent *a, const FwEvent *b)
{
  guint64 fields = a->has & ~(FW_FIELD_MASK_POSITION | FW_FIELD_BIT (FW_FIELD_ACCURACY_M));
  g_assert_cmpuint (a->has, ==, b->has);
  for (guint field = 0; field < fw_field_n (); field++)
    if ((fields & FW_FIELD_BIT (field)) != 0 && fw_field (field)->type != FW_FIELD_STRING)
      g_assert_cmpfloat (a->number[field], ==, b->number[field]);
}

static void
test_the_world_does_not_depend_on_who_asks_when (void)
{
  SimGround ground;
  begin_ground (&ground);
  for (guint number = 1; number <= N_VEHICLES; number++)
    {
      SimVehicle often, seldom;
      FwEvent ev, other;
      sim_vehicle_init (&often, &ground, number, START_MS);
      sim_vehicle_init (&seldom, &ground, number, START_MS);
      for (gint64 at_ms = START_MS; at_ms <= START_MS + 3600 * 1000; at_ms += 500)
        {
          gboolean is_heard = sim_vehicle_report (&often, &ground, at_ms, &ev);
          if (at_ms % 600000 != 0)
            continue;
          g_assert_cmpint (sim_vehicle_report (&seldom, &ground, at_ms, &other), ==, is_heard);
          if (is_heard)
            assert_same_but_for_position (&ev, &other);
        }
      sim_vehicle_clear (&often);
      sim_vehicle_clear (&seldom);
    }
  end_ground (&ground);
}

static GString *
first_minute (guint n_devices, const char *only)
{
  SimFleetOptions options = { "default", n_devices, 3000, START_MS, 1 };
  g_autoptr (SimSource) fleet = sim_fleet_new (town, &options);
  GString *text = g_string_new (NULL);
  FwEvent ev;
  gint64 last_ms = START_MS;
  fleet->begin (fleet, START_MS);
  while (fleet->due_ms (fleet) < START_MS + 60000)
    {
      g_assert_cmpint (fleet->due_ms (fleet), >=, last_ms);
      last_ms = fleet->due_ms (fleet);
      if (!fleet->take (fleet, &ev))
        continue;
      g_assert_cmpint (ev.ts_ms, ==, last_ms);
      if (only == NULL || strncmp (ev.device_id.data, only, ev.device_id.len) == 0)
        fw_event_write (&ev, text);
    }
  return text;
}

static void
test_same_seed_same_bytes (void)
{
  GString *one = first_minute (50, NULL), *two = first_minute (50, NULL);
  g_assert_cmpstr (one->str, ==, two->str);
  g_string_free (one, TRUE);
  g_string_free (two, TRUE);
}

static void
test_a_vehicle_is_the_same_in_any_fleet (void)
{
  static const char *const names[] = { "TRK-0003", "VAN-0003" };
  gsize n_seen = 0;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GString *few = first_minute (5, names[i]), *many = first_minute (200, names[i]);
      g_assert_cmpstr (few->str, ==, many->str);
      n_seen += few->len;
      g_string_free (few, TRUE);
      g_string_free (many, TRUE);
    }
  g_assert_cmpuint (n_seen, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  town = sim_town_new ((FwPoint){ 30.27, -97.743 }, 1);
  g_test_add_func ("/sim/vehicle/doors-open-only-at-a-standstill",
                   test_doors_open_only_at_a_standstill);
  g_test_add_func ("/sim/vehicle/the-world-does-not-depend-on-who-asks-when",
                   test_the_world_does_not_depend_on_who_asks_when);
  g_test_add_func ("/sim/fleet/same-seed-same-bytes", test_same_seed_same_bytes);
  g_test_add_func ("/sim/fleet/a-vehicle-is-the-same-in-any-fleet",
                   test_a_vehicle_is_the_same_in_any_fleet);
  int status = g_test_run ();
  sim_town_free (town);
  return status;
}
