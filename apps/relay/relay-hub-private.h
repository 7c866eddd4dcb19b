/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-tail.h"
#include "fw-thread.h"
#include "relay-fleet.h"
#include "relay-groups.h"
#include "relay-hand.h"
#include "relay-hub.h"
#include "relay-log.h"
/* relay-hub-private: what the files of the hub share.
 *   relay-hub.c          its life and its loop
 *   relay-hub-records.c  a record becomes state and frames
 *   relay-hub-tail.c     Kafka away and back, partitions, gaps, topics made again
 *   relay-hub-notice.c   what every client is told
 *   relay-hub-metrics.c  what /metrics is told */
#define RELAY_EVENTS_TOPIC "iot-events"
#define RELAY_FIREHOSE 0 /* the stream; topics follow */

typedef struct
{
  const char *name;   /* bare */
  RelayLog *log;      /* one of hub->logs */
  GArray *caught_up;  /* gboolean by partition */
} RelayHubTopic;

typedef struct
{
  void (*wake) (gpointer user);
  gpointer user;
} RelayHubThread;

struct RelayHub
{
  const RelayOptions *options;
  FwMetrics *metrics;
  FwTail *tail;
  FwEventReader *reader;
  FwEventCounts counted;    /* of the reader, that the metrics have */
  FwEvent ev;
  RelayFleet *fleet;
  RelayGroups *groups;
  RelayGroupsCounts groups_counted;
  RelayHand *hand;
  RelayLog **logs;          /* by stream: firehose, then topics */
  RelayHubTopic *topics;    /* iot-events first */
  guint n_topics;
  RelayStreamName *streams;
  RelayLink **links;
  RelayHubThread *threads;
  guint n_threads;
  char *epoch;
  gint64 started_ms;        /* older records are look-back: state, not news */
  gint64 now_ms, now_us;    /* of this turn */
  gint64 time_due_us;
  guint n_taken;            /* records, in this turn */
  gboolean warming_changed;
  FwThread *thread;
  FwThreadRole role;
  gint is_stopping, is_up, n_warming, n_missing; /* atomic */
};

/* FwTailHandler's two. */
void     relay_hub_on_record (gpointer user, const FwRecord *record);
void     relay_hub_on_tail_event (gpointer user, const FwTailEvent *event);

gboolean relay_hub_is_caught_up (const RelayHubTopic *topic, gint32 partition);
void     relay_hub_say_time (RelayHub *hub);
void     relay_hub_say_warming (RelayHub *hub);
void     relay_hub_publish_reader (RelayHub *hub);
void     relay_hub_publish_slowly (RelayHub *hub);
