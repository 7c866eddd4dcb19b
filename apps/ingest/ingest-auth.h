/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-pass.h"
#include "ingest-admission.h"
#include "ingest-identity.h"
/* ingest-auth: who is at the door. One for the process; each door has a desk, where its guests are asked.
 *   ask: known ------------------------------------> IN         (a keyed hash: microseconds)
 *        a token ----------------------------------> IN, WRONG  (5 to 150 us, on the door's thread)
 *        name and secret -> queue -> a worker -----> LATER, then `answered` on the desk's turn
 *        more than may be -------------------------> BUSY, TRIES
 * Promises: no guest waits for another's hash but behind it in the queue, where addresses take turns; a name that is not
 *   there takes as long as a wrong secret; no secret is kept, logged or shown.
 * Does not: know sockets, HTTP or MQTT.
 * Threads: auth, any; a desk and its guests, their door's. */
typedef struct IngestAuth IngestAuth;
typedef struct IngestDesk IngestDesk;

typedef struct
{
  const char *credentials_file, *token_key_file; /* nullable; without both only certificates speak for anybody */
  const char *token_audience, *token_issuer;     /* nullable */
  guint       n_workers;
  guint       queue_max;           /* secrets that wait for a worker; of one address at most half */
  guint       failures_per_minute; /* see ingest-tries */
  guint       known_max;
} IngestAuthOptions;

/* NULL: one of the files cannot be used; the error says why. */
IngestAuth *ingest_auth_new (const IngestAuthOptions *options, GError **error);
/* Reads the credentials again: the passes of lines that are gone or changed are revoked, all others stay. On FALSE nothing
 * has changed. */
gboolean    ingest_auth_reload (IngestAuth *auth, GError **error);
void        ingest_auth_stop (IngestAuth *auth); /* joins the workers; who asks from now on is told BUSY; NULL is fine */
void        ingest_auth_free (IngestAuth *auth); /* after its desks */
guint       ingest_auth_n_credentials (IngestAuth *auth);

IngestAuthCounts ingest_auth_counts (IngestAuth *auth);

/* What was shown. No name and no secret: nothing. is_token: it came as a Bearer; else a secret that has the form of a token
 * is taken for one where there is a key. */
typedef struct { FwText name, secret; gboolean is_token; const char *certificate_name /* nullable, of a verified one */; } IngestProof;

/* All zero before it is asked. It stays where it is until ingest_desk_dismiss. */
typedef struct
{
  FwPass *pass;                    /* of who is IN; NULL where there is no desk */
  struct IngestQuestion *question; /* LATER */
  gpointer data;                   /* the door's */
  guint8 is_answered, admission;
} IngestGuest;

typedef struct
{
  void (*answered) (gpointer user, IngestGuest *guest); /* ask again: it knows now */
  void (*wake) (gpointer user);                         /* any thread: to call ingest_desk_turn soon */
} IngestDeskHandler;

IngestDesk     *ingest_desk_new (IngestAuth *auth, const IngestDeskHandler *handler, gpointer user);
void            ingest_desk_free (IngestDesk *desk); /* after ingest_auth_stop; NULL is fine */
/* desk NULL: everybody is IN, as nobody in particular. */
IngestAdmission ingest_desk_ask (IngestDesk *desk, IngestGuest *guest, const IngestProof *proof, const char *peer);
void            ingest_desk_turn (IngestDesk *desk);
void            ingest_desk_dismiss (IngestGuest *guest); /* whatever became of it; it is all zero again */
gboolean        ingest_desk_takes_passwords (const IngestDesk *desk);
gboolean        ingest_desk_takes_tokens (const IngestDesk *desk);

/* As far as a guest's credential says; all of len 0 without one. Borrowed from its pass. */
IngestIdentity  ingest_guest_identity (const IngestGuest *guest);
/* FALSE: its credential has expired, or was taken back. */
gboolean        ingest_guest_is_good (const IngestGuest *guest, gint64 wall_ms);
