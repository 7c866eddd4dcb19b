/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-spec.h"

#include <string.h>
#include "fw-i18n.h"

static const struct
{
  const char *name;
  guint order;
} order_names[] = {
  { "device_id", RELAY_ORDER_DEVICE }, { "fleet", RELAY_ORDER_FLEET },
  { "ts_ms", RELAY_ORDER_TS },         { "last_seen_ms", RELAY_ORDER_LAST_SEEN },
  { "status", RELAY_ORDER_STATUS },    { "severity", RELAY_ORDER_SEVERITY },
};

static const struct
{
  const char *name;
  guint total;
} total_names[] = {
  { "status", RELAY_TOTAL_STATUS },
  { "severity", RELAY_TOTAL_SEVERITY },
};

static gboolean
find_order (const char *name, guint *ret_order)
{
  for (guint i = 0; i < G_N_ELEMENTS (order_names); i++)
    if (strcmp (order_names[i].name, name) == 0)
      {
        *ret_order = order_names[i].order;
        return TRUE;
      }
  *ret_order = fw_field_find_for_query (name, strlen (name));
  return *ret_order != FW_FIELD_NONE;
}

static gboolean
add_total (RelaySpec *spec, const char *name)
{
  guint field;

  for (guint i = 0; i < G_N_ELEMENTS (total_names); i++)
    if (strcmp (total_names[i].name, name) == 0)
      {
        spec->totals |= total_names[i].total;
        return TRUE;
      }
  field = fw_field_find_for_query (name, strlen (name));
  if (field == FW_FIELD_NONE || fw_field (field)->type == FW_FIELD_STRING)
    return FALSE;
  spec->total_fields |= FW_FIELD_BIT (field);
  return TRUE;
}

static gboolean
read_order (RelaySpec *spec, const FwClientMessage *msg, char **ret_message)
{
  spec->order = RELAY_ORDER_DEVICE;
  spec->descending = msg->descending;
  if (!msg->order || find_order (msg->order, &spec->order))
    return TRUE;
  *ret_message = g_strdup_printf (_ ("Cannot order by '%s': not a field, nor device_id, fleet, "
                                     "ts_ms, last_seen_ms, status or severity"),
                                  msg->order);
  return FALSE;
}

static gboolean
read_totals (RelaySpec *spec, const FwClientMessage *msg, char **ret_message)
{
  for (char **name = msg->totals; name && *name; name++)
    if (!add_total (spec, *name))
      {
        *ret_message = g_strdup_printf (
            _ ("No totals of '%s': not a number field, nor status or severity"), *name);
        return FALSE;
      }
  return TRUE;
}

static char *
make_key (const RelaySpec *spec)
{
  GString *key = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  const double edges[]
      = { spec->bbox.lon_min, spec->bbox.lat_min, spec->bbox.lon_max, spec->bbox.lat_max };

  g_string_append_printf (key, "%" G_GINT64_MODIFIER "x %u %u", spec->fields, spec->interval_ms,
                          spec->first);
  if (spec->first > 0)
    g_string_append_printf (key, " %u%c %" G_GINT64_MODIFIER "x %x", spec->order,
                            spec->descending ? '-' : '+', spec->total_fields, spec->totals);
  for (guint i = 0; spec->has_bbox && i < G_N_ELEMENTS (edges); i++)
    g_string_append_printf (key, ",%s", g_ascii_dtostr (number, sizeof number, edges[i]));
  g_string_append_printf (key, "|%s", fw_query_text (spec->query));
  return g_string_free (key, FALSE);
}

RelaySpec *
relay_spec_new (const FwClientMessage *msg, FwWireCode *ret_code, char **ret_message, char **ret_at)
{
  g_autoptr (RelaySpec) spec = g_new0 (RelaySpec, 1);
  g_autoptr (GError) error = NULL;

  spec->ref_count = 1;
  spec->has_bbox = msg->has_bbox;
  spec->bbox = msg->bbox;
  spec->fields = msg->fields;
  spec->interval_ms = msg->interval_ms;
  spec->first = msg->first;
  *ret_code = FW_CODE_BAD_REQUEST;
  if (!read_order (spec, msg, ret_message))
    *ret_at = g_strdup ("order");
  else if (!read_totals (spec, msg, ret_message))
    *ret_at = g_strdup ("totals");
  else if (!(spec->query = fw_query_new (msg->where, NULL, &error)))
    {
      *ret_code = FW_CODE_BAD_QUERY;
      *ret_message = g_strdup (error->message);
      *ret_at = g_strdup ("where");
    }
  else
    {
      spec->key = make_key (spec);
      return g_steal_pointer (&spec);
    }
  return NULL;
}

RelaySpec *
relay_spec_ref (RelaySpec *spec)
{
  g_atomic_int_inc (&spec->ref_count);
  return spec;
}

void
relay_spec_unref (RelaySpec *spec)
{
  if (!spec || !g_atomic_int_dec_and_test (&spec->ref_count))
    return;
  fw_query_free (spec->query);
  g_free (spec->key);
  g_free (spec);
}
