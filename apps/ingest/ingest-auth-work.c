/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever comes waits in its address's lane, and the lanes take turns:
 *   ask --push--> [10.0.0.7: q q q] --+
 *                 [10.0.0.9: q]     --+--> worker --> desk->done --turn--> answered */
#include "ingest-auth-private.h"

#include <string.h>

typedef struct
{
  GBytes *address;
  GQueue questions;
} Lane;

IngestQuestion *
ingest_question_new (IngestDesk *desk, IngestGuest *guest, const IngestProof *proof,
                     const IngestDigest *digest, const char *hash, FwPass *line_pass,
                     const char *peer)
{
  IngestQuestion *question = g_new0 (IngestQuestion, 1);

  question->desk = desk;
  question->guest = guest;
  question->name = g_strndup (proof->name.data ? proof->name.data : "", proof->name.len);
  question->name_len = proof->name.len;
  question->secret = g_malloc0 (proof->secret.len + 1);
  if (proof->secret.len > 0)
    memcpy (question->secret, proof->secret.data, proof->secret.len);
  question->secret_len = proof->secret.len;
  question->hash = g_strdup (hash);
  question->peer = g_strdup (peer);
  question->line_pass = line_pass ? fw_pass_ref (line_pass) : NULL;
  question->digest = *digest;
  return question;
}

void
ingest_question_free (IngestQuestion *question)
{
  explicit_bzero (question->secret, question->secret_len);
  fw_pass_unref (question->line_pass);
  fw_pass_unref (question->pass);
  g_free (question->name);
  g_free (question->secret);
  g_free (question->hash);
  g_free (question->peer);
  g_free (question);
}

static void
free_questions (GQueue *questions)
{
  IngestQuestion *question;

  while ((question = g_queue_pop_head (questions)))
    ingest_question_free (question);
}

static void
lane_free (gpointer data)
{
  Lane *lane = data;

  free_questions (&lane->questions);
  g_bytes_unref (lane->address);
  g_free (lane);
}

void
ingest_work_init (IngestWork *work, guint n_workers, guint n_max)
{
  fw_mutex_init (&work->mutex);
  pthread_cond_init (&work->some, NULL);
  work->n_workers = n_workers;
  work->n_max = n_max;
  work->threads = g_ptr_array_new ();
  work->by_address = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, lane_free);
}

void
ingest_work_clear (IngestWork *work)
{
  g_queue_clear (&work->lanes);
  g_hash_table_unref (work->by_address);
  g_ptr_array_unref (work->threads);
  pthread_cond_destroy (&work->some);
  fw_mutex_clear (&work->mutex);
}

static Lane *
lane_of (IngestWork *work, const char *peer)
{
  guint8 bytes[INGEST_ADDRESS_MAX_BYTES];
  gsize len = ingest_tries_address (peer, bytes);
  g_autoptr (GBytes) address = g_bytes_new (bytes, len);
  Lane *lane = g_hash_table_lookup (work->by_address, address);

  if (lane)
    return lane;
  lane = g_new0 (Lane, 1);
  lane->address = g_steal_pointer (&address);
  g_hash_table_insert (work->by_address, lane->address, lane);
  g_queue_push_tail (&work->lanes, lane);
  return lane;
}

gboolean
ingest_work_push (IngestWork *work, IngestQuestion *question)
{
  Lane *lane;

  if (work->is_stopping || work->n >= work->n_max)
    return FALSE;
  lane = lane_of (work, question->peer);
  if (lane->questions.length >= (work->n_max + 1) / 2)
    return FALSE;
  g_queue_push_tail (&lane->questions, question);
  work->n++;
  pthread_cond_signal (&work->some);
  return TRUE;
}

static IngestQuestion *
pop (IngestWork *work)
{
  Lane *lane = g_queue_pop_head (&work->lanes);
  IngestQuestion *question;

  if (!lane)
    return NULL;
  question = g_queue_pop_head (&lane->questions);
  work->n--;
  if (lane->questions.length > 0)
    g_queue_push_tail (&work->lanes, lane);
  else
    g_hash_table_remove (work->by_address, lane->address);
  return question;
}

/* NULL: it stops. */
static IngestQuestion *
wait_for_one (IngestWork *work)
{
  IngestQuestion *question = NULL;

  fw_mutex_lock (&work->mutex);
  while (!work->is_stopping && !(question = pop (work)))
    pthread_cond_wait (&work->some, &work->mutex.mutex);
  fw_mutex_unlock (&work->mutex);
  return question;
}

static void
hand_back (IngestAuth *auth, IngestQuestion *question)
{
  IngestDesk *desk = question->desk;

  fw_mutex_lock (&auth->work.mutex);
  g_queue_push_tail (&desk->done, question);
  fw_mutex_unlock (&auth->work.mutex);
  desk->handler.wake (desk->user);
}

static void
run (gpointer data)
{
  IngestAuth *auth = data;
  IngestQuestion *question;

  while ((question = wait_for_one (&auth->work)))
    {
      if (!g_atomic_int_get (&question->is_dismissed))
        ingest_auth_work_on (auth, question);
      hand_back (auth, question);
    }
}

gboolean
ingest_work_start (IngestAuth *auth, GError **error)
{
  for (guint i = 0; i < auth->work.n_workers; i++)
    {
      FwThread *thread = fw_thread_start ("auth", run, auth, error);

      if (!thread)
        return FALSE;
      g_ptr_array_add (auth->work.threads, thread);
    }
  return TRUE;
}

void
ingest_work_stop (IngestWork *work)
{
  fw_mutex_lock (&work->mutex);
  work->is_stopping = TRUE;
  pthread_cond_broadcast (&work->some);
  fw_mutex_unlock (&work->mutex);
  for (guint i = 0; i < work->threads->len; i++)
    fw_thread_join (g_ptr_array_index (work->threads, i));
  g_ptr_array_set_size (work->threads, 0);
}

/* Desks. */

IngestDesk *
ingest_desk_new (IngestAuth *auth, const IngestDeskHandler *handler, gpointer user)
{
  IngestDesk *desk = g_new0 (IngestDesk, 1);

  desk->auth = auth;
  desk->handler = *handler;
  desk->user = user;
  return desk;
}

void
ingest_desk_free (IngestDesk *desk)
{
  if (!desk)
    return;
  free_questions (&desk->done);
  g_free (desk);
}

static IngestQuestion *
pop_done (IngestDesk *desk)
{
  IngestQuestion *question;

  fw_mutex_lock (&desk->auth->work.mutex);
  question = g_queue_pop_head (&desk->done);
  fw_mutex_unlock (&desk->auth->work.mutex);
  return question;
}

void
ingest_desk_turn (IngestDesk *desk)
{
  IngestQuestion *question;

  while (desk && (question = pop_done (desk)))
    {
      IngestGuest *guest = question->guest;

      if (guest)
        {
          guest->question = NULL;
          guest->is_answered = TRUE;
          guest->admission = (guint8) question->admission;
          guest->pass = g_steal_pointer (&question->pass);
        }
      ingest_question_free (question);
      if (guest)
        desk->handler.answered (desk->user, guest);
    }
}

void
ingest_desk_dismiss (IngestGuest *guest)
{
  if (guest->question)
    {
      guest->question->guest = NULL;
      g_atomic_int_set (&guest->question->is_dismissed, 1);
    }
  fw_pass_unref (guest->pass);
  *guest = (IngestGuest){ 0 };
}
