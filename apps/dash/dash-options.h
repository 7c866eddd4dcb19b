/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-option.h"
/* dash-options: the one table of what the dashboard can be told. Threads: main. */
typedef struct
{
  char *filter;
  char *view;
  char *format;
  char *colour;
  char *ground;
  gboolean is_headless;
  gboolean is_ascii;
  gboolean with_sync;
  gint64 count;
  gint64 frame_ms;
  gint64 escape_delay_ms;
} DashOptions;

#define DASH_URL_DEFAULT "ws://localhost:8080"

/* The program with its manual, keys included; valid until dash_program_clear. */
void dash_program_init (FwProgram *program);
void dash_program_clear (FwProgram *program);
