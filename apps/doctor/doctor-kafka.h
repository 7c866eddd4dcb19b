/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "doctor-report.h"
#include "fw-kafka-conf.h"
/* doctor-kafka: are the brokers there, and are the topics as they should be? Threads: main. */
void doctor_check_kafka (Report *report, const FwKafkaConf *conf, gint64 timeout_ms);
