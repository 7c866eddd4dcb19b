/* SPDX-License-Identifier: Apache-2.0 */
#include "relay-http.h"

#include <string.h>
#include "fw-log.h"
#include "fw-i18n.h"
#include "relay-protocol.h"

FW_LOG_TOPIC ("relay-http");

#define FOLDER_DEPTH_MAX 3
#define DEBIAN_JAVASCRIPT "/usr/share/javascript"
#define OWN_JAVASCRIPT FW_DATA_DIR "/../javascript" /* in a flatpak */

const char relay_http_headers[]
    = "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
      "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
      "X-Content-Type-Options: nosniff\r\n"
      "Referrer-Policy: no-referrer\r\n"
      "Cache-Control: no-cache\r\n";
/* What pages of other hosts may load; the WebSocket has its own rule. */
#define SHARED_HEADERS \
  "Access-Control-Allow-Origin: *\r\nCross-Origin-Resource-Policy: cross-origin\r\n"

typedef struct
{
  GBytes *body;
  const char *content_type;
  char *etag;
} File;

struct RelayHttp
{
  GHashTable *files; /* path -> File */
};

static const struct
{
  const char *suffix, *content_type;
} types[] = {
  { ".css", "text/css; charset=utf-8" },           { ".d.ts", "text/plain; charset=utf-8" },
  { ".html", "text/html; charset=utf-8" },         { ".js", "text/javascript; charset=utf-8" },
  { ".mjs", "text/javascript; charset=utf-8" },    { ".png", "image/png" },
  { ".schema.json", "application/schema+json" },   { ".svg", "image/svg+xml" },
  { ".webmanifest", "application/manifest+json" }, { ".woff2", "font/woff2" },
};

/* NULL: not a file to serve. */
static const char *
content_type_of (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i].suffix))
      return types[i].content_type;
  return NULL;
}

static void
file_free (gpointer data)
{
  File *file = data;

  g_bytes_unref (file->body);
  g_free (file->etag);
  g_free (file);
}

static void
add_file (RelayHttp *http, const char *path, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *sum = NULL;
  char *data;
  gsize len;
  File *file;

  if (!g_file_get_contents (name, &data, &len, &error))
    {
      fw_warn (_ ("cannot read '%s': %s; it is not served, ignoring"), name, error->message);
      return;
    }
  file = g_new0 (File, 1);
  file->body = g_bytes_new_take (data, len);
  file->content_type = content_type_of (name);
  sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file->body);
  file->etag = g_strdup_printf ("\"%.16s\"", sum);
  g_hash_table_replace (http->files, g_strdup (path), file);
}

static void
add_folder (RelayHttp *http, const char *path, const char *folder, guint depth)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *entry;

  while (dir && (entry = g_dir_read_name (dir)))
    {
      g_autofree char *name = g_build_filename (folder, entry, NULL);
      g_autofree char *below = g_strdup_printf ("%s/%s", path, entry);

      if (entry[0] == '.' || strcmp (entry, "node_modules") == 0)
        continue;
      if (g_file_test (name, G_FILE_TEST_IS_DIR) && depth < FOLDER_DEPTH_MAX)
        add_folder (http, below, name, depth + 1);
      else if (g_file_test (name, G_FILE_TEST_IS_REGULAR) && content_type_of (entry))
        add_file (http, below, name);
    }
}

static void
alias (RelayHttp *http, const char *path, const char *target)
{
  File *file = g_hash_table_lookup (http->files, target);
  File *again;

  if (!file)
    return;
  again = g_new0 (File, 1);
  again->body = g_bytes_ref (file->body);
  again->content_type = file->content_type;
  again->etag = g_strdup (file->etag);
  g_hash_table_replace (http->files, g_strdup (path), again);
}

/* Where files of an app are: in the source tree, or installed. */
static char *
app_folder (const char *app, const char *installed)
{
  const char *source = g_getenv ("FLEETWIRE_SOURCE");

  return source ? g_build_filename (source, "apps", app, NULL)
                : g_build_filename (FW_DATA_DIR, installed, NULL);
}

/* A library that the page uses and that is not ours. */
static void
add_vendor (RelayHttp *http, const char *name)
{
  static const char *const homes[] = { DEBIAN_JAVASCRIPT, OWN_JAVASCRIPT };
  g_autofree char *path = g_strconcat ("/vendor/", name, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (homes); i++)
    {
      g_autofree char *folder = g_build_filename (homes[i], name, NULL);
      add_folder (http, path, folder, 0);
    }
}

RelayHttp *
relay_http_new (void)
{
  RelayHttp *http = g_new0 (RelayHttp, 1);
  g_autofree char *web = app_folder ("web", "web");
  g_autofree char *schemas = app_folder ("relay", "relay");
  g_autofree char *schema = g_build_filename (schemas, "protocol.schema.json", NULL);

  http->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, file_free);
  add_folder (http, "", web, 0);
  add_vendor (http, "leaflet");
  add_vendor (http, "chart.js");
  add_file (http, "/protocol", schema);
  alias (http, "/", "/index.html");
  alias (http, "/favicon.ico", "/favicon.svg");
  if (!g_hash_table_contains (http->files, "/"))
    fw_warn (_ ("there is no page in '%s'; WebSocket clients are served all the same"), web);
  return http;
}

void
relay_http_free (RelayHttp *http)
{
  if (!http)
    return;
  g_hash_table_unref (http->files);
  g_free (http);
}

guint
relay_http_n (const RelayHttp *http)
{
  return g_hash_table_size (http->files);
}

static gboolean
is_shared (const char *path)
{
  return strcmp (path, "/fleetwire.js") == 0 || strcmp (path, "/fleetwire.d.ts") == 0
         || strcmp (path, "/protocol") == 0;
}

static FwReply
say_methods (void)
{
  return (FwReply){ .status = 204, .headers = g_strdup ("Allow: GET, HEAD, OPTIONS\r\n") };
}

static gboolean
is_for_later (const char *path)
{
  return strcmp (path, "/v1") == 0 || g_str_has_prefix (path, "/v1/");
}

/* As over the WebSocket. */
static FwReply
say_not_supported (void)
{
  GString *text = g_string_new (NULL);

  relay_say_error (text, NULL, FW_CODE_NOT_SUPPORTED,
                   _ ("This address is kept for the HTTP interface, which is not built yet"), NULL);
  g_string_append_c (text, '\n');
  return (FwReply){ .status = 501,
                    .content_type = "application/json",
                    .body = g_string_free_to_bytes (text) };
}

static gboolean
knows (const FwRequest *request, const File *file)
{
  return request->if_none_match
         && (strcmp (request->if_none_match, "*") == 0
             || strstr (request->if_none_match, file->etag));
}

FwReply
relay_http_answer (const RelayHttp *http, const FwRequest *request)
{
  const File *file = request->path ? g_hash_table_lookup (http->files, request->path) : NULL;
  FwReply reply = { .status = 200 };

  if (request->path && is_for_later (request->path))
    return say_not_supported ();
  if (!file)
    return fw_reply_text (
        404, g_strdup (_ ("There is no such page here. Try /, /fleetwire.js or /protocol.\n")));
  if (strcmp (request->method, "OPTIONS") == 0)
    return say_methods ();
  reply.headers = g_strdup_printf ("ETag: %s\r\n%s", file->etag,
                                   is_shared (request->path) ? SHARED_HEADERS : "");
  reply.content_type = file->content_type;
  if (knows (request, file))
    reply.status = 304;
  else
    reply.body = g_bytes_ref (file->body);
  return reply;
}
