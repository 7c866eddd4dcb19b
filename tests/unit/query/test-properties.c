/* SPDX-License-Identifier: Apache-2.0 */
/* Random queries over random devices, against an evaluator that is too simple to be wrong. */
#include <math.h>
#include <string.h>

#include "fw-query.h"

#define NOON_MS G_GINT64_CONSTANT (1700000000000)
#define N_ROUNDS (g_test_slow () ? 300000 : 3000)
#define N_SPEEDS 4

typedef enum
{
  FALSE_,
  TRUE_,
  NEITHER
} Truth;

/* What the device of a round is; absent is NaN or NULL. */
typedef struct
{
  double speed, ignition;
  const char *driver, *id;
  gint64 age_ms;
} Facts;

static const double speeds[N_SPEEDS] = { 0, 2, 50, 120 };
static const char *const drivers[] = { "anna", "bert" };
static const char *const ids[] = { "truck-1", "van-2", "Truck-3" };
static const gint64 ages_ms[] = { 0, 29999, 30000, 30001, 119000, 120000, 120001, 600000, 3600000 };

static gint32
pick (gsize n)
{
  return g_test_rand_int_range (0, (gint32) n);
}

static Facts
random_facts (void)
{
  return (Facts){
    pick (3) ? speeds[pick (N_SPEEDS)] : NAN,
    pick (3) ? pick (2) : NAN,
    pick (2) ? drivers[pick (G_N_ELEMENTS (drivers))] : NULL,
    ids[pick (G_N_ELEMENTS (ids))],
    ages_ms[pick (G_N_ELEMENTS (ages_ms))],
  };
}

static FwDevice *
make_device (const Facts *facts)
{
  FwDevice *dev
      = fw_device_new ((FwText){ "north", 5 }, (FwText){ facts->id, (guint) strlen (facts->id) });
  if (!isnan (facts->speed))
    fw_device_put_number (dev, FW_FIELD_SPEED_KMH, facts->speed);
  if (!isnan (facts->ignition))
    fw_device_put_number (dev, FW_FIELD_IGNITION, facts->ignition);
  if (facts->driver)
    fw_device_put_string (dev, FW_FIELD_DRIVER, facts->driver, strlen (facts->driver));
  fw_device_put_last_seen_ms (dev, NOON_MS - facts->age_ms);
  return dev;
}

static const char *
space (void)
{
  static const char *const spaces[] = { " ", "  ", "\t", "\n " };
  return spaces[pick (G_N_ELEMENTS (spaces))];
}

static Truth
of (gboolean is_true)
{
  return is_true ? TRUE_ : FALSE_;
}

static gboolean
holds (double left, const char *sign, double right)
{
  gboolean is_equal_too = sign[1] == '=';
  switch (sign[0])
    {
    case '<':
      return left < right || (is_equal_too && left == right);
    case '>':
      return left > right || (is_equal_too && left == right);
    case '!':
      return left != right;
    default:
      return left == right;
    }
}

static const char *
random_sign (void)
{
  static const char *const signs[] = { "=", "!=", "<", "<=", ">", ">=" };
  return signs[pick (G_N_ELEMENTS (signs))];
}

/* In km/h, or in m/s with a value that is whole in both. */
static Truth
put_speed (GString *out, const Facts *facts)
{
  const char *sign = random_sign ();
  double literal = speeds[pick (N_SPEEDS)];
  gboolean in_metres = pick (2);
  if (in_metres)
    literal = 18 * pick (6);
  g_string_append_printf (out, "%s%s%g%s", pick (2) ? "speed" : "speed_kmh", sign,
                          in_metres ? literal / 3.6 : literal, in_metres ? " m/s" : "");
  return isnan (facts->speed) ? NEITHER : of (holds (facts->speed, sign, literal));
}

static Truth
put_age (GString *out, const Facts *facts)
{
  const char *sign = random_sign ();
  gint64 literal = ages_ms[pick (G_N_ELEMENTS (ages_ms))];
  g_string_append_printf (out, "age %s %" G_GINT64_FORMAT "ms", sign, literal);
  return of (holds ((double) facts->age_ms, sign, (double) literal));
}

static Truth
put_driver (GString *out, const Facts *facts)
{
  guint literal = (guint) pick (2);
  if (pick (2))
    {
      g_string_append_printf (out, "driver in (%s, zoe,%s)", drivers[literal], drivers[literal]);
      return !facts->driver ? NEITHER : of (strcmp (facts->driver, drivers[literal]) == 0);
    }
  gboolean is_equal = pick (2);
  g_string_append_printf (out, "driver%s\"%s\"", is_equal ? " = " : "!=", drivers[literal]);
  return !facts->driver ? NEITHER
                        : of ((strcmp (facts->driver, drivers[literal]) == 0) == is_equal);
}

static FwStatus
status_of (const Facts *facts)
{
  if (facts->age_ms > 120000)
    return FW_STATUS_OFFLINE;
  if (isnan (facts->speed))
    return FW_STATUS_UNKNOWN;
  if (facts->speed >= 3)
    return FW_STATUS_MOVING;
  return facts->ignition == 1 ? FW_STATUS_IDLE : FW_STATUS_STOPPED;
}

static Truth
put_status (GString *out, const Facts *facts)
{
  FwStatus literal = (FwStatus) pick (FW_N_STATUS), other = (FwStatus) pick (FW_N_STATUS);
  if (pick (2))
    {
      g_string_append_printf (out, "status in (%s,%s)", fw_status_name (literal),
                              fw_status_name (other));
      return of (status_of (facts) == literal || status_of (facts) == other);
    }
  g_string_append_printf (out, "status != %s", fw_status_name (literal));
  return of (status_of (facts) != literal);
}

static Truth
put_leaf (GString *out, const Facts *facts)
{
  switch (pick (7))
    {
    case 0:
      return put_speed (out, facts);
    case 1:
      return put_age (out, facts);
    case 2:
      return put_driver (out, facts);
    case 3:
      return put_status (out, facts);
    case 4:
      g_string_append (out, "has driver");
      return of (facts->driver != NULL);
    case 5:
      g_string_append (out, "stale");
      return of (facts->age_ms > 30000);
    default:
      g_string_append (out, "trUCK");
      return of (facts->id != ids[1]);
    }
}

static Truth
combine (gboolean is_and, Truth a, Truth b)
{
  Truth decisive = is_and ? FALSE_ : TRUE_;
  if (a == decisive || b == decisive)
    return decisive;
  return a == NEITHER || b == NEITHER ? NEITHER : of (is_and);
}

/* level 0 may be an `or` without parentheses, 1 an `and`, 2 a `not`; below that, a leaf or
 * parentheses. */
static Truth
put_expression (GString *out, const Facts *facts, guint level, guint depth)
{
  if (level == 2 && pick (3) == 0 && depth > 0)
    {
      g_string_append_printf (out, "not%s", space ());
      Truth truth = put_expression (out, facts, 2, depth - 1);
      return truth == NEITHER ? NEITHER : of (truth == FALSE_);
    }
  if (level == 2 && (depth == 0 || pick (3)))
    return put_leaf (out, facts);
  if (level == 2)
    {
      g_string_append_printf (out, "(%s", space ());
      Truth truth = put_expression (out, facts, 0, depth - 1);
      g_string_append_c (out, ')');
      return truth;
    }
  Truth truth = put_expression (out, facts, level + 1, depth);
  for (gint i = pick (3); i > 0 && depth > 0; i--)
    {
      g_string_append_printf (out, "%s%s%s", space (), level == 0 ? "or" : "AND", space ());
      truth = combine (level == 1, truth, put_expression (out, facts, level + 1, depth - 1));
    }
  return truth;
}

static void
test_naive (void)
{
  guint n_matches = 0;
  for (gint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) text = g_string_new (NULL);
      Facts facts = random_facts ();
      g_autoptr (FwDevice) dev = make_device (&facts);
      Truth truth = put_expression (text, &facts, 0, 3);
      g_autoptr (FwQuery) query = fw_query_new (text->str, NULL, &error);
      g_assert_no_error (error);
      gboolean is_match = fw_query_matches (query, &(FwQuerySubject){ dev, NULL, NULL, NOON_MS });
      if (is_match != (truth == TRUE_))
        g_error ("%s: expected %d", text->str, truth);
      n_matches += is_match;

      /* Its canonical text reads back as itself, and means the same. */
      g_autoptr (FwQuery) again = fw_query_new (fw_query_text (query), NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (fw_query_text (again), ==, fw_query_text (query));
      g_assert_cmpint (fw_query_matches (again, &(FwQuerySubject){ dev, NULL, NULL, NOON_MS }), ==,
                       is_match);
    }
  g_assert_cmpuint (n_matches, >, (guint) N_ROUNDS / 10);
}

static void
put_attention (GString *out)
{
  static const char *const leaves[]
      = { "", " or severity > none", " and not reason = silent",
          " or reason in (idle_long, silent)", " and severity = critical" };
  g_string_append (out, leaves[pick (G_N_ELEMENTS (leaves))]);
}

/* At a time for which the attention was brought up to date. */
static gboolean
matches_at (const FwQuery *query, const FwDevice *dev, FwAttention attention, gint64 now_ms)
{
  FwThresholds limits;
  fw_thresholds_default (&limits);
  fw_attention_update (&attention, dev, &limits, now_ms);
  return fw_query_matches (query, &(FwQuerySubject){ dev, &attention, &limits, now_ms });
}

/* Until the time that was told the answer stands, wherever the clock is looked at. */
static void
test_next_change (void)
{
  FwThresholds limits;
  fw_thresholds_default (&limits);
  for (gint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      Facts facts = random_facts ();
      g_autoptr (FwDevice) dev = make_device (&facts);
      FwAttention attention = { 0 };
      fw_attention_update (&attention, dev, &limits, NOON_MS);
      put_expression (text, &facts, 1, 2);
      put_attention (text);
      g_autoptr (FwQuery) query = fw_query_new (text->str, NULL, NULL);
      gboolean is_match = matches_at (query, dev, attention, NOON_MS);
      gint64 next_ms
          = fw_query_next_change_ms (query, &(FwQuerySubject){ dev, &attention, &limits, NOON_MS });
      g_assert_cmpint (next_ms, >, NOON_MS);
      if (!fw_query_uses_time (query))
        g_assert_cmpint (next_ms, ==, G_MAXINT64);
      for (guint i = 0; i < 6 * G_N_ELEMENTS (ages_ms); i++)
        {
          gint64 since_ms = i % 2 ? NOON_MS : NOON_MS - facts.age_ms;
          gint64 at_ms = since_ms + ages_ms[i / 6] + i / 2 % 3 - 1;
          if (at_ms > NOON_MS && at_ms < next_ms
              && matches_at (query, dev, attention, at_ms) != is_match)
            g_error ("%s: changes before it said", text->str);
        }
    }
}

/* Bytes that are no query are refused, never worse. */
static void
test_noise (void)
{
  static const char *const parts[]
      = { "and",  "or",  "not",      "(",  ")", "speed", "temp",  ">",      "in",  "has",
          "near", "1,2", "5km",      "\"", "'", "\\",    "stale", "status", "age", "-",
          ".",    "%",   "\xc3\xbc", ",",  "=", "for",   "1e",    "moving" };
  for (gint round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) text = g_string_new (NULL);
      for (gint i = pick (12); i >= 0; i--)
        g_string_append_printf (text, "%s%s", parts[pick (G_N_ELEMENTS (parts))],
                                pick (2) ? " " : "");
      guint at = 0;
      g_autoptr (FwQuery) query = fw_query_new (text->str, &at, &error);
      g_assert_cmpint (query == NULL, ==, error != NULL);
      g_assert_cmpuint (at, <=, text->len);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/query/property/agrees-with-a-naive-evaluator-and-with-its-own-text",
                   test_naive);
  g_test_add_func ("/query/property/next-change-is-never-too-late", test_next_change);
  g_test_add_func ("/query/property/noise-is-refused-with-a-place", test_noise);
  return g_test_run ();
}
