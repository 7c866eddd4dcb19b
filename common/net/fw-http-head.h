/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-http-head: reads the head of an HTTP/1.1 request and the framing of a chunked body. Pure.
 * Promises: what two readers could understand differently is refused: bare LF or CR, folded lines, space before a colon,
 *   control characters, Content-Length beside Transfer-Encoding, either of them twice, any coding but "chunked".
 * Does not: read bodies, decode paths, know limits on bytes. Threads: any, one owner each. */
#define FW_HTTP_HEADERS_MAX 100 /* over it: 431 */

typedef struct { const char *name, *value; } FwHttpHeader;
typedef struct
{
  const char  *method, *path, *query, *host; /* query: NULL when there is no '?'; host: NULL only in HTTP/1.0 */
  FwHttpHeader headers[FW_HTTP_HEADERS_MAX];
  guint        n_headers;
  gint64       content_length;               /* -1 = not given */
  gboolean     is_chunked, is_http_1_0, keeps_alive, expects_continue;
  const char  *why;                          /* of a bad one: a sentence, static */
} FwHttpHead;

/* The length of the head with its empty line, 0 when more must come, -1 when a line ends in a bare LF. *scanned (0 at
 * first) saves looking twice at what comes in small pieces. */
gssize      fw_http_head_find (const char *bytes, gsize len, gsize *scanned);
/* Reads in place (bytes[0..len), as found, is written to; what head points to lives there). 200, or the status that refuses it. */
guint       fw_http_head_read (FwHttpHead *head, char *bytes, gsize len);
/* The first header of that name, whatever its case; NULL when there is none. */
const char *fw_http_header (const FwHttpHead *head, const char *name);

typedef enum { FW_CHUNKS_MORE, FW_CHUNKS_DATA, FW_CHUNKS_END, FW_CHUNKS_BAD } FwChunksStep;
typedef struct { guint64 left; guint n_digits, n_extra; guint8 state; } FwHttpChunks; /* all zero = the beginning */
/* Passes over framing: *ret_passed bytes. On DATA, *ret_data bytes of body stand behind them; say with fw_http_chunks_took
 * how many of them were used. */
FwChunksStep fw_http_chunks_next (FwHttpChunks *chunks, const char *bytes, gsize len, gsize *ret_passed, gsize *ret_data);
void         fw_http_chunks_took (FwHttpChunks *chunks, gsize n);
