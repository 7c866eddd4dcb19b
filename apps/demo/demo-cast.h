/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "demo-options.h"
#include "fw-kafka-conf.h"
/* demo-cast: with which words each of the demo's programs is started. Pure, but for the track file that it looks for.
 * Threads: main. */
typedef struct
{
  const DemoOptions *options;
  const char *run;         /* of the simulation */
  const char *config_path; /* --config as given to us; NULL: none */
  char *kafka;             /* address of the broker */
  FwKafkaConf *kafka_conf; /* as the options say it */
  gboolean is_embedded;
  guint16 broker_port, broker_admin_port; /* of the embedded broker */
  char *listen_host;
  guint16 web_port, relay_admin_port;
} DemoCast;

/* NULL-terminated; transfer full. */
char **demo_cast_broker (const DemoCast *cast);
char **demo_cast_topics (const DemoCast *cast);
char **demo_cast_relay (const DemoCast *cast);
char **demo_cast_sim (const DemoCast *cast);
char **demo_cast_dash (const DemoCast *cast);
/* Whether there is anything to play: a simulation, recorded buses, or --replay. */
gboolean demo_cast_has_sim (const DemoCast *cast);
/* "ws://localhost:8080" with scheme "ws"; transfer full. */
char  *demo_cast_url (const DemoCast *cast, const char *scheme);
void   demo_cast_clear (DemoCast *cast);
