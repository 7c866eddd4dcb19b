/* SPDX-License-Identifier: Apache-2.0 */
/*   START --'['--> ARRAY --']'--> BEHIND --anything--> OVER
 *   START --else-> FIRST --a line's end: inside brackets--> WHOLE, else--> LINES */
#include "ingest-split.h"

#include <string.h>

#define PART_KEPT_BYTES 4096
#define MARK_BYTES 3
#define MARK_OVER (MARK_BYTES + 1)

typedef enum
{
  START,
  FIRST,
  WHOLE,
  LINES,
  ARRAY,
  BEHIND,
  OVER
} Mode;

void
ingest_split_init (IngestSplit *split, IngestLayout layout, gsize event_max)
{
  *split = (IngestSplit){ .part = g_string_new (NULL),
                          .event_max = event_max,
                          .line = 1,
                          .layout = (guint8) layout,
                          .mode = START };
}

void
ingest_split_clear (IngestSplit *split)
{
  if (split->part != NULL)
    g_string_free (split->part, TRUE);
  split->part = NULL;
}

gsize
ingest_split_held (const IngestSplit *split)
{
  return split->part != NULL ? split->part->allocated_len : 0;
}

/* One large event is no reason to hold as much for all that follow. */
static void
forget_given (IngestSplit *split)
{
  if (!split->is_part_given)
    return;
  split->is_part_given = FALSE;
  if (split->part->allocated_len <= PART_KEPT_BYTES)
    {
      g_string_truncate (split->part, 0);
      return;
    }
  g_string_free (split->part, TRUE);
  split->part = g_string_new (NULL);
}

static inline gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
trim (IngestPiece *piece)
{
  while (piece->len > 0 && is_space (piece->text[0]))
    piece->text++, piece->len--;
  while (piece->len > 0 && is_space (piece->text[piece->len - 1]))
    piece->len--;
}

/* What belongs to an event whose end has not come. */
static void
store (IngestSplit *split, const char *bytes, gsize len)
{
  if (split->is_skipping)
    return;
  split->is_skipping = split->part->len + len > split->event_max;
  if (split->is_skipping)
    g_string_truncate (split->part, 0);
  else
    g_string_append_len (split->part, bytes, (gssize) len);
}

/* The event ends with these bytes. */
static IngestSplitStep
give (IngestSplit *split, const char *bytes, gsize len, IngestPiece *ret)
{
  gboolean is_too_large = split->is_skipping || split->part->len + len > split->event_max;

  *ret = (IngestPiece){ bytes, len, split->line };
  split->is_skipping = split->is_in_string = split->is_escaped = FALSE;
  split->depth = 0;
  split->is_part_given = TRUE;
  if (is_too_large)
    return INGEST_SPLIT_TOO_LARGE;
  if (split->part->len > 0)
    {
      g_string_append_len (split->part, bytes, (gssize) len);
      *ret = (IngestPiece){ split->part->str, split->part->len, split->line };
    }
  trim (ret);
  return INGEST_SPLIT_EVENT;
}

static gboolean
is_begun (const IngestSplit *split)
{
  return split->part->len > 0 || split->is_skipping;
}

static void
skip_space (const IngestSplit *split, const char *bytes, gsize len, gsize *at, char but)
{
  while (!is_begun (split) && *at < len && is_space (bytes[*at]) && bytes[*at] != but)
    ++*at;
}

/* Bytes that may end an event, a string or a bracket; between them there is nothing to look at. */
static const guint8 is_mark[256]
    = { ['\n'] = 1, ['"'] = 1, ['\\'] = 1, [','] = 1, ['{'] = 1, ['}'] = 1, ['['] = 1, [']'] = 1 };

/* One mark more. TRUE when it ends an event. */
static gboolean
is_end (IngestSplit *split, char c, const char *ends)
{
  if (c == '\n')
    {
      split->is_in_string = FALSE; /* no string survives it */
      return ends[0] == '\n';
    }
  if (c == '"')
    split->is_in_string = !split->is_in_string;
  else if (split->is_in_string)
    split->is_escaped = c == '\\';
  else if (split->depth == 0 && strchr (ends, c) != NULL)
    return TRUE;
  else if (c == '{' || c == '[')
    split->depth++;
  else if ((c == '}' || c == ']') && split->depth > 0)
    split->depth--;
  return FALSE;
}

/* The place of the next byte that ends an event: one of `ends` outside of strings and brackets, and
 * a line's end, if it is one of them, anywhere. len when there is none. */
static gsize
scan (IngestSplit *split, const char *bytes, gsize at, gsize len, const char *ends)
{
  for (; at < len; at++)
    {
      gboolean was_escaped = split->is_escaped;

      split->is_escaped = FALSE;
      if (was_escaped && bytes[at] != '\n')
        continue;
      while (at < len && !is_mark[(guchar) bytes[at]])
        at++;
      if (at < len && is_end (split, bytes[at], ends))
        return at;
    }
  return len;
}

static IngestSplitStep
more (IngestSplit *split, const char *bytes, gsize len, gsize *at)
{
  store (split, bytes + *at, len - *at);
  *at = len;
  return INGEST_SPLIT_MORE;
}

static IngestSplitStep
next_line (IngestSplit *split, const char *bytes, gsize len, gsize *at, IngestPiece *ret)
{
  for (;;)
    {
      const char *lf;
      gsize from;

      skip_space (split, bytes, len, at, '\n');
      from = *at;
      lf = from < len ? memchr (bytes + from, '\n', len - from) : NULL;
      if (lf == NULL)
        return more (split, bytes, len, at);
      *at = (gsize) (lf - bytes) + 1;
      if (lf > bytes + from || is_begun (split))
        {
          IngestSplitStep step = give (split, bytes + from, (gsize) (lf - bytes) - from, ret);

          split->line++;
          return step;
        }
      split->line++;
    }
}

/* Until the first line ends it may be NDJSON, or one value over several lines. */
static IngestSplitStep
first_line (IngestSplit *split, const char *bytes, gsize len, gsize *at, IngestPiece *ret)
{
  gsize from = *at, end = scan (split, bytes, from, len, "\n");
  IngestSplitStep step;

  if (end == len)
    return more (split, bytes, len, at);
  if (split->depth > 0)
    {
      split->mode = WHOLE;
      return more (split, bytes, len, at);
    }
  split->mode = LINES;
  *at = end + 1;
  step = give (split, bytes + from, end - from, ret);
  split->line++;
  return step;
}

static IngestSplitStep
next_element (IngestSplit *split, const char *bytes, gsize len, gsize *at, IngestPiece *ret)
{
  gboolean is_first = split->line == 1, is_last;
  gsize from, end;
  IngestSplitStep step;

  skip_space (split, bytes, len, at, '\0');
  from = *at;
  end = scan (split, bytes, from, len, ",]");
  if (end == len)
    return more (split, bytes, len, at);
  *at = end + 1;
  is_last = bytes[end] == ']';
  if (is_last)
    split->mode = BEHIND;
  if (is_last && is_first && end == from && !is_begun (split)) /* [] */
    return ingest_split_next (split, bytes, len, at, ret);
  step = give (split, bytes + from, end - from, ret);
  split->line++;
  return step;
}

static IngestSplitStep
broken (IngestSplit *split, IngestPiece *ret)
{
  split->mode = OVER;
  g_string_truncate (split->part, 0);
  split->is_skipping = FALSE;
  *ret = (IngestPiece){ "", 0, split->line };
  return INGEST_SPLIT_BROKEN;
}

/* TRUE when it is over: it stood there, or did not. What only began like one belongs to the text.
 */
static gboolean
pass_mark (IngestSplit *split, const char *bytes, gsize len, gsize *at)
{
  static const char mark[] = "\xef\xbb\xbf";

  while (split->n_mark < MARK_BYTES && *at < len && bytes[*at] == mark[split->n_mark])
    split->n_mark++, ++*at;
  if (*at == len && split->n_mark < MARK_BYTES)
    return FALSE;
  if (split->n_mark < MARK_BYTES)
    store (split, mark, split->n_mark);
  split->n_mark = MARK_OVER;
  return TRUE;
}

/* Blank lines in front are lines of NDJSON too. */
static void
start (IngestSplit *split, const char *bytes, gsize len, gsize *at)
{
  if (split->n_mark != MARK_OVER && !pass_mark (split, bytes, len, at))
    return;
  for (; !is_begun (split) && *at < len && is_space (bytes[*at]); ++*at)
    split->line += bytes[*at] == '\n';
  if (*at == len && !is_begun (split))
    return;
  if (split->layout == INGEST_LAYOUT_LINES)
    split->mode = LINES;
  else if (is_begun (split) || bytes[*at] != '[')
    split->mode = FIRST;
  else
    {
      split->mode = ARRAY;
      split->line = 1;
      ++*at;
    }
}

IngestSplitStep
ingest_split_next (IngestSplit *split, const char *bytes, gsize len, gsize *at, IngestPiece *ret)
{
  forget_given (split);
  if (split->mode == START)
    start (split, bytes, len, at);
  switch ((Mode) split->mode)
    {
    case FIRST:
      return first_line (split, bytes, len, at, ret);
    case LINES:
      return next_line (split, bytes, len, at, ret);
    case WHOLE:
      return more (split, bytes, len, at);
    case ARRAY:
      return next_element (split, bytes, len, at, ret);
    case BEHIND:
      skip_space (split, bytes, len, at, '\0');
      if (*at < len)
        return broken (split, ret);
      return INGEST_SPLIT_MORE;
    default:
      *at = len;
      return INGEST_SPLIT_MORE;
    }
}

IngestSplitStep
ingest_split_end (IngestSplit *split, IngestPiece *ret)
{
  Mode mode = (Mode) split->mode;

  forget_given (split);
  if (mode == ARRAY)
    return broken (split, ret);
  split->mode = OVER;
  if (mode == START || mode >= BEHIND || !is_begun (split))
    return INGEST_SPLIT_END;
  return give (split, "", 0, ret);
}

void
ingest_split_hold (IngestSplit *split, IngestPiece *piece)
{
  gsize begin = 0;

  if (piece->text >= split->part->str && piece->text <= split->part->str + split->part->len)
    begin = (gsize) (piece->text - split->part->str);
  else
    {
      g_string_truncate (split->part, 0);
      g_string_append_len (split->part, piece->text, (gssize) piece->len);
    }
  piece->text = split->part->str + begin;
}
