/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-kafka-rd.h"
#include "fw-log.h"
#include "fw-thread.h"
#include "fw-i18n.h"

FW_LOG_TOPIC ("kafka-end");

#define END_WITHIN_MS 3000 /* an end takes under a second, of a broker that is away too */

typedef struct
{
  rd_kafka_t *rk;
  FwWake *is_done;
} Ending;

static void
run (gpointer data)
{
  Ending *ending = data;
  rd_kafka_destroy (ending->rk);
  fw_wake_signal (ending->is_done);
}

static gboolean
is_done_in_time (const Ending *ending)
{
  GPollFD done = { fw_wake_fd (ending->is_done), G_IO_IN, 0 };
  gint n;
  while ((n = g_poll (&done, 1, END_WITHIN_MS)) < 0) /* a signal */
    ;
  return n > 0;
}

void
fw_rd_end (rd_kafka_t *rk)
{
  Ending *ending = g_new0 (Ending, 1);
  ending->rk = rk;
  ending->is_done = fw_wake_new ();
  FwThread *thread = fw_thread_start ("kafka-end", run, ending, NULL);
  if (!thread)
    run (ending);
  else if (!is_done_in_time (ending))
    {
      fw_warn (_ ("librdkafka does not end within %d ms, going on without it"), END_WITHIN_MS);
      return;
    }
  fw_thread_join (thread);
  fw_wake_free (ending->is_done);
  g_free (ending);
}
