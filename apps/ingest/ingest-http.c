/* SPDX-License-Identifier: Apache-2.0 */
/* A visit is one request. It outlives it while events of it are under way (somebody left, or was
 * told to come again), since their reports still come:
 *
 *   begin --> body ... --> end --> every event's fate is known --> answer
 *               |           `--> nothing heard from Kafka for wait_max: 503
 *               `--> full: the body is paused; go on when there is room, or 503 */
#include "ingest-http.h"

#include <string.h>

#include "fw-log.h"
#include "ingest-entry.h"
#include "ingest-http-auth.h"

FW_LOG_TOPIC ("ingest-http");

#define WAIT_MAX_DEFAULT_MS 10000
#define RETRY_AFTER_DEFAULT_S 5
#define TICKS_PER_WAIT 10
#define TICK_MAX_MS 250
#define JSON "application/json"

typedef struct
{
  IngestHttp *door;
  FwHttpRequest *request; /* NULL when it is over */
  IngestBatch *batch;
  IngestPhone *phone; /* NULL: it brings our own events */
  IngestGuest guest;  /* who sends it */
  char *said;         /* of its URL, to be read once it is let in; or NULL */
  GList link;         /* in door->visits while there is a request */
  guint age;          /* ticks without news while it waits */
  gboolean is_in, is_ended, is_full;
} Visit;

typedef struct
{
  Visit *visit;
  guint64 line; /* of a free one: the next free */
} Slot;         /* a tag is a slot's place */

struct IngestHttp
{
  FwHttpServer *server; /* atomic: whoever of the two threads is first sets it */
  IngestHttpOptions options;
  char *listen_host, **public_hosts, **allow_origins;
  IngestDesk *desk; /* NULL: everybody may speak */
  IngestHttpSink sink;
  gpointer user;
  GArray *slots;
  guint64 free_slot;
  GQueue visits;
  guint n_full, tick_ms, age_max;
  gboolean is_ticking;
  GString *out;
  char *retry_after;
  IngestHttpCounts counts; /* written here, read anywhere: relaxed atomics */
};

#define NO_SLOT G_MAXUINT64
#define count(door, field, by) \
  __atomic_store_n (&(door)->counts.field, (door)->counts.field + (guint64) (by), __ATOMIC_RELAXED)

/* Tags. */

static guint64
slot_take (IngestHttp *door, Visit *visit, guint64 line)
{
  guint64 at = door->free_slot;
  const Slot slot = { visit, line };

  if (at == NO_SLOT)
    {
      g_array_append_val (door->slots, slot);
      return door->slots->len - 1;
    }
  door->free_slot = g_array_index (door->slots, Slot, at).line;
  g_array_index (door->slots, Slot, at) = slot;
  return at;
}

static Slot
slot_release (IngestHttp *door, guint64 at)
{
  Slot *place = &g_array_index (door->slots, Slot, at), slot = *place;

  *place = (Slot){ NULL, door->free_slot };
  door->free_slot = at;
  return slot;
}

/* Visits. */

static IngestVerdict
on_event (gpointer user, const char *bytes, gsize len, guint64 line, IngestRefusal *ret_refusal)
{
  Visit *visit = user;
  IngestHttp *door = visit->door;
  const IngestIdentity identity = ingest_guest_identity (&visit->guest);
  const IngestOffer offer = {
    bytes,        len,      slot_take (door, visit, line), fw_http_request_peer (visit->request),
    visit->phone, &identity
  };
  IngestVerdict verdict = door->sink.submit (door->user, &offer, ret_refusal);

  if (verdict != INGEST_TAKEN)
    slot_release (door, offer.tag);
  return verdict;
}

static void
tick_later (IngestHttp *door)
{
  if (door->is_ticking)
    return;
  door->is_ticking = TRUE;
  fw_http_server_set_timer (door->server, (gint64) door->tick_ms * 1000);
}

static Visit *
visit_new (IngestHttp *door, FwHttpRequest *request, const IngestEntry *entry)
{
  Visit *visit = g_new0 (Visit, 1);

  visit->door = door;
  visit->request = request;
  visit->guest.data = visit;
  visit->link.data = visit;
  visit->batch
      = ingest_batch_new (&door->options.batch, entry->layout, entry->encoding, on_event, visit);
  visit->phone = entry->phone;
  g_queue_push_tail_link (&door->visits, &visit->link);
  tick_later (door);
  return visit;
}

static void
note_fullness (Visit *visit)
{
  gboolean is_full = visit->request != NULL && ingest_batch_is_full (visit->batch);

  if (is_full == visit->is_full)
    return;
  visit->is_full = is_full;
  visit->age = 0;
  visit->door->n_full = is_full ? visit->door->n_full + 1 : visit->door->n_full - 1;
}

static void
free_if_over (Visit *visit)
{
  if (visit->request != NULL || ingest_batch_counts (visit->batch).n_under_way > 0)
    return;
  ingest_batch_free (visit->batch);
  ingest_phone_free (visit->phone);
  g_free (visit->said);
  g_free (visit);
}

static void
count_refusals (Visit *visit)
{
  IngestBatchCounts counts = ingest_batch_counts (visit->batch);

  count (visit->door, n_rejected, counts.n_rejected);
  count (visit->door, n_too_large, counts.n_too_large);
  count (visit->door, n_bombs, counts.is_bomb ? 1 : 0);
  count (visit->door, n_broken, counts.is_broken ? 1 : 0);
  count (visit->door, n_crowded, counts.is_crowded ? 1 : 0);
}

/* It has no request any more. */
static void
leave (Visit *visit)
{
  visit->request = NULL;
  ingest_desk_dismiss (&visit->guest);
  note_fullness (visit);
  g_queue_unlink (&visit->door->visits, &visit->link);
  free_if_over (visit);
}

static void
answer (Visit *visit, gboolean is_busy)
{
  IngestHttp *door = visit->door;
  guint status;

  count_refusals (visit);
  g_string_truncate (door->out, 0);
  status = visit->phone != NULL
               ? ingest_phone_answer (visit->phone, visit->batch, is_busy, door->out)
               : ingest_batch_answer (visit->batch, is_busy, door->out);
  fw_http_reply (visit->request,
                 &(FwHttpReply){ status, JSON, door->out->str, door->out->len,
                                 status == 503 || status == 429 ? door->retry_after : NULL });
  leave (visit);
}

static void
answer_if_complete (Visit *visit)
{
  note_fullness (visit);
  if (visit->request != NULL && ingest_batch_is_complete (visit->batch))
    answer (visit, FALSE);
}

void
ingest_http_stored (IngestHttp *door, guint64 tag, gboolean ok)
{
  Slot slot = slot_release (door, tag);
  Visit *visit = slot.visit;

  ingest_batch_stored (visit->batch, slot.line, ok);
  count (door, n_accepted, ok ? 1 : 0);
  visit->age = 0;
  if (visit->request != NULL)
    answer_if_complete (visit);
  else
    free_if_over (visit);
}

/* One that still has more goes behind the others. */
static void
move_to_tail (Visit *visit)
{
  g_queue_unlink (&visit->door->visits, &visit->link);
  g_queue_push_tail_link (&visit->door->visits, &visit->link);
  if (ingest_batch_is_resting (visit->batch))
    fw_http_server_wake (visit->door->server);
}

static void
let_the_full_go_on (IngestHttp *door)
{
  GList *next;

  for (GList *at = door->visits.head; at != NULL && door->n_full > 0; at = next)
    {
      Visit *visit = at->data;

      next = at->next;
      if (!visit->is_full)
        continue;
      ingest_batch_go_on (visit->batch);
      if (ingest_batch_is_full (visit->batch))
        {
          move_to_tail (visit);
          return;
        }
      note_fullness (visit);
      fw_http_resume (visit->request);
      answer_if_complete (visit);
    }
}

static void
on_woken (gpointer user)
{
  IngestHttp *door = user;

  if (door->sink.poll != NULL)
    door->sink.poll (door->user);
  ingest_desk_turn (door->desk);
  let_the_full_go_on (door);
}

static void
on_tick (gpointer user)
{
  IngestHttp *door = user;
  GList *next;

  door->is_ticking = FALSE;
  on_woken (door);
  for (GList *at = door->visits.head; at != NULL; at = next)
    {
      Visit *visit = at->data;

      next = at->next;
      if ((!visit->is_ended && !visit->is_full) || ++visit->age <= door->age_max)
        continue;
      fw_warn_limited ("Kafka takes no more: a request is told to come again");
      count (door, n_busy, 1);
      answer (visit, TRUE);
    }
  if (door->visits.length > 0)
    tick_later (door);
}

/* Requests. */

static gpointer
turn_away (IngestHttp *door, FwHttpRequest *request, guint status, const char *code,
           const char *message, const char *headers)
{
  GString *out = door->out;

  count (door, n_turned_away, 1);
  g_string_printf (out,
                   "{\"accepted\":0,\"rejected\":0,\"errors\":[{\"line\":0,\"code\":\"%s\","
                   "\"message\":\"%s\"}]}\n",
                   code, message);
  fw_http_reply (request, &(FwHttpReply){ status, JSON, out->str, out->len, headers });
  return NULL;
}

/* Whoever forgets a friend is answered at once, too. */
static gpointer
answer_at_once (IngestHttp *door, FwHttpRequest *request, const IngestEntry *entry)
{
  if (entry->message != NULL)
    return turn_away (door, request, entry->status, entry->code, entry->message, entry->headers);
  fw_http_reply (request, &(FwHttpReply){ entry->status, entry->status == 204 ? NULL : JSON, "[]\n",
                                          3, entry->headers });
  return NULL;
}

/* Its browser lets it read the answer. */
static void
tell_the_page (FwHttpRequest *request, const char *origin)
{
  g_autofree char *headers = g_strdup_printf ("Access-Control-Allow-Origin: %s\r\n"
                                              "Access-Control-Expose-Headers: Retry-After\r\n"
                                              "Vary: Origin\r\n",
                                              origin);

  fw_http_add_headers (request, headers);
}

/* Who sends it. */

static IngestAdmission
ask (Visit *visit, const FwHttpHead *head)
{
  IngestHttpProof shown;
  IngestAdmission admission;

  ingest_http_proof_read (head, &shown);
  admission = ingest_desk_ask (visit->door->desk, &visit->guest, &shown.proof,
                               fw_http_request_peer (visit->request));
  ingest_http_proof_clear (&shown);
  return admission;
}

static void
let_in (Visit *visit)
{
  visit->is_in = TRUE;
  if (visit->said != NULL)
    ingest_batch_take (visit->batch, visit->said, strlen (visit->said));
  if (visit->is_ended)
    ingest_batch_end (visit->batch);
  fw_http_resume (visit->request);
}

/* FALSE: it was answered. */
static gboolean
act_on (Visit *visit, IngestAdmission admission)
{
  IngestHttp *door = visit->door;
  IngestHttpDenial denial;

  if (admission == INGEST_ADMIT_IN)
    let_in (visit);
  if (admission == INGEST_ADMIT_IN || admission == INGEST_ADMIT_LATER)
    return TRUE;
  denial = ingest_http_denial (admission);
  turn_away (door, visit->request, denial.status, denial.code, denial.message,
             denial.status == 401 ? ingest_http_challenge (door->desk) : door->retry_after);
  leave (visit);
  return FALSE;
}

static void
on_answered (gpointer user, IngestGuest *guest)
{
  Visit *visit = guest->data;

  (void) user;
  if (act_on (visit, guest->admission))
    answer_if_complete (visit);
}

static void
wake (gpointer user)
{
  IngestHttp *door = user;

  fw_http_server_wake (door->server);
}

static gpointer
on_begin (gpointer user, FwHttpRequest *request, const FwHttpHead *head)
{
  IngestHttp *door = user;
  const IngestEntryRules rules = { door->listen_host, (const char *const *) door->public_hosts,
                                   (const char *const *) door->allow_origins };
  IngestEntry entry;
  Visit *visit;

  ingest_entry_read (&rules, head, &entry);
  if (entry.origin != NULL)
    tell_the_page (request, entry.origin);
  if (entry.status != 0)
    return answer_at_once (door, request, &entry);
  visit = visit_new (door, request, &entry);
  visit->said = g_strdup (entry.said);
  return act_on (visit, ask (visit, head)) ? visit : NULL;
}

static gsize
on_body (gpointer user, FwHttpRequest *request, gpointer data, const char *bytes, gsize len)
{
  Visit *visit = data;
  gsize n = visit->is_in ? ingest_batch_take (visit->batch, bytes, len) : 0;

  (void) user, (void) request;
  if (ingest_batch_is_resting (visit->batch))
    fw_http_server_wake (visit->door->server);
  answer_if_complete (visit); /* before its end: crowded out */
  return n;
}

static void
on_end (gpointer user, FwHttpRequest *request, gpointer data)
{
  Visit *visit = data;

  (void) user, (void) request;
  visit->is_ended = TRUE;
  if (visit->is_in)
    ingest_batch_end (visit->batch);
  answer_if_complete (visit);
}

static void
on_gone (gpointer user, FwHttpRequest *request, gpointer data)
{
  (void) user, (void) request;
  count_refusals (data);
  leave (data);
}

static void
on_started (gpointer user, FwHttpServer *server)
{
  IngestHttp *door = user;

  g_atomic_pointer_set (&door->server, server);
  if (door->sink.started != NULL)
    door->sink.started (door->user, door);
}

/* Its life. */

static void
set_options (IngestHttp *door, const IngestHttpOptions *options)
{
  guint wait_ms = options->wait_max_ms > 0 ? options->wait_max_ms : WAIT_MAX_DEFAULT_MS;
  guint retry_s = options->retry_after_s > 0 ? options->retry_after_s : RETRY_AFTER_DEFAULT_S;

  door->options = *options;
  door->listen_host = g_strdup (options->server.listen_host);
  door->public_hosts = g_strdupv ((char **) options->public_hosts);
  door->allow_origins = g_strdupv ((char **) options->allow_origins);
  door->tick_ms = CLAMP (wait_ms / TICKS_PER_WAIT, 1, TICK_MAX_MS);
  door->age_max = wait_ms / door->tick_ms;
  door->retry_after = g_strdup_printf ("Retry-After: %u\r\n", retry_s);
}

IngestHttp *
ingest_http_new (const IngestHttpOptions *options, const IngestHttpSink *sink, gpointer user,
                 GError **error)
{
  static const FwHttpHandler handler = { .begin = on_begin,
                                         .body = on_body,
                                         .end = on_end,
                                         .gone = on_gone,
                                         .woken = on_woken,
                                         .tick = on_tick,
                                         .started = on_started };
  static const IngestDeskHandler desk = { on_answered, wake };
  g_autoptr (IngestHttp) door = g_new0 (IngestHttp, 1);
  FwHttpServer *server;

  set_options (door, options);
  if (options->auth != NULL)
    door->desk = ingest_desk_new (options->auth, &desk, door);
  door->sink = *sink;
  door->user = user;
  door->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  door->free_slot = NO_SLOT;
  door->out = g_string_new (NULL);
  server = fw_http_server_new (&options->server, &handler, door, error);
  if (server == NULL)
    return NULL;
  g_atomic_pointer_set (&door->server, server);
  return g_steal_pointer (&door);
}

static void
forget_reports (IngestHttp *door)
{
  for (guint i = 0; i < door->slots->len; i++)
    {
      Visit *visit = g_array_index (door->slots, Slot, i).visit;

      if (visit == NULL)
        continue;
      ingest_batch_stored (visit->batch, 0, FALSE);
      free_if_over (visit);
    }
}

void
ingest_http_free (IngestHttp *door)
{
  if (door == NULL)
    return;
  fw_http_server_stop (ingest_http_server (door));
  forget_reports (door);
  ingest_desk_free (door->desk);
  g_array_unref (door->slots);
  g_string_free (door->out, TRUE);
  g_strfreev (door->public_hosts);
  g_strfreev (door->allow_origins);
  g_free (door->listen_host);
  g_free (door->retry_after);
  g_free (door);
}

FwHttpServer *
ingest_http_server (IngestHttp *door)
{
  return g_atomic_pointer_get (&door->server);
}

IngestHttpCounts
ingest_http_counts (const IngestHttp *door)
{
  const IngestHttpCounts *counts = &door->counts;

  return (IngestHttpCounts){
    .n_accepted = __atomic_load_n (&counts->n_accepted, __ATOMIC_RELAXED),
    .n_rejected = __atomic_load_n (&counts->n_rejected, __ATOMIC_RELAXED),
    .n_too_large = __atomic_load_n (&counts->n_too_large, __ATOMIC_RELAXED),
    .n_busy = __atomic_load_n (&counts->n_busy, __ATOMIC_RELAXED),
    .n_bombs = __atomic_load_n (&counts->n_bombs, __ATOMIC_RELAXED),
    .n_broken = __atomic_load_n (&counts->n_broken, __ATOMIC_RELAXED),
    .n_crowded = __atomic_load_n (&counts->n_crowded, __ATOMIC_RELAXED),
    .n_turned_away = __atomic_load_n (&counts->n_turned_away, __ATOMIC_RELAXED),
  };
}
