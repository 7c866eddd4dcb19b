/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option.h"
/* fw-kafka-conf: the option rows that every Kafka-speaking program shares, and the librdkafka properties they become.
 * `--kafka BOOTSTRAP`, `-X key=value` (repeatable), `-F FILE` (kcat.conf), `--topic-prefix`, and section [kafka], where
 * any librdkafka property passes through. Passwords from `sasl.password-file` and the like, or a file only its owner
 * can read; never from -X.
 * Threads: main. */
typedef struct
{
  char  *bootstrap;     /* --kafka; NULL: [kafka] bootstrap.servers, else localhost:9092 */
  char **properties;    /* -X */
  char  *properties_file; /* -F */
  char  *topic_prefix;
} FwKafkaOptions;

/* The rows for `more` of an FwProgram whose options struct has an FwKafkaOptions at offset base. */
#define FW_KAFKA_OPTION_ROWS(Struct, member)                                                                            \
  FW_KAFKA_OPTION_ROWS_SAYING (Struct, member, N_ ("Kafka brokers to connect to (localhost:9092 if none is named)"))
#define FW_KAFKA_OPTION_ROWS_SAYING(Struct, member, help)                                                               \
  { "kafka", 'b', FW_OPTION_STRING, G_STRUCT_OFFSET (Struct, member.bootstrap), 0, 0, NULL, NULL,                       \
    "FLEETWIRE_KAFKA", "kafka", "HOST:PORT,...", help },                                                                  \
  { "kafka-property", 'X', FW_OPTION_STRINGS, G_STRUCT_OFFSET (Struct, member.properties), 0, 0, NULL, NULL, NULL,      \
    "kafka", "KEY=VALUE", N_ ("Set a librdkafka property; may be given again") },                                       \
  { "kafka-file", 'F', FW_OPTION_STRING, G_STRUCT_OFFSET (Struct, member.properties_file), 0, 0, NULL, NULL, NULL,      \
    "kafka", "FILE", N_ ("Read librdkafka properties from a file written for kcat") },                                              \
  { "topic-prefix", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (Struct, member.topic_prefix), 0, 0, "", NULL,                 \
    "FLEETWIRE_TOPIC_PREFIX", "kafka", "TEXT", N_ ("Put before every topic's name") }

/* The checked set of properties: [kafka], -F, -X, the later over the earlier. Opaque; secrets inside. */
typedef struct FwKafkaConf FwKafkaConf;
FwKafkaConf *fw_kafka_conf_new (const FwKafkaOptions *options, const FwConfig *config /* nullable */, GError **error);
void         fw_kafka_conf_free (FwKafkaConf *conf);
/* A program's own default: whatever the operator set goes over it. Before any client is made of conf. */
void         fw_kafka_conf_default (FwKafkaConf *conf, const char *key, const char *value);
const char  *fw_kafka_conf_bootstrap (const FwKafkaConf *conf);
/* prefix + name; transfer full. */
char        *fw_kafka_topic (const FwKafkaConf *conf, const char *name);
/* name without the prefix; NULL when it does not have it. Borrowed from name. */
const char  *fw_kafka_topic_bare (const FwKafkaConf *conf, const char *name);
gboolean     fw_kafka_is_loopback (const FwKafkaConf *conf);  /* every bootstrap server is */
const char  *fw_kafka_versions (void);                        /* "librdkafka 2.0.2 (running 2.0.2)" */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwKafkaConf, fw_kafka_conf_free)
