/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-client-message.h"
/* dash-subs: what the screen wants to know, kept in step with what the relay was asked.
 * Promises: one subscription per purpose; a wish that changes becomes one `update`, and while an
 * answer is due only the last wish counts; a wish that the relay refused is not asked again until
 * it changes; after a reconnect everything is asked anew. Does not: send; the caller takes messages
 * from dash_subs_next. Threads: the loop's. */
typedef enum
{
  DASH_SUB_WINDOW, /* the rows on screen, how many match, and totals */
  DASH_SUB_POINTS, /* every device of the filter, few fields: map and chart */
  DASH_SUB_DETAIL, /* all fields of the selected device */
  DASH_SUB_ALL,    /* how many there are without the filter */
  DASH_N_SUBS,
} DashSub;

typedef struct DashSubs DashSubs;

DashSubs *dash_subs_new (void);
void dash_subs_free (DashSubs *subs);
/* wish is copied; op, id and ch in it do not matter. NULL: nothing is wanted any more. */
void dash_subs_want (DashSubs *subs, DashSub sub, const FwClientMessage *wish);
/* The next message to send; transfer full; NULL when the relay knows all wishes or owes an answer.
 */
char *dash_subs_next (DashSubs *subs);
/* The relay answered `subscribed` or `error`. FALSE when the id is not ours. */
gboolean dash_subs_answered (DashSubs *subs, gint64 id, gint64 ch, DashSub *ret_sub);
gboolean dash_subs_refused (DashSubs *subs, gint64 id, DashSub *ret_sub);
/* Whose messages carry ch. */
gboolean dash_subs_find (const DashSubs *subs, gint64 ch, DashSub *ret_sub);
/* The connection is gone: nothing is asked. */
void dash_subs_forget (DashSubs *subs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DashSubs, dash_subs_free)
