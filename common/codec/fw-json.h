/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-json: a strict RFC 8259 pull reader and a small writer, without allocation per token.
 * Promises: accepts exactly the grammar of RFC 8259 in valid UTF-8 (no BOM, no trailing bytes, lone surrogate escapes
 *   refused), depth <= FW_JSON_MAX_DEPTH; numbers keep their text; strings without escapes are slices of the input.
 * Does not: build trees (cJSON does, for configuration and control messages).
 * Threads: one owner per reader. */
#define FW_JSON_MAX_DEPTH 16
#define FW_JSON_MAX_BYTES (1024 * 1024)

typedef enum
{
  FW_JSON_END, FW_JSON_ERROR, FW_JSON_OBJECT_BEGIN, FW_JSON_OBJECT_END, FW_JSON_ARRAY_BEGIN, FW_JSON_ARRAY_END,
  FW_JSON_KEY, FW_JSON_STRING, FW_JSON_NUMBER, FW_JSON_TRUE, FW_JSON_FALSE, FW_JSON_NULL,
} FwJsonToken;
typedef enum { FW_JSON_OK, FW_JSON_SYNTAX, FW_JSON_DEPTH, FW_JSON_UTF8, FW_JSON_TRAILING } FwJsonFault;

typedef struct
{
  const char *input; gsize len, at;
  const char *text;  gsize text_len;  /* of KEY, STRING (unescaped), NUMBER (raw); valid until the next call */
  gsize       token_at;               /* byte offset where the token began */
  FwJsonFault fault;
  guint       depth; guint8 state, stack[FW_JSON_MAX_DEPTH];
  GString    *scratch;                /* for unescaping; kept between documents */
} FwJsonReader;

void        fw_json_reader_init (FwJsonReader *reader);             /* once */
void        fw_json_reader_clear (FwJsonReader *reader);
void        fw_json_reader_start (FwJsonReader *reader, const char *input, gsize len);
FwJsonToken fw_json_next (FwJsonReader *reader);
/* Skips the value that begins with the token just returned (a scalar: nothing). FALSE on a fault. */
gboolean    fw_json_skip (FwJsonReader *reader, FwJsonToken token);
/* The number token as double (never locale-dependent), and as an exact integer if it is one that fits. */
double      fw_json_number (const FwJsonReader *reader);
gboolean    fw_json_integer (const FwJsonReader *reader, gint64 *ret_value);
/* text must be a number by the grammar of JSON. */
double      fw_json_number_of (const char *text, gsize len);

/* Writers append to out. Strings are written as valid JSON: control characters, quote and backslash escaped; invalid
 * UTF-8 replaced by U+FFFD. Numbers: shortest text that reads back as the same double; NaN and infinities as null. */
void fw_json_put_string (GString *out, const char *text, gsize len);
void fw_json_put_number (GString *out, double value);
void fw_json_put_int (GString *out, gint64 value);
