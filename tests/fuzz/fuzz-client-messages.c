/* SPDX-License-Identifier: Apache-2.0 */
/* A client's messages, one a line: each is read, and what was understood is written and read again.
 */
#include <string.h>

#include "fuzz.h"
#include "fw-client-message.h"
#include "fw-query.h"

static void
require_same_again (const FwClientMessage *msg)
{
  FwClientMessage again;
  FwWireCode code;
  char *message = NULL, *at = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) text_again = g_string_new (NULL);
  fw_client_message_write (msg, text);
  FUZZ_REQUIRE (fw_client_message_read (&again, text->str, text->len, &code, &message, &at));
  fw_client_message_write (&again, text_again);
  FUZZ_REQUIRE (strcmp (text->str, text_again->str) == 0);
  fw_client_message_clear (&again);
}

static void
take_message (const char *text, gsize len)
{
  FwClientMessage msg;
  FwWireCode code = FW_N_CODES;
  g_autofree char *message = NULL, *at = NULL;
  if (fw_client_message_read (&msg, text, len, &code, &message, &at))
    {
      fw_query_free (fw_query_new (msg.where, NULL, NULL));
      require_same_again (&msg);
    }
  else
    {
      FUZZ_REQUIRE (code < FW_N_CODES && message);
      FUZZ_REQUIRE (g_utf8_validate (message, -1, NULL));
    }
  FUZZ_REQUIRE (!msg.id || g_utf8_validate (msg.id, -1, NULL));
  fw_client_message_clear (&msg);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize len)
{
  const char *at = (const char *) data, *end = at + len;
  while (at < end)
    {
      const char *line_end = memchr (at, '\n', (gsize) (end - at));
      gsize line_len = (gsize) ((line_end ? line_end : end) - at);
      /* Of the very size, so that a sanitizer sees one byte too many. */
      g_autofree char *line = g_memdup2 (at, line_len);
      take_message (line ? line : "", line_len);
      at += line_len + 1;
    }
  return 0;
}
