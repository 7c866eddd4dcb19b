/* SPDX-License-Identifier: Apache-2.0 */
/* What a request's head and a chunked body mean, and which of them are refused. */
#include <string.h>

#include "fw-http-head.h"

#define REQUEST "POST /v1/events?a=b HTTP/1.1\r\nHost: fleet.example\r\n"

static guint
status_of (const char *text, FwHttpHead *head)
{
  static char bytes[4096];
  gsize len = strlen (text), scanned = 0;
  gssize found;

  memcpy (bytes, text, len);
  found = fw_http_head_find (bytes, len, &scanned);
  if (found < 0)
    return 400;
  g_assert_cmpint (found, ==, len);
  return fw_http_head_read (head, bytes, len);
}

static void
test_a_request_is_read (void)
{
  FwHttpHead head;

  g_assert_cmpuint (status_of (REQUEST "Content-Length: 12\r\nX-Long:\t a b \t\r\n\r\n", &head), ==,
                    200);
  g_assert_cmpstr (head.method, ==, "POST");
  g_assert_cmpstr (head.path, ==, "/v1/events");
  g_assert_cmpstr (head.query, ==, "a=b");
  g_assert_cmpstr (head.host, ==, "fleet.example");
  g_assert_cmpint (head.content_length, ==, 12);
  g_assert_cmpstr (fw_http_header (&head, "x-long"), ==, "a b");
  g_assert_null (fw_http_header (&head, "y"));
  g_assert_true (head.keeps_alive);
}

static void
test_a_proxy_may_name_the_host_in_the_target (void)
{
  FwHttpHead head;

  g_assert_cmpuint (status_of ("GET http://a.example:80/x HTTP/1.1\r\nHost: b\r\n\r\n", &head), ==,
                    200);
  g_assert_cmpstr (head.host, ==, "a.example:80");
  g_assert_cmpstr (head.path, ==, "/x");
}

static void
test_what_keeps_a_connection (void)
{
  static const struct
  {
    const char *text;
    gboolean keeps;
  } cases[] = {
    { "GET / HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n", FALSE },
    { "GET / HTTP/1.1\r\nHost: x\r\nConnection: te, close\r\n\r\n", FALSE },
    { "GET / HTTP/1.1\r\nHost: x\r\nConnection: closed\r\n\r\n", TRUE },
    { "GET / HTTP/1.0\r\n\r\n", FALSE },
    { "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FwHttpHead head;

      g_assert_cmpuint (status_of (cases[i].text, &head), ==, 200);
      g_assert_cmpint (head.keeps_alive, ==, cases[i].keeps);
    }
}

static void
test_what_two_readers_could_understand_differently_is_refused (void)
{
  static const struct
  {
    const char *text;
    guint status;
  } cases[] = {
    { REQUEST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { REQUEST "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n", 400 },
    { REQUEST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { REQUEST "Content-Length: 2\r\nContent-Length: 2\r\n\r\n", 400 },
    { REQUEST "Content-Length: 2, 2\r\n\r\n", 400 },
    { REQUEST "Content-Length: +2\r\n\r\n", 400 },
    { REQUEST "Content-Length: -2\r\n\r\n", 400 },
    { REQUEST "Content-Length: 0x2\r\n\r\n", 400 },
    { REQUEST "Content-Length:\r\n\r\n", 400 },
    { REQUEST "Content-Length: 99999999999999999999\r\n\r\n", 400 },
    { REQUEST "Content-Length : 2\r\n\r\n", 400 },
    { REQUEST "Transfer-Encoding: xchunked\r\n\r\n", 501 },
    { REQUEST "Transfer-Encoding: gzip, chunked\r\n\r\n", 501 },
    { REQUEST "Transfer-Encoding: chunked, chunked\r\n\r\n", 501 },
    { REQUEST "X: a\r\n b\r\n\r\n", 400 },
    { REQUEST "X: a\rb\r\n\r\n", 400 },
    { REQUEST "X: a\x01\r\n\r\n", 400 },
    { REQUEST "X: a\n\r\n", 400 },
    { REQUEST "X\r\n\r\n", 400 },
    { REQUEST ": x\r\n\r\n", 400 },
    { REQUEST "Host: twice\r\n\r\n", 400 },
    { REQUEST "Expect: the-unexpected\r\n\r\n", 417 },
    { "POST / HTTP/1.1\r\n\r\n", 400 },
    { "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400 },
    { "POST  / HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "POST / HTTP/1.1 \r\nHost: x\r\n\r\n", 400 },
    { "POST /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "POST x HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "POST /\r\nHost: x\r\n\r\n", 400 },
    { "PO(ST / HTTP/1.1\r\nHost: x\r\n\r\n", 400 },
    { "POST / HTTP/2.0\r\nHost: x\r\n\r\n", 505 },
    { "POST / http/1.1\r\nHost: x\r\n\r\n", 400 },
    { "\x16\x03\x01\r\n\r\n", 400 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FwHttpHead head;
      guint status = status_of (cases[i].text, &head);

      if (status != cases[i].status)
        g_error ("%u instead of %u for: %s", status, cases[i].status, cases[i].text);
    }
}

/* The body, or NULL when it is malformed; *ret_rest: what stands behind its end. */
static char *
unchunked (const char *text, gsize piece, const char **ret_rest)
{
  FwHttpChunks chunks = { 0 };
  g_autoptr (GString) body = g_string_new (NULL);
  gsize at = 0, len = strlen (text);

  while (at < len)
    {
      gsize passed, n;
      FwChunksStep step
          = fw_http_chunks_next (&chunks, text + at, MIN (piece, len - at), &passed, &n);

      at += passed;
      if (step == FW_CHUNKS_BAD)
        return NULL;
      if (step == FW_CHUNKS_DATA)
        {
          g_string_append_len (body, text + at, (gssize) n);
          fw_http_chunks_took (&chunks, n);
          at += n;
        }
      if (step == FW_CHUNKS_END)
        {
          *ret_rest = text + at;
          return g_string_free (g_steal_pointer (&body), FALSE);
        }
    }
  return g_strdup ("unfinished");
}

static void
test_chunks_are_joined (void)
{
  for (gsize piece = 1; piece < 50; piece++)
    {
      const char *rest = NULL;
      g_autofree char *body
          = unchunked ("4\r\nWiki\r\n00A;n=\"v\"\r\npedia in\r\n\r\nC \r\n chunks.\r\n\r\n"
                       "\r\n0\r\nA: b\r\nC: d\r\n\r\nNEXT",
                       piece, &rest);

      g_assert_cmpstr (body, ==, "Wikipedia in\r\n chunks.\r\n\r\n");
      g_assert_cmpstr (rest, ==, "NEXT");
    }
}

static void
test_malformed_chunks_are_refused (void)
{
  static const char *const cases[] = { "\r\n",
                                       "zz\r\n",
                                       "-2\r\n",
                                       "0x2\r\n",
                                       "2\nab\r\n",
                                       "2\r\nabc\r\n",
                                       "2\r\nabX\n",
                                       "2\r\nab\r2\r\n",
                                       ";x\r\n",
                                       "2;\x01\r\nab",
                                       "0\r\n\n",
                                       "0\r\nA\x7f: b\r\n",
                                       "1000000000000000\r\n",
                                       "0000000000000001\r\n",
                                       "2\r\nab\r\n\r\n" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *rest;
      g_autofree char *body = unchunked (cases[i], 1, &rest);

      if (body != NULL)
        g_error ("read as '%s': %s", body, cases[i]);
    }
}

static void
test_extensions_and_trailers_have_a_limit (void)
{
  const char *rest;
  g_autofree char *flood = g_strnfill (5000, 'x');
  g_autofree char *extension = g_strconcat ("1;", flood, "\r\na\r\n0\r\n\r\n", NULL);
  g_autofree char *trailer = g_strconcat ("0\r\nA: ", flood, "\r\n\r\n", NULL);

  g_assert_null (unchunked (extension, 100, &rest));
  g_assert_null (unchunked (trailer, 100, &rest));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func ("/net/http-head/" #name, test_##name)
  CLAIM (a_request_is_read);
  CLAIM (a_proxy_may_name_the_host_in_the_target);
  CLAIM (what_keeps_a_connection);
  CLAIM (what_two_readers_could_understand_differently_is_refused);
  CLAIM (chunks_are_joined);
  CLAIM (malformed_chunks_are_refused);
  CLAIM (extensions_and_trailers_have_a_limit);
  return g_test_run ();
}
