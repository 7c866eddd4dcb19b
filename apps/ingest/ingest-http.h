/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-http-server.h"
#include "ingest-auth.h"
#include "ingest-phone.h"
/* ingest-http: the HTTP door: POST /v1/events, /v1/traccar, /v1/owntracks, answered when Kafka has every event of it, or
 *   refused them.
 * Content types: application/x-ndjson and application/ndjson are lines; application/json, text/plain,
 *   application/x-www-form-urlencoded (what curl -d says) and none are looked at: array, one object, or lines. Others: 415.
 * Who has no credential where one is asked for is answered before his body is read; while one is verified the body waits.
 * Promises: what is not accepted in the answer was not promised; when Kafka stays away, 503 with Retry-After; a browser's
 *   page of another host cannot feed the fleet (fw-door).
 * Threads: one of its own, on which the sink is called; new, drain, wait and free belong to another. */
typedef struct IngestHttp IngestHttp;
/* One event as it came, borrowed. peer: "127.0.0.1:54321". phone: NULL for our own events.
 * identity: as far as the sender's credential says. */
typedef struct { const char *bytes; gsize len; guint64 tag; const char *peer; const IngestPhone *phone; const IngestIdentity *identity; } IngestOffer;
typedef struct
{
  /* The tag comes back in ingest_http_stored, exactly once and not before this returns, when the event was TAKEN. */
  IngestVerdict (*submit) (gpointer user, const IngestOffer *offer, IngestRefusal *ret_refusal);
  void (*poll) (gpointer user);                       /* nullable: look for reports; after a wake-up, and a few times a second while somebody waits */
  void (*started) (gpointer user, IngestHttp *door);  /* nullable; first of all, perhaps before ingest_http_new has returned */
} IngestHttpSink;

typedef struct
{
  FwHttpServerOptions server;
  const char *const *public_hosts, *const *allow_origins; /* as in FwDoorRules; copied */
  IngestBatchLimits   batch;
  guint               wait_max_ms;   /* 0 = 10 s: without any report from Kafka, then 503 */
  guint               retry_after_s; /* 0 = 5 */
  IngestAuth         *auth;          /* nullable: everybody may speak */
} IngestHttpOptions;
typedef struct
{
  guint64 n_accepted, n_rejected, n_too_large; /* events; the last: of the rejected, never submitted */
  guint64 n_busy;                              /* answers */
  guint64 n_bombs, n_broken, n_crowded;        /* bodies */
  guint64 n_turned_away;                       /* requests before their body */
} IngestHttpCounts;

IngestHttp   *ingest_http_new (const IngestHttpOptions *options, const IngestHttpSink *sink, gpointer user, GError **error);
void          ingest_http_free (IngestHttp *door);             /* cuts what is left; reports after this must not come */
FwHttpServer *ingest_http_server (IngestHttp *door);           /* to drain, to wake, its port, its counts */
void          ingest_http_stored (IngestHttp *door, guint64 tag, gboolean ok); /* the door's thread */
IngestHttpCounts ingest_http_counts (const IngestHttp *door);  /* any thread */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (IngestHttp, ingest_http_free)
