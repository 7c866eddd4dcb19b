/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-cold.h"

#define OUTSIDE_C 30.0

static void
live (SimCold *cold, guint seconds, gboolean is_door_open, gboolean has_unit)
{
  for (guint i = 0; i < seconds; i++)
    sim_cold_step (cold, OUTSIDE_C, is_door_open, has_unit);
}

static void
test_door_warms_air_at_once_and_cargo_hardly (void)
{
  SimCold cold;
  sim_cold_init (&cold, TRUE, 2.0);
  float cargo_c = cold.cargo_c;
  live (&cold, 60, TRUE, TRUE);
  g_assert_cmpfloat (cold.air_c, >, 10.0);
  live (&cold, 540, TRUE, TRUE);
  g_assert_cmpfloat (cold.air_c, >, 22.0);
  g_assert_cmpfloat (cold.air_c, <, OUTSIDE_C);
  g_assert_cmpfloat (cold.cargo_c - cargo_c, <, 0.5);
}

static void
test_unit_holds_the_set_point (void)
{
  static const double setpoints_c[] = { -18.0, 2.0, 4.0 };
  for (guint i = 0; i < G_N_ELEMENTS (setpoints_c); i++)
    for (gboolean is_large = FALSE; is_large <= TRUE; is_large++)
      {
        SimCold cold;
        sim_cold_init (&cold, is_large, setpoints_c[i]);
        live (&cold, 24 * 3600, FALSE, TRUE);
        g_assert_cmpfloat_with_epsilon (cold.air_c, setpoints_c[i], 1.3);
        g_assert_cmpfloat_with_epsilon (cold.cargo_c, setpoints_c[i], 1.3);
      }
}

static void
test_broken_unit_warms_cargo_in_hours (void)
{
  SimCold cold;
  sim_cold_init (&cold, TRUE, 2.0);
  live (&cold, 600, FALSE, FALSE);
  g_assert_cmpfloat (cold.cargo_c, <, 2.5);
  live (&cold, 12 * 3600, FALSE, FALSE);
  g_assert_cmpfloat (cold.cargo_c, >, 6.0);
  g_assert_cmpfloat (cold.air_c, >=, cold.cargo_c);
}

static void
test_air_recovers_between_stops (void)
{
  SimCold cold;
  sim_cold_init (&cold, TRUE, 2.0);
  live (&cold, 300, TRUE, TRUE);
  live (&cold, 20 * 60, FALSE, TRUE);
  g_assert_cmpfloat (cold.air_c, <, 6.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/cold/door-warms-air-at-once-and-cargo-hardly",
                   test_door_warms_air_at_once_and_cargo_hardly);
  g_test_add_func ("/sim/cold/unit-holds-the-set-point", test_unit_holds_the_set_point);
  g_test_add_func ("/sim/cold/broken-unit-warms-cargo-in-hours",
                   test_broken_unit_warms_cargo_in_hours);
  g_test_add_func ("/sim/cold/air-recovers-between-stops", test_air_recovers_between_stops);
  return g_test_run ();
}
