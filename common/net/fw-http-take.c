/* SPDX-License-Identifier: Apache-2.0 */
/* What the bytes of a connection mean: heads, bodies, and what is passed over. Each function says
 * how many of them it used. */
#include "fw-http-private.h"

#include <string.h>

#define LINGER_MAX_BYTES (4 * 1024 * 1024) /* who goes on sending is cut */
#define BODY_RATE_MIN 1024                 /* bytes per second */
#define CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

static void
set_body_deadline (FwHttpRequest *conn)
{
  const FwHttpServerOptions *options = &conn->server->options;

  conn->deadline_us = conn->rated_from_us + (gint64) options->body_timeout_ms * 1000
                      + (gint64) (conn->rated_len / BODY_RATE_MIN * G_USEC_PER_SEC);
}

void
fw_http_rate_body (FwHttpRequest *conn)
{
  conn->rated_from_us = conn->server->now_us;
  conn->rated_len = 0;
  set_body_deadline (conn);
}

static void
body_ended (FwHttpRequest *conn)
{
  FwHttpServer *server = conn->server;

  conn->phase = FW_HTTP_ANSWER;
  conn->deadline_us = G_MAXINT64;
  if (conn->is_open)
    server->handler.end (server->user, conn, conn->data);
  else
    fw_http_conn_answered (conn);
}

static gboolean
is_too_large (FwHttpRequest *conn, guint64 len)
{
  FwHttpServer *server = conn->server;

  if (server->options.body_max_bytes == 0 || len <= server->options.body_max_bytes)
    return FALSE;
  fw_http_count (server, n_too_large, 1);
  return TRUE;
}

/* Ours, in the middle of a request: its owner will hear no more of it. */
void
fw_http_break_off (FwHttpRequest *conn, guint status, const char *why)
{
  FwHttpServer *server = conn->server;
  gpointer data = conn->data;
  gboolean was_open = conn->is_open;

  conn->is_open = FALSE;
  if (was_open && server->handler.gone != NULL)
    server->handler.gone (server->user, conn, data);
  if (conn->is_answered)
    fw_http_conn_linger (conn);
  else
    fw_http_refuse (conn, status, why);
}

static void
begin (FwHttpRequest *conn, const FwHttpHead *head, gboolean has_more)
{
  FwHttpServer *server = conn->server;

  conn->phase = FW_HTTP_BODY;
  conn->keeps_alive = head->keeps_alive;
  conn->is_http_1_0 = head->is_http_1_0;
  conn->is_head = g_str_equal (head->method, "HEAD");
  conn->is_chunked = head->is_chunked;
  conn->is_answered = conn->is_paused = FALSE;
  conn->body_left = (guint64) MAX (head->content_length, 0);
  conn->body_len = 0;
  conn->chunks = (FwHttpChunks){ 0 };
  conn->is_open = TRUE;
  fw_http_rate_body (conn);
  fw_http_count (server, n_requests, 1);
  conn->data = server->handler.begin (server->user, conn, head);
  if (conn->is_dead)
    return;
  if (conn->is_open && head->expects_continue && !has_more
      && !fw_http_conn_send (conn, CONTINUE, strlen (CONTINUE)))
    return;
  if (conn->phase == FW_HTTP_BODY && !conn->is_chunked && conn->body_left == 0)
    body_ended (conn);
}

static void
refuse_head (FwHttpRequest *conn, guint status, const char *why)
{
  fw_http_count (conn->server, n_malformed, 1);
  conn->phase = FW_HTTP_ANSWER;
  fw_http_refuse (conn, status, why);
}

static gsize
head_is_not_whole (FwHttpRequest *conn, gsize len)
{
  const FwHttpServerOptions *options = &conn->server->options;

  if (len >= options->header_max_bytes)
    refuse_head (conn, 431, "The headers are too large.");
  else if (!conn->has_head_begun)
    conn->deadline_us = conn->server->now_us + (gint64) options->header_timeout_ms * 1000;
  conn->has_head_begun = TRUE;
  return 0;
}

static gsize
take_head (FwHttpRequest *conn, char *bytes, gsize len)
{
  FwHttpServer *server = conn->server;
  gssize head_len;
  guint status;

  if (conn->scanned == 0 && len >= 2 && bytes[0] == '\r' && bytes[1] == '\n')
    return 2; /* some clients end a body with one line more */
  head_len = fw_http_head_find (bytes, MIN (len, server->options.header_max_bytes), &conn->scanned);
  if (head_len == 0)
    return head_is_not_whole (conn, len);
  if (head_len < 0)
    {
      refuse_head (conn, 400, "Lines of the head must end in CR LF.");
      return 0;
    }
  conn->scanned = 0;
  status = fw_http_head_read (&server->head, bytes, (gsize) head_len);
  if (status != 200)
    refuse_head (conn, status, server->head.why);
  else if (is_too_large (conn, (guint64) MAX (server->head.content_length, 0)))
    {
      conn->phase = FW_HTTP_ANSWER;
      fw_http_refuse (conn, 413, "The body is too large.");
    }
  else
    begin (conn, &server->head, len > (gsize) head_len);
  return (gsize) head_len;
}

/* Bytes of body, without framing. */
static gsize
take_content (FwHttpRequest *conn, const char *bytes, gsize len)
{
  FwHttpServer *server = conn->server;
  gsize n = len;

  if (conn->is_open)
    n = server->handler.body (server->user, conn, conn->data, bytes, len);
  conn->body_len += n;
  conn->rated_len += n;
  if (conn->is_dead || n == len || !conn->is_open)
    {
      set_body_deadline (conn);
      return n;
    }
  conn->is_paused = TRUE;
  conn->deadline_us = G_MAXINT64;
  fw_http_count (server, n_pauses, 1);
  return n;
}

static gsize
take_chunked (FwHttpRequest *conn, const char *bytes, gsize len)
{
  gsize passed, n;
  FwChunksStep step = fw_http_chunks_next (&conn->chunks, bytes, len, &passed, &n);

  if (step == FW_CHUNKS_END)
    body_ended (conn);
  else if (step == FW_CHUNKS_BAD)
    {
      fw_http_count (conn->server, n_malformed, 1);
      fw_http_break_off (conn, 400, "The chunks of the body are malformed.");
    }
  else if (step == FW_CHUNKS_DATA && is_too_large (conn, conn->body_len + n))
    fw_http_break_off (conn, 413, "The body is too large.");
  else if (step == FW_CHUNKS_DATA)
    {
      n = take_content (conn, bytes + passed, n);
      fw_http_chunks_took (&conn->chunks, n);
      passed += n;
    }
  return passed;
}

static gsize
take_body (FwHttpRequest *conn, const char *bytes, gsize len)
{
  gsize n;

  if (conn->is_chunked)
    return take_chunked (conn, bytes, len);
  n = take_content (conn, bytes, (gsize) MIN (len, conn->body_left));
  conn->body_left -= n;
  if (conn->body_left == 0 && !conn->is_dead && conn->phase == FW_HTTP_BODY)
    body_ended (conn);
  return n;
}

gsize
fw_http_take (FwHttpRequest *conn, char *bytes, gsize len)
{
  if (conn->phase == FW_HTTP_HEAD)
    return take_head (conn, bytes, len);
  if (conn->phase == FW_HTTP_BODY)
    return take_body (conn, bytes, len);
  conn->rated_len += len;
  if (conn->rated_len > LINGER_MAX_BYTES)
    fw_http_conn_kill (conn);
  return len;
}

void
fw_http_resume (FwHttpRequest *conn)
{
  if (!conn->is_paused)
    return;
  conn->is_paused = FALSE;
  fw_http_rate_body (conn);
  fw_http_conn_schedule (conn);
}
