/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-pen.h"
#include "dash-store.h"
/* dash-words: how figures, states and reasons are said to people, short and translated. Threads:
 * the loop's. */

/* "2 s", "6 m", "3 h", "2 d": the largest unit alone; transfer full. */
char *dash_age_text (gint64 ms);
/* "moving", "offline"; borrowed. */
const char *dash_status_word (FwStatus status);
DashStyle dash_status_style (FwStatus status);
const char *dash_severity_sign (FwSeverity severity); /* "!", "▲", " " */
DashStyle dash_severity_style (FwSeverity severity);
/* "too warm"; an alarm by the device's own code; borrowed. */
const char *dash_reason_word (const DashRow *row, FwReason reason);
/* "SPEED", "HUMIDITY": a heading for a field; transfer full. */
char *dash_field_heading (guint field);
/* "cargo", "humidity": the same inside a line; transfer full. */
char *dash_field_word (guint field);
/* The value without its unit, "-" when absent; transfer full. */
char *dash_field_text (const DashRow *row, guint field);
char *dash_number_text (double value, guint field);
/* "14:03" in local time; transfer full. */
char *dash_clock_text (gint64 ms);
/* "14:03:27 CDT" */
char *dash_zone_clock_text (gint64 ms);
/* "Tue 14:03:27 CDT" as the locale writes it; transfer full. */
char *dash_long_clock_text (gint64 ms);
