/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "fw-log.h"
#include "sim-sink.h"

#include "fw-i18n.h"

FW_LOG_TOPIC ("sim-stdout");

#define BUFFER_BYTES (256 * 1024)

/* One event a line; written when there is time, or when the buffer is full. */
typedef struct
{
  SimSink sink;
  SimSinkCounts counts;
  GString *buffer;
  guint n_buffered;
  gboolean is_broken;
} Stdout;

static void
write_out (Stdout *out)
{
  for (gsize at = 0; at < out->buffer->len && !out->is_broken;)
    {
      ssize_t n = write (STDOUT_FILENO, out->buffer->str + at, out->buffer->len - at);
      if (n >= 0)
        at += (gsize) n;
      else if (errno != EINTR)
        {
          if (errno != EPIPE) /* head has seen enough */
            fw_error (_ ("cannot write to standard output: %s"), g_strerror (errno));
          out->is_broken = TRUE;
        }
    }
  *(out->is_broken ? &out->counts.n_failed : &out->counts.n_produced) += out->n_buffered;
  out->n_buffered = 0;
  g_string_truncate (out->buffer, 0);
}

static SimSent
stdout_send (SimSink *sink, const FwEvent *ev G_GNUC_UNUSED, const GString *value)
{
  Stdout *out = (Stdout *) sink;
  g_string_append_len (out->buffer, value->str, (gssize) value->len);
  g_string_append_c (out->buffer, '\n');
  out->n_buffered++;
  if (out->buffer->len >= BUFFER_BYTES)
    write_out (out);
  return out->is_broken ? SIM_BROKEN : SIM_SENT;
}

static void
stdout_wait (SimSink *sink, gint64 wait_us)
{
  write_out ((Stdout *) sink);
  if (wait_us > 0)
    usleep ((useconds_t) wait_us);
}

static gboolean
stdout_finish (SimSink *sink, gint timeout_ms G_GNUC_UNUSED)
{
  Stdout *out = (Stdout *) sink;
  write_out (out);
  return !out->is_broken;
}

static SimSinkCounts
stdout_counts (const SimSink *sink)
{
  return ((const Stdout *) sink)->counts;
}

static void
stdout_free (SimSink *sink)
{
  g_string_free (((Stdout *) sink)->buffer, TRUE);
  g_free (sink);
}

SimSink *
sim_stdout_new (void)
{
  Stdout *out = g_new0 (Stdout, 1);
  out->sink = (SimSink){ stdout_send, stdout_wait, stdout_finish, stdout_counts, stdout_free };
  out->buffer = g_string_sized_new (BUFFER_BYTES + 4096);
  return &out->sink;
}
