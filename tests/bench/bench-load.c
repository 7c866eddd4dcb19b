/* SPDX-License-Identifier: Apache-2.0 */
/* The load client: holds N WebSockets on one epoll and counts every message in them. Healthy
 * clients read what comes; slow ones 10 kB a second into a small buffer; some never read at all.
 * When all are connected it prints "ready", when the window and its drain are over one JSON object.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench-reader.h"
#include "bench-stamp.h"

#define SLOW_STEP_US 100000
#define EVENTS 256

static gint64 port = 8080, n_clients = 100, n_slow = 0, n_never = 0, slow_bytes_per_s = 10000;
static gint64 from_us = 0, to_us = 0, drain_ms = 2000, expected = 0;
static gchar *path = NULL, *subprotocol = NULL, *say = NULL;

static const GOptionEntry entries[] = {
  { "port", 0, 0, G_OPTION_ARG_INT64, &port, "Of the server on loopback", "N" },
  { "path", 0, 0, G_OPTION_ARG_STRING, &path, "Path, / by default", "PATH" },
  { "subprotocol", 0, 0, G_OPTION_ARG_STRING, &subprotocol, "None by default", "NAME" },
  { "say", 0, 0, G_OPTION_ARG_STRING, &say, "First message of every client", "TEXT" },
  { "clients", 0, 0, G_OPTION_ARG_INT64, &n_clients, "All of them", "N" },
  { "slow", 0, 0, G_OPTION_ARG_INT64, &n_slow, "How many of them read slowly", "N" },
  { "slow-bytes", 0, 0, G_OPTION_ARG_INT64, &slow_bytes_per_s, "How slowly: bytes per second",
    "N" },
  { "never", 0, 0, G_OPTION_ARG_INT64, &n_never, "How many of them never read", "N" },
  { "from-us", 0, 0, G_OPTION_ARG_INT64, &from_us,
    "Messages due from this monotonic time on are measured", "US" },
  { "to-us", 0, 0, G_OPTION_ARG_INT64, &to_us, "... up to this one", "US" },
  { "drain-ms", 0, 0, G_OPTION_ARG_INT64, &drain_ms, "How long to wait for what is still due",
    "MS" },
  { "expected", 0, 0, G_OPTION_ARG_INT64, &expected,
    "Messages per client in the window: the wait ends when all are there", "N" },
  { 0 },
};

static Pace
pace_of (gint64 i)
{
  if (i < n_never)
    return PACE_NEVER;
  return i < n_never + n_slow ? PACE_SLOW : PACE_HEALTHY;
}

static Reader *
connect_all (int epoll)
{
  Reader *readers = g_new0 (Reader, n_clients);

  for (gint64 i = 0; i < n_clients; i++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.ptr = &readers[i] };
      g_autoptr (GError) error = NULL;

      readers[i].pace = pace_of (i);
      if (!reader_open (&readers[i], (guint16) port, path, subprotocol, say, &error))
        {
          g_printerr ("client %d: %s\n", (int) i, error != NULL ? error->message : "cannot speak");
          exit (69);
        }
      if (readers[i].pace == PACE_HEALTHY)
        epoll_ctl (epoll, EPOLL_CTL_ADD, readers[i].fd, &event);
    }
  return readers;
}

static void
read_slowly (Reader *readers, Window *window)
{
  for (gint64 i = n_never; i < n_never + n_slow; i++)
    reader_read (&readers[i], window, (gsize) (slow_bytes_per_s * SLOW_STEP_US / G_USEC_PER_SEC));
}

static gboolean
all_is_here (const Reader *readers)
{
  if (expected == 0)
    return FALSE;
  for (gint64 i = n_never + n_slow; i < n_clients; i++)
    if (!readers[i].is_closed && readers[i].n_window < (guint64) expected)
      return FALSE;
  return TRUE;
}

static void
read_until_done (int epoll, Reader *readers, Window *window)
{
  gint64 next_slow_us = bench_now_us ();
  gint64 end_us = to_us + drain_ms * 1000;

  while (bench_now_us () < end_us && !(bench_now_us () >= to_us && all_is_here (readers)))
    {
      struct epoll_event events[EVENTS];
      int n = epoll_wait (epoll, events, EVENTS, 20);

      for (int i = 0; i < n; i++)
        {
          Reader *reader = events[i].data.ptr;

          if (!reader_read (reader, window, G_MAXINT))
            epoll_ctl (epoll, EPOLL_CTL_DEL, reader->fd, NULL);
        }
      if (n_slow > 0 && bench_now_us () >= next_slow_us)
        {
          read_slowly (readers, window);
          next_slow_us += SLOW_STEP_US;
        }
    }
}

/* At last those that never read do: what was waiting for them, and how it ended. */
static void
read_the_rest (Reader *readers, Window *window)
{
  for (gint64 i = 0; i < n_never; i++)
    for (guint j = 0; j < 10000 && reader_read (&readers[i], window, G_MAXINT); j++)
      ;
}

static void
print_pace (const Reader *readers, Pace pace, const char *name, const char *end)
{
  guint64 n = 0, all = 0, in_window = 0, least = G_MAXUINT64, most = 0, sum_low = G_MAXUINT64,
          sum_high = 0;
  guint64 n_closed = 0, n_broken = 0, n_with_code = 0;

  for (gint64 i = 0; i < n_clients; i++)
    if (readers[i].pace == pace)
      {
        n++;
        all += readers[i].n_all;
        in_window += readers[i].n_window;
        least = MIN (least, readers[i].n_window);
        most = MAX (most, readers[i].n_window);
        sum_low = MIN (sum_low, readers[i].sum_window);
        sum_high = MAX (sum_high, readers[i].sum_window);
        n_closed += readers[i].is_closed;
        n_broken += readers[i].is_broken;
        n_with_code += readers[i].close_code != 0;
      }
  if (n == 0)
    least = sum_low = 0;
  g_print ("\"%s\": {\"clients\": %" G_GUINT64_FORMAT ", \"all\": %" G_GUINT64_FORMAT
           ", \"delivered\": %" G_GUINT64_FORMAT ", \"least\": %" G_GUINT64_FORMAT
           ", \"most\": %" G_GUINT64_FORMAT ", \"same\": %s, \"closed\": %" G_GUINT64_FORMAT
           ", \"told_why\": %" G_GUINT64_FORMAT ", \"broken\": %" G_GUINT64_FORMAT "}%s",
           name, n, all, in_window, least, most, sum_low == sum_high ? "true" : "false", n_closed,
           n_with_code, n_broken, end);
}

static double
latency_ms (const Window *window, double quantile)
{
  guint64 n = 0, before = 0;
  guint i = 0;

  for (guint k = 0; k < N_LATENCIES; k++)
    n += window->latencies[k];
  while (i < N_LATENCIES - 1
         && (before += window->latencies[i]) < (guint64) ((double) n * quantile))
    i++;
  return n == 0 ? 0 : (double) (i + 1) * LATENCY_STEP_US / 1000;
}

static void
print_result (const Reader *readers, const Window *window)
{
  struct rusage used;

  getrusage (RUSAGE_SELF, &used);
  g_print ("{");
  print_pace (readers, PACE_HEALTHY, "healthy", ", ");
  print_pace (readers, PACE_SLOW, "slow", ", ");
  print_pace (readers, PACE_NEVER, "never", ", ");
  g_print ("\"arrived\": %" G_GUINT64_FORMAT
           ", \"p50_ms\": %.2f, \"p99_ms\": %.2f, \"p999_ms\": %.2f, \"max_ms\": %.2f"
           ", \"frames\": %" G_GUINT64_FORMAT ", \"bytes\": %" G_GUINT64_FORMAT
           ", \"reads\": %" G_GUINT64_FORMAT ", \"cpu_s\": %.2f}\n",
           window->n_arrived, latency_ms (window, 0.5), latency_ms (window, 0.99),
           latency_ms (window, 0.999), latency_ms (window, 1), window->n_frames, window->n_bytes,
           window->n_reads,
           (double) (used.ru_utime.tv_sec + used.ru_stime.tv_sec)
               + (double) (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / G_USEC_PER_SEC);
}

static void
raise_open_files (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = MIN (limit.rlim_max, 65536);
  setrlimit (RLIMIT_NOFILE, &limit);
}

/* The window is known only when all are connected: it may come on stdin, as two numbers. */
static gboolean
read_window (Window *window)
{
  char line[64];

  if (to_us == 0
      && (fgets (line, sizeof line, stdin) == NULL
          || sscanf (line, "%" G_GINT64_FORMAT " %" G_GINT64_FORMAT, &from_us, &to_us) != 2))
    return FALSE;
  window->from_us = from_us;
  window->to_us = to_us;
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  Window *window = g_new0 (Window, 1);
  Reader *readers;
  int epoll = epoll_create1 (EPOLL_CLOEXEC);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 64;
    }
  path = path != NULL ? path : g_strdup ("/");
  raise_open_files ();
  readers = connect_all (epoll);
  g_print ("ready\n");
  fflush (stdout);
  if (!read_window (window))
    return 65;
  read_until_done (epoll, readers, window);
  read_the_rest (readers, window);
  print_result (readers, window);
  for (gint64 i = 0; i < n_clients; i++)
    reader_clear (&readers[i]);
  g_free (readers);
  g_free (window);
  return 0;
}
