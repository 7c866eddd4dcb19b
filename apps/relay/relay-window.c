/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-window.h"

#include <math.h>
#include <string.h>
#include "fw-json.h"
#include "relay-protocol.h"

typedef struct
{
  double sum, min, max;
  guint n;
} Spread;

typedef struct
{
  const RelaySpec *spec;
  const FwThresholds *thresholds;
  gint64 now_ms;
  GPtrArray *first; /* a heap of RelayDevice: the last in order on top */
  guint n_match;
  guint by_status[FW_N_STATUS];
  guint by_severity[FW_SEVERITY_CRITICAL + 1];
  Spread spreads[FW_FIELD_N_MAX];
} Scan;

static FwSeverity
severity_of (const RelayDevice *dev)
{
  return dev->attention.critical ? FW_SEVERITY_CRITICAL
         : dev->attention.active ? FW_SEVERITY_WARNING
                                 : FW_SEVERITY_NONE;
}

/* NaN: absent. */
static double
number_of (const RelayDevice *dev, guint order)
{
  double value;

  switch (order)
    {
    case RELAY_ORDER_TS:
      return (double) fw_device_ts_ms (dev->state);
    case RELAY_ORDER_LAST_SEEN:
      return (double) fw_device_last_seen_ms (dev->state);
    case RELAY_ORDER_STATUS:
      return dev->status;
    case RELAY_ORDER_SEVERITY:
      return severity_of (dev);
    default:
      return fw_device_number (dev->state, order, &value) ? value : NAN;
    }
}

static gint
compare_identity (const RelayDevice *a, const RelayDevice *b)
{
  gint by_id = strcmp (a->key.id.data, b->key.id.data);

  return by_id ? by_id : strcmp (a->key.fleet.data, b->key.fleet.data);
}

/* Absent comes last in either direction. */
static gint
compare_numbers (double a, double b, gboolean descending)
{
  if (isnan (a) || isnan (b))
    return isnan (a) - isnan (b);
  return (a < b) == descending ? (a != b) : -(a != b);
}

static gint
compare_strings (const char *a, const char *b, gboolean descending)
{
  if (!a || !b)
    return !a - !b;
  return descending ? strcmp (b, a) : strcmp (a, b);
}

static gint
compare (const Scan *scan, const RelayDevice *a, const RelayDevice *b)
{
  const RelaySpec *spec = scan->spec;
  gint order;

  if (spec->order == RELAY_ORDER_DEVICE)
    return spec->descending ? compare_identity (b, a) : compare_identity (a, b);
  if (spec->order == RELAY_ORDER_FLEET)
    order = compare_strings (a->key.fleet.data, b->key.fleet.data, spec->descending);
  else if (spec->order < FW_FIELD_N_MAX && fw_field (spec->order)->type == FW_FIELD_STRING)
    order = compare_strings (fw_device_string (a->state, spec->order),
                             fw_device_string (b->state, spec->order), spec->descending);
  else
    order = compare_numbers (number_of (a, spec->order), number_of (b, spec->order),
                             spec->descending);
  return order ? order : compare_identity (a, b);
}

static gboolean
is_after (const Scan *scan, guint a, guint b)
{
  return compare (scan, g_ptr_array_index (scan->first, a), g_ptr_array_index (scan->first, b)) > 0;
}

static void
swap (Scan *scan, guint a, guint b)
{
  gpointer kept = g_ptr_array_index (scan->first, a);

  g_ptr_array_index (scan->first, a) = g_ptr_array_index (scan->first, b);
  g_ptr_array_index (scan->first, b) = kept;
}

static void
sift_up (Scan *scan, guint i)
{
  for (; i > 0 && is_after (scan, i, (i - 1) / 2); i = (i - 1) / 2)
    swap (scan, i, (i - 1) / 2);
}

static void
sift_down (Scan *scan)
{
  guint i = 0, n = scan->first->len;

  for (;;)
    {
      guint child = 2 * i + 1;

      if (child + 1 < n && is_after (scan, child + 1, child))
        child++;
      if (child >= n || !is_after (scan, child, i))
        return;
      swap (scan, i, child);
      i = child;
    }
}

static void
keep_first (Scan *scan, RelayDevice *dev)
{
  if (scan->first->len < scan->spec->first)
    {
      g_ptr_array_add (scan->first, dev);
      sift_up (scan, scan->first->len - 1);
    }
  else if (compare (scan, dev, g_ptr_array_index (scan->first, 0)) < 0)
    {
      g_ptr_array_index (scan->first, 0) = dev;
      sift_down (scan);
    }
}

static void
add_to_spread (Spread *spread, double value)
{
  spread->min = spread->n ? MIN (spread->min, value) : value;
  spread->max = spread->n ? MAX (spread->max, value) : value;
  spread->sum += value;
  spread->n++;
}

static void
add_to_totals (Scan *scan, const RelayDevice *dev)
{
  scan->n_match++;
  scan->by_status[dev->status]++;
  scan->by_severity[severity_of (dev)]++;
  for (guint64 left = scan->spec->total_fields & fw_device_has (dev->state); left; left &= left - 1)
    {
      guint field = (guint) __builtin_ctzll (left);
      double value;

      if (fw_device_number (dev->state, field, &value))
        add_to_spread (&scan->spreads[field], value);
    }
}

static gint
compare_pointers (gconstpointer a, gconstpointer b, gpointer scan)
{
  return compare (scan, *(RelayDevice *const *) a, *(RelayDevice *const *) b);
}

static void
put_rows (GString *out, Scan *scan)
{
  g_string_append (out, ",\"rows\":[");
  g_ptr_array_sort_with_data (scan->first, compare_pointers, scan);
  for (guint i = 0; i < scan->first->len; i++)
    {
      const RelayDevice *dev = g_ptr_array_index (scan->first, i);

      if (i > 0)
        g_string_append_c (out, ',');
      fw_row_write (out, dev->state, &dev->attention, scan->thresholds, dev->status,
                    scan->spec->fields, FW_ROW_META_ALL, FALSE);
    }
  g_string_append_c (out, ']');
}

static void
put_spread (GString *out, const char *name, const Spread *spread)
{
  g_string_append_printf (out, "\"%s\":{\"n\":%u", name, spread->n);
  if (spread->n > 0)
    {
      fw_json_put_number (g_string_append (out, ",\"min\":"), spread->min);
      fw_json_put_number (g_string_append (out, ",\"mean\":"), spread->sum / spread->n);
      fw_json_put_number (g_string_append (out, ",\"max\":"), spread->max);
    }
  g_string_append (out, "},");
}

static void
put_status_counts (GString *out, const Scan *scan)
{
  g_string_append (out, "\"status\":{");
  for (guint status = 0; status < FW_N_STATUS; status++)
    g_string_append_printf (out, "%s\"%s\":%u", status ? "," : "",
                            fw_status_name ((FwStatus) status), scan->by_status[status]);
  g_string_append (out, "},");
}

static void
put_severity_counts (GString *out, const Scan *scan)
{
  g_string_append (out, "\"severity\":{");
  for (guint severity = 0; severity <= FW_SEVERITY_CRITICAL; severity++)
    g_string_append_printf (out, "%s\"%s\":%u", severity ? "," : "",
                            fw_severity_name ((FwSeverity) severity), scan->by_severity[severity]);
  g_string_append (out, "},");
}

static void
put_totals (GString *out, const Scan *scan)
{
  gsize before;

  g_string_append_printf (out, ",\"n_match\":%u,\"totals\":{", scan->n_match);
  before = out->len;
  if (scan->spec->totals & RELAY_TOTAL_STATUS)
    put_status_counts (out, scan);
  if (scan->spec->totals & RELAY_TOTAL_SEVERITY)
    put_severity_counts (out, scan);
  for (guint field = 0; field < fw_field_n (); field++)
    if (scan->spec->total_fields & FW_FIELD_BIT (field))
      put_spread (out, fw_field (field)->name, &scan->spreads[field]);
  if (out->len > before)
    g_string_truncate (out, out->len - 1);
  g_string_append (out, "}}");
}

static GString *
scan_body (RelayGroup *group, RelayFleet *fleet, gint64 now_ms)
{
  g_autofree Scan *scan = g_new0 (Scan, 1);
  GString *body = g_string_new (NULL);
  RelayLeft why;

  scan->spec = group->spec;
  scan->thresholds = relay_fleet_thresholds (fleet);
  scan->now_ms = now_ms;
  scan->first = g_ptr_array_new ();
  for (RelayDevice *dev = relay_fleet_newest (fleet); dev; dev = dev->older)
    if (relay_group_matches (group, fleet, dev, now_ms, &why))
      {
        keep_first (scan, dev);
        add_to_totals (scan, dev);
      }
  put_rows (body, scan);
  put_totals (body, scan);
  g_ptr_array_unref (scan->first);
  return body;
}

static FwBytes *
frame_window (const RelayGroup *group, guint64 rev)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GByteArray) out = g_byte_array_new ();

  g_string_printf (
      text, "{\"op\":\"window\",\"ch\":%" G_GUINT64_FORMAT ",\"rev\":%" G_GUINT64_FORMAT "%s",
      group->ch, rev, group->window->str);
  relay_frame_text (out, text);
  return fw_bytes_copy (out->data, out->len);
}

FwBytes *
relay_window_tick (RelayGroup *group, RelayFleet *fleet, gint64 now_ms)
{
  GString *body = scan_body (group, fleet, now_ms);

  if (group->window && g_string_equal (group->window, body))
    {
      g_string_free (body, TRUE);
      return NULL;
    }
  if (group->window)
    g_string_free (group->window, TRUE);
  group->window = body;
  return frame_window (group, relay_fleet_rev (fleet));
}

FwBytes *
relay_window_again (const RelayGroup *group)
{
  return group->window ? frame_window (group, group->said_rev) : NULL;
}
