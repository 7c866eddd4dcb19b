/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-header: one header of a record, as Kafka has it: names may come twice. Borrowed. Threads: any. */
typedef struct { const char *name; const char *value; gsize len; /* value NULL = null */ } FwHeader;
