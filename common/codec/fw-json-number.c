/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-json.h"

#include <math.h>
#include <string.h>

#include "fw-text.h"

#define EXACT_MAX \
  (G_GUINT64_CONSTANT (1) << 53) /* integers up to here are doubles without rounding */
#define POWER_MAX 22             /* 10^22 is the last power of ten that is */
#define DECIMALS_MAX 9
#define EXPONENT_MAX 100000000 /* more than any text has digits to make up for */

static const double powers[POWER_MAX + 1] = {
  1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

typedef struct
{
  guint64 digits;
  int exponent;
  gboolean is_negative;
  gboolean is_exact; /* all digits fitted and the exponent is small */
} Decimal;

/* The text is a number already; what does not fit is said by is_exact. */
static Decimal
read_decimal (const char *text, gsize len)
{
  Decimal decimal = { .is_exact = TRUE };
  gsize i = 0;
  gboolean in_fraction = FALSE;
  if (text[0] == '-')
    decimal.is_negative = TRUE, i = 1;
  for (; i < len && text[i] != 'e' && text[i] != 'E'; i++)
    {
      if (text[i] == '.')
        in_fraction = TRUE;
      else if (decimal.digits > EXACT_MAX / 10)
        decimal.is_exact = FALSE;
      else
        {
          decimal.digits = decimal.digits * 10 + (guint64) (text[i] - '0');
          decimal.exponent -= in_fraction;
        }
    }
  if (i < len)
    {
      gboolean is_minus = text[++i] == '-';
      int exponent = 0;
      for (i += text[i] == '-' || text[i] == '+'; i < len && exponent < EXPONENT_MAX; i++)
        exponent = exponent * 10 + (text[i] - '0');
      decimal.exponent += is_minus ? -exponent : exponent;
    }
  return decimal;
}

static double
read_slowly (const char *text, gsize len)
{
  char small[64];
  if (len >= sizeof small)
    {
      g_autofree char *copy = g_strndup (text, len);
      return g_ascii_strtod (copy, NULL);
    }
  memcpy (small, text, len);
  small[len] = '\0';
  return g_ascii_strtod (small, NULL);
}

double
fw_json_number_of (const char *text, gsize len)
{
  /* Two exact doubles, one operation: the result is the correctly rounded one (Clinger, 1990). */
  Decimal decimal = read_decimal (text, len);
  if (!decimal.is_exact || decimal.digits > EXACT_MAX || ABS (decimal.exponent) > POWER_MAX)
    return read_slowly (text, len);
  double value = (double) decimal.digits;
  value
      = decimal.exponent < 0 ? value / powers[-decimal.exponent] : value * powers[decimal.exponent];
  return decimal.is_negative ? -value : value;
}

double
fw_json_number (const FwJsonReader *reader)
{
  return fw_json_number_of (reader->text, reader->text_len);
}

/* Digits alone, exactly. */
static gboolean
read_plain_integer (const char *text, gsize len, gint64 *ret_value)
{
  gint64 value = 0;
  gboolean is_negative = text[0] == '-';
  for (gsize i = is_negative; i < len; i++)
    if (__builtin_mul_overflow (value, 10, &value)
        || __builtin_sub_overflow (value, text[i] - '0', &value))
      return FALSE;
  if (!is_negative && value == G_MININT64)
    return FALSE;
  *ret_value = is_negative ? value : -value;
  return TRUE;
}

gboolean
fw_json_integer (const FwJsonReader *reader, gint64 *ret_value)
{
  const char *text = reader->text;
  gsize len = reader->text_len;
  gboolean is_plain = TRUE;
  for (gsize i = 0; i < len && is_plain; i++)
    is_plain = text[i] == '-' || g_ascii_isdigit (text[i]);
  if (is_plain)
    return read_plain_integer (text, len, ret_value);
  /* 1.44E12 and 3.0 are integers too, as far as a double tells them apart. */
  double value = fw_json_number_of (text, len);
  if (value != floor (value) || fabs (value) >= (double) EXACT_MAX)
    return FALSE;
  *ret_value = (gint64) value;
  return TRUE;
}

void
fw_json_put_int (GString *out, gint64 value)
{
  char digits[24];
  guint at = sizeof digits;
  guint64 left = value < 0 ? 0 - (guint64) value : (guint64) value;
  do
    digits[--at] = (char) ('0' + left % 10);
  while (left /= 10);
  if (value < 0)
    digits[--at] = '-';
  g_string_append_len (out, digits + at, (gssize) (sizeof digits - at));
}

/* value = n / 10^decimals exactly as read back; n is below 2^53 and not 0. */
static void
put_fixed (GString *out, gint64 n, guint decimals)
{
  char digits[32];
  guint at = sizeof digits;
  guint64 left = n < 0 ? 0 - (guint64) n : (guint64) n;
  for (guint i = 0; left || i <= decimals; i++)
    {
      if (i == decimals)
        digits[--at] = '.';
      digits[--at] = (char) ('0' + left % 10);
      left /= 10;
    }
  if (n < 0)
    digits[--at] = '-';
  g_string_append_len (out, digits + at, (gssize) (sizeof digits - at));
}

/* The fewest decimals that read back as value, when at most DECIMALS_MAX do. */
static gboolean
put_short_decimal (GString *out, double value)
{
  for (guint decimals = 1; decimals <= DECIMALS_MAX; decimals++)
    {
      double scaled = nearbyint (value * powers[decimals]);
      if (fabs (scaled) >= (double) EXACT_MAX)
        return FALSE;
      if (scaled / powers[decimals] != value)
        continue;
      put_fixed (out, (gint64) scaled, decimals);
      return TRUE;
    }
  return FALSE;
}

void
fw_json_put_number (GString *out, double value)
{
  if (!isfinite (value))
    g_string_append (out, "null");
  else if (value == 0)
    g_string_append (out, signbit (value) ? "-0" : "0");
  else if (fabs (value) < (double) EXACT_MAX && value == floor (value))
    fw_json_put_int (out, (gint64) value);
  else if (!put_short_decimal (out, value))
    fw_text_put_number (out, value);
}
