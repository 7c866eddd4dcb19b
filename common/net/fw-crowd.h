/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-net.h"
/* fw-crowd: how many are inside, in all and of one address, over every server that shares it. Private to common/net.
 * Promises: of two threads, one gets the last place.
 * Threads: any; its lock is held for one look-up, when somebody comes or goes. */
#define FW_ADDRESS_BYTES 16 /* v4 as mapped v6; of v6 the /64 */
typedef struct FwCrowd FwCrowd;

FwCrowd *fw_crowd_new (guint max, guint per_address_max); /* 0 = no limit */
FwCrowd *fw_crowd_ref (FwCrowd *crowd);
void     fw_crowd_unref (FwCrowd *crowd); /* NULL is fine */
/* FALSE: it is full, *ret_limit says of whom. */
gboolean fw_crowd_enter (FwCrowd *crowd, const guint8 address[FW_ADDRESS_BYTES], FwNetLimit *ret_limit) G_GNUC_WARN_UNUSED_RESULT;
void     fw_crowd_leave (FwCrowd *crowd, const guint8 address[FW_ADDRESS_BYTES]);
