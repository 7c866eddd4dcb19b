/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-credentials.h"
#include "fw-thread.h"
#include "fw-token.h"
#include "ingest-auth.h"
#include "ingest-known.h"
#include "ingest-tries.h"
/* ingest-auth-private: what its two files share.
 *   ingest-auth.c       who is let in
 *   ingest-auth-work.c  the queue, its workers, and what goes back to the desks
 * Threads: all but the desks' own parts under work.mutex. */
typedef struct IngestQuestion IngestQuestion;
struct IngestQuestion
{
  IngestDesk *desk;
  IngestGuest *guest; /* NULL: dismissed; the desk's thread */
  gint is_dismissed;  /* atomic: nobody waits for it */
  char *name, *secret, *hash, *peer;
  gsize name_len, secret_len;
  FwPass *line_pass; /* NULL: there is no such name */
  IngestDigest digest;
  IngestAdmission admission; /* the answer */
  FwPass *pass;
};

typedef struct
{
  FwMutex mutex;
  pthread_cond_t some; /* to do, or it stops */
  GPtrArray *threads;
  guint n_workers, n_max, n; /* questions that wait */
  GQueue lanes;              /* of addresses that have some, in turn */
  GHashTable *by_address;    /* GBytes -> lane */
  gboolean is_stopping;
} IngestWork;

struct IngestAuth
{
  IngestWork work;
  char *credentials_file, *audience, *issuer;
  FwCredentials *credentials;
  FwTokenKey *key;
  IngestKnown *known;
  IngestTries *tries;
  IngestAuthCounts counts;
};

struct IngestDesk
{
  IngestAuth *auth;
  IngestDeskHandler handler;
  gpointer user;
  GQueue done; /* questions */
};

void     ingest_work_init (IngestWork *work, guint n_workers, guint n_max);
gboolean ingest_work_start (IngestAuth *auth, GError **error);
void     ingest_work_stop (IngestWork *work);
void     ingest_work_clear (IngestWork *work);
gboolean ingest_work_push (IngestWork *work, IngestQuestion *question); /* FALSE: there is no room; under the mutex */
void     ingest_auth_work_on (IngestAuth *auth, IngestQuestion *question);

IngestQuestion *ingest_question_new (IngestDesk *desk, IngestGuest *guest, const IngestProof *proof, const IngestDigest *digest,
                                     const char *hash, FwPass *line_pass, const char *peer);
void            ingest_question_free (IngestQuestion *question);
