/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-device.h"
/* fw-status: one letter for how a device is (CONTRACT 4): M moving, I idle, S stopped, ? unknown, and over these
 * stale (a flag) and O offline, by the time since arrival. Pure. Threads: any. */
typedef enum { FW_STATUS_UNKNOWN, FW_STATUS_STOPPED, FW_STATUS_IDLE, FW_STATUS_MOVING, FW_STATUS_OFFLINE, FW_N_STATUS } FwStatus;
typedef struct { gint64 stale_ms, offline_ms; } FwStatusLimits; /* 30 s, 120 s by default; the demo 10 s, 20 s */
#define FW_STALE_DEFAULT_MS 30000
#define FW_OFFLINE_DEFAULT_MS 120000
#define FW_MOVING_MIN_KMH 3.0

FwStatus fw_status (const FwDevice *dev, gint64 now_ms, const FwStatusLimits *limits);
/* From raw values, for readers of the wire: NaN speed = absent. */
FwStatus fw_status_of (double speed_kmh, gboolean ignition_on, gint64 age_ms, const FwStatusLimits *limits);
gboolean fw_status_is_stale (gint64 age_ms, const FwStatusLimits *limits);
/* The next time (ms) at which status or staleness changes by the clock alone; G_MAXINT64 when it will not. */
gint64   fw_status_next_change_ms (gint64 last_seen_ms, gint64 now_ms, const FwStatusLimits *limits);
char        fw_status_letter (FwStatus status);
const char *fw_status_name (FwStatus status);   /* "moving": the query language's and the wire's word */
gboolean    fw_status_find (const char *name, gsize len, FwStatus *ret_status);
