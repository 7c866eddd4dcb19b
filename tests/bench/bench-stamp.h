/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <stdio.h>
#include <time.h>
/* bench-stamp: when a message was due and which one it is, found again whatever frames it travels in.
 * Promises: fixed width, so that a reader of millions finds it where it was in the message before. */
#define STAMP_KEY "\"bench_us\":\""
#define STAMP_KEY_LEN (sizeof STAMP_KEY - 1)
#define STAMP_US_DIGITS 16
#define STAMP_GAP_LEN (sizeof "\",\"bench_n\":\"" - 1)
#define STAMP_N_DIGITS 10
#define STAMP_LEN (STAMP_KEY_LEN + STAMP_US_DIGITS + STAMP_GAP_LEN + STAMP_N_DIGITS)

static inline gint64
bench_now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static inline void
bench_sleep_until_us (gint64 when_us)
{
  const struct timespec when = { .tv_sec = when_us / G_USEC_PER_SEC, .tv_nsec = when_us % G_USEC_PER_SEC * 1000 };

  clock_nanosleep (CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
}

static inline guint64
bench_digits (const guint8 *text, guint n)
{
  guint64 value = 0;

  for (guint i = 0; i < n; i++)
    value = value * 10 + (text[i] - '0');
  return value;
}
