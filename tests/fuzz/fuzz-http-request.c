/* SPDX-License-Identifier: Apache-2.0 */
/* One request as it comes from a socket: its head, then its chunks. Reading stays inside, and
 * pieces of any size mean the same as the whole. */
#include <string.h>

#include "fuzz.h"
#include "fw-http-head.h"

static FwChunksStep
join (const char *bytes, gsize len, gsize piece, GString *body)
{
  FwHttpChunks chunks = { 0 };
  FwChunksStep step = FW_CHUNKS_MORE;
  gsize at = 0;

  while (at < len && step != FW_CHUNKS_END && step != FW_CHUNKS_BAD)
    {
      gsize given = MIN (piece, len - at), passed, n;

      step = fw_http_chunks_next (&chunks, bytes + at, given, &passed, &n);
      FUZZ_REQUIRE (passed + n <= given && passed + n > 0);
      at += passed;
      if (step != FW_CHUNKS_DATA)
        continue;
      g_string_append_len (body, bytes + at, (gssize) n);
      fw_http_chunks_took (&chunks, n);
      at += n;
    }
  return step == FW_CHUNKS_DATA ? FW_CHUNKS_MORE : step;
}

static void
take_chunks (const char *bytes, gsize len)
{
  g_autoptr (GString) whole = g_string_new (NULL);
  g_autoptr (GString) pieces = g_string_new (NULL);

  FUZZ_REQUIRE (join (bytes, len, G_MAXSIZE, whole) == join (bytes, len, 1, pieces));
  FUZZ_REQUIRE (g_string_equal (whole, pieces));
}

static void
require_sense (const FwHttpHead *head)
{
  FUZZ_REQUIRE (head->path[0] == '/' || strcmp (head->path, "*") == 0);
  FUZZ_REQUIRE (head->host != NULL || head->is_http_1_0);
  FUZZ_REQUIRE (!head->is_chunked || head->content_length < 0);
  for (guint i = 0; i < head->n_headers; i++)
    {
      FUZZ_REQUIRE (head->headers[i].name[0] != '\0');
      FUZZ_REQUIRE (strpbrk (head->headers[i].value, "\r\n") == NULL);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  static FwHttpHead head;
  gsize scanned = 0, scanned_slowly = 0;
  gssize found = fw_http_head_find ((const char *) data, len, &scanned), found_slowly = 0;

  for (gsize n = 1; n <= len && found_slowly == 0; n++)
    found_slowly = fw_http_head_find ((const char *) data, n, &scanned_slowly);
  FUZZ_REQUIRE (found == found_slowly);
  if (found > 0)
    {
      /* Of the very size, so that a sanitizer sees one byte too many. */
      g_autofree char *bytes = g_memdup2 (data, (gsize) found);
      guint status = fw_http_head_read (&head, bytes, (gsize) found);

      FUZZ_REQUIRE ((status == 200) == (head.why == NULL));
      if (status == 200)
        require_sense (&head);
    }
  if (found >= 0)
    take_chunks ((const char *) data + found, len - (gsize) found);
  return 0;
}
