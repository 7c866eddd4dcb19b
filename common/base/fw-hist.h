/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-hist: a histogram of non-negative integers in fixed memory, mergeable.
 * Promises: log-linear buckets, relative error <= 1/64 (HdrHistogram's layout with 6 sub-bucket bits); values above
 *   2^40 count as 2^40; merging equals recording everything in one.
 * Threads: one writer; copy to read elsewhere. */
#define FW_HIST_SUB_BITS 6
#define FW_HIST_N_BUCKETS ((40 - FW_HIST_SUB_BITS + 2) << FW_HIST_SUB_BITS)
typedef struct { guint64 count, sum, min, max; guint64 buckets[FW_HIST_N_BUCKETS]; } FwHist;

void    fw_hist_clear (FwHist *hist);
void    fw_hist_record (FwHist *hist, guint64 value, guint64 n);
void    fw_hist_merge (FwHist *into, const FwHist *from);
/* quantile 0..1; 0 when empty. The upper edge of the bucket, never above max. */
guint64 fw_hist_quantile (const FwHist *hist, double quantile);
double  fw_hist_mean (const FwHist *hist);
