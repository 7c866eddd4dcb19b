/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option.h"
#include "fw-i18n.h"
/* A program with one option of each kind, for test-option.c and option-probe.c. */
typedef struct
{
  gboolean quiet, color;
  gint64 n_clients, lag_max_ms, memory_bytes;
  double ratio;
  char *listen;
  char **topics;
  char *token, *prefix;
} Options;

static const FwOption rows[] = {
  { "quiet", 'q', FW_OPTION_FLAG, G_STRUCT_OFFSET (Options, quiet), 0, 0, NULL, NULL, NULL, "looks",
    NULL, N_ ("Say less") },
  { "color", 0, FW_OPTION_FLAG, G_STRUCT_OFFSET (Options, color), 0, 0, "true", NULL, "FW_T_COLOR",
    "looks", NULL, N_ ("Use color") },
  { "clients-max", 'c', FW_OPTION_INT, G_STRUCT_OFFSET (Options, n_clients), 1, 5000, "100",
    "clients", "FW_T_CLIENTS", "limits", NULL, N_ ("How many clients may be connected") },
  { "lag-max", 'l', FW_OPTION_DURATION, G_STRUCT_OFFSET (Options, lag_max_ms), 100, 60000, "2s",
    "ms", "FW_T_LAG", "limits", NULL,
    N_ ("How old a client's oldest unsent frame may be before it is conflated") },
  { "memory", 0, FW_OPTION_SIZE, G_STRUCT_OFFSET (Options, memory_bytes), 4096, 1 << 30, "64M",
    "bytes", NULL, "limits", NULL, N_ ("Memory for tracks (of buses)") },
  { "ratio", 0, FW_OPTION_NUMBER, G_STRUCT_OFFSET (Options, ratio), 0, 1, "0.5", NULL, NULL,
    "limits", NULL, N_ ("A ratio") },
  { "listen", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (Options, listen), 0, 0, "localhost:8080", NULL,
    "FW_T_LISTEN", "network", "HOST:PORT", N_ ("Where to listen") },
  { "topic", 0, FW_OPTION_STRINGS, G_STRUCT_OFFSET (Options, topics), 0, 0, "iot-events", NULL,
    "FW_T_TOPIC", "network", "NAME", N_ ("A topic to follow; may be given again") },
  { "token", 0, FW_OPTION_SECRET, G_STRUCT_OFFSET (Options, token), 0, 0, NULL, NULL, "FW_T_TOKEN",
    "network", NULL, N_ ("What to show at the door") },
  { "prefix", 0, FW_OPTION_STRING, G_STRUCT_OFFSET (Options, prefix), 0, 0, "", NULL, NULL, "kafka",
    "TEXT", N_ ("Put before every topic's name") },
  { 0 },
};

static const FwTerm arguments[] = { { "URL", N_ ("Where to go") }, { 0 } };
static const FwTerm keys[] = { { "^L", N_ ("Draw anew") }, { 0 } };

static const FwMetricRow metric_rows[] = {
  { "fleetwire_test_sent_total", FW_METRIC_COUNTER, NULL, NULL, N_ ("Frames sent") },
  { 0 },
};

static const FwProgram program = {
  .name = "test",
  .synopsis = "[OPTION...] [URL]",
  .summary = N_ ("Tests options"),
  .description = N_ ("Says what it was told.\n\n.Second paragraph, with a hyphen-ated word."),
  .arguments = arguments,
  .keys = keys,
  .options = rows,
  .versions = "libexample 1.0 (running 1.1)",
  .max_args = 1,
  .metrics = metric_rows,
};
