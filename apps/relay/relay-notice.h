/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-bytes.h"
/* relay-notice: what every client is told: the time with a place to resume from, and what is not read up to its end yet.
 * Each is one framed message, made once. Threads: any; one owner. */
#define RELAY_TIME_INTERVAL_US (5 * G_USEC_PER_SEC)

/* A resume token: "1;t=MS;iot-events@GENERATION:0=12,1=44". It grants nothing. */
void relay_resume_begin (GString *token, gint64 now_ms);
void relay_resume_topic (GString *token, const char *topic, guint generation);
/* Partitions in ascending order. */
void relay_resume_offset (GString *token, guint partition, gint64 offset);

FwBytes *relay_notice_time (gint64 now_ms, guint64 rev, const char *resume);

typedef struct RelayWarming RelayWarming;
RelayWarming *relay_warming_new (void);
void          relay_warming_add (RelayWarming *warming, const char *topic, guint partition);
guint         relay_warming_n (const RelayWarming *warming);
FwBytes      *relay_warming_finish (RelayWarming *warming); /* frees it; transfer full */
