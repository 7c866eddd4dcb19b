/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "fw-geo.h"

static const FwPoint austin = { 30.2672, -97.7431 };

static void
test_distance (void)
{
  g_assert_cmpfloat (fw_geo_distance_m (austin, austin), ==, 0);
  /* A degree of a great circle is 111,195 m; a quarter of it 10,007.5 km. */
  g_assert_cmpfloat_with_epsilon (fw_geo_distance_m ((FwPoint){ 0, 0 }, (FwPoint){ 0, 1 }),
                                  111195.08, 0.1);
  g_assert_cmpfloat_with_epsilon (fw_geo_distance_m ((FwPoint){ 0, 0 }, (FwPoint){ 90, 50 }),
                                  10007557.2, 1);
  g_assert_cmpfloat_with_epsilon (fw_geo_distance_m ((FwPoint){ 0, 179.5 }, (FwPoint){ 0, -179.5 }),
                                  111195.08, 0.1);
  g_assert_cmpfloat_with_epsilon (fw_geo_distance_m ((FwPoint){ 0, 0 }, (FwPoint){ 0, 180 }),
                                  20015114.4, 1);
}

static void
test_move (void)
{
  for (gint i = 0; i < 2000; i++)
    {
      FwPoint from = { g_test_rand_double_range (-85, 85), g_test_rand_double_range (-180, 180) };
      double bearing = g_test_rand_double_range (0, 360),
             distance = g_test_rand_double_range (1, 100000);
      FwPoint to = fw_geo_move (from, bearing, distance);
      g_assert_cmpfloat_with_epsilon (fw_geo_distance_m (from, to), distance, 0.01);
      double turned = fabs (fw_geo_bearing_deg (from, to) - bearing);
      g_assert_cmpfloat (MIN (turned, 360 - turned), <, 0.01);
      g_assert_true (to.lon >= -180 && to.lon < 180);
    }
}

static void
test_mercator (void)
{
  double x, y;
  fw_geo_mercator ((FwPoint){ 0, 0 }, &x, &y);
  g_assert_cmpfloat_with_epsilon (x, 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (y, 0.5, 1e-12);
  fw_geo_mercator ((FwPoint){ 90, 180 }, &x, &y);
  g_assert_cmpfloat_with_epsilon (x, 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (y, 0, 1e-9);
  for (gint i = 0; i < 1000; i++)
    {
      FwPoint p = { g_test_rand_double_range (-85, 85), g_test_rand_double_range (-180, 180) };
      fw_geo_mercator (p, &x, &y);
      FwPoint back = fw_geo_unmercator (x, y);
      g_assert_cmpfloat_with_epsilon (back.lat, p.lat, 1e-9);
      g_assert_cmpfloat_with_epsilon (back.lon, p.lon, 1e-9);
    }
}

static void
test_box (void)
{
  FwBox texas = { -106.6, 25.8, -93.5, 36.5 };
  FwBox fiji = { 177, -20, -178, -15 };
  g_assert_true (fw_box_has (&texas, austin));
  g_assert_false (fw_box_has (&texas, (FwPoint){ 30, 97 }));
  g_assert_false (fw_box_has (&texas, (FwPoint){ 37, -97 }));
  g_assert_false (fw_box_has (&texas, (FwPoint){ 25, -97 }));
  g_assert_true (fw_box_has (&texas, (FwPoint){ 25.8, -106.6 }));
  g_assert_true (fw_box_has (&texas, (FwPoint){ 36.5, -93.5 }));
  g_assert_true (fw_box_has (&fiji, (FwPoint){ -17, 179 }));
  g_assert_true (fw_box_has (&fiji, (FwPoint){ -17, -179 }));
  g_assert_false (fw_box_has (&fiji, (FwPoint){ -17, 0 }));
  g_assert_true (fw_box_is_valid (&fiji));
  g_assert_true (fw_box_is_valid (&(FwBox){ -180, -90, 180, 90 }));
  g_assert_true (fw_box_is_valid (&(FwBox){ 180, 7, -180, 7 }));
  g_assert_false (fw_box_is_valid (&(FwBox){ 0, 10, 1, 5 }));
  g_assert_false (fw_box_is_valid (&(FwBox){ 0, -91, 1, 5 }));
  g_assert_false (fw_box_is_valid (&(FwBox){ NAN, 0, 1, 5 }));
}

static void
test_compass (void)
{
  g_assert_cmpstr (fw_geo_compass (0), ==, "N");
  g_assert_cmpstr (fw_geo_compass (22.4), ==, "N");
  g_assert_cmpstr (fw_geo_compass (22.6), ==, "NE");
  g_assert_cmpstr (fw_geo_compass (359), ==, "N");
  g_assert_cmpstr (fw_geo_compass (-90), ==, "W");
  g_assert_cmpstr (fw_geo_compass (NAN), ==, "-");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/geo/distances-follow-great-circles", test_distance);
  g_test_add_func ("/model/geo/moving-is-measured-as-it-was-asked", test_move);
  g_test_add_func ("/model/geo/mercator-and-back", test_mercator);
  g_test_add_func ("/model/geo/boxes-cross-the-date-line", test_box);
  g_test_add_func ("/model/geo/eight-points-of-the-compass", test_compass);
  return g_test_run ();
}
