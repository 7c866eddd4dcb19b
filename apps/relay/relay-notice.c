/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-notice.h"

#include <string.h>
#include "fw-json.h"
#include "relay-protocol.h"

struct RelayWarming
{
  GString *text;
  guint n;
};

void
relay_resume_begin (GString *token, gint64 now_ms)
{
  g_string_append_printf (token, "1;t=%" G_GINT64_FORMAT, now_ms);
}

void
relay_resume_topic (GString *token, const char *topic, guint generation)
{
  g_string_append_printf (token, ";%s@%u:", topic, generation);
}

void
relay_resume_offset (GString *token, guint partition, gint64 offset)
{
  g_string_append_printf (token, "%s%u=%" G_GINT64_FORMAT, partition > 0 ? "," : "", partition,
                          offset);
}

static FwBytes *
framed (const GString *text)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();

  relay_frame_text (out, text);
  return fw_bytes_copy (out->data, out->len);
}

FwBytes *
relay_notice_time (gint64 now_ms, guint64 rev, const char *resume)
{
  g_autoptr (GString) text = g_string_new (NULL);

  relay_say_time (text, now_ms, rev, resume);
  return framed (text);
}

RelayWarming *
relay_warming_new (void)
{
  RelayWarming *warming = g_new0 (RelayWarming, 1);

  warming->text = g_string_new ("{\"op\":\"warming\",\"partitions\":[");
  return warming;
}

void
relay_warming_add (RelayWarming *warming, const char *topic, guint partition)
{
  g_string_append (warming->text, warming->n++ > 0 ? ",{\"topic\":" : "{\"topic\":");
  fw_json_put_string (warming->text, topic, strlen (topic));
  g_string_append_printf (warming->text, ",\"p\":%u}", partition);
}

guint
relay_warming_n (const RelayWarming *warming)
{
  return warming->n;
}

FwBytes *
relay_warming_finish (RelayWarming *warming)
{
  FwBytes *bytes;

  g_string_append (warming->text, "]}");
  bytes = framed (warming->text);
  g_string_free (warming->text, TRUE);
  g_free (warming);
  return bytes;
}
