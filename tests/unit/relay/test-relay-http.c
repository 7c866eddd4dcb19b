/* SPDX-License-Identifier: Apache-2.0 */
/* What a browser gets from the relay's port: asked through a real server, as a browser would. */
#include <glib/gstdio.h>
#include <string.h>

#include "fw-ws-server.h"
#include "relay-http.h"
#include "ws-peer.h"

typedef struct
{
  char *folder; /* stands for the source tree */
  RelayHttp *http;
  FwWsServer *server;
} Site;

typedef struct
{
  guint status;
  char *head, *body;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_free (answer->head);
  g_free (answer->body);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

static const struct
{
  const char *path, *text;
} site_files[] = {
  { "apps/web/index.html", "<!doctype html><title>page</title>\n" },
  { "apps/web/fleetwire.js", "export const connect = 1;\n" },
  { "apps/web/fleetwire.d.ts", "export declare const connect: number;\n" },
  { "apps/web/base.css", "body { margin: 0 }\n" },
  { "apps/web/favicon.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>\n" },
  { "apps/web/fleetwire.webmanifest", "{}\n" },
  { "apps/web/icons/bus.png", "not really a picture\n" },
  { "apps/web/meson.build", "secret of the build\n" },
  { "apps/web/package.json", "secret of the package\n" },
  { "apps/web/.hidden.js", "secret of the editor\n" },
  { "apps/web/node_modules/x.js", "secret of the tests\n" },
  { "apps/relay/protocol.schema.json", "{\"$id\":\"fleetwire.v1\"}\n" },
  { "apps/relay/main.c", "secret of the relay\n" },
  { "apps/secret.js", "secret of the neighbours\n" },
};

static void
write_files (const char *folder)
{
  for (guint i = 0; i < G_N_ELEMENTS (site_files); i++)
    {
      g_autofree char *name = g_build_filename (folder, site_files[i].path, NULL);
      g_autofree char *parent = g_path_get_dirname (name);

      g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
      g_assert_true (g_file_set_contents (name, site_files[i].text, -1, NULL));
    }
}

static void
remove_folder (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *entry;

  while (dir && (entry = g_dir_read_name (dir)))
    {
      g_autofree char *name = g_build_filename (folder, entry, NULL);

      if (g_file_test (name, G_FILE_TEST_IS_DIR))
        remove_folder (name);
      else
        g_assert_cmpint (g_unlink (name), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static FwReply
on_http (gpointer user, const FwRequest *request)
{
  return relay_http_answer (user, request);
}

static Site *
site_new (void)
{
  const FwWsHandler handler = { .http = on_http };
  const FwWsServerOptions options = { .listen_host = "127.0.0.1",
                                      .limits = { .connections_max = 10 },
                                      .handshake_timeout_s = 10,
                                      .reply_headers = relay_http_headers };
  g_autoptr (GError) error = NULL;
  Site *site = g_new0 (Site, 1);

  site->folder = g_dir_make_tmp ("fleetwire-site-XXXXXX", &error);
  g_assert_no_error (error);
  write_files (site->folder);
  g_setenv ("FLEETWIRE_SOURCE", site->folder, TRUE);
  site->http = relay_http_new ();
  site->server = fw_ws_server_new (&options, &handler, site->http, &error);
  g_assert_no_error (error);
  return site;
}

static void
site_free (Site *site)
{
  fw_ws_server_stop (site->server);
  relay_http_free (site->http);
  remove_folder (site->folder);
  g_free (site->folder);
  g_free (site);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Site, site_free)

/* headers: "" or whole lines. An answer that never came has status 0. */
static Answer
ask (const Site *site, const char *method, const char *path, const char *headers)
{
  g_autoptr (Peer) peer = peer_connect (fw_ws_server_port (site->server), 0);
  g_autofree char *request = g_strdup_printf (
      "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n", method, path, headers);
  Answer answer = { 0 };

  peer_say (peer, request);
  answer.head = peer_read_head (peer);
  if (g_str_has_prefix (answer.head, "HTTP/1."))
    answer.status = (guint) g_ascii_strtoull (answer.head + 9, NULL, 10);
  peer_reaches_end (peer);
  g_byte_array_append (peer->in, (const guint8 *) "", 1);
  answer.body = g_strndup ((const char *) peer->in->data, peer->in->len);
  return answer;
}

/* The value of a header, or NULL; transfer full. */
static char *
header_of (const Answer *answer, const char *name)
{
  g_autofree char *begin = g_strdup_printf ("\r\n%s: ", name);
  const char *at = strstr (answer->head, begin);

  if (!at)
    return NULL;
  at += strlen (begin);
  return g_strndup (at, (gsize) (strstr (at, "\r\n") - at));
}

static void
expect_header (const Answer *answer, const char *name, const char *value)
{
  g_autofree char *is = header_of (answer, name);

  g_assert_cmpstr (is, ==, value);
}

static void
expect_status (const Site *site, const char *method, const char *path, const char *headers,
               guint status)
{
  g_auto (Answer) answer = ask (site, method, path, headers);

  g_test_message ("%s %.60s %.60s", method, path, headers);
  g_assert_cmpuint (answer.status, ==, status);
}

/* What is served, and as what. */

static void
test_every_kind_of_file_has_its_type (void)
{
  static const struct
  {
    const char *path, *type, *begin;
  } rows[] = {
    { "/", "text/html; charset=utf-8", "<!doctype html>" },
    { "/index.html", "text/html; charset=utf-8", "<!doctype html>" },
    { "/fleetwire.js", "text/javascript; charset=utf-8", "export const" },
    { "/fleetwire.d.ts", "text/plain; charset=utf-8", "export declare" },
    { "/base.css", "text/css; charset=utf-8", "body" },
    { "/favicon.svg", "image/svg+xml", "<svg" },
    { "/favicon.ico", "image/svg+xml", "<svg" },
    { "/fleetwire.webmanifest", "application/manifest+json", "{}" },
    { "/icons/bus.png", "image/png", "not really" },
    { "/protocol", "application/schema+json", "{\"$id\"" },
  };
  g_autoptr (Site) site = site_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Answer) answer = ask (site, "GET", rows[i].path, "");

      g_test_message ("%s", rows[i].path);
      g_assert_cmpuint (answer.status, ==, 200);
      expect_header (&answer, "Content-Type", rows[i].type);
      g_assert_true (g_str_has_prefix (answer.body, rows[i].begin));
    }
}

static void
test_a_query_changes_nothing (void)
{
  static const char *const paths[]
      = { "/?", "/?where=speed_kmh%20%3E%2050&first=10", "/?../../x", "/index.html?a=b?c=d" };
  g_autoptr (Site) site = site_new ();

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_auto (Answer) answer = ask (site, "GET", paths[i], "");

      g_assert_cmpuint (answer.status, ==, 200);
      g_assert_true (g_str_has_prefix (answer.body, "<!doctype html>"));
    }
}

static void
test_head_says_what_get_would_and_sends_nothing (void)
{
  g_autoptr (Site) site = site_new ();
  g_auto (Answer) get = ask (site, "GET", "/fleetwire.js", "");
  g_auto (Answer) head = ask (site, "HEAD", "/fleetwire.js", "");

  g_assert_cmpstr (head.head, ==, get.head);
  g_assert_cmpstr (head.body, ==, "");
  expect_header (&head, "Content-Length", "26");
  expect_status (site, "HEAD", "/nothing.js", "", 404);
}

static void
test_options_are_told_without_the_page (void)
{
  g_autoptr (Site) site = site_new ();
  g_auto (Answer) answer = ask (site, "OPTIONS", "/", "");

  g_assert_cmpuint (answer.status, ==, 204);
  expect_header (&answer, "Allow", "GET, HEAD, OPTIONS");
  g_assert_cmpstr (answer.body, ==, "");
}

/* What is known already. */

static void
test_what_is_known_is_not_sent_again (void)
{
  g_autoptr (Site) site = site_new ();
  g_auto (Answer) first = ask (site, "GET", "/", "");
  g_autofree char *etag = header_of (&first, "ETag");
  const char *const known[] = { "%s", "W/%s", "\"other\", %s", "W/\"other\",%s , \"third\"", "*" };

  g_assert_true (etag[0] == '"' && g_str_has_suffix (etag, "\""));
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    {
      g_auto (GStrv) parts = g_strsplit (known[i], "%s", 2);
      g_autofree char *list = g_strjoinv (etag, parts);
      g_autofree char *header = g_strdup_printf ("If-None-Match: %s\r\n", list);
      g_auto (Answer) answer = ask (site, "GET", "/", header);

      g_test_message ("%s", header);
      g_assert_cmpuint (answer.status, ==, 304);
      g_assert_cmpstr (answer.body, ==, "");
      expect_header (&answer, "ETag", etag);
      expect_header (&answer, "Content-Length", NULL);
    }
}

static void
test_what_is_not_known_is_sent (void)
{
  g_autoptr (Site) site = site_new ();
  g_auto (Answer) other = ask (site, "GET", "/base.css", "");
  g_autofree char *etag = header_of (&other, "ETag");
  g_autofree char *bare = g_strndup (etag + 1, strlen (etag) - 2);
  const char *const unknown[] = { etag, bare, "\"*\"", "\"\"", "\"a*\", *b", "" };

  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    {
      g_autofree char *header = g_strdup_printf ("If-None-Match: %s\r\n", unknown[i]);

      expect_status (site, "GET", i == 1 ? "/base.css" : "/", header, 200);
    }
  expect_status (site, "GET", "/nothing", "If-None-Match: *\r\n", 404);
}

/* What is not served. */

static void
test_no_path_leads_elsewhere (void)
{
  static const char *const paths[] = {
    "/../relay/main.c",
    "/..%2frelay%2fmain.c",
    "/..%2Fsecret.js",
    "/%2e%2e/secret.js",
    "/%2e%2e%2fsecret.js",
    "/icons/../../secret.js",
    "/icons/..%2f..%2fsecret.js",
    "/..%5csecret.js",
    "/..%252fsecret.js",
    "/....//secret.js",
    "/..;/secret.js",
    "/..",
    "/../",
    "//secret.js",
    "/./../secret.js",
    "/secret.js%00.js",
    "/secret.js",
    "/meson.build",
    "/package.json",
    "/.hidden.js",
    "/node_modules/x.js",
    "/icons",
    "/icons/",
    "/protocol.schema.json",
    "http://localhost/../secret.js",
    "*",
    "secret.js",
  };
  g_autoptr (Site) site = site_new ();

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_auto (Answer) answer = ask (site, "GET", paths[i], "");

      g_test_message ("%s", paths[i]);
      g_assert_null (strstr (answer.body, "secret of"));
      if (answer.status == 200) /* what is above the top is the top: RFC 3986, 5.2.4 */
        g_assert_true (g_str_has_prefix (answer.body, "<!doctype html>"));
      else
        g_assert_true (answer.status == 0 || answer.status == 400 || answer.status == 403
                       || answer.status == 404);
    }
}

static void
test_a_long_path_is_refused_and_the_next_one_served (void)
{
  g_autoptr (Site) site = site_new ();

  for (guint len = 100; len <= 100000; len *= 10)
    {
      g_autofree char *path = g_strdup_printf ("/%0*u.js", (int) len, 0);
      g_auto (Answer) answer = ask (site, "GET", path, "");

      g_test_message ("%u characters", len);
      g_assert_true (answer.status == 0 || (answer.status >= 400 && answer.status < 500));
      g_assert_cmpuint (len <= 1000 ? answer.status : 404, ==, 404);
      expect_status (site, "GET", "/", "", 200);
    }
}

static void
test_what_is_kept_for_later_says_so (void)
{
  static const char *const paths[]
      = { "/v1", "/v1/", "/v1/fleet", "/v1/fleet?where=speed_kmh%3E50&format=csv", "/v1/a/b" };
  g_autoptr (Site) site = site_new ();

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_auto (Answer) answer = ask (site, "GET", paths[i], "");

      g_test_message ("%s", paths[i]);
      g_assert_cmpuint (answer.status, ==, 501);
      expect_header (&answer, "Content-Type", "application/json");
      g_assert_nonnull (strstr (answer.body, "\"code\":\"not_supported\""));
    }
  expect_status (site, "GET", "/v1x", "", 404);
}

/* What protects a browser. */

static void
expect_protection (const Answer *answer)
{
  g_autofree char *policy = header_of (answer, "Content-Security-Policy");

  expect_header (answer, "X-Content-Type-Options", "nosniff");
  expect_header (answer, "Referrer-Policy", "no-referrer");
  expect_header (answer, "Cache-Control", "no-cache");
  g_assert_true (policy && g_str_has_prefix (policy, "default-src 'none'; "));
  g_assert_nonnull (strstr (policy, "frame-ancestors 'none'"));
  g_assert_null (strstr (policy, "unsafe"));
  g_assert_null (strstr (policy, "*"));
}

static void
test_every_answer_protects_the_browser (void)
{
  static const struct
  {
    const char *method, *path, *headers;
    guint status;
  } rows[] = {
    { "GET", "/", "", 200 },
    { "HEAD", "/", "", 200 },
    { "OPTIONS", "/", "", 204 },
    { "GET", "/", "If-None-Match: *\r\n", 304 },
    { "GET", "/protocol", "", 200 },
    { "GET", "/nothing", "", 404 },
    { "POST", "/", "Content-Length: 0\r\n", 405 },
    { "DELETE", "/v1/fleet", "", 405 },
    { "GET", "/v1/fleet", "", 501 },
    { "GET", "/",
      "Upgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
      426 },
  };
  g_autoptr (Site) site = site_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Answer) answer = ask (site, rows[i].method, rows[i].path, rows[i].headers);

      g_test_message ("%s %s", rows[i].method, rows[i].path);
      g_assert_cmpuint (answer.status, ==, rows[i].status);
      expect_protection (&answer);
    }
}

static void
test_other_pages_may_load_the_module_and_nothing_else (void)
{
  static const char *const shared[] = { "/fleetwire.js", "/fleetwire.d.ts", "/protocol" };
  static const char *const ours[] = { "/", "/base.css", "/favicon.svg", "/nothing" };
  g_autoptr (Site) site = site_new ();

  for (guint i = 0; i < G_N_ELEMENTS (shared); i++)
    {
      g_auto (Answer) answer = ask (site, "GET", shared[i], "");

      expect_header (&answer, "Access-Control-Allow-Origin", "*");
      expect_header (&answer, "Cross-Origin-Resource-Policy", "cross-origin");
    }
  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      g_auto (Answer) answer = ask (site, "GET", ours[i], "");

      expect_header (&answer, "Access-Control-Allow-Origin", NULL);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/relay/http/every_kind_of_file_has_its_type",
                   test_every_kind_of_file_has_its_type);
  g_test_add_func ("/relay/http/a_query_changes_nothing", test_a_query_changes_nothing);
  g_test_add_func ("/relay/http/head_says_what_get_would_and_sends_nothing",
                   test_head_says_what_get_would_and_sends_nothing);
  g_test_add_func ("/relay/http/options_are_told_without_the_page",
                   test_options_are_told_without_the_page);
  g_test_add_func ("/relay/http/what_is_known_is_not_sent_again",
                   test_what_is_known_is_not_sent_again);
  g_test_add_func ("/relay/http/what_is_not_known_is_sent", test_what_is_not_known_is_sent);
  g_test_add_func ("/relay/http/no_path_leads_elsewhere", test_no_path_leads_elsewhere);
  g_test_add_func ("/relay/http/a_long_path_is_refused_and_the_next_one_served",
                   test_a_long_path_is_refused_and_the_next_one_served);
  g_test_add_func ("/relay/http/what_is_kept_for_later_says_so",
                   test_what_is_kept_for_later_says_so);
  g_test_add_func ("/relay/http/every_answer_protects_the_browser",
                   test_every_answer_protects_the_browser);
  g_test_add_func ("/relay/http/other_pages_may_load_the_module_and_nothing_else",
                   test_other_pages_may_load_the_module_and_nothing_else);
  return g_test_run ();
}
