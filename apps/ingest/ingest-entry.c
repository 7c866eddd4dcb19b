/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-entry.h"

#include <string.h>

#include "fw-door.h"
#include "fw-net.h"

static void
turn_away (IngestEntry *entry, guint status, const char *code, const char *message,
           const char *headers)
{
  entry->status = status;
  entry->code = code;
  entry->message = message;
  entry->headers = headers;
}

/* Whoever opens it to every interface lets devices call it by any name; pages are still judged. */
static FwDoor
door_check (const IngestEntryRules *entry, const FwHttpHead *head)
{
  gboolean is_any = g_str_equal (entry->listen_host, "*")
                    || g_str_equal (entry->listen_host, "0.0.0.0")
                    || g_str_equal (entry->listen_host, "::");
  g_autofree char *named = is_any && head->host != NULL ? fw_authority_host (head->host) : NULL;
  const char *const any[] = { named, NULL };
  const FwDoorRules rules = {
    .listen_host = entry->listen_host,
    .public_hosts = is_any ? any : entry->public_hosts,
    .allow_origins = entry->allow_origins,
  };

  return fw_door_check (&rules, head->host, fw_http_header (head, "origin"));
}

static gboolean
layout_of (const char *content_type, IngestLayout *ret)
{
  static const struct
  {
    const char *name;
    IngestLayout layout;
  } known[] = {
    { "application/json", INGEST_LAYOUT_ANY },
    { "application/x-ndjson", INGEST_LAYOUT_LINES },
    { "application/ndjson", INGEST_LAYOUT_LINES },
    { "text/plain", INGEST_LAYOUT_ANY },
    { "application/x-www-form-urlencoded", INGEST_LAYOUT_ANY },
  };
  gsize len = content_type != NULL ? strcspn (content_type, "; \t") : 0;

  *ret = INGEST_LAYOUT_ANY;
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (len == strlen (known[i].name)
        && g_ascii_strncasecmp (content_type, known[i].name, len) == 0)
      {
        *ret = known[i].layout;
        return TRUE;
      }
  return len == 0;
}

static void
read_body_form (const FwHttpHead *head, IngestEntry *ret)
{
  const char *encoding = fw_http_header (head, "content-encoding");

  if (encoding != NULL && g_ascii_strcasecmp (encoding, "identity") == 0)
    encoding = NULL;
  ret->encoding = encoding;
  if (!layout_of (fw_http_header (head, "content-type"), &ret->layout))
    turn_away (ret, 415, "media_type", "Send application/json or application/x-ndjson.",
               "Accept: application/json, application/x-ndjson\r\n");
  else if (encoding != NULL && !ingest_inflate_knows (encoding))
    turn_away (ret, 415, "media_type", "The encodings understood are gzip and deflate.",
               "Accept-Encoding: gzip, deflate\r\n");
}

static void
enter_events (const FwHttpHead *head, IngestEntry *ret)
{
  if (!g_str_equal (head->method, "POST"))
    turn_away (ret, 405, "method", "Events are sent by POST.", "Allow: POST\r\n");
  else
    read_body_form (head, ret);
}

static gboolean
has_body (const FwHttpHead *head)
{
  return head->is_chunked || head->content_length > 0;
}

static gboolean
is_browser (const FwHttpHead *head)
{
  const char *agent = fw_http_header (head, "user-agent");

  return fw_http_header (head, "sec-fetch-site") != NULL
         || (agent != NULL && g_str_has_prefix (agent, "Mozilla/"));
}

static void
enter_traccar (const FwHttpHead *head, IngestEntry *ret)
{
  gboolean is_get = g_str_equal (head->method, "GET");

  if (!is_get && !g_str_equal (head->method, "POST"))
    {
      turn_away (ret, 405, "method", "Positions are sent by GET or POST.", "Allow: GET, POST\r\n");
      return;
    }
  if (is_get && is_browser (head))
    {
      turn_away (ret, 403, "origin",
                 "This address works: enter it as the server URL of Traccar Client. "
                 "A browser may not send positions by GET.",
                 NULL);
      return;
    }
  read_body_form (head, ret);
  if (ret->status != 0)
    return;
  ret->said = has_body (head) ? NULL : head->query;
  ret->phone
      = ingest_phone_new (INGEST_PHONE_TRACCAR, ret->said != NULL ? NULL : head->query, NULL, NULL);
}

static void
enter_owntracks (const FwHttpHead *head, IngestEntry *ret)
{
  if (!g_str_equal (head->method, "POST"))
    {
      turn_away (ret, 405, "method",
                 "This address works: enter it as the URL of OwnTracks in HTTP mode.",
                 "Allow: POST\r\n");
      return;
    }
  read_body_form (head, ret);
  if (ret->status == 0 && !has_body (head))
    ret->status = 200; /* it forgets a friend */
  if (ret->status == 0)
    ret->phone
        = ingest_phone_new (INGEST_PHONE_OWNTRACKS, head->query, fw_http_header (head, "x-limit-u"),
                            fw_http_header (head, "x-limit-d"));
}

/* A browser asks before it lets a page send JSON to another origin, or to a private network. */
static void
enter_preflight (IngestEntry *ret)
{
  ret->status = 204;
  ret->headers = "Allow: GET, POST, OPTIONS\r\n"
                 "Access-Control-Allow-Methods: GET, POST\r\n"
                 "Access-Control-Allow-Headers: Authorization, Content-Encoding, Content-Type\r\n"
                 "Access-Control-Allow-Private-Network: true\r\n"
                 "Access-Control-Max-Age: 7200\r\n";
}

static gboolean
is_ours (const char *path)
{
  return g_str_equal (path, "/v1/events") || g_str_equal (path, "/v1/traccar")
         || g_str_equal (path, "/v1/owntracks");
}

void
ingest_entry_read (const IngestEntryRules *rules, const FwHttpHead *head, IngestEntry *ret)
{
  FwDoor door = door_check (rules, head);

  *ret = (IngestEntry){ .origin = door == FW_DOOR_OPEN ? fw_http_header (head, "origin") : NULL };
  if (door == FW_DOOR_BAD_HOST)
    turn_away (ret, 421, "host", "This name is not known here; see --public-host.", NULL);
  else if (door == FW_DOOR_BAD_ORIGIN)
    turn_away (ret, 403, "origin", "Pages of this origin may not send events; see --allow-origin.",
               NULL);
  else if (g_str_equal (head->method, "OPTIONS") && is_ours (head->path))
    enter_preflight (ret);
  else if (g_str_equal (head->path, "/v1/events"))
    enter_events (head, ret);
  else if (g_str_equal (head->path, "/v1/traccar"))
    enter_traccar (head, ret);
  else if (g_str_equal (head->path, "/v1/owntracks"))
    enter_owntracks (head, ret);
  else
    turn_away (ret, 404, "path",
               "Events go to POST /v1/events, phones to /v1/traccar and /v1/owntracks.", NULL);
}
