/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-error: the one GError domain, and how an error becomes an exit status.
 * Promises: every code has one exit status (sysexits); the table is checked against the manual.
 * Does not: log. Threads: any. */

typedef enum
{
  FW_ERROR_USAGE,         /* the command line is wrong: exit 64 */
  FW_ERROR_DATA,          /* input that cannot be read as what it claims to be: exit 65 */
  FW_ERROR_UNAVAILABLE,   /* a broker, relay, port or file that is not there: exit 69 */
  FW_ERROR_IO,            /* reading or writing failed half-way: exit 74 */
  FW_ERROR_PERMISSION,    /* exit 77 */
  FW_ERROR_CONFIG,        /* a configuration file or environment value is wrong: exit 78 */
  FW_ERROR_LIMIT,         /* a named limit was reached: exit 69 */
  FW_ERROR_NOT_SUPPORTED, /* understood, and not built yet: exit 69 */
} FwErrorCode;

typedef enum
{
  FW_EXIT_OK = 0,
  FW_EXIT_FAILURE = 1,
  FW_EXIT_USAGE = 64,
  FW_EXIT_DATA = 65,
  FW_EXIT_UNAVAILABLE = 69,
  FW_EXIT_SOFTWARE = 70,
  FW_EXIT_IO = 74,
  FW_EXIT_PERMISSION = 77,
  FW_EXIT_CONFIG = 78,
} FwExit;

#define FW_ERROR (fw_error_quark ())
GQuark fw_error_quark (void);
/* The exit status for error; FW_EXIT_FAILURE for a foreign domain, FW_EXIT_OK for NULL. */
FwExit fw_error_exit (const GError *error);
