/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "dash-message.h"
/* dash-fold: `snapshot`, `patch` and `left` of one subscription folded into the devices that match
 * it now. Promises: after a snapshot's last part exactly its rows are left, and none blinks while
 * its parts arrive; a patch for a device that is not known makes it; a device that left is gone.
 * Threads: the loop's. */
typedef struct DashFold DashFold;

/* Told after a row was made or changed. The row is the fold's. */
typedef void (*DashFoldChanged) (DashRow *row, const DashRowUpdate *update, gpointer user);

DashFold *dash_fold_new (DashFoldChanged changed, gpointer user); /* changed may be NULL */
void dash_fold_free (DashFold *fold);
/* Takes snapshot and patch; passes over the rest. */
void dash_fold_take (DashFold *fold, const DashMessage *message);
void dash_fold_clear (DashFold *fold);
guint dash_fold_n (const DashFold *fold);
gboolean dash_fold_is_whole (const DashFold *fold); /* a snapshot has been read to its end */
DashRow *dash_fold_find (const DashFold *fold, const char *key); /* NULL when unknown */
/* Every row, in no order that means anything. */
void dash_fold_iter (const DashFold *fold, GHashTableIter *iter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashFold, dash_fold_free)
