/* SPDX-License-Identifier: Apache-2.0 */
/* Who is let in at which path of the HTTP door, and with what. */
#include <string.h>

#include "ingest-entry.h"

#define FORM "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4\r\n"
#define CHROME "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0\r\n"

static void
enter (const char *listen_host, const char *first_line, const char *headers, IngestEntry *ret,
       char **ret_head)
{
  const IngestEntryRules rules = { .listen_host = listen_host };
  static FwHttpHead head;
  char *text
      = g_strdup_printf ("%s HTTP/1.1\r\nHost: localhost:8081\r\n%s\r\n", first_line, headers);

  g_assert_cmpuint (fw_http_head_read (&head, text, strlen (text)), ==, 200);
  ingest_entry_read (&rules, &head, ret);
  *ret_head = text;
}

static void
expect (const char *first_line, const char *headers, guint status, const char *said,
        gboolean is_phone)
{
  g_autofree char *head = NULL;
  IngestEntry entry;

  enter ("localhost", first_line, headers, &entry, &head);
  g_assert_cmpuint (entry.status, ==, status);
  g_assert_cmpstr (entry.said, ==, said);
  g_assert_cmpint (entry.phone != NULL, ==, is_phone);
  g_assert_cmpint (entry.message != NULL, ==, status >= 400);
  ingest_phone_free (entry.phone);
}

static void
test_our_own_events_come_by_post (void)
{
  expect ("POST /v1/events", "Content-Length: 2\r\n", 0, NULL, FALSE);
  expect ("GET /v1/events?id=1", "", 405, NULL, FALSE);
}

static void
test_traccar_client_is_let_in_in_all_its_ways (void)
{
  expect ("POST /v1/traccar", FORM, 0, NULL, TRUE);
  expect ("POST /v1/traccar?fleet=north", "Content-Type: application/json\r\nContent-Length: 9\r\n",
          0, NULL, TRUE);
  expect ("POST /v1/traccar?id=1&lat=2", "", 0, "id=1&lat=2", TRUE);
  expect ("POST /v1/traccar?id=1", "Content-Length: 0\r\n", 0, "id=1", TRUE);
  expect ("GET /v1/traccar?id=1&lat=2", "User-Agent: OsmAnd~ 4.9\r\n", 0, "id=1&lat=2", TRUE);
  expect ("GET /v1/traccar", "", 0, NULL, TRUE);
  expect ("PUT /v1/traccar?id=1", "", 405, NULL, FALSE);
}

static void
test_owntracks_is_let_in (void)
{
  expect ("POST /v1/owntracks", "Content-Type: application/json\r\nContent-Length: 9\r\n", 0, NULL,
          TRUE);
  expect ("POST /v1/owntracks", "Content-Type: application/json\r\nContent-Length: 0\r\n", 200,
          NULL, FALSE);
  expect ("GET /v1/owntracks?u=a", "", 405, NULL, FALSE);
}

static void
test_a_page_cannot_feed_the_fleet (void)
{
  expect ("GET /v1/traccar?id=1", CHROME, 403, NULL, FALSE);
  expect ("GET /v1/traccar?id=1", "Sec-Fetch-Site: cross-site\r\n", 403, NULL, FALSE);
  expect ("POST /v1/traccar?id=1", CHROME "Origin: http://evil.example\r\n", 403, NULL, FALSE);
  expect ("POST /v1/owntracks", "Origin: http://evil.example\r\nContent-Length: 9\r\n", 403, NULL,
          FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CLAIM(name) g_test_add_func ("/ingest/entry/" #name, test_##name)
  CLAIM (our_own_events_come_by_post);
  CLAIM (traccar_client_is_let_in_in_all_its_ways);
  CLAIM (owntracks_is_let_in);
  CLAIM (a_page_cannot_feed_the_fleet);
  return g_test_run ();
}
