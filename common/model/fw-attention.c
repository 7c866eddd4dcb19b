/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-attention.h"

#include <math.h>

#include "fw-text.h"

#define MINUTE_MS (G_GINT64_CONSTANT (60) * 1000)

/* What a reason needs to fall below its limit before it is over, so that a value at the limit does
 * not flicker. */
#define TEMP_BAND_C 0.5
#define OVERSPEED_BAND_KMH 3.0
#define LEVEL_BAND_PCT 2.0

/* A vehicle rolls, rather than a fix jumps, from 8 km/h on: where Samsara lets a trip begin. */
#define ROLLING_MIN_KMH 8.0

typedef struct
{
  const FwDevice *dev;
  const FwThresholds *limits;
  gint64 now_ms;
  gint64 age_ms;
  gboolean is_gone; /* so long silent that speed, door and engine say nothing of the present */
  double speed_kmh; /* NaN when absent, as all below */
  double temp_c;
  double setpoint_c;
  gboolean has_ignition;
  gboolean ignition_on;
} View;

void
fw_thresholds_default (FwThresholds *thresholds)
{
  *thresholds = (FwThresholds){
    /* A reefer's controller swings by 1.5 K; twice that is no longer the controller. */
    .temp_over_setpoint_c = 3.0,
    /* Without a set point nobody said what is cold enough: chill is 2..4 °C, pharma 2..8 °C, frozen
       below -16 °C. */
    .temp_min_c = NAN,
    .temp_max_c = NAN,
    .overspeed_kmh = 90.0,
    /* The reserve lamp of a lorry lights at about a tenth. */
    .fuel_low_pct = 10.0,
    /* Traccar paints 30 % and less red; an electric van ends a normal day there, so a little lower.
     */
    .battery_low_pct = 20.0,
    /* Azuga raises an idle event after 10 minutes; 3 to 10 are advised elsewhere. */
    .idle_ms = 10 * MINUTE_MS,
    /* Time beyond the limit matters as much as the peak; a door open for unloading recovers within
       this. */
    .temp_ms = 10 * MINUTE_MS,
    /* Uffizio calls a device inactive after an hour; a tracker may sleep while its vehicle is
       parked. */
    .parked_silent_ms = 60 * MINUTE_MS,
    .status = { FW_STALE_DEFAULT_MS, FW_OFFLINE_DEFAULT_MS },
  };
}

static double
get_number (const FwDevice *dev, guint field)
{
  double value = NAN;
  fw_device_number (dev, field, &value);
  return value;
}

static View
make_view (const FwDevice *dev, const FwThresholds *limits, gint64 now_ms)
{
  double ignition = get_number (dev, FW_FIELD_IGNITION);
  gint64 age_ms = now_ms - fw_device_last_seen_ms (dev);
  return (View){
    .dev = dev,
    .limits = limits,
    .now_ms = now_ms,
    .age_ms = age_ms,
    .is_gone = age_ms > limits->status.offline_ms,
    .speed_kmh = get_number (dev, FW_FIELD_SPEED_KMH),
    .temp_c = get_number (dev, FW_FIELD_TEMP_C),
    .setpoint_c = get_number (dev, FW_FIELD_SETPOINT_C),
    .has_ignition = !isnan (ignition),
    .ignition_on = ignition == 1,
  };
}

/* Comparisons with NaN are false: an absent value raises nothing. */
static gboolean
is_temp_high (const View *view, gboolean was)
{
  double limit = isnan (view->setpoint_c) ? view->limits->temp_max_c
                                          : view->setpoint_c + view->limits->temp_over_setpoint_c;
  return view->temp_c > limit - (was ? TEMP_BAND_C : 0);
}

static gboolean
is_temp_low (const View *view, gboolean was)
{
  double limit = isnan (view->setpoint_c) ? view->limits->temp_min_c
                                          : view->setpoint_c - view->limits->temp_over_setpoint_c;
  return view->temp_c < limit + (was ? TEMP_BAND_C : 0);
}

static gboolean
is_door_open_moving (const View *view, gboolean was)
{
  return !view->is_gone && get_number (view->dev, FW_FIELD_DOOR) == 1
         && view->speed_kmh >= (was ? FW_MOVING_MIN_KMH : ROLLING_MIN_KMH);
}

static gint64
silent_limit_ms (const View *view)
{
  gboolean is_parked
      = view->has_ignition && !view->ignition_on && !(view->speed_kmh >= FW_MOVING_MIN_KMH);
  return is_parked ? MAX (view->limits->parked_silent_ms, view->limits->status.offline_ms)
                   : view->limits->status.offline_ms;
}

static gboolean
is_silent (const View *view, gboolean was G_GNUC_UNUSED)
{
  return view->age_ms > silent_limit_ms (view);
}

static gboolean
has_no_fix (const View *view, gboolean was G_GNUC_UNUSED)
{
  return get_number (view->dev, FW_FIELD_FIX) == 0;
}

static gboolean
is_overspeed (const View *view, gboolean was)
{
  return !view->is_gone
         && view->speed_kmh > view->limits->overspeed_kmh - (was ? OVERSPEED_BAND_KMH : 0);
}

static gboolean
is_idle (const View *view)
{
  return !view->is_gone && view->ignition_on && view->speed_kmh < FW_MOVING_MIN_KMH;
}

static gboolean
is_fuel_low (const View *view, gboolean was)
{
  return get_number (view->dev, FW_FIELD_FUEL_PCT)
         < view->limits->fuel_low_pct + (was ? LEVEL_BAND_PCT : 0);
}

static gboolean
is_battery_low (const View *view, gboolean was)
{
  return get_number (view->dev, FW_FIELD_BATTERY_PCT)
         < view->limits->battery_low_pct + (was ? LEVEL_BAND_PCT : 0);
}

static gboolean
has_alarm (const View *view, gboolean was G_GNUC_UNUSED)
{
  const char *alarm = fw_device_string (view->dev, FW_FIELD_ALARM);
  return alarm && *alarm;
}

static gboolean
is_clock_bad (const View *view, gboolean was G_GNUC_UNUSED)
{
  return fw_device_clock_bad (view->dev);
}

/* In the order of FwReason, which is also the order in which they matter. idle_long has no row: it
 * is about time alone. */
static const struct
{
  const char *name;
  gboolean (*holds) (const View *view, gboolean was);
  FwSeverity severity;
} reasons[FW_N_REASONS] = {
  [FW_REASON_TEMP_HIGH] = { "temp_high", is_temp_high, FW_SEVERITY_WARNING },
  [FW_REASON_TEMP_LOW] = { "temp_low", is_temp_low, FW_SEVERITY_WARNING },
  [FW_REASON_DOOR_OPEN_MOVING] = { "door_open_moving", is_door_open_moving, FW_SEVERITY_CRITICAL },
  [FW_REASON_SILENT] = { "silent", is_silent, FW_SEVERITY_WARNING },
  [FW_REASON_NO_FIX] = { "no_fix", has_no_fix, FW_SEVERITY_WARNING },
  [FW_REASON_OVERSPEED] = { "overspeed", is_overspeed, FW_SEVERITY_WARNING },
  [FW_REASON_IDLE_LONG] = { "idle_long", NULL, FW_SEVERITY_WARNING },
  [FW_REASON_FUEL_LOW] = { "fuel_low", is_fuel_low, FW_SEVERITY_WARNING },
  [FW_REASON_BATTERY_LOW] = { "battery_low", is_battery_low, FW_SEVERITY_WARNING },
  [FW_REASON_ALARM] = { "alarm", has_alarm, FW_SEVERITY_WARNING },
  [FW_REASON_CLOCK_BAD] = { "clock_bad", is_clock_bad, FW_SEVERITY_WARNING },
};

static const char *const severity_names[] = { "none", "warning", "critical" };

/* Codes that mean a person or the vehicle in danger, in Traccar's words. */
static const char *const critical_alarms[]
    = { "sos", "panic", "accident", "fallDown", "tow", "tampering", "jamming" };

static gboolean
is_critical_alarm (const FwDevice *dev)
{
  const char *alarm = fw_device_string (dev, FW_FIELD_ALARM);
  for (guint i = 0; alarm && i < G_N_ELEMENTS (critical_alarms); i++)
    if (g_ascii_strcasecmp (alarm, critical_alarms[i]) == 0)
      return TRUE;
  return FALSE;
}

/* When what is true now became true: with the event that said so. */
static gint64
event_time_ms (const View *view)
{
  gint64 ts_ms = fw_device_ts_ms (view->dev);
  return MAX (1, ts_ms == FW_TS_NONE ? view->now_ms : MIN (ts_ms, view->now_ms));
}

static void
update_idle (FwAttention *attention, const View *view)
{
  if (!is_idle (view))
    attention->idle_since_ms = 0;
  else if (attention->idle_since_ms == 0)
    attention->idle_since_ms = event_time_ms (view);
}

static gint64
begin_ms (FwReason reason, const FwAttention *attention, const View *view)
{
  switch (reason)
    {
    case FW_REASON_SILENT:
      return MAX (1, fw_device_last_seen_ms (view->dev));
    case FW_REASON_IDLE_LONG:
      return attention->idle_since_ms;
    default:
      return event_time_ms (view);
    }
}

static gboolean
is_temp_reason (guint reason)
{
  return reason == FW_REASON_TEMP_HIGH || reason == FW_REASON_TEMP_LOW;
}

static guint16
critical_reasons (const FwAttention *attention, const View *view)
{
  guint16 critical = 0;
  for (guint reason = 0; reason < FW_N_REASONS; reason++)
    {
      gboolean lasts = is_temp_reason (reason)
                       && view->now_ms - attention->since_ms[reason] >= view->limits->temp_ms;
      gboolean is_sos = reason == FW_REASON_ALARM && is_critical_alarm (view->dev);
      if (lasts || is_sos || reasons[reason].severity == FW_SEVERITY_CRITICAL)
        critical |= (guint16) (1 << reason);
    }
  return critical & attention->active;
}

gboolean
fw_attention_update (FwAttention *attention, const FwDevice *dev, const FwThresholds *thresholds,
                     gint64 now_ms)
{
  View view = make_view (dev, thresholds, now_ms);
  guint16 was_active = attention->active;
  guint16 was_critical = attention->critical;
  update_idle (attention, &view);
  for (guint reason = 0; reason < FW_N_REASONS; reason++)
    {
      guint16 bit = (guint16) (1 << reason);
      gboolean was = (was_active & bit) != 0;
      gboolean holds = reasons[reason].holds
                           ? reasons[reason].holds (&view, was)
                           : attention->idle_since_ms
                                 && now_ms - attention->idle_since_ms >= thresholds->idle_ms;
      if (holds && !was)
        attention->since_ms[reason] = begin_ms ((FwReason) reason, attention, &view);
      if (!holds)
        attention->since_ms[reason] = 0;
      attention->active = holds ? attention->active | bit : attention->active & (guint16) ~bit;
    }
  attention->critical = critical_reasons (attention, &view);
  return attention->active != was_active || attention->critical != was_critical;
}

static void
consider (gint64 *next_ms, gint64 at_ms, gint64 now_ms)
{
  if (at_ms > now_ms && at_ms < *next_ms)
    *next_ms = at_ms;
}

gint64
fw_attention_next_change_ms (const FwAttention *attention, const FwDevice *dev,
                             const FwThresholds *thresholds, gint64 now_ms)
{
  View view = make_view (dev, thresholds, now_ms);
  gint64 last_seen_ms = fw_device_last_seen_ms (dev);
  gint64 next_ms = G_MAXINT64;
  consider (&next_ms, last_seen_ms + silent_limit_ms (&view) + 1, now_ms);
  consider (&next_ms, last_seen_ms + thresholds->status.offline_ms + 1, now_ms);
  if (attention->idle_since_ms)
    consider (&next_ms, attention->idle_since_ms + thresholds->idle_ms, now_ms);
  for (guint reason = 0; reason < FW_N_REASONS; reason++)
    if (is_temp_reason (reason) && (attention->active & (1 << reason)))
      consider (&next_ms, attention->since_ms[reason] + thresholds->temp_ms, now_ms);
  return next_ms;
}

FwSeverity
fw_attention_severity (const FwAttention *attention, const FwThresholds *thresholds, gint64 now_ms)
{
  if (attention->critical)
    return FW_SEVERITY_CRITICAL;
  for (guint reason = 0; reason < FW_N_REASONS; reason++)
    if (is_temp_reason (reason) && (attention->active & (1 << reason))
        && now_ms - attention->since_ms[reason] >= thresholds->temp_ms)
      return FW_SEVERITY_CRITICAL;
  return attention->active ? FW_SEVERITY_WARNING : FW_SEVERITY_NONE;
}

FwReason
fw_attention_worst (const FwAttention *attention)
{
  guint16 candidates = attention->critical ? attention->critical : attention->active;
  return candidates ? (FwReason) __builtin_ctz (candidates) : FW_N_REASONS;
}

FwSeverity
fw_reason_severity (FwReason reason)
{
  return reasons[reason].severity;
}

const char *
fw_reason_name (FwReason reason)
{
  return reasons[reason].name;
}

gboolean
fw_reason_find (const char *name, gsize len, FwReason *ret_reason)
{
  int i = fw_text_index (name, len, &reasons[0].name, sizeof *reasons, FW_N_REASONS);
  if (i >= 0)
    *ret_reason = (FwReason) i;
  return i >= 0;
}

const char *
fw_severity_name (FwSeverity severity)
{
  return severity_names[severity];
}

gboolean
fw_severity_find (const char *name, gsize len, FwSeverity *ret_severity)
{
  int i = fw_text_index (name, len, severity_names, sizeof *severity_names,
                         G_N_ELEMENTS (severity_names));
  if (i >= 0)
    *ret_severity = (FwSeverity) i;
  return i >= 0;
}
