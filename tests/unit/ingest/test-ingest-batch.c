/* SPDX-License-Identifier: Apache-2.0 */
/* From a body's bytes to its answer: what was taken, what was refused and why, whatever the pieces.
 */
#include <string.h>

#include "fw-json.h"
#include "ingest-batch.h"
#include "pack.h"

static guint
below (GRand *rng, guint n)
{
  return (guint) g_rand_int_range (rng, 0, (gint32) n);
}

/* Where the events go: takes what is an object, refuses the rest; now and then it is full. */
typedef struct
{
  FwJsonReader reader;
  GString *taken;
  GArray *lines;     /* of what was taken */
  guint full_one_in; /* 0 = never full */
  GRand *rng;
} Sink;

static IngestVerdict
on_event (gpointer user, const char *bytes, gsize len, guint64 line, IngestRefusal *ret_refusal)
{
  Sink *sink = user;
  FwJsonToken token;

  if (sink->full_one_in > 0 && below (sink->rng, sink->full_one_in) == 0)
    return INGEST_FULL;
  fw_json_reader_start (&sink->reader, bytes, len);
  token = fw_json_next (&sink->reader);
  if (token == FW_JSON_OBJECT_BEGIN && fw_json_skip (&sink->reader, token)
      && fw_json_next (&sink->reader) == FW_JSON_END)
    {
      g_string_append_printf (sink->taken, "%u:%.*s ", (guint) line, (int) len, bytes);
      g_array_append_val (sink->lines, line);
      return INGEST_TAKEN;
    }
  *ret_refusal = (IngestRefusal){ "json", "It is no JSON object.", 0 };
  return INGEST_REFUSED;
}

typedef struct
{
  IngestLayout layout;
  const char *encoding;
  IngestBatchLimits limits;
  gsize piece_max; /* pieces of random size up to it; 0 = all at once */
  guint full_one_in;
  gboolean fails; /* Kafka stores nothing */
  guint32 seed;
} Way;

static void
feed (IngestBatch *batch, const char *bytes, gsize len, const Way *way, GRand *rng)
{
  gsize at = 0;

  while (at < len)
    {
      gsize n = way->piece_max > 0 ? 1 + below (rng, (guint) way->piece_max) : len;
      g_autofree char *piece = NULL;

      n = MIN (n, len - at);
      piece = g_memdup2 (bytes + at, n); /* of the very size, for the sanitizers */
      at += ingest_batch_take (batch, piece, n);
      ingest_batch_go_on (batch);
    }
  ingest_batch_end (batch);
  while (ingest_batch_is_full (batch))
    ingest_batch_go_on (batch);
}

/* "STATUS ANSWER", and what was taken. */
static char *
answer_of (const char *bytes, gsize len, const Way *way, char **ret_taken)
{
  Sink sink = { .taken = g_string_new (NULL),
                .lines = g_array_new (FALSE, FALSE, sizeof (guint64)),
                .full_one_in = way->full_one_in,
                .rng = g_rand_new_with_seed (way->seed) };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (IngestBatch) batch
      = ingest_batch_new (&way->limits, way->layout, way->encoding, on_event, &sink);
  guint status;

  fw_json_reader_init (&sink.reader);
  feed (batch, bytes, len, way, sink.rng);
  for (guint i = 0; i < sink.lines->len; i++)
    {
      g_assert_false (ingest_batch_is_complete (batch));
      ingest_batch_stored (batch, g_array_index (sink.lines, guint64, i), !way->fails);
    }
  g_assert_true (ingest_batch_is_complete (batch));
  status = ingest_batch_answer (batch, FALSE, out);
  g_string_truncate (out, out->len - 1); /* its newline */
  fw_json_reader_clear (&sink.reader);
  g_rand_free (sink.rng);
  g_array_unref (sink.lines);
  if (ret_taken != NULL)
    *ret_taken = g_string_free (sink.taken, FALSE);
  else
    g_string_free (sink.taken, TRUE);
  return g_strdup_printf ("%u %s", status, out->str);
}

static void
expect (const char *body, const Way *way, const char *answer)
{
  g_autofree char *got = answer_of (body, strlen (body), way, NULL);

  g_assert_cmpstr (got, ==, answer);
}

static void
test_every_event_that_is_stored_is_accepted (void)
{
  const Way way = { 0 };

  expect ("{\"a\":1}", &way, "202 {\"accepted\":1,\"rejected\":0,\"errors\":[]}");
  expect ("{}\n{}\n{}", &way, "202 {\"accepted\":3,\"rejected\":0,\"errors\":[]}");
  expect ("[{},{}]", &way, "202 {\"accepted\":2,\"rejected\":0,\"errors\":[]}");
}

static void
test_good_lines_go_in_beside_bad_ones (void)
{
  const Way way = { 0 };

  expect ("{}\n{\"a\n{}\n", &way,
          "202 {\"accepted\":2,\"rejected\":1,\"errors\":[{\"line\":2,\"code\":\"json\","
          "\"message\":\"It is no JSON object.\"}]}");
}

static void
test_without_a_good_line_it_is_the_clients_fault (void)
{
  const Way way = { 0 }, failing = { .fails = TRUE };

  expect ("7", &way,
          "400 {\"accepted\":0,\"rejected\":1,\"errors\":[{\"line\":1,\"code\":\"json\","
          "\"message\":\"It is no JSON object.\"}]}");
  expect ("", &way,
          "400 {\"accepted\":0,\"rejected\":1,\"errors\":[{\"line\":1,\"code\":\"empty\","
          "\"message\":\"There is no event in the body.\"}]}");
  expect ("{}", &failing,
          "503 {\"accepted\":0,\"rejected\":1,\"errors\":[{\"line\":1,\"code\":\"not_stored\","
          "\"message\":\"Kafka did not take the event; send it again.\"}]}");
}

static void
test_a_large_event_is_413_and_leaves_the_others (void)
{
  const Way way = { .limits = { .event_max_bytes = 10 } };

  expect ("{\"a\":12345678}", &way,
          "413 {\"accepted\":0,\"rejected\":1,\"errors\":[{\"line\":1,\"code\":\"too_large\","
          "\"message\":\"The event is larger than an event may be.\"}]}");
  expect ("{}\n{\"a\":12345678}\n{}", &way,
          "202 {\"accepted\":2,\"rejected\":1,\"errors\":[{\"line\":2,\"code\":\"too_large\","
          "\"message\":\"The event is larger than an event may be.\"}]}");
}

static void
test_errors_are_counted_beyond_those_that_are_listed (void)
{
  const Way way = { .limits = { .errors_max = 1 } };

  expect ("1\n2\n3\n", &way,
          "400 {\"accepted\":0,\"rejected\":3,\"errors\":[{\"line\":1,\"code\":\"json\","
          "\"message\":\"It is no JSON object.\"}]}");
  expect ("[1,2", &way, /* that it was cut is worth more than the first */
          "400 {\"accepted\":0,\"rejected\":2,\"errors\":[{\"line\":2,\"code\":\"not_json\","
          "\"message\":\"The array does not end, or something stands behind its end.\"}]}");
}

static void
test_compressed_bodies_are_read_in_every_wrapping (void)
{
  static const char body[] = "{\"a\":1}\n{\"a\":2}\n";

  for (int kind = PACK_GZIP; kind <= PACK_RAW; kind++)
    for (gsize piece_max = 0; piece_max < 20; piece_max++)
      {
        const Way way
            = { .encoding = kind == PACK_GZIP ? "GZip" : "deflate", .piece_max = piece_max };
        g_autoptr (GByteArray) packed = pack ((PackKind) kind, body, strlen (body));
        g_autofree char *got = answer_of ((char *) packed->data, packed->len, &way, NULL);

        g_assert_cmpstr (got, ==, "202 {\"accepted\":2,\"rejected\":0,\"errors\":[]}");
      }
}

static void
test_gzip_may_have_several_members (void)
{
  const Way way = { .encoding = "gzip" };
  g_autoptr (GByteArray) packed = pack (PACK_GZIP, "{}\n{", 4);
  g_autoptr (GByteArray) second = pack (PACK_GZIP, "}\n", 2);
  g_autofree char *got = NULL;

  g_byte_array_append (packed, second->data, second->len);
  got = answer_of ((char *) packed->data, packed->len, &way, NULL);
  g_assert_cmpstr (got, ==, "202 {\"accepted\":2,\"rejected\":0,\"errors\":[]}");
}

static void
expect_encoding_error (const GByteArray *packed, gsize len, const Way *way, const char *status)
{
  g_autofree char *got = answer_of ((char *) packed->data, len, way, NULL);

  g_assert_true (g_str_has_prefix (got, status));
  g_assert_nonnull (strstr (got, "\"code\":\"encoding\""));
}

static void
test_a_compressed_body_that_is_cut_or_broken_says_so (void)
{
  const Way way = { .encoding = "gzip" };
  g_autoptr (GByteArray) packed = pack (PACK_GZIP, "{\"a\":1}\n", 8);

  expect_encoding_error (packed, packed->len - 1, &way, "202");
  packed->data[0] = 'x';
  expect_encoding_error (packed, packed->len, &way, "400");
}

static void
test_a_bomb_is_stopped (void)
{
  Way way = { .encoding = "gzip" };
  g_autofree char *spaces = g_strnfill (10 * 1024 * 1024, ' ');
  g_autoptr (GByteArray) packed = pack (PACK_GZIP, spaces, strlen (spaces));

  expect_encoding_error (packed, packed->len, &way, "413"); /* 1 to 1000 */
  way.limits.inflate.ratio_max = 2000;
  way.limits.inflate.out_max_bytes = 5 * 1024 * 1024;
  expect_encoding_error (packed, packed->len, &way, "413");
}

static void
test_who_is_told_to_come_again_knows_what_is_stored (void)
{
  Sink sink
      = { .taken = g_string_new (NULL), .lines = g_array_new (FALSE, FALSE, sizeof (guint64)) };
  const IngestBatchLimits limits = { 0 };
  IngestBatch *batch = ingest_batch_new (&limits, INGEST_LAYOUT_LINES, NULL, on_event, &sink);
  g_autoptr (GString) out = g_string_new (NULL);

  fw_json_reader_init (&sink.reader);
  g_assert_cmpuint (ingest_batch_take (batch, "{}\n{}\n", 6), ==, 6);
  ingest_batch_stored (batch, 1, TRUE);
  g_assert_cmpuint (ingest_batch_answer (batch, TRUE, out), ==, 503);
  g_assert_true (g_str_has_prefix (out->str, "{\"accepted\":1,\"rejected\":0,\"errors\":[{"));
  g_assert_nonnull (strstr (out->str, "\"code\":\"busy\""));
  ingest_batch_free (batch);
  fw_json_reader_clear (&sink.reader);
  g_string_free (sink.taken, TRUE);
  g_array_unref (sink.lines);
}

static char *
random_body (GRand *rng)
{
  static const char *const parts[]
      = { "{\"a\":1}", "{}", "\n",   "\n", ",",    "[",    "]",  "{",
          "}",         "\"", "\\\"", " ",  "\r\n", "null", "12", "{\"k\":\"]},\\\"\"}" };
  GString *body = g_string_new (below (rng, 2) == 0 ? "[" : "");

  for (guint i = below (rng, 30); i > 0; i--)
    g_string_append (body, parts[below (rng, G_N_ELEMENTS (parts))]);
  return g_string_free (body, FALSE);
}

static void
test_pieces_and_fullness_change_nothing (void)
{
  GRand *rng = g_rand_new_with_seed (5);

  for (guint i = 0; i < 3000; i++)
    {
      g_autofree char *body = random_body (rng);
      g_autoptr (GByteArray) packed = pack (PACK_GZIP, body, strlen (body));
      Way way = { .layout = (IngestLayout) below (rng, 2), .limits = { .event_max_bytes = 24 } };
      g_autofree char *taken = NULL, *taken_again = NULL, *taken_packed = NULL;
      g_autofree char *whole = answer_of (body, strlen (body), &way, &taken);
      g_autofree char *again = NULL, *unpacked = NULL;

      way.seed = i;
      way.piece_max = 1 + below (rng, 12);
      way.full_one_in = 2 + below (rng, 3);
      again = answer_of (body, strlen (body), &way, &taken_again);
      way.encoding = "gzip";
      unpacked = answer_of ((char *) packed->data, packed->len, &way, &taken_packed);
      if (strcmp (whole, again) != 0 || strcmp (whole, unpacked) != 0)
        g_error ("round %u, body '%s': %s | %s | %s", i, body, whole, again, unpacked);
      g_assert_cmpstr (taken, ==, taken_again);
      g_assert_cmpstr (taken, ==, taken_packed);
    }
  g_rand_free (rng);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func ("/ingest/batch/" #name, test_##name)
  CLAIM (every_event_that_is_stored_is_accepted);
  CLAIM (good_lines_go_in_beside_bad_ones);
  CLAIM (without_a_good_line_it_is_the_clients_fault);
  CLAIM (a_large_event_is_413_and_leaves_the_others);
  CLAIM (errors_are_counted_beyond_those_that_are_listed);
  CLAIM (compressed_bodies_are_read_in_every_wrapping);
  CLAIM (gzip_may_have_several_members);
  CLAIM (a_compressed_body_that_is_cut_or_broken_says_so);
  CLAIM (a_bomb_is_stopped);
  CLAIM (who_is_told_to_come_again_knows_what_is_stored);
  CLAIM (pieces_and_fullness_change_nothing);
  return g_test_run ();
}
