/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-credentials.h"

#include <string.h>

#include "fw-password.h"

/* of "correct horse": htpasswd -B, crypt_r's SHA-512, yescrypt */
#define BCRYPT "$2y$04$qhoPotOGa6EmNlcyYbk5i.RG3u.Y.iHaBjPIp2EiUD2nywpXZzJNW"
#define SHA512               \
  "$6$rounds=1000$abcdefgh$" \
  "DbXqPck5ABZumVXwcH5eMVHsPZwvQ3jylSxpJmKkZVxcoCiC3N0rPerjHmAqL7r6PK6CIeYnO9.vxpbsevscg/"
#define YESCRYPT "$y$j75$3G5MeUl2b/cKux.M4exO8/$y6x26t42Ogjq77QRHSD3FVY9howlBltQLp2Sn.30HPB"

static FwCredentials *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  FwCredentials *credentials = fw_credentials_parse (text, strlen (text), "devices", &error);

  g_assert_no_error (error);
  return credentials;
}

static void
assert_is (const FwCredentials *credentials, const char *name, const char *fleet,
           const char *device_id)
{
  const FwCredential *found = fw_credentials_find (credentials, name, strlen (name));

  g_assert_nonnull (found);
  g_assert_cmpstr (found->pass->fleet, ==, fleet);
  g_assert_cmpstr (found->pass->device_id, ==, device_id);
}

static void
test_whom_a_line_names (void)
{
  g_autoptr (FwCredentials) credentials = parse ("# a comment\n"
                                                 "\n"
                                                 "truck-7:" YESCRYPT "\n"
                                                 "north/truck-8:" BCRYPT "\n"
                                                 "gate:" SHA512 ":north/*\n"
                                                 "old:" YESCRYPT ":south/aa:bb:cc/1");

  g_assert_cmpuint (fw_credentials_count (credentials), ==, 4);
  assert_is (credentials, "truck-7", "default", "truck-7");
  assert_is (credentials, "north/truck-8", "north", "truck-8");
  assert_is (credentials, "gate", "north", NULL);
  assert_is (credentials, "old", "south", "aa:bb:cc/1");
  g_assert_null (fw_credentials_find (credentials, "truck-70", 8));
  g_assert_null (fw_credentials_find (credentials, "truck-7\0x", 9));
  g_assert_null (fw_credentials_find (credentials, "", 0));
}

static void
test_each_hash_is_read (void)
{
  static const char *const hashes[] = { BCRYPT, SHA512, YESCRYPT };

  for (guint i = 0; i < G_N_ELEMENTS (hashes); i++)
    {
      g_assert_true (fw_password_hash_is_known (hashes[i]));
      g_assert_true (fw_password_matches ("correct horse", 13, hashes[i]));
      g_assert_false (fw_password_matches ("correct horse", 12, hashes[i]));
      g_assert_false (fw_password_matches ("correct horse\0", 14, hashes[i]));
      g_assert_false (fw_password_matches ("", 0, hashes[i]));
    }
}

static void
test_what_is_made_can_be_used (void)
{
  g_autofree char *secret = fw_password_make (NULL);
  g_autofree char *other = fw_password_make (NULL);

  g_assert_cmpuint (strlen (secret), ==, 32);
  g_assert_cmpstr (secret, !=, other);
  for (FwPasswordKind kind = FW_PASSWORD_MADE; kind <= FW_PASSWORD_CHOSEN; kind++)
    {
      g_autofree char *hash = fw_password_hash (secret, kind, NULL);

      g_assert_true (g_str_has_prefix (hash, "$y$"));
      g_assert_true (fw_password_hash_is_known (hash));
      g_assert_true (fw_password_matches (secret, strlen (secret), hash));
      g_assert_false (fw_password_matches (other, strlen (other), hash));
    }
  g_autofree char *long_one = g_strnfill (FW_PASSWORD_MAX_BYTES + 1, 'x');
  g_assert_false (fw_password_matches (long_one, FW_PASSWORD_MAX_BYTES + 1, YESCRYPT));
}

static void
test_a_wrong_line_is_named (void)
{
  static const struct
  {
    const char *text, *error;
  } cases[] = {
    { "a:" YESCRYPT "\nb\n", "devices:2: a line is *" },
    { "\n\n:" YESCRYPT, "devices:3: the name *" },
    { "a\tb:" YESCRYPT, "devices:1: the name *" },
    { "\xff:" YESCRYPT, "devices:1: the name *" },
    { "a:plain", "devices:1: the hash *fleetwire enroll*" },
    { "a:", "devices:1: the hash *" },
    { "a:$apr1$abcdefgh$0123456789012345678901", "devices:1: the hash *" },
    { "a:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=", "devices:1: the hash *" },
    { "a:$7$101$c2FsdA==$aGFzaA==", "devices:1: the hash *" },
    { "a:" YESCRYPT "\r\n", "devices:1: the hash *" },
    { "a:" YESCRYPT ":", "devices:1: the identity *" },
    { "a:" YESCRYPT ":north/", "devices:1: the identity *" },
    { "a:" YESCRYPT ":no rth/7", "devices:1: the identity *" },
    { "a:" YESCRYPT ":north/a\x1b", "devices:1: the identity *" },
    { "a/:" YESCRYPT, "devices:1: the identity *" },
    { "a:" YESCRYPT "\n#\na:" BCRYPT, "devices:3: the name 'a' stands in line 1 already" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FwCredentials) none
          = fw_credentials_parse (cases[i].text, strlen (cases[i].text), "devices", &error);

      g_assert_null (none);
      g_assert_nonnull (error);
      if (!g_pattern_match_simple (cases[i].error, error->message))
        g_error ("case %u: %s", i, error->message);
      g_assert_null (strstr (error->message, "$y$j")); /* a hash is nobody's business */
    }
}

static void
test_who_stays_when_it_is_read_again (void)
{
  g_autoptr (FwCredentials) before = parse ("stays:" YESCRYPT "\n"
                                            "goes:" YESCRYPT "\n"
                                            "moves:" YESCRYPT ":north/1\n"
                                            "changes:" YESCRYPT "\n");
  g_autoptr (FwCredentials) now = parse ("new:" YESCRYPT "\n"
                                         "changes:" BCRYPT "\n"
                                         "moves:" YESCRYPT ":north/2\n"
                                         "stays:" YESCRYPT ":default/stays\n");
  static const struct
  {
    const char *name;
    gboolean is_good;
  } cases[] = { { "stays", TRUE }, { "goes", FALSE }, { "moves", FALSE }, { "changes", FALSE } };

  fw_credentials_succeed (now, before);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *name = cases[i].name;
      const FwCredential *old = fw_credentials_find (before, name, strlen (name));
      const FwCredential *new = fw_credentials_find (now, name, strlen (name));

      g_assert_cmpint (fw_pass_is_good (old->pass, 0), ==, cases[i].is_good);
      g_assert_true (!new || fw_pass_is_good (new->pass, 0));
      g_assert_true (!new || (new->pass == old->pass) == cases[i].is_good);
    }
}

static void
test_a_decoy_is_some_line_of_the_file (void)
{
  g_autoptr (FwCredentials) empty = parse ("");
  g_autoptr (FwCredentials) two = parse ("a:" YESCRYPT "\nb:" BCRYPT);

  g_assert_true (fw_password_hash_is_known (fw_credentials_decoy (empty, 7)));
  g_assert_cmpstr (fw_credentials_decoy (two, 6), ==, YESCRYPT);
  g_assert_cmpstr (fw_credentials_decoy (two, 7), ==, BCRYPT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/credentials/whom-a-line-names", test_whom_a_line_names);
  g_test_add_func ("/net/credentials/each-hash-is-read", test_each_hash_is_read);
  g_test_add_func ("/net/credentials/what-is-made-can-be-used", test_what_is_made_can_be_used);
  g_test_add_func ("/net/credentials/a-wrong-line-is-named", test_a_wrong_line_is_named);
  g_test_add_func ("/net/credentials/who-stays-when-it-is-read-again",
                   test_who_stays_when_it_is_read_again);
  g_test_add_func ("/net/credentials/a-decoy-is-some-line-of-the-file",
                   test_a_decoy_is_some_line_of_the_file);
  return g_test_run ();
}
