/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
#include <string.h>
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

/* Eight digits at once: neighbours are joined to pairs, pairs to fours, fours to eight. */
static inline guint64
bench_digits_8 (const guint8 *text)
{
  guint64 v;

  memcpy (&v, text, sizeof v);
  v = GUINT64_FROM_LE (v) & 0x0f0f0f0f0f0f0f0fULL;
  v = (v * 2561) >> 8 & 0x00ff00ff00ff00ffULL;
  v = (v * 6553601) >> 16 & 0x0000ffff0000ffffULL;
  return (v * 42949672960001ULL) >> 32;
}

static inline gint64
bench_stamp_us (const guint8 *digits)
{
  return (gint64) (bench_digits_8 (digits) * 100000000 + bench_digits_8 (digits + 8));
}

static inline guint64
bench_stamp_n (const guint8 *digits)
{
  return (guint64) (digits[0] - '0') * 1000000000 + (guint64) (digits[1] - '0') * 100000000 + bench_digits_8 (digits + 2);
}
