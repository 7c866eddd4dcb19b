/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-time.h"

#include <math.h>
#include <string.h>

#include "fw-i18n.h"

#define MS_PER_S G_GINT64_CONSTANT (1000)
#define MS_PER_DAY G_GINT64_CONSTANT (86400000)
#define DURATION_MS_MAX 1e15

typedef struct
{
  const char *at, *end;
} Cursor;

static gint64
system_wall_ms (const FwClock *clock)
{
  (void) clock;
  return g_get_real_time () / 1000;
}

static gint64
system_mono_us (const FwClock *clock)
{
  (void) clock;
  return g_get_monotonic_time ();
}

static gint64
manual_wall_ms (const FwClock *clock)
{
  return ((const FwManualClock *) clock)->wall_ms;
}

static gint64
manual_mono_us (const FwClock *clock)
{
  return ((const FwManualClock *) clock)->mono_us;
}

/* Exactly n_digits digits with a value in low..high. */
static gboolean
take_number (Cursor *in, int n_digits, int low, int high, int *ret_number)
{
  int number = 0;

  if (in->end - in->at < n_digits)
    return FALSE;
  for (int i = 0; i < n_digits; i++, in->at++)
    {
      if (!g_ascii_isdigit (*in->at))
        return FALSE;
      number = number * 10 + (*in->at - '0');
    }
  *ret_number = number;
  return number >= low && number <= high;
}

static gboolean
take_char (Cursor *in, char wanted)
{
  if (in->at == in->end || g_ascii_toupper (*in->at) != wanted)
    return FALSE;
  in->at++;
  return TRUE;
}

/* Milliseconds of an optional ".digits"; digits beyond the third are read and dropped. */
static gboolean
take_fraction (Cursor *in, int *ret_ms)
{
  int weight = 100, ms = 0;

  *ret_ms = 0;
  if (!take_char (in, '.'))
    return TRUE;
  const char *first = in->at;
  for (; in->at < in->end && g_ascii_isdigit (*in->at); in->at++, weight /= 10)
    ms += (*in->at - '0') * weight;
  *ret_ms = ms;
  return in->at > first;
}

static gboolean
take_zone (Cursor *in, gint64 *ret_offset_ms)
{
  int hour, minute, sign;

  *ret_offset_ms = 0;
  if (take_char (in, 'Z'))
    return TRUE;
  if (take_char (in, '+'))
    sign = 1;
  else if (take_char (in, '-'))
    sign = -1;
  else
    return FALSE;
  if (!take_number (in, 2, 0, 23, &hour) || !take_char (in, ':')
      || !take_number (in, 2, 0, 59, &minute))
    return FALSE;
  *ret_offset_ms = (gint64) sign * (hour * 60 + minute) * 60 * MS_PER_S;
  return TRUE;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar; the year is taken to begin in March,
 * so that the leap day is its last. */
static gint64
days_of_date (int year, int month, int day)
{
  int y = month <= 2 ? year - 1 : year;
  int months_since_march = (month + 9) % 12;
  int day_of_year = (153 * months_since_march + 2) / 5 + day - 1;

  return (gint64) y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

const FwClock *
fw_clock_system (void)
{
  static const FwClock clock = { system_wall_ms, system_mono_us };
  return &clock;
}

void
fw_manual_clock_init (FwManualClock *manual, gint64 wall_ms)
{
  *manual = (FwManualClock){ { manual_wall_ms, manual_mono_us }, wall_ms, 0 };
}

/* Whole milliseconds of the monotonic clock carry over, so that many small steps lose nothing. */
void
fw_manual_clock_advance (FwManualClock *manual, gint64 by_us)
{
  gint64 before_ms = manual->mono_us / 1000;

  g_assert (by_us >= 0);
  manual->mono_us += by_us;
  manual->wall_ms += manual->mono_us / 1000 - before_ms;
}

gboolean
fw_time_parse_rfc3339 (const char *text, gsize len, gint64 *ret_ms)
{
  Cursor in = { text, text + len };
  int year, month, day, hour, minute, second, ms;
  gint64 offset_ms;

  if (!take_number (&in, 4, 1, 9999, &year) || !take_char (&in, '-')
      || !take_number (&in, 2, 1, 12, &month) || !take_char (&in, '-')
      || !take_number (&in, 2, 1, 31, &day) || !take_char (&in, 'T')
      || !take_number (&in, 2, 0, 23, &hour) || !take_char (&in, ':')
      || !take_number (&in, 2, 0, 59, &minute) || !take_char (&in, ':')
      || !take_number (&in, 2, 0, 60, &second) || !take_fraction (&in, &ms)
      || !take_zone (&in, &offset_ms) || in.at != in.end
      || day > g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year))
    return FALSE;
  *ret_ms = days_of_date (year, month, day) * MS_PER_DAY
            + ((gint64) (hour * 60 + minute) * 60 + second) * MS_PER_S + ms - offset_ms;
  return TRUE;
}

char *
fw_time_format_rfc3339 (gint64 ms)
{
  gint64 whole_s = ms / MS_PER_S, rest_ms = ms % MS_PER_S;

  if (rest_ms < 0)
    {
      rest_ms += MS_PER_S;
      whole_s--;
    }
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (whole_s);
  if (utc == NULL) /* beyond the year 9999, or before the year 1 */
    return g_strdup (ms < 0 ? "0001-01-01T00:00:00.000Z" : "9999-12-31T23:59:59.999Z");
  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", g_date_time_get_year (utc),
                          g_date_time_get_month (utc), g_date_time_get_day_of_month (utc),
                          g_date_time_get_hour (utc), g_date_time_get_minute (utc),
                          g_date_time_get_second (utc), (int) rest_ms);
}

gboolean
fw_duration_parse (const char *text, gint64 *ret_ms)
{
  static const struct
  {
    const char *suffix;
    double ms;
  } units[] = {
    { "", 1e3 }, { "ms", 1 }, { "s", 1e3 }, { "m", 6e4 }, { "h", 3.6e6 }, { "d", 8.64e7 },
  };
  gsize n_number = strspn (text, "0123456789.");
  char *end;

  if (!g_ascii_isdigit (text[0]))
    return FALSE;
  double number = g_ascii_strtod (text, &end);
  if (end != text + n_number) /* an exponent, a hexadecimal or a second point */
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_str_equal (end, units[i].suffix) && number * units[i].ms <= DURATION_MS_MAX)
      {
        *ret_ms = (gint64) round (number * units[i].ms);
        return TRUE;
      }
  return FALSE;
}

char *
fw_duration_format (gint64 ms)
{
  ms = MAX (ms, 0);
  gint64 s = ms / 1000, m = s / 60, h = m / 60, d = h / 24;

  if (ms < 1000)
    /* Translators: milliseconds. The words below are days, hours, minutes and seconds, as short as
     * can be. */
    return g_strdup_printf (_ ("%d ms"), (int) ms);
  if (m == 0)
    return g_strdup_printf (_ ("%d s"), (int) s);
  if (h == 0)
    return s % 60 == 0 ? g_strdup_printf (_ ("%d m"), (int) m)
                       : g_strdup_printf (_ ("%d m %d s"), (int) m, (int) (s % 60));
  if (d == 0)
    return m % 60 == 0 ? g_strdup_printf (_ ("%d h"), (int) h)
                       : g_strdup_printf (_ ("%d h %d m"), (int) h, (int) (m % 60));
  int n_days = (int) MIN (d, G_MAXINT);
  return h % 24 == 0 ? g_strdup_printf (_ ("%d d"), n_days)
                     : g_strdup_printf (_ ("%d d %d h"), n_days, (int) (h % 24));
}
