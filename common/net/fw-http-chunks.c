/* SPDX-License-Identifier: Apache-2.0 */
/* The framing of a chunked body:
 *
 *   SIZE --;--> EXTENSION --CR--> SIZE_LF --LF--> DATA ... --> DATA_CR --> DATA_LF --> SIZE
 *                                    size 0: --LF--> TRAILER --CR--> TRAILER_LF --> TRAILER
 *                                                    empty line: CR --> END_LF --LF--> DONE */
#include "fw-http-head.h"

#define DIGITS_MAX 15         /* no length that a sum could overflow */
#define EXTRA_MAX_BYTES 4096u /* of extensions and trailers, which nobody reads, in one body */

typedef enum
{
  SIZE,
  EXTENSION,
  SIZE_LF,
  DATA,
  DATA_CR,
  DATA_LF,
  TRAILER_FIRST,
  TRAILER,
  TRAILER_LF,
  END_LF,
  DONE,
  FAILED
} State;

static State
after_size (FwHttpChunks *chunks, char c)
{
  int digit = g_ascii_xdigit_value (c);

  if (digit >= 0)
    {
      chunks->left = chunks->left << 4 | (guint) digit;
      return ++chunks->n_digits <= DIGITS_MAX ? SIZE : FAILED;
    }
  if (chunks->n_digits == 0)
    return FAILED;
  if (c == '\r')
    return SIZE_LF;
  return c == ';' || c == ' ' || c == '\t' ? EXTENSION : FAILED;
}

/* Bytes of no meaning, up to a CR. */
static State
after_extra (FwHttpChunks *chunks, char c, State here, State at_cr)
{
  if (c == '\r')
    return at_cr;
  if (((guchar) c < 0x20 && c != '\t') || c == 0x7f)
    return FAILED;
  return ++chunks->n_extra <= EXTRA_MAX_BYTES ? here : FAILED;
}

static State
after_size_line (FwHttpChunks *chunks)
{
  chunks->n_digits = 0;
  return chunks->left > 0 ? DATA : TRAILER_FIRST;
}

static State
after (FwHttpChunks *chunks, char c)
{
  switch ((State) chunks->state)
    {
    case SIZE:
      return after_size (chunks, c);
    case EXTENSION:
      return after_extra (chunks, c, EXTENSION, SIZE_LF);
    case SIZE_LF:
      return c == '\n' ? after_size_line (chunks) : FAILED;
    case DATA_CR:
      return c == '\r' ? DATA_LF : FAILED;
    case DATA_LF:
      return c == '\n' ? SIZE : FAILED;
    case TRAILER_FIRST:
      return after_extra (chunks, c, TRAILER, END_LF);
    case TRAILER:
      return after_extra (chunks, c, TRAILER, TRAILER_LF);
    case TRAILER_LF:
      return c == '\n' ? TRAILER_FIRST : FAILED;
    case END_LF:
      return c == '\n' ? DONE : FAILED;
    default:
      return FAILED;
    }
}

FwChunksStep
fw_http_chunks_next (FwHttpChunks *chunks, const char *bytes, gsize len, gsize *ret_passed,
                     gsize *ret_data)
{
  gsize at = 0;

  *ret_data = 0;
  while (at < len && chunks->state != DATA && chunks->state < DONE)
    chunks->state = (guint8) after (chunks, bytes[at++]);
  *ret_passed = at;
  if (chunks->state >= DONE)
    return chunks->state == DONE ? FW_CHUNKS_END : FW_CHUNKS_BAD;
  if (chunks->state != DATA || at == len)
    return FW_CHUNKS_MORE;
  *ret_data = (gsize) MIN (chunks->left, len - at);
  return FW_CHUNKS_DATA;
}

void
fw_http_chunks_took (FwHttpChunks *chunks, gsize n)
{
  chunks->left -= n;
  if (chunks->left == 0)
    chunks->state = DATA_CR;
}
