/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-http-head.h"

#include <string.h>

typedef struct
{
  FwHttpHead *head;
  char *at, *end; /* end: behind the last line's CRLF */
  gboolean has_host, has_connection_close, has_connection_keep;
} Reader;

gssize
fw_http_head_find (const char *bytes, gsize len, gsize *scanned)
{
  gsize at = *scanned; /* the beginning of a line */
  const char *lf;

  while ((lf = memchr (bytes + at, '\n', len - at)) != NULL)
    {
      gsize line_len = (gsize) (lf - (bytes + at));

      if (line_len == 0 || lf[-1] != '\r')
        return -1;
      at += line_len + 1;
      if (line_len == 1 && at > 2)
        return (gssize) at;
      *scanned = at;
    }
  return 0;
}

static guint
refuse (Reader *reader, guint status, const char *why)
{
  reader->head->why = why;
  return status;
}

static inline gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || c == '-' || (c != '\0' && strchr ("!#$%&'*+.^_`|~", c) != NULL);
}

static gsize
token_len (const char *text, const char *end)
{
  gsize n = 0;

  while (text + n < end && is_token_char (text[n]))
    n++;
  return n;
}

static gboolean
is_visible (const char *text)
{
  for (; *text != '\0'; text++)
    if (*text <= 0x20 || *text == 0x7f)
      return FALSE;
  return TRUE;
}

static gboolean
has_control (const char *text, const char *end)
{
  for (; text < end; text++)
    if (((guchar) *text < 0x20 && *text != '\t') || *text == 0x7f)
      return TRUE;
  return FALSE;
}

/* The next line, cut off; NULL when it holds a control character. */
static char *
next_line (Reader *reader, char **ret_end)
{
  char *line = reader->at;
  char *lf = memchr (line, '\n', (gsize) (reader->end - line));

  reader->at = lf + 1;
  *ret_end = lf - 1;
  **ret_end = '\0';
  return has_control (line, *ret_end) ? NULL : line;
}

/* "http://host/path", which proxies send, is "/path" of that host. */
static char *
origin_form (Reader *reader, char *target)
{
  char *path;

  if (g_ascii_strncasecmp (target, "http://", 7) != 0)
    return target;
  path = strchr (target + 7, '/');
  if (path == NULL || path == target + 7)
    return target;
  memmove (target, target + 7, (gsize) (path - target) - 7);
  path[-7] = '\0';
  reader->head->host = target;
  return path;
}

static guint
read_version (Reader *reader, const char *version)
{
  if (strncmp (version, "HTTP/", 5) != 0 || !g_ascii_isdigit (version[5]) || version[6] != '.'
      || !g_ascii_isdigit (version[7]) || version[8] != '\0')
    return refuse (reader, 400, "The request line must be METHOD /path HTTP/1.1.");
  if (version[5] != '1')
    return refuse (reader, 505, "HTTP/1.1 is spoken here.");
  reader->head->is_http_1_0 = version[7] == '0';
  return 200;
}

static guint
read_request_line (Reader *reader)
{
  FwHttpHead *head = reader->head;
  char *end, *line = next_line (reader, &end);
  gsize method_len = line != NULL ? token_len (line, end) : 0;
  char *target, *version;

  if (method_len == 0 || line[method_len] != ' ')
    return refuse (reader, 400, "The request line must be METHOD /path HTTP/1.1.");
  line[method_len] = '\0';
  target = line + method_len + 1;
  version = strchr (target, ' ');
  if (version == NULL)
    return refuse (reader, 400, "The request line must be METHOD /path HTTP/1.1.");
  *version++ = '\0';
  target = origin_form (reader, target);
  if ((target[0] != '/' && !g_str_equal (target, "*")) || !is_visible (target))
    return refuse (reader, 400, "The path must begin with '/'.");
  head->method = line;
  head->path = target;
  target = strchr (target, '?');
  if (target != NULL)
    *target++ = '\0';
  head->query = target;
  return read_version (reader, version);
}

static guint
read_length (Reader *reader, const char *value)
{
  guint64 length;

  if (reader->head->content_length >= 0 || !g_ascii_isdigit (value[0])
      || !g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT64, &length, NULL))
    return refuse (reader, 400, "Content-Length must be given once, as a number.");
  reader->head->content_length = (gint64) length;
  return 200;
}

static guint
read_coding (Reader *reader, const char *value)
{
  if (reader->head->is_chunked || reader->head->is_http_1_0)
    return refuse (reader, 400, "Transfer-Encoding must be given once, and in HTTP/1.1.");
  if (g_ascii_strcasecmp (value, "chunked") != 0)
    return refuse (reader, 501, "The only transfer coding understood is 'chunked'.");
  reader->head->is_chunked = TRUE;
  return 200;
}

static void
read_connection (Reader *reader, const char *value)
{
  while (*value != '\0')
    {
      gsize len = strcspn (value, ", \t");

      if (len == 5 && g_ascii_strncasecmp (value, "close", len) == 0)
        reader->has_connection_close = TRUE;
      if (len == 10 && g_ascii_strncasecmp (value, "keep-alive", len) == 0)
        reader->has_connection_keep = TRUE;
      value += len;
      value += strspn (value, ", \t");
    }
}

static guint
read_host (Reader *reader, const char *value)
{
  if (reader->has_host)
    return refuse (reader, 400, "Host must be given once.");
  reader->has_host = TRUE;
  if (reader->head->host == NULL)
    reader->head->host = value;
  return 200;
}

static guint
read_expect (Reader *reader, const char *value)
{
  if (g_ascii_strcasecmp (value, "100-continue") != 0)
    return refuse (reader, 417, "The only expectation understood is '100-continue'.");
  reader->head->expects_continue = !reader->head->is_http_1_0;
  return 200;
}

static guint
understand (Reader *reader, const char *name, gsize name_len, const char *value)
{
  switch (name_len)
    {
    case 4:
      return g_ascii_strcasecmp (name, "host") == 0 ? read_host (reader, value) : 200;
    case 6:
      return g_ascii_strcasecmp (name, "expect") == 0 ? read_expect (reader, value) : 200;
    case 10:
      if (g_ascii_strcasecmp (name, "connection") == 0)
        read_connection (reader, value);
      return 200;
    case 14:
      return g_ascii_strcasecmp (name, "content-length") == 0 ? read_length (reader, value) : 200;
    case 17:
      return g_ascii_strcasecmp (name, "transfer-encoding") == 0 ? read_coding (reader, value)
                                                                 : 200;
    default:
      return 200;
    }
}

static guint
read_header (Reader *reader)
{
  FwHttpHead *head = reader->head;
  char *end, *line = next_line (reader, &end);
  gsize name_len = line != NULL ? token_len (line, end) : 0;
  char *value;

  if (name_len == 0 || line[name_len] != ':')
    return refuse (reader, 400, "A header must be 'Name: value' in one line.");
  if (head->n_headers == FW_HTTP_HEADERS_MAX)
    return refuse (reader, 431, "There are too many headers.");
  line[name_len] = '\0';
  value = line + name_len + 1;
  value += strspn (value, " \t");
  while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
    *--end = '\0';
  head->headers[head->n_headers++] = (FwHttpHeader){ line, value };
  return understand (reader, line, name_len, value);
}

static guint
check_whole (Reader *reader)
{
  FwHttpHead *head = reader->head;

  if (head->is_chunked && head->content_length >= 0)
    return refuse (reader, 400, "Content-Length and Transfer-Encoding exclude each other.");
  if (!reader->has_host && !head->is_http_1_0)
    return refuse (reader, 400, "There must be a Host header.");
  head->keeps_alive
      = !reader->has_connection_close && (!head->is_http_1_0 || reader->has_connection_keep);
  return 200;
}

guint
fw_http_head_read (FwHttpHead *head, char *bytes, gsize len)
{
  Reader reader = { .head = head, .at = bytes, .end = bytes + len - 2 };
  guint status;

  head->n_headers = 0;
  head->host = head->why = NULL;
  head->content_length = -1;
  head->is_chunked = head->is_http_1_0 = head->keeps_alive = head->expects_continue = FALSE;
  status = read_request_line (&reader);
  while (status == 200 && reader.at < reader.end)
    status = read_header (&reader);
  return status == 200 ? check_whole (&reader) : status;
}

const char *
fw_http_header (const FwHttpHead *head, const char *name)
{
  for (guint i = 0; i < head->n_headers; i++)
    if (g_ascii_strcasecmp (head->headers[i].name, name) == 0)
      return head->headers[i].value;
  return NULL;
}
