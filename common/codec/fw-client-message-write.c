/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-client-message-private.h"

#include <string.h>

static void
put_string_member (GString *out, const char *key, const char *value)
{
  if (!value)
    return;
  g_string_append_printf (out, ",\"%s\":", key);
  fw_json_put_string (out, value, strlen (value));
}

static void
put_int_member (GString *out, const char *key, gint64 value)
{
  g_string_append_printf (out, ",\"%s\":", key);
  fw_json_put_int (out, value);
}

static void
put_channel (GString *out, const FwClientMessage *msg)
{
  static const char *const prefixes[] = {
    [FW_CHANNEL_FLEET] = "fleet", [FW_CHANNEL_LOG] = "log/", [FW_CHANNEL_LATEST] = "latest/"
  };
  g_autofree char *name = g_strconcat (prefixes[msg->channel], msg->topic ? msg->topic : "", NULL);
  put_string_member (out, "channel", name);
}

static void
put_bbox (GString *out, const FwBox *box)
{
  const double edges[] = { box->lon_min, box->lat_min, box->lon_max, box->lat_max };
  g_string_append (out, ",\"bbox\":[");
  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      fw_json_put_number (out, edges[i]);
    }
  g_string_append_c (out, ']');
}

static void
put_fields (GString *out, guint64 fields)
{
  const char *separator = "";
  g_string_append (out, ",\"fields\":[");
  for (guint field = 0; field < fw_field_n (); field++)
    if (fields & FW_FIELD_BIT (field))
      {
        g_string_append_printf (out, "%s\"%s\"", separator, fw_field (field)->name);
        separator = ",";
      }
  g_string_append_c (out, ']');
}

static void
put_totals (GString *out, char **totals)
{
  g_string_append (out, ",\"totals\":[");
  for (guint i = 0; totals[i]; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      fw_json_put_string (out, totals[i], strlen (totals[i]));
    }
  g_string_append_c (out, ']');
}

static void
put_subscription (GString *out, const FwClientMessage *msg)
{
  g_autofree char *order
      = msg->order ? g_strconcat (msg->descending ? "-" : "", msg->order, NULL) : NULL;
  put_channel (out, msg);
  put_string_member (out, "where", msg->where);
  if (msg->has_bbox)
    put_bbox (out, &msg->bbox);
  if (msg->fields != FW_CLIENT_FIELDS_ALL)
    put_fields (out, msg->fields);
  if (msg->interval_ms && msg->interval_ms != FW_CLIENT_INTERVAL_DEFAULT_MS)
    put_int_member (out, "interval_ms", msg->interval_ms);
  put_string_member (out, "order", order);
  if (msg->first)
    put_int_member (out, "first", msg->first);
  if (msg->totals)
    put_totals (out, msg->totals);
  put_string_member (out, "since", msg->since);
}

void
fw_client_message_write (const FwClientMessage *msg, GString *out)
{
  g_string_append_printf (out, "{\"op\":\"%s\"", client_op_names[msg->op]);
  if (msg->id)
    g_string_append_printf (out, ",\"id\":%s", msg->id);
  if (msg->op == FW_OP_HELLO)
    put_int_member (out, "v", msg->version);
  if (msg->op == FW_OP_UPDATE || msg->op == FW_OP_UNSUBSCRIBE)
    put_int_member (out, "ch", (gint64) msg->ch);
  if (msg->op == FW_OP_SUBSCRIBE || msg->op == FW_OP_UPDATE)
    put_subscription (out, msg);
  g_string_append_c (out, '}');
}
