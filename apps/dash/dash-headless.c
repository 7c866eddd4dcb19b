/* SPDX-License-Identifier: Apache-2.0 */
#include "dash-headless.h"
#include "dash-fold.h"
#include "dash-link.h"
#include "dash-rows.h"
#include "dash-subs.h"
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "fw-i18n.h"

typedef struct
{
  const char *url;
  DashRowsFormat format;
  guint64 count; /* 0: see --count */
  guint64 n_written;
  DashFold *fold;
  DashSubs *subs;
  DashLinkSource *link;
  GMainLoop *loop;
  GString *out;
  gboolean has_begun, is_over;
  GError *error;
} Headless;

static void
finish (Headless *headless)
{
  headless->is_over = TRUE;
  g_main_loop_quit (headless->loop);
}

static void
flush (Headless *headless)
{
  gsize len = headless->out->len;

  if (len > 0 && (fwrite (headless->out->str, 1, len, stdout) != len || fflush (stdout) != 0)
      && !headless->is_over)
    finish (headless); /* nobody reads any more, as after | head */
  g_string_truncate (headless->out, 0);
}

static void
write_row (Headless *headless, const DashRow *row)
{
  if (headless->is_over)
    return;
  dash_rows_put (headless->out, headless->format, row, headless->n_written++);
  if (headless->count > 0 && headless->n_written >= headless->count)
    finish (headless);
}

static void
row_changed (DashRow *row, const DashRowUpdate *update G_GNUC_UNUSED, gpointer user)
{
  Headless *headless = user;

  if (headless->has_begun)
    write_row (headless, row);
}

static int
compare_keys (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(const DashRow *const *) a)->key, (*(const DashRow *const *) b)->key);
}

/* The state now, by name, so that two runs can be compared. */
static void
write_all (Headless *headless)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer row;

  dash_fold_iter (headless->fold, &iter);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    g_ptr_array_add (rows, row);
  g_ptr_array_sort (rows, compare_keys);
  dash_rows_begin (headless->out, headless->format);
  headless->has_begun = TRUE;
  for (guint i = 0; i < rows->len; i++)
    write_row (headless, g_ptr_array_index (rows, i));
  if (headless->count == 0 && headless->format != DASH_ROWS_NDJSON)
    finish (headless);
}

static void
take (Headless *headless, const DashMessage *message)
{
  DashSub sub;

  if (message->op == DASH_OP_SUBSCRIBED)
    (void) dash_subs_answered (headless->subs, message->id, message->ch, &sub);
  else if (message->op == DASH_OP_ERROR)
    {
      g_set_error (&headless->error, FW_ERROR, FW_ERROR_DATA, _ ("The relay refused: %s"),
                   message->note != NULL ? message->note : "?");
      finish (headless);
    }
  else if (dash_subs_find (headless->subs, message->ch, &sub))
    {
      dash_fold_take (headless->fold, message);
      if (!headless->has_begun && dash_fold_is_whole (headless->fold))
        write_all (headless);
    }
}

static void
send_wishes (Headless *headless)
{
  char *request;

  while ((request = dash_subs_next (headless->subs)) != NULL)
    {
      (void) dash_link_send (headless->link, request);
      g_free (request);
    }
}

static void
on_link (const FwWsItem *item, gpointer user)
{
  Headless *headless = user;
  g_auto (DashMessage) message = { 0 };

  if (headless->is_over)
    return;
  if (item == NULL)
    flush (headless);
  else if (item->type == FW_WS_CONNECTED)
    send_wishes (headless);
  else if (item->type == FW_WS_MESSAGE && dash_message_read (&message, item->text, item->len))
    take (headless, &message);
  else if (item->type == FW_WS_DISCONNECTED)
    {
      g_set_error (&headless->error, FW_ERROR, FW_ERROR_UNAVAILABLE,
                   _ ("No relay at %s: %s. Start one with: fleetwire demo"), headless->url,
                   item->text != NULL ? item->text : "?");
      finish (headless);
    }
}

static gboolean
on_signal (gpointer user)
{
  finish (user);
  return G_SOURCE_CONTINUE;
}

static void
run (Headless *headless, const char *filter)
{
  FwClientMessage wish = { .channel = FW_CHANNEL_FLEET,
                           .fields = FW_CLIENT_FIELDS_ALL,
                           .where = (char *) filter,
                           .interval_ms = 500 };
  guint signals[] = { g_unix_signal_add (SIGTERM, on_signal, headless),
                      g_unix_signal_add (SIGINT, on_signal, headless) };

  dash_subs_want (headless->subs, DASH_SUB_POINTS, &wish);
  g_main_loop_run (headless->loop);
  if (headless->has_begun)
    dash_rows_end (headless->out, headless->format, headless->n_written);
  flush (headless);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_source_remove (signals[i]);
}

FwExit
dash_headless_run (const DashOptions *options, const char *url, GError **error)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (DashSubs) subs = dash_subs_new ();
  g_autoptr (GString) out = g_string_new (NULL);
  Headless headless
      = { .url = url, .count = (guint64) options->count, .subs = subs, .loop = loop, .out = out };

  if (!dash_rows_find_format (options->format, &headless.format))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE, _ ("--format is json, csv or ndjson, not '%s'"),
                   options->format);
      return FW_EXIT_USAGE;
    }
  (void) signal (SIGPIPE, SIG_IGN);
  headless.link = dash_link_new (url, on_link, &headless, error);
  if (headless.link == NULL)
    return FW_EXIT_USAGE;
  headless.fold = dash_fold_new (row_changed, &headless);
  run (&headless, options->filter);
  dash_link_free (headless.link);
  dash_fold_free (headless.fold);
  if (headless.error == NULL)
    return FW_EXIT_OK;
  g_propagate_error (error, headless.error);
  return fw_error_exit (*error);
}
