/* SPDX-License-Identifier: Apache-2.0 */
#include "doctor-guess.h"

#include <string.h>

#include "fw-field.h"
#include "fw-i18n.h"

#define KMH_PER_KNOT 1.852
#define KMH_PER_MPH 1.609344
#define KMH_PER_MPS 3.6
#define SECONDS_BELOW 1e11      /* milliseconds since 1970 are above, seconds below */
#define MICROSECONDS_ABOVE 1e14 /* and nanoseconds above 1e17 */
#define NANOSECONDS_ABOVE 1e17
#define ODOMETER_KM_MAX 2e6 /* no vehicle went that far; it counts metres */

typedef enum
{
  WANTS_ID,
  WANTS_TIME,
  WANTS_NUMBER,
  WANTS_BOOL,
  WANTS_TEXT,
} Wants;

/* words: the likeliest first; "device.id" wants that parent too. */
typedef struct
{
  const char *target;
  Wants wants;
  double factor;
  const char *words;
} Rule;

static const Rule rules[] = {
  { "device_id", WANTS_ID, 1,
    "device.uniqueid deviceid device.deviceid uniqueid imei device.imei vehicleid "
    "vehicle.vehicleid vehicle.id device.id "
    "busid truckid assetid trackerid unitid device.name vehicle.name vin serial serialnumber "
    "clientid mmsi id" },
  { "fleet", WANTS_TEXT, 1,
    "fleet fleetid fleetname tenant tenantid agency operator company organization" },
  { "ts", WANTS_TIME, 1,
    "tsms timestampms timestamp ts time fixtime gpstime eventtime devicetime datetime recordedat "
    "measuredat reportedat "
    "occurredat createdat servertime" },
  { "seq", WANTS_NUMBER, 1, "seq sequence seqno sequencenumber" },
  { "lat", WANTS_NUMBER, 1, "lat latitude gpslat gpslatitude latdeg" },
  { "lon", WANTS_NUMBER, 1, "lon longitude lng long gpslon gpslng gpslongitude londeg" },
  { "accuracy_m", WANTS_NUMBER, 1, "accuracym accuracy gpsaccuracy hacc horizontalaccuracy" },
  { "fix", WANTS_BOOL, 1, "fix gpsfix hasfix gpsvalid valid" },
  { "speed_kmh", WANTS_NUMBER, 1,
    "speedkmh speedkph kmh kph speed gpsspeed groundspeed velocity vehiclespeed" },
  { "speed_kmh", WANTS_NUMBER, KMH_PER_MPH, "speedmph mph" },
  { "speed_kmh", WANTS_NUMBER, KMH_PER_KNOT,
    "speedkn speedkt speedkts speedknots knots sog speedoverground" },
  { "speed_kmh", WANTS_NUMBER, KMH_PER_MPS, "speedmps speedms mps" },
  { "heading_deg", WANTS_NUMBER, 1,
    "headingdeg heading course bearing cog azimuth direction track" },
  { "temp_c", WANTS_NUMBER, 1,
    "tempc temp temperature temperaturec cargotemp cargotemperature temp1 celsius" },
  { "air_c", WANTS_NUMBER, 1, "airc airtemp airtemperature returnair returnairtemp ambienttemp" },
  { "setpoint_c", WANTS_NUMBER, 1, "setpointc setpoint settemp targettemp targettemperature" },
  { "door", WANTS_BOOL, 1, "door dooropen doorstatus isdooropen" },
  { "ignition", WANTS_BOOL, 1, "ignition ignitionon acc engineon enginerunning" },
  { "fuel_pct", WANTS_NUMBER, 1, "fuelpct fuellevel fuelpercent fuel" },
  { "battery_pct", WANTS_NUMBER, 1,
    "batterypct batterylevel batterypercent battery soc stateofcharge" },
  { "odometer_km", WANTS_NUMBER, 1, "odometerkm odometer mileage mileagekm" },
  { "odometer_km", WANTS_NUMBER, 0.001, "odometerm totaldistance" },
  { "odometer_km", WANTS_NUMBER, KMH_PER_MPH, "odometermi odometermiles" },
  { "driver", WANTS_TEXT, 1, "driver drivername driverid driveruniqueid" },
  { "trip", WANTS_TEXT, 1, "trip tripid routeid route" },
  { "alarm", WANTS_TEXT, 1, "alarm alarmcode alarmtype" },
  { "next_stop", WANTS_TEXT, 1, "nextstop nextstopid nextstopname" },
};

static gboolean
has_right_type (const SniffPath *path, Wants wants)
{
  switch (wants)
    {
    case WANTS_ID:
      return path->n_texts == path->n || path->n_numbers == path->n;
    case WANTS_TIME:
      return path->n_times == path->n || (path->n_numbers == path->n && path->min > 1e8);
    case WANTS_NUMBER:
      return path->n_numbers == path->n;
    case WANTS_BOOL:
      return path->n_bools == path->n;
    case WANTS_TEXT:
    default:
      return path->n_texts == path->n;
    }
}

static gboolean
is_in_range (const SniffPath *path, const Rule *rule)
{
  guint id = fw_field_find (rule->target, strlen (rule->target));

  if (id == FW_FIELD_NONE || rule->wants != WANTS_NUMBER)
    return TRUE;
  const FwField *field = fw_field (id);
  return path->max * rule->factor >= field->min && path->min * rule->factor <= field->max;
}

/* Where path stands among the rule's words; -1 when it does not. */
static int
place_among_words (const SniffPath *path, const char *words)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  g_autofree char *with_parent = g_strdup_printf ("%s.%s", path->parent, path->word);

  for (int i = 0; list[i] != NULL; i++)
    if (g_str_equal (list[i], path->word) || g_str_equal (list[i], with_parent))
      return i;
  return -1;
}

static gboolean
is_taken (const GArray *guesses, const SniffPath *path)
{
  for (guint i = 0; i < guesses->len; i++)
    if (g_array_index (guesses, Guess, i).path == path)
      return TRUE;
  return FALSE;
}

/* The best path for one rule, and how good it is: lower is better. */
static const SniffPath *
best_path (const Sniff *sniff, const Rule *rule, const GArray *guesses, int *ret_place)
{
  const SniffPath *best = NULL;

  for (guint i = 0; i < sniff->paths->len; i++)
    {
      const SniffPath *path = sniff->paths->pdata[i];
      int place = place_among_words (path, rule->words);
      if (place < 0 || path->n == 0 || !has_right_type (path, rule->wants)
          || !is_in_range (path, rule) || is_taken (guesses, path))
        continue;
      if (best == NULL || place < *ret_place || (place == *ret_place && path->n > best->n))
        {
          best = path;
          *ret_place = place;
        }
    }
  return best;
}

/* Traccar forwards {"position": {..., "fixTime", "speed"}, "device": {..., "uniqueId"}}, with
 * speeds in knots. */
static gboolean
is_traccar (const Sniff *sniff)
{
  return sniff_find (sniff, "device", "uniqueid") != NULL
         && sniff_find (sniff, "position", "fixtime") != NULL;
}

static void
settle_time (Guess *guess)
{
  double latest = guess->path->max;

  if (guess->path->n_numbers == 0)
    return;
  if (latest < SECONDS_BELOW)
    guess->factor = 1000;
  else if (latest > NANOSECONDS_ABOVE)
    guess->factor = 1e-6;
  else if (latest > MICROSECONDS_ABOVE)
    guess->factor = 1e-3;
  if (guess->factor != 1)
    guess->remark = latest < SECONDS_BELOW
                        ? _ ("seconds, as the size of the numbers says")
                        : _ ("finer than milliseconds, as the size of the numbers says");
}

static void
settle_speed (Guess *guess, const Sniff *sniff)
{
  gboolean is_named = guess->factor != 1 || strstr (guess->path->word, "kmh")
                      || strstr (guess->path->word, "kph");

  if (is_named)
    return;
  if (is_traccar (sniff))
    {
      guess->factor = KMH_PER_KNOT;
      guess->remark = _ ("knots: these records are Traccar's");
    }
  else
    guess->remark = _ ("taken for km/h; if it is not: knots * 1.852, mph * 1.609344, m/s * 3.6");
}

static void
settle (Guess *guess, const Sniff *sniff)
{
  if (g_str_equal (guess->target, "ts"))
    settle_time (guess);
  else if (g_str_equal (guess->target, "speed_kmh"))
    settle_speed (guess, sniff);
  else if (g_str_equal (guess->target, "odometer_km") && guess->factor == 1
           && guess->path->max > ODOMETER_KM_MAX)
    {
      guess->factor = 0.001;
      guess->remark = _ ("metres, as the size of the numbers says");
    }
  else if (g_str_equal (guess->target, "temp_c") && guess->path->max > 60)
    guess->remark = _ ("warm for degrees Celsius; Fahrenheit cannot be mapped, convert it before");
}

/* Our own names need no mapping; ts_ms is another name of ts. */
static gboolean
is_spoken (const Sniff *sniff, const char *target)
{
  for (guint i = 0; i < sniff->paths->len; i++)
    {
      const SniffPath *path = sniff->paths->pdata[i];
      guint id = fw_field_find (path->path, strlen (path->path));
      if (g_str_equal (path->path, target)
          || (g_str_equal (target, "ts") && g_str_equal (path->path, "ts_ms"))
          || (id != FW_FIELD_NONE && g_str_equal (fw_field (id)->name, target)))
        return TRUE;
    }
  return FALSE;
}

/* The likeliest path for a target over all of its rules, which stand together. */
static void
guess_target (const Sniff *sniff, guint *rule_index, GArray *guesses)
{
  const char *target = rules[*rule_index].target;
  Guess guess = { target, NULL, 1, NULL };
  int best_place = G_MAXINT;

  for (; *rule_index < G_N_ELEMENTS (rules) && g_str_equal (rules[*rule_index].target, target);
       (*rule_index)++)
    {
      int place = 0;
      const SniffPath *path = best_path (sniff, &rules[*rule_index], guesses, &place);
      if (path == NULL || place >= best_place)
        continue;
      best_place = place;
      guess.path = path;
      guess.factor = rules[*rule_index].factor;
    }
  if (guess.path == NULL || is_spoken (sniff, target))
    return;
  settle (&guess, sniff);
  g_array_append_val (guesses, guess);
}

GArray *
guess_fields (const Sniff *sniff)
{
  GArray *guesses = g_array_new (FALSE, FALSE, sizeof (Guess));
  guint rule_index = 0;

  while (rule_index < G_N_ELEMENTS (rules))
    guess_target (sniff, &rule_index, guesses);
  return guesses;
}

gboolean
guess_is_known (const SniffPath *path)
{
  static const char *const names[] = { "device_id", "fleet", "ts", "ts_ms", "seq", NULL };

  return g_strv_contains (names, path->path)
         || fw_field_find (path->path, strlen (path->path)) != FW_FIELD_NONE;
}

char *
guess_source (const Guess *guess)
{
  char factor[G_ASCII_DTOSTR_BUF_SIZE];

  if (guess->factor == 1)
    return g_strdup (guess->path->path);
  return g_strdup_printf ("%s * %s", guess->path->path,
                          g_ascii_formatd (factor, sizeof factor, "%.10g", guess->factor));
}

char *
guess_line (const Guess *guess)
{
  g_autofree char *source = guess_source (guess);

  return g_strdup_printf ("%s = %s", guess->target, source);
}
