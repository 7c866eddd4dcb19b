/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-identity.h"

#include <string.h>

#include "ingest-intake.h"

#define TEXT(s) ((FwText){ s, sizeof s - 1 })
#define NONE ((FwText){ NULL, 0 })

static const IngestIdentity device = { TEXT ("north"), TEXT ("truck-7") };
static const IngestIdentity gateway = { TEXT ("north"), { NULL, 0 } };
static const IngestIdentity nobody;

/* What comes of a publish: the key of its record, or why not. */
static char *
said (const IngestIdentity *credential, FwText fleet, FwText device_id, const char *payload)
{
  g_autoptr (IngestIntake) intake = ingest_intake_new (NULL);
  const IngestIdentity topic = { fleet, device_id };
  IngestIdentity met;
  IngestRecord record;
  guint refusal = INGEST_REFUSED_IDENTITY;

  if (ingest_identity_meet (credential, &topic, &met))
    refusal = ingest_intake_take (intake, payload, strlen (payload), &met, &record);
  return refusal ? g_strdup (ingest_refusal_names[refusal])
                 : g_strndup (record.key, record.key_len);
}

static void
test_the_credential_decides (void)
{
  const struct
  {
    const IngestIdentity *credential;
    FwText fleet, device_id;
    const char *payload, *outcome;
  } cases[] = {
    { &device, NONE, NONE, "{}", "north/truck-7" },
    { &device, NONE, NONE, "{\"device_id\":\"truck-7\"}", "north/truck-7" },
    { &device, NONE, NONE, "{\"fleet\":\"north\"}", "north/truck-7" },
    { &device, NONE, NONE, "{\"device_id\":\"truck-8\"}", "identity" },
    { &device, NONE, NONE, "{\"device_id\":\"truck-77\"}", "identity" },
    { &device, NONE, NONE, "{\"device_id\":\"truck-7\",\"fleet\":\"default\"}", "identity" },
    { &device, TEXT ("north"), TEXT ("truck-7"), "{}", "north/truck-7" },
    { &device, TEXT ("north"), TEXT ("truck-8"), "{}", "identity" },
    { &device, TEXT ("south"), TEXT ("truck-7"), "{}", "identity" },
    { &device, TEXT ("north"), NONE, "{\"device_id\":\"truck-8\"}", "identity" },
    { &gateway, NONE, NONE, "{}", "no_device_id" },
    { &gateway, NONE, NONE, "{\"device_id\":8}", "north/8" },
    { &gateway, NONE, NONE, "{\"device_id\":8,\"fleet\":\"south\"}", "identity" },
    { &gateway, NONE, TEXT ("8"), "{}", "north/8" },
    { &gateway, NONE, TEXT ("8"), "{\"device_id\":9}", "identity" },
    { &gateway, TEXT ("south"), TEXT ("8"), "{}", "identity" },
    { &nobody, TEXT ("south"), TEXT ("8"), "{}", "south/8" },
    { &nobody, NONE, NONE, "{\"device_id\":8}", "default/8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *outcome
          = said (cases[i].credential, cases[i].fleet, cases[i].device_id, cases[i].payload);

      g_assert_cmpstr (outcome, ==, cases[i].outcome);
    }
}

static void
test_what_it_may_listen_to (void)
{
  const IngestIdentity other = { TEXT ("north"), TEXT ("truck-8") };
  const IngestIdentity away = { TEXT ("south"), TEXT ("truck-7") };

  g_assert_true (ingest_identity_covers (&device, &device));
  g_assert_false (ingest_identity_covers (&device, &other));
  g_assert_false (ingest_identity_covers (&device, &away));
  g_assert_false (ingest_identity_covers (&device, &gateway));
  g_assert_true (ingest_identity_covers (&gateway, &other));
  g_assert_false (ingest_identity_covers (&gateway, &away));
  g_assert_true (ingest_identity_covers (&nobody, &away));
}

/* Whatever topic and payload say, a record speaks for the credential's device, or there is none. */
static void
test_no_words_make_another_of_it (void)
{
  static const char *const words[] = { "north", "south", "truck-7", "truck-8", "", "default", "7" };
  guint n_taken = 0;

  for (guint n = 0; n < 2000; n++)
    {
      const char *pick[4];

      for (guint i = 0; i < 4; i++)
        pick[i] = words[g_test_rand_int_range (0, G_N_ELEMENTS (words))];
      const IngestIdentity *credential = g_test_rand_bit () ? &device : &gateway;
      FwText fleet = { pick[0], (guint) strlen (pick[0]) };
      FwText device_id = { pick[1], (guint) strlen (pick[1]) };
      g_autofree char *fleet_said
          = *pick[2] ? g_strdup_printf ("\"fleet\":\"%s\",", pick[2]) : g_strdup ("");
      g_autofree char *device_said
          = *pick[3] ? g_strdup_printf ("\"device_id\":\"%s\",", pick[3]) : g_strdup ("");
      g_autofree char *payload = g_strdup_printf ("{%s%s\"temp\":1}", fleet_said, device_said);
      g_autofree char *outcome = said (credential, fleet, device_id, payload);

      if (!strchr (outcome, '/'))
        continue;
      n_taken++;
      g_assert_true (g_str_has_prefix (outcome, "north/"));
      g_assert_true (credential == &gateway || strcmp (outcome, "north/truck-7") == 0);
    }
  g_assert_cmpuint (n_taken, >, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/identity/the-credential-decides", test_the_credential_decides);
  g_test_add_func ("/ingest/identity/what-it-may-listen-to", test_what_it_may_listen_to);
  g_test_add_func ("/ingest/identity/no-words-make-another-of-it",
                   test_no_words_make_another_of_it);
  return g_test_run ();
}
