/* SPDX-License-Identifier: Apache-2.0 */
/* The owner's thread and the client's thread meet in two rings:
 *
 *   client thread --in (items)--> owner    eventfd `has_items`
 *   owner --out (texts)--> client thread   lws_cancel_service
 *
 * When `in` is full, the item waits in `held` and the socket is not read; the owner's next pop
 * makes it go on. */
#include "fw-ws-client.h"

#include <libwebsockets.h>
#include <string.h>

#include "fw-error.h"
#include "fw-i18n.h"
#include "fw-log.h"
#include "fw-lws.h"
#include "fw-ring.h"
#include "fw-rng.h"
#include "fw-thread.h"
#include "fw-time.h"

FW_LOG_TOPIC ("net-client");

#define IN_SLOTS 4096
#define IN_BYTES_MAX (16 * 1024 * 1024) /* then reading stops, as when the slots are full */
#define OUT_SLOTS 256
#define RX_BUFFER_BYTES (64 * 1024)
#define BACKOFF_FIRST_MS 500
#define BACKOFF_MAX_MS 15000
#define CONNECT_TIMEOUT_S 10
#define PING_EVERY_S 20
#define HANGUP_AFTER_S 45

typedef struct
{
  gsize len;
  guint8 bytes[];
} Outgoing; /* LWS_PRE bytes, then the text */

struct FwWsClient
{
  char *host, *path, *subprotocol;
  guint16 port;
  FwThread *thread;
  FwMutex ending; /* held by who stops us, until it no longer needs the context */
  FwRing *in, *out;
  FwWake *has_items;
  gint is_stopping, is_paused; /* atomic */
  gint64 in_bytes;             /* atomic */
  /* the client's thread */
  struct lws_context *context;
  struct lws *wsi;
  struct lws_protocols protocols[2];
  lws_retry_bo_t pings;
  lws_sorted_usec_list_t retry;
  GByteArray *partial;
  GQueue held; /* items that found no room */
  Outgoing *unsent;
  guint n_failures;
  gboolean is_connected;
  char why[128];
};

void
fw_ws_item_free (FwWsItem *item)
{
  if (item == NULL)
    return;
  g_free (item->text);
  g_free (item);
}

static FwWsItem *
item_new (FwWsItemType type, const char *text, gsize len)
{
  FwWsItem *item = g_new0 (FwWsItem, 1);

  item->type = type;
  item->received_us = g_get_monotonic_time ();
  item->received_wall_ms = g_get_real_time () / 1000;
  item->len = len;
  item->text = g_malloc (len + 1);
  memcpy (item->text, text, len);
  item->text[len] = '\0';
  return item;
}

static gsize
item_bytes (const FwWsItem *item)
{
  return sizeof *item + item->len;
}

/* TRUE when all that was held is in the ring. */
static gboolean
flush_held (FwWsClient *client)
{
  gboolean has_pushed = FALSE;

  while (!g_queue_is_empty (&client->held))
    {
      FwWsItem *item = g_queue_peek_head (&client->held);
      gsize bytes = item_bytes (item);

      if (__atomic_load_n (&client->in_bytes, __ATOMIC_SEQ_CST) > IN_BYTES_MAX)
        break;
      __atomic_add_fetch (&client->in_bytes, (gint64) bytes, __ATOMIC_SEQ_CST);
      if (!fw_ring_push (client->in, item))
        {
          __atomic_sub_fetch (&client->in_bytes, (gint64) bytes, __ATOMIC_SEQ_CST);
          break;
        }
      g_queue_pop_head (&client->held);
      has_pushed = TRUE;
    }
  if (has_pushed)
    fw_wake_signal (client->has_items);
  return g_queue_is_empty (&client->held);
}

/* Stops reading until the owner has taken what waits. The flag is set before the last look, so that
 * a pop in between either makes room for us or sees the flag. */
static void
pause_or_go_on (FwWsClient *client)
{
  gboolean is_flushed = flush_held (client);

  if (!is_flushed)
    {
      g_atomic_int_set (&client->is_paused, 1);
      is_flushed = flush_held (client);
    }
  if (is_flushed)
    g_atomic_int_set (&client->is_paused, 0);
  if (client->wsi != NULL && client->is_connected)
    lws_rx_flow_control (client->wsi, is_flushed);
}

static void
emit (FwWsClient *client, FwWsItem *item)
{
  g_queue_push_tail (&client->held, item);
  pause_or_go_on (client);
}

static void connect_now (lws_sorted_usec_list_t *retry);

/* Full jitter: anywhere between nothing and a bound that doubles. */
static guint
backoff_ms (FwWsClient *client)
{
  guint bound = MIN (BACKOFF_FIRST_MS << MIN (client->n_failures, 5), BACKOFF_MAX_MS);

  return (guint) (fw_rng_unit ((guint64) g_get_monotonic_time (), (guint64) (gsize) client,
                               client->n_failures)
                  * bound);
}

static void
lost (FwWsClient *client, const char *why)
{
  FwWsItem *item = item_new (FW_WS_DISCONNECTED, why, strlen (why));

  client->wsi = NULL;
  client->is_connected = FALSE;
  g_clear_pointer (&client->partial, g_byte_array_unref);
  g_clear_pointer (&client->unsent, g_free);
  item->retry_ms = backoff_ms (client);
  client->n_failures++;
  fw_debug ("%s:%u: %s, retrying in %u ms", client->host, client->port, why, item->retry_ms);
  if (g_atomic_int_get (&client->is_stopping) == 0)
    lws_sul_schedule (client->context, 0, &client->retry, connect_now,
                      (lws_usec_t) item->retry_ms * 1000 + 1);
  emit (client, item);
}

static void
connect_now (lws_sorted_usec_list_t *retry)
{
  FwWsClient *client = lws_container_of (retry, FwWsClient, retry);
  g_autofree char *host_header = NULL;
  struct lws_client_connect_info info = { 0 };

  host_header = strchr (client->host, ':') != NULL
                    ? g_strdup_printf ("[%s]:%u", client->host, client->port)
                    : g_strdup_printf ("%s:%u", client->host, client->port);
  client->why[0] = '\0';
  info.context = client->context;
  info.address = client->host;
  info.port = client->port;
  info.path = client->path;
  info.host = host_header;
  info.protocol = client->subprotocol;
  info.local_protocol_name = client->protocols[0].name;
  info.retry_and_idle_policy = &client->pings;
  info.pwsi = &client->wsi;
  info.opaque_user_data = client;
  if (lws_client_connect_via_info (&info) == NULL && client->wsi == NULL && client->why[0] == '\0')
    lost (client, _ ("cannot connect"));
}

/* "connection error: HTTP 503" and such, as libwebsockets words it. */
static void
connection_failed (FwWsClient *client, const char *why, gsize len)
{
  g_autofree char *text = why != NULL ? g_strndup (why, len) : g_strdup (_ ("cannot connect"));

  g_snprintf (client->why, sizeof client->why, "%s", text);
  lost (client, client->why);
}

static void
connected (FwWsClient *client)
{
  client->is_connected = TRUE;
  client->n_failures = 0;
  emit (client, item_new (FW_WS_CONNECTED, "", 0));
  lws_callback_on_writable (client->wsi);
}

static int
received (FwWsClient *client, const char *bytes, gsize len)
{
  gsize remaining = lws_remaining_packet_payload (client->wsi);
  gboolean is_last = lws_is_final_fragment (client->wsi) && remaining == 0;
  FwWsItem *item;

  if (client->partial == NULL && is_last)
    item = item_new (FW_WS_MESSAGE, bytes, len);
  else
    {
      if (client->partial == NULL)
        client->partial = g_byte_array_sized_new (
            (guint) MIN (len + remaining, FW_WS_CLIENT_MESSAGE_MAX_BYTES));
      if (client->partial->len + len > FW_WS_CLIENT_MESSAGE_MAX_BYTES)
        {
          g_snprintf (client->why, sizeof client->why, "%s", _ ("a message is too large"));
          return -1;
        }
      g_byte_array_append (client->partial, (const guint8 *) bytes, (guint) len);
      if (!is_last)
        return 0;
      item = item_new (FW_WS_MESSAGE, (const char *) client->partial->data, client->partial->len);
      g_clear_pointer (&client->partial, g_byte_array_unref);
    }
  item->is_binary = lws_frame_is_binary (client->wsi);
  emit (client, item);
  return 0;
}

static int
write_one (FwWsClient *client)
{
  if (client->unsent == NULL)
    client->unsent = fw_ring_pop (client->out);
  if (client->unsent == NULL)
    return 0;
  if (lws_write (client->wsi, client->unsent->bytes + LWS_PRE, client->unsent->len, LWS_WRITE_TEXT)
      < 0)
    return -1;
  g_clear_pointer (&client->unsent, g_free);
  lws_callback_on_writable (client->wsi);
  return 0;
}

static void
peer_closes (FwWsClient *client, const guint8 *payload, gsize len)
{
  if (len < 2)
    g_snprintf (client->why, sizeof client->why, "%s", _ ("closed by the server"));
  else
    g_snprintf (client->why, sizeof client->why, _ ("closed by the server: %d %.*s"),
                payload[0] << 8 | payload[1], (int) (len - 2), (const char *) payload + 2);
}

static void
woken (FwWsClient *client)
{
  pause_or_go_on (client);
  if (client->is_connected)
    lws_callback_on_writable (client->wsi);
}

static int
on_event (struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t len)
{
  FwWsClient *client = wsi != NULL ? lws_context_user (lws_get_context (wsi)) : NULL;

  (void) session;
  switch ((int) reason)
    {
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
      woken (client);
      return 0;
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
      connection_failed (client, in, len);
      return 0;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
      connected (client);
      return 0;
    case LWS_CALLBACK_CLIENT_RECEIVE:
      return received (client, in, len);
    case LWS_CALLBACK_CLIENT_WRITEABLE:
      return write_one (client);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
      peer_closes (client, in, len);
      return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
      lost (client, client->why[0] != '\0' ? client->why : _ ("connection lost"));
      return 0;
    default:
      return 0;
    }
}

static gboolean
context_open (FwWsClient *client)
{
  struct lws_context_creation_info info = { 0 };

  client->protocols[0]
      = (struct lws_protocols){ .name
                                = client->subprotocol != NULL ? client->subprotocol : "fw-client",
                                .callback = on_event,
                                .rx_buffer_size = RX_BUFFER_BYTES };
  client->pings = (lws_retry_bo_t){ .secs_since_valid_ping = PING_EVERY_S,
                                    .secs_since_valid_hangup = HANGUP_AFTER_S };
  info.port = CONTEXT_PORT_NO_LISTEN;
  info.protocols = client->protocols;
  info.gid = (gid_t) -1;
  info.uid = (uid_t) -1;
  info.user = client;
  info.timeout_secs = CONNECT_TIMEOUT_S;
  info.connect_timeout_secs = CONNECT_TIMEOUT_S;
  info.pt_serv_buf_size = RX_BUFFER_BYTES;
  info.retry_and_idle_policy = &client->pings;
  client->context = lws_create_context (&info);
  return client->context != NULL;
}

static void
run (gpointer data)
{
  FwWsClient *client = data;

  lws_sul_schedule (client->context, 0, &client->retry, connect_now, 1);
  while (g_atomic_int_get (&client->is_stopping) == 0)
    if (lws_service (client->context, 0) < 0)
      break;
  fw_mutex_lock (&client->ending); /* whoever stops us is done with the context */
  fw_mutex_unlock (&client->ending);
  lws_sul_cancel (&client->retry);
  lws_context_destroy (client->context);
  client->context = NULL;
}

/* ws://HOST[:PORT][/path] */
static gboolean
url_parse (FwWsClient *client, const char *url, GError **error)
{
  g_autofree char *authority = NULL;
  const char *rest = url;

  if (g_ascii_strncasecmp (url, "ws://", 5) == 0)
    rest = url + 5;
  else if (strstr (url, "://") != NULL)
    rest = NULL;
  if (rest != NULL)
    {
      gsize len = strcspn (rest, "/?");
      gboolean has_port = len > 0 && memrchr (rest, ':', len) != NULL && rest[len - 1] != ']';

      authority = has_port ? g_strndup (rest, len) : g_strdup_printf ("%.*s:80", (int) len, rest);
      client->path = g_strdup_printf ("%s%s", rest[len] == '/' ? "" : "/", rest + len);
      if (len > 0 && fw_address_parse (authority, &client->host, &client->port, NULL)
          && client->port > 0)
        return TRUE;
    }
  g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
               _ ("'%s' is not a WebSocket address: give ws://HOST:PORT"), url);
  return FALSE;
}

FwWsClient *
fw_ws_client_new (const char *url, const char *subprotocol, GError **error)
{
  g_autoptr (FwWsClient) client = g_new0 (FwWsClient, 1);

  fw_lws_prepare ();
  fw_mutex_init (&client->ending);
  g_queue_init (&client->held);
  if (!url_parse (client, url, error))
    return NULL;
  client->subprotocol = g_strdup (subprotocol);
  client->in = fw_ring_new (IN_SLOTS, (GDestroyNotify) fw_ws_item_free);
  client->out = fw_ring_new (OUT_SLOTS, g_free);
  client->has_items = fw_wake_new ();
  if (client->has_items == NULL || !context_open (client))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_UNAVAILABLE, _ ("cannot start a connection to '%s'"),
                   url);
      return NULL;
    }
  client->thread = fw_thread_start ("ws-client", run, client, error);
  return client->thread != NULL ? g_steal_pointer (&client) : NULL;
}

void
fw_ws_client_free (FwWsClient *client)
{
  if (client == NULL)
    return;
  if (client->thread != NULL)
    {
      fw_mutex_lock (&client->ending);
      g_atomic_int_set (&client->is_stopping, 1);
      lws_cancel_service (client->context);
      fw_mutex_unlock (&client->ending);
      fw_thread_join (client->thread);
    }
  else if (client->context != NULL)
    lws_context_destroy (client->context);
  g_queue_clear_full (&client->held, (GDestroyNotify) fw_ws_item_free);
  g_clear_pointer (&client->partial, g_byte_array_unref);
  g_free (client->unsent);
  fw_ring_free (client->in);
  fw_ring_free (client->out);
  fw_wake_free (client->has_items);
  fw_mutex_clear (&client->ending);
  g_free (client->host);
  g_free (client->path);
  g_free (client->subprotocol);
  g_free (client);
}

int
fw_ws_client_fd (FwWsClient *client)
{
  return fw_wake_fd (client->has_items);
}

static gboolean
is_half_empty (FwWsClient *client)
{
  return fw_ring_n_items (client->in) <= IN_SLOTS / 2
         && __atomic_load_n (&client->in_bytes, __ATOMIC_SEQ_CST) <= IN_BYTES_MAX / 2;
}

FwWsItem *
fw_ws_client_pop (FwWsClient *client)
{
  FwWsItem *item = fw_ring_pop (client->in);

  if (item == NULL)
    {
      fw_wake_clear (client->has_items);
      item = fw_ring_pop (client->in);
    }
  if (item != NULL)
    __atomic_sub_fetch (&client->in_bytes, (gint64) item_bytes (item), __ATOMIC_SEQ_CST);
  if (g_atomic_int_get (&client->is_paused) != 0 && is_half_empty (client)
      && g_atomic_int_compare_and_exchange (&client->is_paused, 1, 0))
    lws_cancel_service (client->context);
  return item;
}

gboolean
fw_ws_client_send (FwWsClient *client, const char *text, gsize len)
{
  Outgoing *outgoing = g_malloc (sizeof *outgoing + LWS_PRE + len);

  outgoing->len = len;
  memcpy (outgoing->bytes + LWS_PRE, text, len);
  if (!fw_ring_push (client->out, outgoing))
    {
      g_free (outgoing);
      return FALSE;
    }
  lws_cancel_service (client->context);
  return TRUE;
}
