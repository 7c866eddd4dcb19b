/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "fw-error.h"
#include "fw-net.h"
#include "fw-outward.h"

static void
test_addresses_that_are_read (void)
{
  static const struct
  {
    const char *text, *host;
    guint16 port;
  } rows[] = {
    { "localhost:8080", "localhost", 8080 },
    { "127.0.0.1:8080", "127.0.0.1", 8080 },
    { "[::1]:8080", "::1", 8080 },
    { ":8080", "localhost", 8080 },
    { "8080", "localhost", 8080 },
    { "*:80", "*", 80 },
    { "0.0.0.0:65535", "0.0.0.0", 65535 },
    { "[::]:0", "::", 0 },
    { "fleet.example:443", "fleet.example", 443 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *host = NULL;
      guint16 port = 0;

      g_assert_true (fw_address_parse (rows[i].text, &host, &port, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (host, ==, rows[i].host);
      g_assert_cmpuint (port, ==, rows[i].port);
    }
}

static void
test_addresses_that_are_refused (void)
{
  static const char *const rows[] = { "",
                                      "localhost",
                                      "localhost:",
                                      "localhost:65536",
                                      "localhost:-1",
                                      "::1:8080",
                                      "[::1]8080",
                                      "[::1",
                                      "[nonsense]:80",
                                      "a b:80",
                                      "host:80 ",
                                      "host:0x1f90",
                                      "ho/st:80",
                                      "*",
                                      "http://localhost:80" };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      char *host = NULL;
      guint16 port = 7;

      g_assert_false (fw_address_parse (rows[i], &host, &port, &error));
      g_assert_error (error, FW_ERROR, FW_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, "HOST:PORT"));
      g_assert_null (host);
      g_assert_cmpuint (port, ==, 7);
    }
}

static void
test_doors (void)
{
  static const char *const public_hosts[] = { "fleet.example", NULL };
  static const char *const allow_origins[] = { "https://maps.example", "null", NULL };
  const FwDoorRules plain = { .listen_host = "localhost" };
  const FwDoorRules opened
      = { .listen_host = "10.1.2.3", .public_hosts = public_hosts, .allow_origins = allow_origins };
  const struct
  {
    const FwDoorRules *rules;
    const char *host, *origin;
    FwDoor door;
  } rows[] = {
    /* not a browser */
    { &plain, "localhost:8080", NULL, FW_DOOR_OPEN },
    { &plain, "LOCALHOST", NULL, FW_DOOR_OPEN },
    { &plain, "127.0.0.1:8080", NULL, FW_DOOR_OPEN },
    { &plain, "127.8.9.1", NULL, FW_DOOR_OPEN },
    { &plain, "[::1]:8080", NULL, FW_DOOR_OPEN },
    { &plain, "localhost:", NULL, FW_DOOR_OPEN },
    { &opened, "10.1.2.3:80", NULL, FW_DOOR_OPEN },
    { &opened, "Fleet.Example", NULL, FW_DOOR_OPEN },
    /* names that somebody else points at us */
    { &plain, NULL, NULL, FW_DOOR_BAD_HOST },
    { &plain, "", NULL, FW_DOOR_BAD_HOST },
    { &plain, "evil.example:8080", NULL, FW_DOOR_BAD_HOST },
    { &plain, "localhost.evil.example", NULL, FW_DOOR_BAD_HOST },
    { &plain, "127.0.0.1.evil.example", NULL, FW_DOOR_BAD_HOST },
    { &plain, "fleet.example", NULL, FW_DOOR_BAD_HOST },
    { &plain, "10.1.2.3", NULL, FW_DOOR_BAD_HOST },
    { &plain, "localhost:80:80", NULL, FW_DOOR_BAD_HOST },
    { &plain, "localhost@evil.example", NULL, FW_DOOR_BAD_HOST },
    { &plain, "localhost,evil.example", NULL, FW_DOOR_BAD_HOST },
    { &plain, "[::2]:8080", NULL, FW_DOOR_BAD_HOST },
    { &opened, "10.1.2.33", NULL, FW_DOOR_BAD_HOST },
    /* browsers */
    { &plain, "localhost:8080", "http://localhost:8080", FW_DOOR_OPEN },
    { &plain, "localhost:8080", "http://localhost:3000", FW_DOOR_OPEN },
    { &plain, "localhost:8080", "http://127.0.0.1:3000", FW_DOOR_OPEN },
    { &plain, "127.0.0.1:8080", "http://[::1]", FW_DOOR_OPEN },
    { &opened, "fleet.example", "https://fleet.example:8443", FW_DOOR_OPEN },
    { &opened, "fleet.example", "https://maps.example", FW_DOOR_OPEN },
    { &opened, "fleet.example", "null", FW_DOOR_OPEN },
    { &plain, "localhost:8080", "null", FW_DOOR_BAD_ORIGIN },
    { &plain, "localhost:8080", "", FW_DOOR_BAD_ORIGIN },
    { &plain, "localhost:8080", "http://evil.example", FW_DOOR_BAD_ORIGIN },
    { &plain, "localhost:8080", "http://localhost.evil.example", FW_DOOR_BAD_ORIGIN },
    { &plain, "localhost:8080", "file://localhost", FW_DOOR_BAD_ORIGIN },
    { &plain, "localhost:8080", "http://localhost:3000/path", FW_DOOR_BAD_ORIGIN },
    { &plain, "localhost:8080", "http://localhost:3000, http://evil.example", FW_DOOR_BAD_ORIGIN },
    { &opened, "fleet.example", "https://maps.example.evil", FW_DOOR_BAD_ORIGIN },
    { &opened, "fleet.example", "http://localhost", FW_DOOR_BAD_ORIGIN },
    /* the host comes first */
    { &plain, "evil.example", "http://evil.example", FW_DOOR_BAD_HOST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (fw_door_check (rows[i].rules, rows[i].host, rows[i].origin) != rows[i].door)
      g_error ("row %u: Host '%s', Origin '%s'", i, rows[i].host, rows[i].origin);
}

static void
test_versions (void)
{
  g_assert_true (g_regex_match_simple (
      "^libwebsockets 4\\.\\d+\\.\\d+ \\(running 4\\.\\d+\\.\\d+\\)$", fw_net_versions (), 0, 0));
}

static void
test_the_host_to_type_elsewhere (void)
{
  g_autofree char *named = fw_outward_host ("fleet.example");
  g_autofree char *v6 = fw_outward_host ("2001:db8::7");
  g_autofree char *any = fw_outward_host ("*");

  g_assert_null (fw_outward_host ("localhost"));
  g_assert_null (fw_outward_host ("127.0.0.2"));
  g_assert_cmpstr (named, ==, "fleet.example");
  g_assert_cmpstr (v6, ==, "[2001:db8::7]");
  g_assert_nonnull (any); /* an address, or the machine's name where there is no network */
  g_assert_cmpstr (any, !=, "*");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/address/reads-what-users-write", test_addresses_that_are_read);
  g_test_add_func ("/net/address/says-what-is-allowed", test_addresses_that_are_refused);
  g_test_add_func ("/net/doors/table", test_doors);
  g_test_add_func ("/net/address/the-host-to-type-elsewhere", test_the_host_to_type_elsewhere);
  g_test_add_func ("/net/versions/built-and-running", test_versions);
  return g_test_run ();
}
