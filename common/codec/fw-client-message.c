/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-client-message-private.h"

#include <string.h>

#include "fw-nearest.h"
#include "fw-query.h"
#include "fw-text.h"

#include "fw-i18n.h"

#define SINCE_MAX_BYTES 4096
#define EXACT_MAX ((G_GINT64_CONSTANT (1) << 53) - 1)
#define NAME_MAX_BYTES 64

void
reading_fail (Reading *reading, FwWireCode code, const char *at, char *message)
{
  if (reading->is_failed)
    {
      g_free (message);
      return;
    }
  reading->is_failed = TRUE;
  reading->code = code;
  reading->at = at;
  reading->message = message;
}

void
reading_fail_at_key (Reading *reading, Key key, const char *format)
{
  reading_fail (reading, FW_CODE_BAD_REQUEST, client_key_names[key],
                g_strdup_printf (format, client_key_names[key]));
}

/* A string of at most max bytes without NUL; NULL and a fault otherwise. */
static char *
take_string (Reading *reading, Key key, FwJsonToken token, gsize max)
{
  const FwJsonReader *json = &reading->json;
  if (token != FW_JSON_STRING || memchr (json->text, '\0', json->text_len))
    reading_fail_at_key (reading, key, _ ("'%s' must be a string"));
  else if (json->text_len > max)
    reading_fail (
        reading, key == KEY_WHERE ? FW_CODE_BAD_QUERY : FW_CODE_BAD_REQUEST, client_key_names[key],
        g_strdup_printf (_ ("'%s' is longer than %zu bytes"), client_key_names[key], max));
  else
    return g_strndup (json->text, json->text_len);
  return NULL;
}

static gint64
take_integer (Reading *reading, Key key, FwJsonToken token, gint64 min, gint64 max)
{
  gint64 value;
  if (token == FW_JSON_NUMBER && fw_json_integer (&reading->json, &value) && value >= min
      && value <= max)
    return value;
  reading_fail (reading, FW_CODE_BAD_REQUEST, client_key_names[key],
                g_strdup_printf (_ ("'%s' must be an integer from %.0f to %.0f"),
                                 client_key_names[key], (double) min, (double) max));
  return 0;
}

static void
fail_unknown (Reading *reading, FwWireCode code, Key key, const char *word,
              const char *const *known)
{
  g_autofree char *valid = g_utf8_make_valid (word, (gssize) MIN (strlen (word), NAME_MAX_BYTES));
  const char *nearest = fw_nearest_word (valid, known);
  char *message
      = nearest ? g_strdup_printf (_ ("'%s' is not known here; did you mean '%s'?"), valid, nearest)
                : g_strdup_printf (_ ("'%s' is not known here"), valid);
  reading_fail (reading, code, client_key_names[key], message);
}

static void
read_op (Reading *reading, FwJsonToken token)
{
  g_autofree char *name = take_string (reading, KEY_OP, token, NAME_MAX_BYTES);
  for (guint op = 0; name && client_op_names[op]; op++)
    if (strcmp (client_op_names[op], name) == 0)
      {
        reading->msg->op = (FwClientOp) op;
        return;
      }
  if (name)
    fail_unknown (reading, FW_CODE_UNKNOWN_OP, KEY_OP, name, client_op_names);
}

/* Kept as JSON text, so that the answer gives back what was sent. */
static void
read_id (Reading *reading, FwJsonToken token)
{
  const FwJsonReader *json = &reading->json;
  if ((token != FW_JSON_STRING && token != FW_JSON_NUMBER)
      || json->text_len > FW_CLIENT_ID_MAX_BYTES)
    {
      reading_fail_at_key (reading, KEY_ID,
                           _ ("'%s' must be a number, or a string of at most 128 bytes"));
      return;
    }
  if (token == FW_JSON_NUMBER)
    {
      reading->msg->id = g_strndup (json->text, json->text_len);
      return;
    }
  GString *quoted = g_string_new (NULL);
  fw_json_put_string (quoted, json->text, json->text_len);
  reading->msg->id = g_string_free (quoted, FALSE);
}

static gboolean
is_topic_name (const char *name)
{
  gsize len = strlen (name);
  if (len == 0 || len > FW_TOPIC_NAME_MAX_BYTES || strcmp (name, ".") == 0
      || strcmp (name, "..") == 0)
    return FALSE;
  return strspn (name, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-") == len;
}

static void
read_channel (Reading *reading, FwJsonToken token)
{
  FwClientMessage *msg = reading->msg;
  g_autofree char *name
      = take_string (reading, KEY_CHANNEL, token, FW_TOPIC_NAME_MAX_BYTES + NAME_MAX_BYTES);
  if (!name)
    return;
  const char *slash = strchr (name, '/');
  if (strcmp (name, "fleet") == 0)
    msg->channel = FW_CHANNEL_FLEET;
  else if (g_str_has_prefix (name, "log/"))
    msg->channel = FW_CHANNEL_LOG;
  else if (g_str_has_prefix (name, "latest/"))
    msg->channel = FW_CHANNEL_LATEST;
  else
    {
      reading_fail (reading, FW_CODE_UNKNOWN_CHANNEL, client_key_names[KEY_CHANNEL],
                    g_strdup (_ ("Channels are fleet, log/TOPIC and latest/TOPIC")));
      return;
    }
  if (msg->channel == FW_CHANNEL_FLEET)
    return;
  if (is_topic_name (slash + 1))
    msg->topic = g_strdup (slash + 1);
  else
    reading_fail (reading, FW_CODE_UNKNOWN_TOPIC, client_key_names[KEY_CHANNEL],
                  g_strdup (_ ("A topic's name is 1 to 249 of letters, digits, '.', '_' and '-'")));
}

static void
read_bbox (Reading *reading, FwJsonToken token)
{
  double edges[4];
  guint n = 0;
  FwJsonReader *json = &reading->json;
  if (token == FW_JSON_ARRAY_BEGIN)
    while ((token = fw_json_next (json)) == FW_JSON_NUMBER && n < G_N_ELEMENTS (edges))
      edges[n++] = fw_json_number (json);
  FwBox box = { 0 };
  if (token == FW_JSON_ARRAY_END && n == G_N_ELEMENTS (edges))
    box = (FwBox){ edges[0], edges[1], edges[2], edges[3] };
  if (n != G_N_ELEMENTS (edges) || token != FW_JSON_ARRAY_END || !fw_box_is_valid (&box))
    reading_fail_at_key (reading, KEY_BBOX,
                         _ ("'%s' must be [lon_min, lat_min, lon_max, lat_max] in degrees"));
  else
    {
      reading->msg->has_bbox = TRUE;
      reading->msg->bbox = box;
    }
}

static gboolean
is_row_name (const char *name)
{
  return g_strv_contains (fw_client_row_names, name);
}

static void
fail_unknown_field (Reading *reading, Key key, const char *name)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();
  for (guint field = 0; field < fw_field_n (); field++)
    g_ptr_array_add (known, (gpointer) fw_field (field)->name);
  for (guint i = 0; fw_client_row_names[i]; i++)
    g_ptr_array_add (known, (gpointer) fw_client_row_names[i]);
  g_ptr_array_add (known, NULL);
  fail_unknown (reading, FW_CODE_BAD_REQUEST, key, name, (const char *const *) known->pdata);
}

/* The next element of an array of strings; NULL at its end or after a fault. */
static char *
next_name (Reading *reading, Key key)
{
  FwJsonToken token = fw_json_next (&reading->json);
  if (token == FW_JSON_ARRAY_END)
    return NULL;
  if (token != FW_JSON_STRING)
    reading_fail_at_key (reading, key, _ ("'%s' must be an array of names"));
  return reading->is_failed ? NULL : take_string (reading, key, token, NAME_MAX_BYTES);
}

static void
read_fields (Reading *reading, FwJsonToken token)
{
  char *name;
  if (token != FW_JSON_ARRAY_BEGIN)
    {
      reading_fail_at_key (reading, KEY_FIELDS, _ ("'%s' must be an array of names"));
      return;
    }
  reading->msg->fields = 0;
  while ((name = next_name (reading, KEY_FIELDS)))
    {
      guint field = fw_field_find (name, strlen (name));
      if (field != FW_FIELD_NONE)
        reading->msg->fields |= FW_FIELD_BIT (field);
      else if (!is_row_name (name))
        fail_unknown_field (reading, KEY_FIELDS, name);
      g_free (name);
    }
  /* Half a position is none. */
  if (reading->msg->fields & FW_FIELD_MASK_POSITION)
    reading->msg->fields |= FW_FIELD_MASK_POSITION;
}

static void
read_order (Reading *reading, FwJsonToken token)
{
  g_autofree char *text = take_string (reading, KEY_ORDER, token, NAME_MAX_BYTES);
  if (!text)
    return;
  const char *name = text[0] == '-' ? text + 1 : text;
  guint field = fw_field_find (name, strlen (name));
  if (field == FW_FIELD_NONE && !is_row_name (name))
    {
      fail_unknown_field (reading, KEY_ORDER, name);
      return;
    }
  reading->msg->descending = text[0] == '-';
  reading->msg->order = g_strdup (field == FW_FIELD_NONE ? name : fw_field (field)->name);
}

static void
read_totals (Reading *reading, FwJsonToken token)
{
  char *name;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  if (token != FW_JSON_ARRAY_BEGIN)
    {
      reading_fail_at_key (reading, KEY_TOTALS, _ ("'%s' must be an array of names"));
      return;
    }
  while ((name = next_name (reading, KEY_TOTALS)))
    {
      guint field = fw_field_find (name, strlen (name));
      if (field == FW_FIELD_NONE && !is_row_name (name))
        fail_unknown_field (reading, KEY_TOTALS, name);
      else if (names->len == FW_CLIENT_TOTALS_MAX)
        reading_fail_at_key (reading, KEY_TOTALS, _ ("'%s' has more than 16 names"));
      g_ptr_array_add (names, field == FW_FIELD_NONE ? g_steal_pointer (&name)
                                                     : g_strdup (fw_field (field)->name));
      g_free (name);
    }
  g_ptr_array_add (names, NULL);
  if (!reading->is_failed)
    reading->msg->totals = (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static void
read_known (Reading *reading, Key key, FwJsonToken token)
{
  FwClientMessage *msg = reading->msg;
  switch (key)
    {
    case KEY_OP:
      read_op (reading, token);
      break;
    case KEY_ID:
      read_id (reading, token);
      break;
    case KEY_V:
      msg->version = take_integer (reading, key, token, 1, EXACT_MAX);
      break;
    case KEY_CHANNEL:
      read_channel (reading, token);
      break;
    case KEY_WHERE:
      msg->where = take_string (reading, key, token, FW_QUERY_MAX_BYTES);
      break;
    case KEY_BBOX:
      read_bbox (reading, token);
      break;
    case KEY_FIELDS:
      read_fields (reading, token);
      break;
    case KEY_INTERVAL:
      msg->interval_ms = (guint) take_integer (reading, key, token, FW_CLIENT_INTERVAL_MIN_MS,
                                               FW_CLIENT_INTERVAL_MAX_MS);
      break;
    case KEY_ORDER:
      read_order (reading, token);
      break;
    case KEY_FIRST:
      msg->first = (guint) take_integer (reading, key, token, 1, FW_CLIENT_FIRST_MAX);
      break;
    case KEY_TOTALS:
      read_totals (reading, token);
      break;
    case KEY_SINCE:
      msg->since = take_string (reading, key, token, SINCE_MAX_BYTES);
      break;
    case KEY_CH:
      msg->ch = (guint64) take_integer (reading, key, token, 1, EXACT_MAX);
      break;
    default:
      g_assert_not_reached ();
    }
}

static guint
find_key (const FwJsonReader *json)
{
  for (guint key = 0; key < N_KEYS; key++)
    if (fw_text_is (json->text, json->text_len, client_key_names[key]))
      return key;
  return N_KEYS;
}

/* Skips what is left of a value that begins with token, whatever its reader took of it. */
static gboolean
finish_value (Reading *reading, FwJsonToken token, guint depth)
{
  FwJsonReader *json = &reading->json;
  if (token == FW_JSON_ERROR || json->fault != FW_JSON_OK)
    return FALSE;
  while (json->depth > depth)
    if (fw_json_next (json) == FW_JSON_ERROR)
      return FALSE;
  return TRUE;
}

static gboolean
read_member (Reading *reading)
{
  guint key = find_key (&reading->json);
  guint depth = reading->json.depth;
  FwJsonToken token = fw_json_next (&reading->json);
  if (key < N_KEYS && token != FW_JSON_ERROR)
    {
      if (reading->seen & (1u << key))
        reading_fail (reading, FW_CODE_BAD_REQUEST, client_key_names[key],
                      g_strdup_printf (_ ("'%s' stands twice"), client_key_names[key]));
      else if (token != FW_JSON_NULL && (!reading->is_failed || key == KEY_ID))
        {
          reading->given |= 1u << key;
          read_known (reading, (Key) key, token);
        }
      reading->seen |= 1u << key;
    }
  return finish_value (reading, token, depth);
}

static gboolean
read_object (Reading *reading)
{
  FwJsonToken token = fw_json_next (&reading->json);
  if (token != FW_JSON_OBJECT_BEGIN)
    return FALSE;
  while ((token = fw_json_next (&reading->json)) == FW_JSON_KEY)
    if (!read_member (reading))
      return FALSE;
  return token == FW_JSON_OBJECT_END && fw_json_next (&reading->json) == FW_JSON_END;
}

gboolean
fw_client_message_read (FwClientMessage *msg, const char *text, gsize len, FwWireCode *ret_code,
                        char **ret_message, char **ret_at)
{
  Reading reading = { .msg = msg };
  memset (msg, 0, sizeof *msg);
  msg->fields = FW_CLIENT_FIELDS_ALL;
  msg->interval_ms = FW_CLIENT_INTERVAL_DEFAULT_MS;
  fw_json_reader_init (&reading.json);
  fw_json_reader_start (&reading.json, text, len);
  if (len > FW_CLIENT_MESSAGE_MAX_BYTES)
    reading_fail (&reading, FW_CODE_TOO_LARGE, NULL,
                  g_strdup_printf (_ ("A message may have %d bytes, this one has %zu"),
                                   FW_CLIENT_MESSAGE_MAX_BYTES, len));
  else if (read_object (&reading))
    reading_check (&reading);
  else
    {
      g_clear_pointer (&reading.message, g_free);
      reading.is_failed = FALSE;
      reading_fail (&reading, FW_CODE_BAD_JSON, NULL,
                    g_strdup_printf (_ ("Expected one JSON object; byte %zu does not fit"),
                                     reading.json.token_at));
    }
  fw_json_reader_clear (&reading.json);
  if (!reading.is_failed)
    return TRUE;
  *ret_code = reading.code;
  *ret_message = reading.message;
  *ret_at = g_strdup (reading.at);
  return FALSE;
}

void
fw_client_message_clear (FwClientMessage *msg)
{
  g_clear_pointer (&msg->id, g_free);
  g_clear_pointer (&msg->topic, g_free);
  g_clear_pointer (&msg->where, g_free);
  g_clear_pointer (&msg->order, g_free);
  g_clear_pointer (&msg->totals, g_strfreev);
  g_clear_pointer (&msg->since, g_free);
}
