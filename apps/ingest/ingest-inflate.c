/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-inflate.h"

#include <zlib.h>

#define RATIO_COUNTS_FROM (64 * 1024)
#define WINDOW_BITS 15
#define AS_GZIP (WINDOW_BITS + 16)
#define AS_ZLIB WINDOW_BITS
#define AS_RAW (-WINDOW_BITS)

struct IngestInflate
{
  z_stream stream;
  IngestInflateLimits limits;
  guint64 n_in, n_out;
  gboolean is_gzip, is_open, is_at_end;
};

static gboolean
is_gzip (const char *encoding)
{
  return g_ascii_strcasecmp (encoding, "gzip") == 0 || g_ascii_strcasecmp (encoding, "x-gzip") == 0;
}

gboolean
ingest_inflate_knows (const char *encoding)
{
  return is_gzip (encoding) || g_ascii_strcasecmp (encoding, "deflate") == 0;
}

IngestInflate *
ingest_inflate_new (const char *encoding, const IngestInflateLimits *limits)
{
  IngestInflate *self = g_new0 (IngestInflate, 1);

  self->limits = *limits;
  self->is_gzip = is_gzip (encoding);
  return self;
}

void
ingest_inflate_free (IngestInflate *self)
{
  if (self == NULL)
    return;
  if (self->is_open)
    inflateEnd (&self->stream);
  g_free (self);
}

/* zlib's wrapping begins with the method 8 and a window of at most 7; a raw stream that did would
 * be a stored block with bits set that nobody sets. */
static int
window_bits (const IngestInflate *self, guchar first)
{
  if (self->is_gzip)
    return AS_GZIP;
  return (first & 0x0f) == 8 && first >> 4 <= 7 ? AS_ZLIB : AS_RAW;
}

static gboolean
open_stream (IngestInflate *self, guchar first)
{
  if (self->is_at_end) /* one gzip member may follow another */
    {
      self->is_at_end = FALSE;
      return self->is_gzip && inflateReset (&self->stream) == Z_OK;
    }
  if (!self->is_open)
    self->is_open = inflateInit2 (&self->stream, window_bits (self, first)) == Z_OK;
  return self->is_open;
}

static gboolean
is_bomb (const IngestInflate *self)
{
  if (self->n_out > self->limits.out_max_bytes)
    return TRUE;
  return self->n_out > RATIO_COUNTS_FROM && self->n_out / self->limits.ratio_max > self->n_in;
}

IngestInflateResult
ingest_inflate_step (IngestInflate *self, const char *bytes, gsize len, gsize *ret_taken, char *out,
                     gsize room, gsize *ret_n)
{
  z_stream *stream = &self->stream;
  int status;

  *ret_taken = *ret_n = 0;
  if (len == 0 && (!self->is_open || self->is_at_end))
    return INGEST_INFLATE_OK;
  if ((!self->is_open || self->is_at_end) && !open_stream (self, (guchar) bytes[0]))
    return INGEST_INFLATE_BROKEN;
  stream->next_in = (z_const Bytef *) bytes;
  stream->avail_in = (uInt) MIN (len, G_MAXUINT);
  stream->next_out = (Bytef *) out;
  stream->avail_out = (uInt) room;
  status = inflate (stream, Z_NO_FLUSH);
  *ret_taken = MIN (len, G_MAXUINT) - stream->avail_in;
  *ret_n = room - stream->avail_out;
  self->n_in += *ret_taken;
  self->n_out += *ret_n;
  if (is_bomb (self))
    return INGEST_INFLATE_BOMB;
  self->is_at_end = status == Z_STREAM_END;
  return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR ? INGEST_INFLATE_OK
                                                                           : INGEST_INFLATE_BROKEN;
}

gboolean
ingest_inflate_is_whole (const IngestInflate *self)
{
  return !self->is_open || self->is_at_end;
}
