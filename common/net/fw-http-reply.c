/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-http-private.h"

#include <string.h>
#include <time.h>

static const char *
reason (guint status)
{
  static const struct
  {
    guint status;
    const char *words;
  } table[] = {
    { 200, "OK" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 408, "Request Timeout" },
    { 413, "Content Too Large" },
    { 415, "Unsupported Media Type" },
    { 417, "Expectation Failed" },
    { 421, "Misdirected Request" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 501, "Not Implemented" },
    { 503, "Service Unavailable" },
    { 505, "HTTP Version Not Supported" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].status == status)
      return table[i].words;
  return "Answer";
}

/* Names of days and months by hand: strftime speaks the locale's. */
static const char *
date (FwHttpServer *server)
{
  static const char days[] = "SunMonTueWedThuFriSat";
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  time_t when = (time_t) now_s;
  struct tm utc;

  if (now_s == server->date_s)
    return server->date;
  server->date_s = now_s;
  gmtime_r (&when, &utc);
  g_snprintf (server->date, sizeof server->date, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
              days + 3 * utc.tm_wday, utc.tm_mday, months + 3 * utc.tm_mon, utc.tm_year + 1900,
              utc.tm_hour, utc.tm_min, utc.tm_sec);
  return server->date;
}

static void
put_number (GString *out, guint64 number)
{
  char digits[20];
  guint at = sizeof digits;

  do
    digits[--at] = (char) ('0' + number % 10);
  while ((number /= 10) > 0);
  g_string_append_len (out, digits + at, (gssize) (sizeof digits - at));
}

static void
put_head (FwHttpRequest *conn, GString *out, const FwHttpReply *reply)
{
  g_string_append (out, "HTTP/1.1 ");
  put_number (out, reply->status);
  g_string_append_c (out, ' ');
  g_string_append (out, reason (reply->status));
  g_string_append (out, "\r\nDate: ");
  g_string_append (out, date (conn->server));
  if (reply->content_type != NULL)
    {
      g_string_append (out, "\r\nContent-Type: ");
      g_string_append (out, reply->content_type);
    }
  if (reply->status != 204)
    {
      g_string_append (out, "\r\nContent-Length: ");
      put_number (out, reply->len);
    }
  if (!conn->keeps_alive)
    g_string_append (out, "\r\nConnection: close");
  else if (conn->is_http_1_0)
    g_string_append (out, "\r\nConnection: keep-alive");
  g_string_append (out, "\r\n");
  if (reply->headers != NULL)
    g_string_append (out, reply->headers);
  if (conn->headers != NULL)
    g_string_append (out, conn->headers);
  g_string_append (out, "\r\n");
}

static void
answer (FwHttpRequest *conn, const FwHttpReply *reply)
{
  GString *out = conn->server->out;

  conn->is_open = FALSE;
  conn->is_answered = TRUE;
  conn->data = NULL;
  conn->keeps_alive = conn->keeps_alive && fw_http_conn_may_go_on (conn);
  g_string_truncate (out, 0);
  put_head (conn, out, reply);
  g_clear_pointer (&conn->headers, g_free);
  if (!conn->is_head && reply->status != 204)
    g_string_append_len (out, reply->body, (gssize) reply->len);
  if (fw_http_conn_send (conn, out->str, out->len))
    fw_http_conn_answered (conn);
}

void
fw_http_add_headers (FwHttpRequest *conn, const char *headers)
{
  char *before = conn->headers;

  conn->headers = g_strconcat (before != NULL ? before : "", headers, NULL);
  g_free (before);
}

void
fw_http_reply (FwHttpRequest *conn, const FwHttpReply *reply)
{
  g_return_if_fail (conn->is_open);
  answer (conn, reply);
}

void
fw_http_refuse (FwHttpRequest *conn, guint status, const char *why)
{
  const char *type = "text/plain; charset=utf-8";
  g_autofree char *line = g_strconcat (why, "\n", NULL);

  conn->keeps_alive = FALSE;
  conn->is_head = FALSE;
  answer (conn, &(FwHttpReply){ status, type, line, strlen (line), NULL });
}
