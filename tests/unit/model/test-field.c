/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "fw-error.h"
#include "fw-field.h"

static guint
find (const char *name)
{
  return fw_field_find (name, strlen (name));
}

static void
test_find (void)
{
  for (guint id = 0; id < fw_field_n (); id++)
    g_assert_cmpuint (find (fw_field (id)->name), ==, id);
  g_assert_cmpuint (find ("temp"), ==, FW_FIELD_TEMP_C);
  g_assert_cmpuint (find ("speed"), ==, FW_FIELD_NONE);
  g_assert_cmpuint (fw_field_find_for_query ("speed", 5), ==, FW_FIELD_SPEED_KMH);
  g_assert_cmpuint (fw_field_find ("lat\0x", 5), ==, FW_FIELD_NONE);
  g_assert_cmpuint (fw_field_find ("lat", 2), ==, FW_FIELD_NONE);
}

static void
test_declare (void)
{
  g_autoptr (GError) error = NULL;
  guint id;
  g_assert_true (fw_field_declare ("humidity_pct", "%", 0, 100, &id, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (id, ==, FW_FIELD_OWN_FIRST);
  g_assert_cmpuint (find ("humidity_pct"), ==, id);
  g_assert_cmpstr (fw_field (id)->unit, ==, "%");
  g_assert_false (fw_field_declare ("humidity_pct", "", 0, 1, NULL, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_CONFIG);
  fw_field_forget_own ();
  g_assert_cmpuint (find ("humidity_pct"), ==, FW_FIELD_NONE);
}

static void
test_refusals (void)
{
  static const char *const names[] = { "",
                                       "A",
                                       "1a",
                                       "a-b",
                                       "age",
                                       "temp",
                                       "speed",
                                       "fleet",
                                       "not",
                                       "a\x1b",
                                       "a23456789012345678901234567890123" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (fw_field_declare (names[i], "", -INFINITY, INFINITY, NULL, &error));
      g_assert_error (error, FW_ERROR, FW_ERROR_CONFIG);
    }
  g_autoptr (GError) error = NULL;
  g_assert_false (fw_field_declare ("x", "", 2, 1, NULL, &error));
  g_clear_error (&error);
  g_assert_false (fw_field_declare ("x", "\x1b[31m", 0, 1, NULL, &error));
  g_clear_error (&error);
  g_assert_false (fw_field_declare ("x", "12345678901234567", 0, 1, NULL, &error));
}

static void
test_limit (void)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < 16; i++)
    {
      g_autofree char *name = g_strdup_printf ("own_%u", i);
      g_assert_true (fw_field_declare (name, NULL, 0, 1, NULL, NULL));
    }
  g_assert_false (fw_field_declare ("one_more", NULL, 0, 1, NULL, &error));
  g_assert_error (error, FW_ERROR, FW_ERROR_LIMIT);
  g_assert_cmpuint (fw_field_n (), ==, FW_FIELD_N_MAX);
  fw_field_forget_own ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/field/every-name-finds-its-row", test_find);
  g_test_add_func ("/model/field/own-fields-behave-like-others", test_declare);
  g_test_add_func ("/model/field/bad-declarations-are-refused", test_refusals);
  g_test_add_func ("/model/field/seventeenth-own-field-is-refused", test_limit);
  return g_test_run ();
}
