/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "doctor-options.h"
#include "doctor-report.h"
/* doctor-machine: what can be seen without Kafka. Threads: main. */
void doctor_check_machine (Report *report);
/* Programs that listen: the relay, and the admin listeners. */
void doctor_check_ports (Report *report, const DoctorOptions *options);
