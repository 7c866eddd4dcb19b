/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-kafka-conf.h"
/* fw-kafka-admin: blocking questions and changes for the helpers (topics, doctor, demo). Threads: the caller's. */
typedef struct { char *name; guint n_partitions; guint n_replicas; } FwTopicInfo;
typedef struct { const char *name; guint n_partitions; gint n_replicas; const char *const *configs; /* "key=value", NULL-terminated */ } FwTopicSpec;

/* All topics; transfer full, array of FwTopicInfo. UNAVAILABLE when no broker answers in timeout_ms. */
GPtrArray *fw_kafka_list_topics (const FwKafkaConf *conf, gint timeout_ms, GError **error);
/* Makes the topics that are missing; existing ones are left alone. */
gboolean   fw_kafka_create_topics (const FwKafkaConf *conf, const FwTopicSpec *specs, guint n, gint timeout_ms, GError **error);
/* NULL-terminated "key=value" of a topic's configuration; transfer full. */
char     **fw_kafka_topic_config (const FwKafkaConf *conf, const char *topic, gint timeout_ms, GError **error);
/* The last n records of a topic over all partitions (for doctor and the sim's guards): calls back with value and key. */
gboolean   fw_kafka_peek (const FwKafkaConf *conf, const char *topic, guint n, gint timeout_ms,
                          void (*each) (gpointer user, const char *key, gsize key_len, const char *value, gsize value_len), gpointer user, GError **error);
void       fw_topic_info_free (FwTopicInfo *info);

/* CONTRACT 5's topics, ended by a row without a name. */
extern const FwTopicSpec fw_topics[];
