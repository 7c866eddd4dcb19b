/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-units.h"

#include <math.h>
#include <string.h>

#include "fw-text.h"

typedef struct
{
  const char *word;
  const char *base; /* the unit of the dimension that factors lead to */
  double factor;
  double offset;
} Unit;

/* The international mile is 1609.344 m and the foot 0.3048 m (agreement of 1959); the nautical mile
 * is 1852 m (Monaco, 1929). "m" is a minute where a duration is meant and a metre where a length
 * is. */
static const Unit units[] = {
  { "km/h", "km/h", 1, 0 },
  { "kmh", "km/h", 1, 0 },
  { "kph", "km/h", 1, 0 },
  { "mph", "km/h", 1.609344, 0 },
  { "kn", "km/h", 1.852, 0 },
  { "kt", "km/h", 1.852, 0 },
  { "knots", "km/h", 1.852, 0 },
  { "m/s", "km/h", 3.6, 0 },
  { "mps", "km/h", 3.6, 0 },
  { "°C", "°C", 1, 0 },
  { "C", "°C", 1, 0 },
  { "°F", "°C", 5.0 / 9.0, -160.0 / 9.0 },
  { "F", "°C", 5.0 / 9.0, -160.0 / 9.0 },
  { "K", "°C", 1, -273.15 },
  { "m", "m", 1, 0 },
  { "km", "m", 1000, 0 },
  { "mi", "m", 1609.344, 0 },
  { "miles", "m", 1609.344, 0 },
  { "nmi", "m", 1852, 0 },
  { "ft", "m", 0.3048, 0 },
  { "ms", "ms", 1, 0 },
  { "s", "ms", 1000, 0 },
  { "sec", "ms", 1000, 0 },
  { "m", "ms", 60000, 0 },
  { "min", "ms", 60000, 0 },
  { "h", "ms", 3600000, 0 },
  { "d", "ms", 86400000, 0 },
  { "%", "%", 1, 0 },
  { "deg", "deg", 1, 0 },
  { "°", "deg", 1, 0 },
};

static gboolean
is_word (const Unit *unit, const char *word, gsize len)
{
  return strlen (unit->word) == len && g_ascii_strncasecmp (unit->word, word, len) == 0;
}

/* The row of a field's own unit, which says its dimension and how far it is from the base. */
static const Unit *
find_target (const char *to_unit)
{
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (strcmp (units[i].word, to_unit) == 0)
      return &units[i];
  return NULL;
}

gboolean
fw_unit_convert (const char *unit, gsize len, const char *to_unit, double *ret_factor,
                 double *ret_offset)
{
  const Unit *target = find_target (to_unit);
  for (guint i = 0; target && i < G_N_ELEMENTS (units); i++)
    if (is_word (&units[i], unit, len) && strcmp (units[i].base, target->base) == 0)
      {
        *ret_factor = units[i].factor / target->factor;
        *ret_offset = (units[i].offset - target->offset) / target->factor;
        return TRUE;
      }
  if (len > 0 && fw_text_is (unit, len, to_unit))
    {
      *ret_factor = 1;
      *ret_offset = 0;
      return TRUE;
    }
  return FALSE;
}

char *
fw_units_format (double value, guint decimals, const char *unit)
{
  if (isnan (value))
    return g_strdup ("-");
  if (fabs (value) < 0.5 * pow (10, -(double) decimals))
    value = 0; /* never "-0" */
  if (!unit || !*unit)
    return g_strdup_printf ("%.*f", (int) decimals, value);
  return g_strdup_printf ("%.*f %s", (int) decimals, value, unit);
}
