/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-rng: counter-based random numbers: the value for (seed, stream, counter) needs no state and no order.
 * Promises: the same bits on every machine and thread count. Source: Philox 2x64-10, Salmon et al., SC'11.
 * Does not: serve cryptography. Threads: any. */
guint64 fw_rng_u64 (guint64 seed, guint64 stream, guint64 counter);
double  fw_rng_unit (guint64 seed, guint64 stream, guint64 counter);   /* 0 <= x < 1 */
double  fw_rng_normal (guint64 seed, guint64 stream, guint64 counter); /* mean 0, deviation 1 (Box-Muller) */
