/* SPDX-License-Identifier: Apache-2.0 */
/* Requests as the handler sees them, and its answers. Every upgrade is put to the handler before
 * libwebsockets judges it: LWS_CALLBACK_HTTP_CONFIRM_UPGRADE comes first, with the list of
 * subprotocols as it was sent. */
#include "fw-ws-private.h"

#include <string.h>

#include "fw-log.h"

FW_LOG_TOPIC ("net-http");

/* libwebsockets 4.1.6 closes without an answer when the list of subprotocols is longer; we answer
 * before it does. */
#define SUBPROTOCOLS_MAX 126
/* How long a reader may take for an answer. */
#define REPLY_TIMEOUT_S 20
#define SLOWEST_BYTES_PER_S 4096

typedef struct
{
  FwRequest request;
  gboolean is_head, is_allowed_method, keeps_alive;
  char *path, *query, *host, *origin, *authorization, *subprotocols, *if_none_match,
      *accept_encoding;
} Request;

static void
request_clear (Request *request)
{
  g_free (request->path);
  g_free (request->query);
  g_free (request->host);
  g_free (request->origin);
  g_free (request->authorization);
  g_free (request->subprotocols);
  g_free (request->if_none_match);
  g_free (request->accept_encoding);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Request, request_clear)

static char *
header_dup (struct lws *wsi, enum lws_token_indexes token)
{
  int len = lws_hdr_total_length (wsi, token);
  g_autofree char *text = NULL;

  if (len <= 0)
    return NULL;
  text = g_malloc ((gsize) len + 1);
  return lws_hdr_copy (wsi, text, len + 1, token) > 0 ? g_steal_pointer (&text) : NULL;
}

/* libwebsockets splits the query at '&' and decodes each part: put it together as it was. */
static char *
query_dup (struct lws *wsi)
{
  int len = lws_hdr_total_length (wsi, WSI_TOKEN_HTTP_URI_ARGS);
  g_autofree char *part = NULL;
  g_autoptr (GString) query = NULL;

  if (len <= 0)
    return NULL;
  part = g_malloc ((gsize) len + 1);
  query = g_string_new (NULL);
  for (int i = 0; lws_hdr_copy_fragment (wsi, part, len + 1, WSI_TOKEN_HTTP_URI_ARGS, i) >= 0; i++)
    {
      if (i > 0)
        g_string_append_c (query, '&');
      g_string_append_uri_escaped (query, part, "=:/,;@!$'()*?[]", FALSE);
    }
  return g_string_free (g_steal_pointer (&query), FALSE);
}

static const struct
{
  enum lws_token_indexes token;
  const char *name;
  gboolean is_allowed;
} methods[] = {
  { WSI_TOKEN_GET_URI, "GET", TRUE },         { WSI_TOKEN_HEAD_URI, "HEAD", TRUE },
  { WSI_TOKEN_OPTIONS_URI, "OPTIONS", TRUE }, { WSI_TOKEN_POST_URI, "POST", FALSE },
  { WSI_TOKEN_PUT_URI, "PUT", FALSE },        { WSI_TOKEN_PATCH_URI, "PATCH", FALSE },
  { WSI_TOKEN_DELETE_URI, "DELETE", FALSE },
};

/* As libwebsockets decides it, so that what the answer says is what happens. */
static gboolean
connection_keeps_alive (struct lws *wsi)
{
  g_autofree char *version = header_dup (wsi, WSI_TOKEN_HTTP);
  g_autofree char *connection = header_dup (wsi, WSI_TOKEN_CONNECTION);

  if (connection != NULL && g_ascii_strcasecmp (connection, "keep-alive") == 0)
    return TRUE;
  if (connection != NULL && g_ascii_strcasecmp (connection, "close") == 0)
    return FALSE;
  return version != NULL && g_str_has_prefix (version, "HTTP/1.1");
}

static void
request_read (Request *request, FwWsConn *conn)
{
  struct lws *wsi = conn->wsi;

  conn->has_asked = TRUE;
  *request = (Request){ .request = { .method = "?" } };
  for (guint i = 0; i < G_N_ELEMENTS (methods) && request->path == NULL; i++)
    if ((request->path = header_dup (wsi, methods[i].token)) != NULL)
      {
        request->request.method = methods[i].name;
        request->is_allowed_method = methods[i].is_allowed;
        request->is_head = methods[i].token == WSI_TOKEN_HEAD_URI;
      }
  request->keeps_alive = connection_keeps_alive (wsi);
  request->request.path = request->path;
  request->request.query = request->query = query_dup (wsi);
  request->request.host = request->host = header_dup (wsi, WSI_TOKEN_HOST);
  request->request.origin = request->origin = header_dup (wsi, WSI_TOKEN_ORIGIN);
  request->request.authorization = request->authorization
      = header_dup (wsi, WSI_TOKEN_HTTP_AUTHORIZATION);
  request->request.subprotocols = request->subprotocols = header_dup (wsi, WSI_TOKEN_PROTOCOL);
  request->request.if_none_match = request->if_none_match
      = header_dup (wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH);
  request->request.accept_encoding = request->accept_encoding
      = header_dup (wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING);
  request->request.peer = conn->peer.text;
}

static const char *
status_text (guint status)
{
  static const struct
  {
    guint status;
    const char *text;
  } texts[] = {
    { 200, "OK" },
    { 204, "No Content" },
    { 301, "Moved Permanently" },
    { 302, "Found" },
    { 304, "Not Modified" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 413, "Content Too Large" },
    { 421, "Misdirected Request" },
    { 426, "Upgrade Required" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 503, "Service Unavailable" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (texts[i].status == status)
      return texts[i].text;
  return "Status";
}

static void
reply_clear (FwReply *reply)
{
  g_clear_pointer (&reply->body, g_bytes_unref);
  g_clear_pointer (&reply->headers, g_free);
}

FwReply
fw_reply_text (guint status, char *text)
{
  return (FwReply){ .status = status,
                    .content_type = "text/plain; charset=utf-8",
                    .body = g_bytes_new_take (text, strlen (text)) };
}

static FwReply
refuse (guint status, const char *text, const char *headers)
{
  FwReply reply = fw_reply_text (status, g_strdup (text));

  reply.headers = g_strdup (headers);
  return reply;
}

/* FALSE when the socket is broken. Clears the reply. */
static gboolean
reply_write (FwWsConn *conn, FwReply *reply, gboolean is_head, gboolean keeps_alive)
{
  const char *always = conn->server->options.reply_headers;
  gsize len = 0;
  const char *body = reply->body != NULL ? g_bytes_get_data (reply->body, &len) : NULL;
  gboolean has_body = reply->status != 204 && reply->status != 304;
  g_autoptr (GString) out = g_string_sized_new (256 + len);

  g_string_append_printf (out, "HTTP/1.1 %u %s\r\n", reply->status, status_text (reply->status));
  if (reply->content_type != NULL && has_body)
    g_string_append_printf (out, "Content-Type: %s\r\n", reply->content_type);
  if (has_body)
    g_string_append_printf (out, "Content-Length: %" G_GSIZE_FORMAT "\r\n", len);
  g_string_append_printf (out, "Connection: %s\r\n%s%s\r\n", keeps_alive ? "keep-alive" : "close",
                          always != NULL ? always : "",
                          reply->headers != NULL ? reply->headers : "");
  if (len > 0 && has_body && !is_head)
    g_string_append_len (out, body, (gssize) len);
  reply_clear (reply);
  fw_ws_count (conn->server, n_bytes, out->len);
  lws_set_timeout (conn->wsi, PENDING_TIMEOUT_HTTP_CONTENT,
                   (int) (REPLY_TIMEOUT_S + out->len / SLOWEST_BYTES_PER_S));
  return lws_write (conn->wsi, (unsigned char *) out->str, out->len, LWS_WRITE_HTTP_FINAL) >= 0;
}

static FwReply
answer (FwWsConn *conn, const Request *request)
{
  if (request->host == NULL)
    return refuse (400, "The request has no Host header.\n", NULL);
  if (!request->is_allowed_method)
    return refuse (405, "Only GET, HEAD and OPTIONS are served here.\n",
                   "Allow: GET, HEAD, OPTIONS\r\n");
  if (conn->server->handler.http == NULL)
    return refuse (404, "There is nothing here but a WebSocket.\n", NULL);
  return conn->server->handler.http (conn->server->user, &request->request);
}

int
fw_ws_http_request (FwWsConn *conn)
{
  g_auto (Request) request;
  FwReply reply;

  request_read (&request, conn);
  reply = answer (conn, &request);
  if (!reply_write (conn, &reply, request.is_head,
                    request.keeps_alive && request.is_allowed_method))
    return -1;
  if (lws_http_transaction_completed (conn->wsi) || !request.is_allowed_method)
    return -1;
  return 0;
}

/* Sec-WebSocket-Protocol is a list of tokens; anything else would make libwebsockets hang up
 * without a word. */
static gboolean
subprotocols_are_well_formed (const char *list)
{
  g_auto (GStrv) names = NULL;

  if (list == NULL)
    return TRUE;
  if (strlen (list) > SUBPROTOCOLS_MAX)
    return FALSE;
  names = g_strsplit (list, ",", -1);
  for (char **name = names; *name != NULL; name++)
    {
      g_strstrip (*name);
      if (**name == '\0' || strlen (*name) > 63)
        return FALSE;
      for (const char *c = *name; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 127 || strchr ("\"(),/:;<=>?@[\\]{}", *c) != NULL)
          return FALSE;
    }
  return TRUE;
}

static gboolean
subprotocols_offer (const char *list, const char *wanted)
{
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  for (char **name = names; *name != NULL; name++)
    if (g_str_equal (g_strstrip (*name), wanted))
      return TRUE;
  return FALSE;
}

static FwReply
judge_handshake (FwWsConn *conn, const Request *request)
{
  g_autofree char *version = header_dup (conn->wsi, WSI_TOKEN_VERSION);

  if (request->host == NULL)
    return refuse (400, "The request has no Host header.\n", NULL);
  if (!g_str_equal (request->request.method, "GET")
      || lws_hdr_total_length (conn->wsi, WSI_TOKEN_KEY) != 24)
    return refuse (400, "This is not a WebSocket handshake: a GET with a Sec-WebSocket-Key is.\n",
                   NULL);
  if (g_strcmp0 (version, "13") != 0)
    return refuse (426, "Version 13 of the WebSocket protocol is spoken here.\n",
                   "Sec-WebSocket-Version: 13\r\n");
  if (!subprotocols_are_well_formed (request->subprotocols))
    return refuse (
        400, "Sec-WebSocket-Protocol is not a list of names, or longer than 126 bytes.\n", NULL);
  if (conn->server->handler.upgrade == NULL)
    return refuse (404, "No WebSocket opens here.\n", NULL);
  return conn->server->handler.upgrade (conn->server->user, &request->request);
}

static gboolean
take_place (FwWsConn *conn)
{
  FwNetLimit limit;

  conn->has_place = fw_ws_gate_enter (conn->server->gate, &conn->peer, &limit);
  if (conn->has_place)
    return TRUE;
  fw_ws_count (conn->server, n_refused[limit], 1);
  fw_warn_limited ("a WebSocket of %s is refused: %s", conn->peer.text, fw_net_limit_text (limit));
  return FALSE;
}

/* Returns 0 = open it, 1 = answered, -1 = hang up. */
int
fw_ws_http_upgrade (FwWsConn *conn, const char *protocol)
{
  g_auto (Request) request;
  FwReply reply;

  if (lws_hdr_total_length (conn->wsi, WSI_TOKEN_UPGRADE) == 0)
    return -1; /* an unknown upgrade, already answered */
  request_read (&request, conn);
  if (g_ascii_strcasecmp (protocol, "websocket")
      != 0) /* h2c: HTTP/1.1 goes on, as RFC 9110 7.8 allows */
    reply = answer (conn, &request);
  else
    reply = judge_handshake (conn, &request);
  if (reply.status == 101 && reply.subprotocol == NULL && request.subprotocols != NULL)
    {
      reply_clear (&reply);
      reply = refuse (400, "None of these subprotocols is spoken here.\n", NULL);
    }
  if (reply.status == 101 && !take_place (conn))
    {
      reply_clear (&reply);
      reply = refuse (503, "Too many connections: try again later.\n", "Retry-After: 5\r\n");
    }
  if (reply.status == 101)
    {
      g_return_val_if_fail (reply.subprotocol == NULL
                                || subprotocols_offer (request.subprotocols, reply.subprotocol),
                            -1);
      reply_clear (&reply);
      return 0;
    }
  if (g_ascii_strcasecmp (protocol, "websocket") == 0)
    fw_ws_count (conn->server, n_handshake_failed, 1);
  return reply_write (conn, &reply, request.is_head, FALSE) ? 1 : -1;
}

gpointer
fw_ws_http_open (FwWsConn *conn)
{
  g_auto (Request) request;

  if (conn->server->handler.open == NULL)
    return NULL;
  request_read (&request, conn);
  return conn->server->handler.open (conn->server->user, conn, &request.request);
}
