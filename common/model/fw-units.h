/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-units: which unit words a literal may carry, and numbers to people.
 * Promises: one table; conversion factors with their definitions. Threads: any. */
/* "mph" -> "km/h" etc. FALSE when unit is unknown or of another dimension than to_unit (a field's unit).
 * Value in to_unit = value * *ret_factor + *ret_offset. Durations convert to "ms". len bytes of unit. */
gboolean fw_unit_convert (const char *unit, gsize len, const char *to_unit, double *ret_factor, double *ret_offset);
/* "9.4 °C", "52 km/h", "-" for NaN; decimals as the field says; transfer full. */
char    *fw_units_format (double value, guint decimals, const char *unit);
