/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-status.h"

#include <math.h>

#include "fw-text.h"

static const struct
{
  char letter;
  const char *name;
} statuses[FW_N_STATUS] = {
  [FW_STATUS_UNKNOWN] = { '?', "unknown" }, [FW_STATUS_STOPPED] = { 'S', "stopped" },
  [FW_STATUS_IDLE] = { 'I', "idle" },       [FW_STATUS_MOVING] = { 'M', "moving" },
  [FW_STATUS_OFFLINE] = { 'O', "offline" },
};

FwStatus
fw_status_of (double speed_kmh, gboolean ignition_on, gint64 age_ms, const FwStatusLimits *limits)
{
  if (age_ms > limits->offline_ms)
    return FW_STATUS_OFFLINE;
  if (isnan (speed_kmh))
    return FW_STATUS_UNKNOWN;
  if (speed_kmh >= FW_MOVING_MIN_KMH)
    return FW_STATUS_MOVING;
  return ignition_on ? FW_STATUS_IDLE : FW_STATUS_STOPPED;
}

FwStatus
fw_status (const FwDevice *dev, gint64 now_ms, const FwStatusLimits *limits)
{
  double speed_kmh = NAN;
  double ignition = 0;
  fw_device_number (dev, FW_FIELD_SPEED_KMH, &speed_kmh);
  fw_device_number (dev, FW_FIELD_IGNITION, &ignition);
  return fw_status_of (speed_kmh, ignition != 0, now_ms - fw_device_last_seen_ms (dev), limits);
}

gboolean
fw_status_is_stale (gint64 age_ms, const FwStatusLimits *limits)
{
  return age_ms > limits->stale_ms;
}

gint64
fw_status_next_change_ms (gint64 last_seen_ms, gint64 now_ms, const FwStatusLimits *limits)
{
  gint64 stale_at = last_seen_ms + limits->stale_ms + 1;
  gint64 offline_at = last_seen_ms + limits->offline_ms + 1;
  gint64 next = G_MAXINT64;
  if (stale_at > now_ms)
    next = stale_at;
  if (offline_at > now_ms)
    next = MIN (next, offline_at);
  return next;
}

char
fw_status_letter (FwStatus status)
{
  return statuses[status].letter;
}

const char *
fw_status_name (FwStatus status)
{
  return statuses[status].name;
}

gboolean
fw_status_find (const char *name, gsize len, FwStatus *ret_status)
{
  int i = fw_text_index (name, len, &statuses[0].name, sizeof *statuses, FW_N_STATUS);
  if (i >= 0)
    *ret_status = (FwStatus) i;
  return i >= 0;
}
