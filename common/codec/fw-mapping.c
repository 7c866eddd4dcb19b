/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-mapping.h"

#include <math.h>
#include <string.h>

#include "fw-error.h"

#include "fw-i18n.h"

#define ROWS_MAX 256
#define PARTS_MAX 15 /* the reader goes no deeper */

struct FwMapping
{
  GArray *rows; /* of FwMappingRow */
};

/* What stands behind the path: "* 1.852 [%] 0..100". */
typedef struct
{
  double factor;
  char *unit; /* NULL when none */
  double min, max;
  gboolean has_range;
} Tail;

static void
clear_row (gpointer data)
{
  FwMappingRow *row = data;
  g_strfreev (row->path);
  g_free (row->column);
}

FwMapping *
fw_mapping_new (void)
{
  FwMapping *mapping = g_new0 (FwMapping, 1);
  mapping->rows = g_array_new (FALSE, TRUE, sizeof (FwMappingRow));
  g_array_set_clear_func (mapping->rows, clear_row);
  return mapping;
}

void
fw_mapping_free (FwMapping *mapping)
{
  if (!mapping)
    return;
  g_array_unref (mapping->rows);
  g_free (mapping);
}

guint
fw_mapping_n (const FwMapping *mapping)
{
  return mapping->rows->len;
}

const FwMappingRow *
fw_mapping_row (const FwMapping *mapping, guint i)
{
  return &g_array_index (mapping->rows, FwMappingRow, i);
}

/* Where the last `wanted` outside quotes stands, or NULL. */
static char *
find_unquoted_last (char *text, char wanted)
{
  char *found = NULL;
  gboolean is_quoted = FALSE;
  for (char *c = text; *c; c++)
    if (*c == '"')
      is_quoted = !is_quoted;
    else if (*c == wanted && !is_quoted)
      found = c;
  return found;
}

static gboolean
read_number (const char *text, double *ret_value)
{
  char *end;
  double value = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !isfinite (value) || g_ascii_isspace (*text))
    return FALSE;
  *ret_value = value;
  return TRUE;
}

/* Cuts "min..max" off the end of text. */
static void
take_range (char *text, Tail *tail)
{
  char *dots = g_strrstr (text, "..");
  g_autofree char *high = g_strdup (dots ? dots + 2 : "");
  if (!dots || !read_number (g_strstrip (high), &tail->max))
    return;
  char *begin = dots;
  while (begin > text && !g_ascii_isspace (begin[-1]) && begin[-1] != ']')
    begin--;
  g_autofree char *low = g_strndup (begin, (gsize) (dots - begin));
  if (begin == text || !read_number (low, &tail->min))
    return;
  tail->has_range = TRUE;
  *begin = '\0';
  g_strchomp (text);
}

/* Cuts "[unit]" off the end of text. */
static void
take_unit (char *text, Tail *tail)
{
  gsize len = strlen (text);
  char *bracket = find_unquoted_last (text, '[');
  if (len == 0 || text[len - 1] != ']' || !bracket || bracket == text)
    return;
  text[len - 1] = '\0';
  tail->unit = g_strdup (g_strstrip (bracket + 1));
  *bracket = '\0';
  g_strchomp (text);
}

/* Cuts "* 1.852" or "/ 10" off the end of text. FALSE for a factor of 0. */
static gboolean
take_factor (char *text, Tail *tail)
{
  char *times = find_unquoted_last (text, '*');
  char *over = find_unquoted_last (text, '/');
  char *sign = MAX (times, over);
  if (!sign || sign == text)
    return TRUE;
  g_autofree char *number = g_strdup (sign + 1);
  double value;
  if (!read_number (g_strstrip (number), &value))
    return TRUE; /* a column may be named "km/h" */
  if (value == 0 || !isfinite (1 / value))
    return FALSE;
  tail->factor = sign == over ? 1 / value : value;
  *sign = '\0';
  g_strchomp (text);
  return TRUE;
}

/* One part of a path, up to a dot outside quotes; *c moves to that dot or the end. NULL for an open
 * quote or nothing. */
static char *
read_part (const char **c)
{
  g_autoptr (GString) part = g_string_new (NULL);
  gboolean is_quoted = FALSE;
  for (; **c && (is_quoted || **c != '.'); (*c)++)
    {
      if (**c != '"')
        g_string_append_c (part, **c);
      else if (is_quoted && (*c)[1] == '"')
        g_string_append_c (part, *(++*c));
      else
        is_quoted = !is_quoted;
    }
  if (is_quoted || part->len == 0)
    return NULL;
  return g_string_free (g_steal_pointer (&part), FALSE);
}

static char **
read_path (const char *text)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  guint n = 0;
  for (const char *c = text;; c++)
    {
      g_autofree char *part = read_part (&c);
      if (!part || ++n > PARTS_MAX)
        return NULL;
      g_strv_builder_add (parts, part);
      if (*c == '\0')
        return g_strv_builder_end (parts);
    }
}

/* A CSV's column is one name: the path as written, or unquoted when it is quoted as a whole. */
static char *
make_column (const char *text, char **path)
{
  return path[0] && !path[1] ? g_strdup (path[0]) : g_strdup (text);
}

static guint
find_target (const char *target)
{
  static const struct
  {
    const char *name;
    guint field;
  } specials[] = {
    { "device_id", FW_MAP_DEVICE_ID },
    { "fleet", FW_MAP_FLEET },
    { "ts", FW_MAP_TS },
    { "ts_ms", FW_MAP_TS },
    { "seq", FW_MAP_SEQ },
  };
  for (guint i = 0; i < G_N_ELEMENTS (specials); i++)
    if (strcmp (specials[i].name, target) == 0)
      return specials[i].field;
  return fw_field_find (target, strlen (target));
}

static gboolean
has_target (const FwMapping *mapping, guint field)
{
  for (guint i = 0; i < fw_mapping_n (mapping); i++)
    if (fw_mapping_row (mapping, i)->field == field)
      return TRUE;
  return FALSE;
}

static gboolean
fail (GError **error, const char *target, const char *source, const char *why)
{
  g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("Field row '%s = %s': %s"), target, source,
               why);
  return FALSE;
}

static gboolean
is_scalable (guint field)
{
  if (field == FW_MAP_TS)
    return TRUE;
  return field < FW_FIELD_N_MAX && fw_field (field)->type != FW_FIELD_STRING
         && fw_field (field)->type != FW_FIELD_BOOL;
}

/* The field that a row fills, declared if it is new. */
static gboolean
resolve_target (const FwMapping *mapping, const char *target, const char *source, const Tail *tail,
                guint *ret_field, GError **error)
{
  guint field = find_target (target);
  gboolean is_own = field >= FW_FIELD_OWN_FIRST && field < FW_FIELD_N_MAX;
  if (field == FW_FIELD_NONE)
    {
      if (!fw_field_declare (target, tail->unit ? tail->unit : "",
                             tail->has_range ? tail->min : -INFINITY,
                             tail->has_range ? tail->max : INFINITY, &field, error))
        {
          g_prefix_error (error, _ ("Field row '%s = %s': "), target, source);
          return FALSE;
        }
    }
  else if (!is_own && (tail->unit || tail->has_range))
    return fail (error, target, source,
                 _ ("unit and range belong to the field; only fields of your own take them here"));
  if (has_target (mapping, field))
    return fail (error, target, source, _ ("this field has a row already"));
  if (tail->factor != 1 && !is_scalable (field))
    return fail (error, target, source, _ ("this field is not a number that can be multiplied"));
  *ret_field = field;
  return TRUE;
}

static gboolean
add_row (FwMapping *mapping, const char *target, const char *source, char *text, Tail *tail,
         GError **error)
{
  take_range (text, tail);
  take_unit (text, tail);
  if (!take_factor (text, tail))
    return fail (error, target, source, _ ("a factor must not be 0"));
  g_auto (GStrv) path = read_path (text);
  guint field;
  if (!path)
    return fail (error, target, source,
                 _ ("expected a path such as position.latitude; a part with a dot or a quote in it "
                    "is written \"a.b\""));
  if (fw_mapping_n (mapping) == ROWS_MAX)
    return fail (error, target, source, _ ("there are 256 rows already"));
  if (!resolve_target (mapping, target, source, tail, &field, error))
    return FALSE;
  FwMappingRow row = { field, NULL, make_column (text, path), tail->factor };
  row.path = g_steal_pointer (&path);
  g_array_append_val (mapping->rows, row);
  return TRUE;
}

gboolean
fw_mapping_add (FwMapping *mapping, const char *target, const char *source, GError **error)
{
  Tail tail = { .factor = 1 };
  if (!g_utf8_validate (target, -1, NULL) || !g_utf8_validate (source, -1, NULL))
    {
      g_set_error (error, FW_ERROR, FW_ERROR_CONFIG, _ ("A field row is not valid UTF-8"));
      return FALSE;
    }
  g_autofree char *text = g_strstrip (g_strdup (source));
  gboolean is_added = add_row (mapping, target, source, text, &tail, error);
  g_free (tail.unit);
  return is_added;
}

/* The end of an item: a comma outside quotes, or the end of the list. */
static const char *
find_item_end (const char *item)
{
  gboolean is_quoted = FALSE;
  for (; *item && (is_quoted || *item != ','); item++)
    if (*item == '"')
      is_quoted = !is_quoted;
  return item;
}

static gboolean
add_item (FwMapping *mapping, const char *item, gsize len, GError **error)
{
  g_autofree char *text = g_strndup (item, len);
  char *equals = strchr (text, '=');
  if (!equals)
    {
      g_set_error (error, FW_ERROR, FW_ERROR_USAGE,
                   _ ("'%s' in a list of fields: expected FIELD=COLUMN"), text);
      return FALSE;
    }
  *equals = '\0';
  return fw_mapping_add (mapping, g_strstrip (text), equals + 1, error);
}

FwMapping *
fw_mapping_parse_list (const char *list, GError **error)
{
  g_autoptr (FwMapping) mapping = fw_mapping_new ();
  for (const char *item = list; *item;)
    {
      const char *end = find_item_end (item);
      if (!add_item (mapping, item, (gsize) (end - item), error))
        return NULL;
      item = *end ? end + 1 : end;
    }
  return g_steal_pointer (&mapping);
}

gboolean
fw_mapping_load (FwConfig *config, const char *file, FwMapping **ret_mapping, GError **error)
{
  g_autoptr (FwMapping) mapping = NULL;
  g_auto (GStrv) keys = NULL;

  *ret_mapping = NULL;
  if (file && !fw_config_read (config, file, error))
    return FALSE;
  keys = fw_config_keys (config, "fields");
  if (!*keys)
    return TRUE;
  mapping = fw_mapping_new ();
  for (char **key = keys; *key; key++)
    if (!fw_mapping_add (mapping, *key, fw_config_get (config, "fields", *key), error))
      return FALSE;
  *ret_mapping = g_steal_pointer (&mapping);
  return TRUE;
}
