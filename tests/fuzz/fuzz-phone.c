/* SPDX-License-Identifier: Apache-2.0 */
/* A phone's message. Byte 0: bit 0 = OwnTracks, bit 1 = the first line is the URL's parameters. An
 * event that comes of it is one JSON object that an event's reader understands, and the same again.
 */
#include <string.h>

#include "fuzz.h"
#include "fw-json.h"
#include "ingest-phone.h"

static void
require_json (const GString *event)
{
  FwJsonReader json;

  fw_json_reader_init (&json);
  fw_json_reader_start (&json, event->str, event->len);
  FUZZ_REQUIRE (fw_json_next (&json) == FW_JSON_OBJECT_BEGIN);
  FUZZ_REQUIRE (fw_json_skip (&json, FW_JSON_OBJECT_BEGIN));
  FUZZ_REQUIRE (fw_json_next (&json) == FW_JSON_END);
  fw_json_reader_clear (&json);
}

static IngestPhoneResult
read_once (const IngestPhone *phone, const char *bytes, gsize len, GString *out, guint *ret_refusal)
{
  /* Of the very size, so that a sanitizer sees one byte too many. */
  g_autofree char *copy = g_memdup2 (bytes, MAX (len, 1));
  IngestPhoneResult result = ingest_phone_read (phone, NULL, copy, len, out, ret_refusal);

  FUZZ_REQUIRE ((result == INGEST_PHONE_REFUSED) == (*ret_refusal != FW_REJECT_NONE));
  if (result == INGEST_PHONE_EVENT)
    require_json (out);
  return result;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  const char *at = (const char *) data + 1;
  const char *end = (const char *) data + len;
  const char *line = len > 1 && data[0] & 2 ? memchr (at, '\n', len - 1) : NULL;
  g_autofree char *query = line ? g_strndup (at, (gsize) (line - at)) : NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) again = g_string_new (NULL);
  guint refusal = FW_REJECT_NONE, refusal_again = FW_REJECT_NONE;

  if (len < 2)
    return 0;
  at = line ? line + 1 : at;
  if (at == end)
    return 0;
  g_autoptr (IngestPhone) phone = ingest_phone_new (
      data[0] & 1 ? INGEST_PHONE_OWNTRACKS : INGEST_PHONE_TRACCAR, query, "jane", "phone");
  FUZZ_REQUIRE (read_once (phone, at, (gsize) (end - at), out, &refusal)
                == read_once (phone, at, (gsize) (end - at), again, &refusal_again));
  FUZZ_REQUIRE (refusal == refusal_again && g_string_equal (out, again));
  return 0;
}
