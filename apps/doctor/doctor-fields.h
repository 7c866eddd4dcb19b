/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "doctor-sniff.h"
/* doctor-fields: what was sniffed, as a [fields] section with remarks that can be pasted whole.
 * Promises: the section is tried on the records before it is shown, and says how many it reads.
 * Threads: main. */
/* topic: for the heading; transfer full. */
char *fields_report (const Sniff *sniff, const char *topic);
