/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-error.h"

static void
test_every_code_has_its_exit_status (void)
{
  static const struct
  {
    FwErrorCode code;
    int status;
  } pairs[] = {
    { FW_ERROR_USAGE, 64 }, { FW_ERROR_DATA, 65 },          { FW_ERROR_UNAVAILABLE, 69 },
    { FW_ERROR_IO, 74 },    { FW_ERROR_PERMISSION, 77 },    { FW_ERROR_CONFIG, 78 },
    { FW_ERROR_LIMIT, 69 }, { FW_ERROR_NOT_SUPPORTED, 69 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (FW_ERROR, (int) pairs[i].code, "x");
      g_assert_cmpint (fw_error_exit (error), ==, pairs[i].status);
    }
}

static void
test_no_error_and_foreign_errors (void)
{
  g_autoptr (GError) foreign = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOENT, "x");

  g_assert_cmpint (fw_error_exit (NULL), ==, 0);
  g_assert_cmpint (fw_error_exit (foreign), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/error/every-code-has-its-exit-status",
                   test_every_code_has_its_exit_status);
  g_test_add_func ("/base/error/no-error-and-foreign-errors", test_no_error_and_foreign_errors);
  return g_test_run ();
}
