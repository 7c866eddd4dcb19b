/* SPDX-License-Identifier: Apache-2.0 */
#include "ingest-auth.h"

#include <glib/gstdio.h>
#include <string.h>

#include "fw-password.h"
#include "fw-thread.h"
#include "ingest-http-auth.h"
#include "ingest-tries.h"

#define PATIENCE_MS 60000
#define TEXT(s) ((FwText){ s, (guint) strlen (s) })

typedef struct
{
  char *folder, *path;
  IngestAuth *auth;
  IngestDesk *desk;
  FwWake *woken;
  GPtrArray *answered; /* IngestGuest, borrowed, in order */
} House;

static void
on_answered (gpointer user, IngestGuest *guest)
{
  g_ptr_array_add (((House *) user)->answered, guest);
}

static void
on_wake (gpointer user)
{
  fw_wake_signal (((House *) user)->woken);
}

static void
write_file (const House *house, const char *const *names, const char *secret, FwPasswordKind kind)
{
  g_autofree char *hash = fw_password_hash (secret, kind, NULL);
  g_autoptr (GString) text = g_string_new (NULL);

  for (; *names; names++)
    g_string_append_printf (text, "%s:%s\n", *names, hash);
  g_assert_true (g_file_set_contents (house->path, text->str, -1, NULL));
}

static void
house_open (House *house, const char *const *names, FwPasswordKind kind, guint queue_max,
            guint failures)
{
  static const IngestDeskHandler handler = { on_answered, on_wake };
  g_autoptr (GError) error = NULL;

  house->folder = g_dir_make_tmp ("auth-XXXXXX", NULL);
  house->path = g_build_filename (house->folder, "devices", NULL);
  write_file (house, names, "right", kind);
  const IngestAuthOptions options = { house->path, NULL, NULL, NULL, 1, queue_max, failures, 100 };
  house->auth = ingest_auth_new (&options, &error);
  g_assert_no_error (error);
  house->woken = fw_wake_new ();
  house->answered = g_ptr_array_new ();
  house->desk = ingest_desk_new (house->auth, &handler, house);
}

static void
house_close (House *house)
{
  ingest_auth_stop (house->auth);
  ingest_desk_free (house->desk);
  ingest_auth_free (house->auth);
  fw_wake_free (house->woken);
  g_ptr_array_unref (house->answered);
  g_remove (house->path);
  g_rmdir (house->folder);
  g_free (house->path);
  g_free (house->folder);
}

static IngestAdmission
ask (House *house, IngestGuest *guest, const char *name, const char *secret, const char *peer)
{
  const IngestProof proof = { .name = TEXT (name), .secret = TEXT (secret) };

  return ingest_desk_ask (house->desk, guest, &proof, peer);
}

static void
wait_answered (House *house, guint n)
{
  while (house->answered->len < n)
    {
      GPollFD poll = { fw_wake_fd (house->woken), G_IO_IN, 0 };

      g_assert_cmpint (g_poll (&poll, 1, PATIENCE_MS), ==, 1);
      fw_wake_clear (house->woken);
      ingest_desk_turn (house->desk);
    }
}

/* What comes of it, however long it takes. */
static IngestAdmission
told (House *house, IngestGuest *guest, const char *name, const char *secret)
{
  guint n = house->answered->len;
  IngestAdmission admission = ask (house, guest, name, secret, "10.0.0.1:7");

  if (admission != INGEST_ADMIT_LATER)
    return admission;
  g_assert_cmpint (ask (house, guest, name, secret, "10.0.0.1:7"), ==, INGEST_ADMIT_LATER);
  wait_answered (house, n + 1);
  g_assert_true (g_ptr_array_index (house->answered, n) == guest);
  return ask (house, guest, name, secret, "10.0.0.1:7");
}

static const char *const two[] = { "north/1", "north/2", NULL };

static void
test_right_wrong_and_known (void)
{
  House house = { 0 };
  IngestGuest guest = { 0 };

  house_open (&house, two, FW_PASSWORD_MADE, 10, 10);
  g_assert_cmpint (told (&house, &guest, "", ""), ==, INGEST_ADMIT_MISSING);
  g_assert_cmpint (told (&house, &guest, "north/1", "right"), ==, INGEST_ADMIT_IN);
  g_assert_cmpint (house.answered->len, ==, 1);
  g_assert_cmpstr (guest.pass->device_id, ==, "1");
  ingest_desk_dismiss (&guest);
  g_assert_cmpint (ask (&house, &guest, "north/1", "right", "10.9.9.9:1"), ==, INGEST_ADMIT_IN);
  ingest_desk_dismiss (&guest);
  g_assert_cmpint (told (&house, &guest, "north/2", "wrong"), ==, INGEST_ADMIT_WRONG);
  g_assert_null (guest.pass);
  ingest_desk_dismiss (&guest);
  g_assert_cmpint (told (&house, &guest, "north/3", "right"), ==, INGEST_ADMIT_WRONG);
  ingest_desk_dismiss (&guest);
  g_assert_cmpint (told (&house, &guest, "north/2", "right"), ==, INGEST_ADMIT_IN);
  ingest_desk_dismiss (&guest);
  IngestAuthCounts counts = ingest_auth_counts (house.auth);
  g_assert_cmpuint (counts.n_known, ==, 1);
  g_assert_cmpuint (counts.n_verified, ==, 2);
  g_assert_cmpuint (counts.n_refused[INGEST_ADMIT_WRONG], ==, 2);
  g_assert_cmpuint (counts.n_refused[INGEST_ADMIT_MISSING], ==, 1);
  house_close (&house);
}

static void
test_who_leaves_is_not_answered (void)
{
  House house = { 0 };
  IngestGuest gone = { 0 }, stays = { 0 };

  house_open (&house, two, FW_PASSWORD_MADE, 10, 10);
  g_assert_cmpint (ask (&house, &gone, "north/1", "right", "10.0.0.1:7"), ==, INGEST_ADMIT_LATER);
  g_assert_cmpint (ask (&house, &stays, "north/2", "right", "10.0.0.1:8"), ==, INGEST_ADMIT_LATER);
  ingest_desk_dismiss (&gone);
  wait_answered (&house, 1);
  g_assert_true (g_ptr_array_index (house.answered, 0) == &stays);
  ingest_desk_dismiss (&stays);
  g_assert_cmpint (ask (&house, &gone, "north/1", "other", "10.0.0.1:7"), ==, INGEST_ADMIT_LATER);
  ingest_auth_stop (house.auth); /* with somebody waiting */
  g_assert_cmpint (ask (&house, &stays, "north/2", "new", "10.0.0.1:8"), ==, INGEST_ADMIT_BUSY);
  ingest_desk_dismiss (&gone);
  house_close (&house);
}

static void
test_the_queue_is_bounded_and_fair (void)
{
  enum
  {
    CROWD = 14
  };
  House house = { 0 };
  IngestGuest crowd[CROWD] = { 0 }, one = { 0 };
  guint n_busy = 0, n_later = 0;

  house_open (&house, two, FW_PASSWORD_CHOSEN, 16, 1000);
  for (guint i = 0; i < CROWD; i++)
    {
      g_autofree char *secret = g_strdup_printf ("%u", i);
      IngestAdmission admission = ask (&house, &crowd[i], "north/1", secret, "10.0.0.1:7");

      n_busy += admission == INGEST_ADMIT_BUSY;
      n_later += admission == INGEST_ADMIT_LATER;
    }
  g_assert_cmpuint (n_busy + n_later, ==, CROWD);
  g_assert_cmpuint (n_later, >=, 8); /* half of the queue */
  g_assert_cmpuint (n_busy, >, 0);
  g_assert_cmpint (ask (&house, &one, "north/2", "right", "10.0.0.2:7"), ==, INGEST_ADMIT_LATER);
  wait_answered (&house, n_later + 1);
  g_assert_true (g_ptr_array_index (house.answered, n_later) != &one); /* not behind all of them */
  g_assert_cmpuint (ingest_auth_counts (house.auth).n_refused[INGEST_ADMIT_BUSY], ==, n_busy);
  for (guint i = 0; i < CROWD; i++)
    ingest_desk_dismiss (&crowd[i]);
  ingest_desk_dismiss (&one);
  house_close (&house);
}

static void
test_read_again (void)
{
  static const char *const other[] = { "north/2", "north/3", NULL };
  House house = { 0 };
  IngestGuest guest = { 0 }, again = { 0 };
  g_autoptr (GError) error = NULL;

  house_open (&house, two, FW_PASSWORD_MADE, 10, 10);
  g_assert_cmpint (told (&house, &guest, "north/1", "right"), ==, INGEST_ADMIT_IN);
  g_assert_true (ingest_auth_reload (house.auth, &error));
  g_assert_true (ingest_guest_is_good (&guest, 0));
  write_file (&house, other, "right", FW_PASSWORD_MADE);
  g_assert_true (ingest_auth_reload (house.auth, &error));
  g_assert_false (ingest_guest_is_good (&guest, 0));
  g_assert_cmpint (told (&house, &again, "north/1", "right"), ==, INGEST_ADMIT_WRONG);
  ingest_desk_dismiss (&again);
  g_assert_cmpint (told (&house, &again, "north/3", "right"), ==, INGEST_ADMIT_IN);
  g_assert_true (g_file_set_contents (house.path, "nonsense\n", -1, NULL));
  g_assert_false (ingest_auth_reload (house.auth, &error));
  g_assert_true (ingest_guest_is_good (&again, 0));
  ingest_desk_dismiss (&guest);
  ingest_desk_dismiss (&again);
  house_close (&house);
}

static void
test_too_many_wrong_ones (void)
{
  House house = { 0 };
  IngestGuest guest = { 0 };

  house_open (&house, two, FW_PASSWORD_MADE, 10, 3);
  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *secret = g_strdup_printf ("wrong-%u", i);

      g_assert_cmpint (told (&house, &guest, "north/1", secret), ==,
                       i < 3 ? INGEST_ADMIT_WRONG : INGEST_ADMIT_TRIES);
      ingest_desk_dismiss (&guest);
    }
  g_assert_cmpint (told (&house, &guest, "north/2", "right"), ==, INGEST_ADMIT_IN);
  ingest_desk_dismiss (&guest);
  house_close (&house);
}

static void
test_what_counts_as_one_address (void)
{
  static const struct
  {
    const char *one, *other;
    gboolean is_same;
  } rows[] = {
    { "10.0.0.1:7", "10.0.0.1:65535", TRUE },
    { "10.0.0.1:7", "10.0.0.2:7", FALSE },
    { "[2001:db8::1]:7", "[2001:db8::ffff:1:2:3]:8", TRUE },
    { "[2001:db8::1]:7", "[2001:db8:0:1::1]:7", FALSE },
    { "[::ffff:10.0.0.1]:7", "[::ffff:10.0.0.2]:7", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 one[INGEST_ADDRESS_MAX_BYTES], other[INGEST_ADDRESS_MAX_BYTES];
      gsize n = ingest_tries_address (rows[i].one, one);
      gsize m = ingest_tries_address (rows[i].other, other);

      g_assert_cmpint (n == m && memcmp (one, other, n) == 0, ==, rows[i].is_same);
    }
}

static void
test_what_a_head_shows (void)
{
  static const struct
  {
    const char *value, *name, *secret;
    gboolean is_token;
  } rows[] = {
    { "Basic bm9ydGgvNzpzZWNyZXQ=", "north/7", "secret", FALSE },
    { "basic   bm9ydGgvNzpzZWNyZXQ=", "north/7", "secret", FALSE },
    { "Basic YTpiOmM=", "a", "b:c", FALSE },
    { "Basic Og==", "", "", FALSE },
    { "Basic YWI=", "", "", FALSE }, /* no colon */
    { "Basic YTpi!", "", "", FALSE },
    { "Basic YTp", "", "", FALSE },
    { "Basic", "", "", FALSE },
    { "Basicbm9ydGgvNzpzZWNyZXQ=", "", "", FALSE },
    { "Bearer a.b.c", "", "a.b.c", TRUE },
    { "Digest x", "", "", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      FwHttpHead head = { .n_headers = 1, .headers = { { "Authorization", rows[i].value } } };
      IngestHttpProof shown;

      ingest_http_proof_read (&head, &shown);
      g_assert_cmpmem (shown.proof.name.data, shown.proof.name.len, rows[i].name,
                       strlen (rows[i].name));
      g_assert_cmpmem (shown.proof.secret.data, shown.proof.secret.len, rows[i].secret,
                       strlen (rows[i].secret));
      g_assert_cmpint (shown.proof.is_token, ==, rows[i].is_token);
      ingest_http_proof_clear (&shown);
    }
}

static void
test_no_desk_no_question (void)
{
  IngestGuest guest = { 0 };
  const IngestProof proof = { 0 };

  g_assert_cmpint (ingest_desk_ask (NULL, &guest, &proof, "10.0.0.1:7"), ==, INGEST_ADMIT_IN);
  g_assert_cmpuint (ingest_guest_identity (&guest).fleet.len, ==, 0);
  g_assert_true (ingest_guest_is_good (&guest, G_MAXINT64));
  ingest_desk_turn (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingest/auth/right-wrong-and-known", test_right_wrong_and_known);
  g_test_add_func ("/ingest/auth/who-leaves-is-not-answered", test_who_leaves_is_not_answered);
  g_test_add_func ("/ingest/auth/the-queue-is-bounded-and-fair",
                   test_the_queue_is_bounded_and_fair);
  g_test_add_func ("/ingest/auth/read-again", test_read_again);
  g_test_add_func ("/ingest/auth/too-many-wrong-ones", test_too_many_wrong_ones);
  g_test_add_func ("/ingest/auth/what-counts-as-one-address", test_what_counts_as_one_address);
  g_test_add_func ("/ingest/auth/what-a-head-shows", test_what_a_head_shows);
  g_test_add_func ("/ingest/auth/no-desk-no-question", test_no_desk_no_question);
  return g_test_run ();
}
