/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-error.h"

GQuark
fw_error_quark (void)
{
  return g_quark_from_static_string ("fw-error-quark");
}

static const FwExit exit_of_code[] = {
  [FW_ERROR_USAGE] = FW_EXIT_USAGE,
  [FW_ERROR_DATA] = FW_EXIT_DATA,
  [FW_ERROR_UNAVAILABLE] = FW_EXIT_UNAVAILABLE,
  [FW_ERROR_IO] = FW_EXIT_IO,
  [FW_ERROR_PERMISSION] = FW_EXIT_PERMISSION,
  [FW_ERROR_CONFIG] = FW_EXIT_CONFIG,
  [FW_ERROR_LIMIT] = FW_EXIT_UNAVAILABLE,
  [FW_ERROR_NOT_SUPPORTED] = FW_EXIT_UNAVAILABLE,
};

FwExit
fw_error_exit (const GError *error)
{
  if (error == NULL)
    return FW_EXIT_OK;
  if (error->domain != FW_ERROR || (guint) error->code >= G_N_ELEMENTS (exit_of_code))
    return FW_EXIT_FAILURE;
  return exit_of_code[error->code];
}
