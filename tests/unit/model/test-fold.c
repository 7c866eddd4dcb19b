/* SPDX-License-Identifier: Apache-2.0 */
/* The fold against a naive one: any order, any copy, any partial event ends in the same bytes. */
#include <string.h>

#include "fw-device.h"

#define NOON_MS G_GINT64_CONSTANT (1700000000000)
#define N_RECORDS_MAX 14
#define N_PARTITIONS 3
#define N_ROUNDS (g_test_slow () ? 20000 : 250)

typedef struct
{
  FwEvent ev;
  FwArrival arrival;
} Record;

static const guint numbers[]
    = { FW_FIELD_SPEED_KMH, FW_FIELD_TEMP_C, FW_FIELD_DOOR, FW_FIELD_FUEL_PCT };
static const guint strings[] = { FW_FIELD_DRIVER, FW_FIELD_ALARM };
static const char *const words[] = { "", "anna", "sos", "a driver with a long name" };

static gboolean
one_in (gint32 n)
{
  return g_test_rand_int_range (0, n) == 0;
}

static void
speak_of_position (FwEvent *ev)
{
  if (one_in (3))
    ev->null |= FW_FIELD_MASK_POSITION;
  else
    {
      fw_event_set_number (ev, FW_FIELD_LAT, g_test_rand_int_range (-90, 91));
      fw_event_set_number (ev, FW_FIELD_LON, g_test_rand_int_range (-180, 181));
    }
}

static FwEvent
random_event (void)
{
  FwEvent ev;
  fw_event_clear (&ev);
  ev.device_id = (FwText){ "7", 1 };
  if (one_in (2))
    speak_of_position (&ev);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (one_in (4))
      ev.null |= FW_FIELD_BIT (numbers[i]);
    else if (one_in (2))
      fw_event_set_number (&ev, numbers[i], g_test_rand_int_range (0, 3));
  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      const char *word = words[g_test_rand_int_range (0, G_N_ELEMENTS (words))];
      if (one_in (4))
        ev.null |= FW_FIELD_BIT (strings[i]);
      else if (one_in (2))
        fw_event_set_string (&ev, strings[i], word, strlen (word));
    }
  return ev;
}

/* Few different times and numbers, so that equal keys are common; some times absent, some not to be
 * believed. */
static void
put_time (Record *record)
{
  record->ev.ts_ms = NOON_MS + g_test_rand_int_range (0, 4) * 1000;
  if (one_in (8))
    record->ev.ts_ms = FW_TS_NONE;
  else if (one_in (8))
    record->ev.ts_ms += one_in (2) ? 2 * FW_ORDER_PAST_MS : -2 * FW_ORDER_PAST_MS;
  if (!one_in (3))
    record->ev.seq = g_test_rand_int_range (0, 3);
}

static guint
random_records (Record *records)
{
  gint64 offsets[N_PARTITIONS] = { 0 };
  guint n = (guint) g_test_rand_int_range (1, N_RECORDS_MAX + 1);
  for (guint i = 0; i < n; i++)
    {
      gint32 partition = g_test_rand_int_range (0, N_PARTITIONS);
      if (i > 0 && one_in (4))
        records[i].ev = records[g_test_rand_int_range (0, (gint32) i)].ev;
      else
        {
          records[i].ev = random_event ();
          put_time (&records[i]);
        }
      records[i].arrival = (FwArrival){ NOON_MS + g_test_rand_int_range (0, 5000), partition,
                                        offsets[partition]++ };
    }
  return n;
}

static FwDevice *
new_device (void)
{
  return fw_device_new ((FwText){ "north", 5 }, (FwText){ "7", 1 });
}

static FwDevice *
fold_in_order (const Record *records, const guint *order, guint n)
{
  FwDevice *dev = new_device ();
  for (guint i = 0; i < n; i++)
    fw_device_fold (dev, &records[order[i]].ev, &records[order[i]].arrival);
  return dev;
}

static void
shuffle (guint *order, guint n)
{
  for (guint i = n; i > 1; i--)
    {
      guint j = (guint) g_test_rand_int_range (0, (gint32) i);
      guint kept = order[i - 1];
      order[i - 1] = order[j];
      order[j] = kept;
    }
}

static void
assert_same_bytes (const FwDevice *a, const FwDevice *b)
{
  g_autoptr (GBytes) left = fw_device_digest (a);
  g_autoptr (GBytes) right = fw_device_digest (b);
  gsize left_len, right_len;
  const void *left_data = g_bytes_get_data (left, &left_len);
  const void *right_data = g_bytes_get_data (right, &right_len);
  g_assert_cmpmem (left_data, left_len, right_data, right_len);
}

static void
test_any_order (void)
{
  Record records[N_RECORDS_MAX];
  guint order[N_RECORDS_MAX];
  for (gint round = 0; round < N_ROUNDS; round++)
    {
      guint n = random_records (records);
      for (guint i = 0; i < n; i++)
        order[i] = i;
      g_autoptr (FwDevice) first = fold_in_order (records, order, n);
      for (guint i = 0; i < 4; i++)
        {
          shuffle (order, n);
          g_autoptr (FwDevice) other = fold_in_order (records, order, n);
          assert_same_bytes (first, other);
        }
    }
}

/* Every way to merge the partitions, each read in its own order; next[p] counts what was taken of
 * partition p. */
static void
merge_all (const Record *records, guint n, guint *order, guint depth, const FwDevice *expected,
           guint *n_ways)
{
  if (depth == n)
    {
      g_autoptr (FwDevice) dev = fold_in_order (records, order, n);
      assert_same_bytes (expected, dev);
      (*n_ways)++;
      return;
    }
  for (gint32 partition = 0; partition < N_PARTITIONS; partition++)
    {
      gint64 taken = 0;
      for (guint i = 0; i < depth; i++)
        taken += records[order[i]].arrival.partition == partition;
      for (guint i = 0; i < n; i++)
        if (records[i].arrival.partition == partition && records[i].arrival.offset == taken)
          {
            order[depth] = i;
            merge_all (records, n, order, depth + 1, expected, n_ways);
          }
    }
}

static void
test_all_interleavings (void)
{
  Record records[N_RECORDS_MAX];
  guint order[N_RECORDS_MAX], n_ways = 0;
  for (gint round = 0; round < N_ROUNDS / 8; round++)
    {
      guint n = MIN (random_records (records), 7);
      for (guint i = 0; i < n; i++)
        order[i] = i;
      g_autoptr (FwDevice) expected = fold_in_order (records, order, n);
      merge_all (records, n, order, 0, expected, &n_ways);
    }
  g_assert_cmpuint (n_ways, >, 500);
}

static void
test_read_again (void)
{
  Record records[N_RECORDS_MAX];
  for (gint round = 0; round < N_ROUNDS; round++)
    {
      guint n = random_records (records);
      g_autoptr (FwDevice) once = new_device ();
      g_autoptr (FwDevice) often = new_device ();
      for (guint i = 0; i < n; i++)
        {
          fw_device_fold (once, &records[i].ev, &records[i].arrival);
          fw_device_fold (often, &records[i].ev, &records[i].arrival);
          guint again = (guint) g_test_rand_int_range (0, (gint32) i + 1);
          FwFoldResult result = fw_device_fold (often, &records[again].ev, &records[again].arrival);
          g_assert_cmphex (result.changed, ==, 0);
        }
      assert_same_bytes (once, often);
    }
}

static gint64
order_ms (const Record *record)
{
  gint64 ts_ms = record->ev.ts_ms, arrival_ms = record->arrival.arrival_ms;
  gboolean is_good = ts_ms != FW_TS_NONE && ts_ms >= arrival_ms - FW_ORDER_PAST_MS
                     && ts_ms <= arrival_ms + FW_ORDER_FUTURE_MS;
  return is_good ? ts_ms : arrival_ms;
}

static gboolean
is_newer (const Record *a, const Record *b)
{
  if (order_ms (a) != order_ms (b))
    return order_ms (a) > order_ms (b);
  if (a->ev.seq != b->ev.seq)
    return a->ev.seq > b->ev.seq;
  if (a->arrival.partition != b->arrival.partition)
    return a->arrival.partition < b->arrival.partition;
  return a->arrival.offset < b->arrival.offset;
}

/* The newest record that spoke of the field, or that spoke at all (FW_FIELD_NONE). */
static const Record *
find_last (const Record *records, guint n, guint field)
{
  const Record *last = NULL;
  for (guint i = 0; i < n; i++)
    {
      guint64 spoken = records[i].ev.has | records[i].ev.null;
      if ((field == FW_FIELD_NONE || (spoken & FW_FIELD_BIT (field)))
          && (!last || is_newer (&records[i], last)))
        last = &records[i];
    }
  return last;
}

static void
assert_field (const FwDevice *dev, guint field, const Record *last)
{
  double value;
  gboolean is_present = last && fw_event_has (&last->ev, field);
  g_assert_cmpint ((fw_device_has (dev) & FW_FIELD_BIT (field)) != 0, ==, is_present);
  if (!is_present)
    return;
  if (fw_field (field)->type == FW_FIELD_STRING)
    {
      g_autofree char *expected
          = g_strndup (last->ev.string[field].data, last->ev.string[field].len);
      g_assert_cmpstr (fw_device_string (dev, field), ==, expected);
      return;
    }
  g_assert_true (fw_device_number (dev, field, &value));
  g_assert_cmpfloat (value, ==, last->ev.number[field]);
}

static void
test_last_writer_wins (void)
{
  Record records[N_RECORDS_MAX];
  for (gint round = 0; round < N_ROUNDS; round++)
    {
      guint n = random_records (records);
      g_autoptr (FwDevice) dev = new_device ();
      gint64 last_seen_ms = 0;
      for (guint i = 0; i < n; i++)
        {
          fw_device_fold (dev, &records[i].ev, &records[i].arrival);
          last_seen_ms = MAX (last_seen_ms, records[i].arrival.arrival_ms);
        }
      for (guint field = 0; field < FW_FIELD_N_FIXED; field++)
        assert_field (dev, field, find_last (records, n, field));
      const Record *newest = find_last (records, n, FW_FIELD_NONE);
      g_assert_cmpint (fw_device_ts_ms (dev), ==, order_ms (newest));
      g_assert_cmpint (fw_device_seq (dev), ==, newest->ev.seq);
      g_assert_cmpint (fw_device_last_seen_ms (dev), ==, last_seen_ms);
      gboolean is_bad = newest->ev.ts_ms != FW_TS_NONE && newest->ev.ts_ms != order_ms (newest);
      g_assert_cmpint (fw_device_clock_bad (dev), ==, is_bad);
    }
}

/* What a fold says has changed is what a reader of the state sees change. */
static void
test_changed (void)
{
  Record records[N_RECORDS_MAX];
  for (gint round = 0; round < N_ROUNDS; round++)
    {
      guint n = random_records (records);
      g_autoptr (FwDevice) dev = new_device ();
      for (guint i = 0; i < n; i++)
        {
          double before[FW_FIELD_N_FIXED] = { 0 }, after;
          char *texts[FW_FIELD_N_FIXED] = { NULL };
          guint64 had = fw_device_has (dev);
          for (guint field = 0; field < FW_FIELD_N_FIXED; field++)
            {
              fw_device_number (dev, field, &before[field]);
              texts[field] = g_strdup (fw_device_string (dev, field));
            }
          guint64 changed = fw_device_fold (dev, &records[i].ev, &records[i].arrival).changed;
          guint64 seen = had ^ fw_device_has (dev);
          for (guint field = 0; field < FW_FIELD_N_FIXED; field++)
            {
              if (fw_device_number (dev, field, &after) && after != before[field])
                seen |= FW_FIELD_BIT (field);
              if (g_strcmp0 (fw_device_string (dev, field), texts[field]) != 0)
                seen |= FW_FIELD_BIT (field);
              g_free (texts[field]);
            }
          g_assert_cmphex (changed, ==, seen);
        }
    }
}

static FwFoldResult
fold_speed (FwDevice *dev, gint64 ts_ms, gint64 seq, double speed_kmh, FwArrival arrival)
{
  FwEvent ev;
  fw_event_clear (&ev);
  ev.ts_ms = ts_ms;
  ev.seq = seq;
  fw_event_set_number (&ev, FW_FIELD_SPEED_KMH, speed_kmh);
  return fw_device_fold (dev, &ev, &arrival);
}

static void
test_copy_and_late (void)
{
  g_autoptr (FwDevice) dev = new_device ();
  FwFoldResult first = fold_speed (dev, NOON_MS, 5, 50, (FwArrival){ NOON_MS + 10, 0, 1 });
  FwFoldResult copy = fold_speed (dev, NOON_MS, 5, 50, (FwArrival){ NOON_MS + 20, 0, 2 });
  FwFoldResult late = fold_speed (dev, NOON_MS - 1000, 4, 40, (FwArrival){ NOON_MS + 30, 0, 3 });
  g_assert_true (!first.is_copy && !first.is_late
                 && first.changed == FW_FIELD_BIT (FW_FIELD_SPEED_KMH));
  g_assert_true (copy.is_copy && !copy.is_late && copy.changed == 0);
  g_assert_true (late.is_late && !late.is_copy && late.changed == 0);
}

static void
test_clock (void)
{
  g_autoptr (FwDevice) dev = new_device ();
  g_assert_false (fold_speed (dev, NOON_MS - FW_ORDER_PAST_MS, 1, 1, (FwArrival){ NOON_MS, 0, 1 })
                      .clock_bad_changed);
  g_assert_true (
      fold_speed (dev, NOON_MS - FW_ORDER_PAST_MS - 1, 2, 2, (FwArrival){ NOON_MS, 0, 2 })
          .clock_bad_changed);
  g_assert_true (fw_device_clock_bad (dev));
  g_assert_cmpint (fw_device_ts_ms (dev), ==, NOON_MS);
  g_assert_true (fold_speed (dev, NOON_MS + FW_ORDER_FUTURE_MS, 3, 3, (FwArrival){ NOON_MS, 0, 3 })
                     .clock_bad_changed);
  g_assert_false (fw_device_clock_bad (dev));
  fold_speed (dev, NOON_MS + 2 * FW_ORDER_FUTURE_MS + 1, 4, 4,
              (FwArrival){ NOON_MS + FW_ORDER_FUTURE_MS, 0, 4 });
  g_assert_true (fw_device_clock_bad (dev));
}

/* Arrivals that no broker should send do not make sums overflow. */
static void
test_absurd_times (void)
{
  static const gint64 times[] = { G_MININT64, G_MININT64 + 1, -1, 0, 1, G_MAXINT64 };
  g_autoptr (FwDevice) dev = new_device ();
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    for (guint j = 0; j < G_N_ELEMENTS (times); j++)
      fold_speed (dev, times[i], 1, 1, (FwArrival){ times[j], 0, i });
  g_assert_cmpint (fw_device_last_seen_ms (dev), >, 0);
}

static void
test_small (void)
{
  g_autoptr (FwDevice) dev = new_device ();
  FwEvent ev;
  fw_event_clear (&ev);
  for (guint field = FW_FIELD_LAT; field <= FW_FIELD_FUEL_PCT; field++)
    fw_event_set_number (&ev, field, 1);
  for (gint64 i = 0; i < 100; i++)
    {
      ev.ts_ms = NOON_MS + i;
      fw_device_fold (dev, &ev, &(FwArrival){ NOON_MS + i, 0, i });
    }
  g_assert_cmpuint (fw_device_memory (dev), <=, 224);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/fold/any-order-ends-in-the-same-bytes", test_any_order);
  g_test_add_func ("/model/fold/all-interleavings-of-partitions-end-in-the-same-bytes",
                   test_all_interleavings);
  g_test_add_func ("/model/fold/reading-records-again-changes-nothing", test_read_again);
  g_test_add_func ("/model/fold/last-writer-wins-per-field", test_last_writer_wins);
  g_test_add_func ("/model/fold/changed-is-what-a-reader-sees-change", test_changed);
  g_test_add_func ("/model/fold/copies-and-late-events-are-told", test_copy_and_late);
  g_test_add_func ("/model/fold/unbelievable-times-give-way-to-arrival", test_clock);
  g_test_add_func ("/model/fold/absurd-times-are-survived", test_absurd_times);
  g_test_add_func ("/model/fold/twelve-fields-take-at-most-224-bytes", test_small);
  return g_test_run ();
}
