/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-protocol.h"

#include <string.h>
#include "fw-frame.h"
#include "fw-json.h"

const char *const relay_lane_names[RELAY_N_LANES + 1] = { "live", "conflated", NULL };
const char *const relay_limit_names[RELAY_N_LIMITS + 1]
    = { "subscriptions", "unanswered", "groups", "windows", NULL };

static void
put_text (GString *out, const char *text)
{
  fw_json_put_string (out, text, strlen (text));
}

void
relay_say_hello (GString *out, const RelayAbout *about, gint64 now_ms)
{
  g_string_append_printf (out, "{\"op\":\"hello\",\"v\":%d,\"epoch\":", RELAY_PROTOCOL_VERSION);
  put_text (out, about->epoch);
  g_string_append_printf (out, ",\"now_ms\":%" G_GINT64_FORMAT ",\"limits\":{\"message_bytes\":%u",
                          now_ms, about->message_bytes);
  g_string_append_printf (out, ",\"subscriptions\":%u,\"unanswered\":%u,\"windows\":%u",
                          about->subscriptions, about->unanswered, about->windows);
  g_string_append_printf (
      out, ",\"stale_ms\":%" G_GINT64_FORMAT ",\"offline_ms\":%" G_GINT64_FORMAT "}}",
      about->stale_ms, about->offline_ms);
}

void
relay_say_subscribed (GString *out, const char *id, guint64 ch)
{
  g_string_append_printf (out, "{\"op\":\"subscribed\",\"id\":%s,\"ch\":%" G_GUINT64_FORMAT "}",
                          id ? id : "null", ch);
}

void
relay_say_error (GString *out, const char *id, FwWireCode code, const char *message, const char *at)
{
  g_string_append_printf (out, "{\"op\":\"error\",\"id\":%s,\"code\":\"%s\",\"message\":",
                          id ? id : "null", fw_wire_code_names[code]);
  put_text (out, message);
  if (at)
    {
      g_string_append (out, ",\"at\":");
      put_text (out, at);
    }
  g_string_append_c (out, '}');
}

void
relay_say_lane (GString *out, guint64 ch, RelayLane lane)
{
  g_string_append_printf (out, "{\"op\":\"lane\",\"ch\":%" G_GUINT64_FORMAT ",\"lane\":\"%s\"}", ch,
                          relay_lane_names[lane]);
}

void
relay_say_reset (GString *out, guint64 ch, const char *why)
{
  g_string_append_printf (out, "{\"op\":\"reset\",\"ch\":%" G_GUINT64_FORMAT ",\"why\":\"%s\"}", ch,
                          why);
}

void
relay_say_time (GString *out, gint64 now_ms, guint64 rev, const char *resume)
{
  g_string_append_printf (out,
                          "{\"op\":\"time\",\"now_ms\":%" G_GINT64_FORMAT
                          ",\"rev\":%" G_GUINT64_FORMAT ",\"resume\":",
                          now_ms, rev);
  put_text (out, resume);
  g_string_append_c (out, '}');
}

void
relay_say_bye (GString *out, const char *reason, const char *resume, guint retry_ms)
{
  g_string_append (out, "{\"op\":\"bye\",\"reason\":");
  put_text (out, reason);
  g_string_append (out, ",\"resume\":");
  put_text (out, resume);
  g_string_append_printf (out, ",\"retry_ms\":%u}", retry_ms);
}

void
relay_say_gap (GString *out, guint64 ch, const gint64 *from, const gint64 *to, guint n_partitions)
{
  const char *comma = "";

  g_string_append_printf (out, "{\"op\":\"gap\",\"ch\":%" G_GUINT64_FORMAT ",\"ranges\":[", ch);
  for (guint p = 0; p < n_partitions; p++)
    if (from[p] >= 0 && to[p] > from[p])
      {
        g_string_append_printf (
            out, "%s{\"p\":%u,\"from\":%" G_GINT64_FORMAT ",\"to\":%" G_GINT64_FORMAT "}", comma, p,
            from[p], to[p]);
        comma = ",";
      }
  g_string_append (out, "]}");
}

void
relay_frame_text (GByteArray *out, const GString *text)
{
  guint8 header[FW_FRAME_HEADER_MAX];
  gsize header_len = fw_frame_put_header (header, FW_FRAME_TEXT, text->len);

  g_byte_array_append (out, header, (guint) header_len);
  g_byte_array_append (out, (const guint8 *) text->str, (guint) text->len);
}
