/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-http-server.h"
#include "fw-ring.h"
#include "fw-thread.h"
#include "ws-peer.h"
/* http-house: an HTTP server under test. Its handler tells the test's thread what happened, one line per event, keeps the
 * requests it has (by number, from 1), and does what the test asks on its own thread. A request for /now is answered in
 * `begin`, one for /end at its end, others when the test says; /little takes four bytes of body and pauses. */
typedef struct HttpHouse HttpHouse;
typedef struct { HttpHouse *house; FwHttpRequest *request; guint number; char *path; GString *body; gsize takes_max; } Visit;
typedef void (*HttpTask) (HttpHouse *house, guint number);
struct HttpHouse
{
  FwHttpServer *server;
  FwRing       *events;
  FwWake       *has_events, *extra;
  gpointer      task;   /* atomic */
  guint         number; /* for task */
  /* the server's thread */
  GPtrArray    *visits; /* index = number - 1; NULL when answered or gone */
};

FwHttpServerOptions http_house_options (void);
HttpHouse *http_house_new (const FwHttpServerOptions *options); /* NULL = the usual */
void       http_house_free (HttpHouse *house);
void       http_house_expect (HttpHouse *house, const char *event);
void       http_house_tell (HttpHouse *house, const char *format, ...) G_GNUC_PRINTF (2, 3); /* server's thread */
/* Runs task on the server's thread; returns when it has run. */
void       http_house_do (HttpHouse *house, HttpTask task, guint number);
void       http_house_answer (HttpHouse *house, guint number); /* 200, "PATH: BODY" */
Peer      *http_house_peer (HttpHouse *house);
/* The next answer is 200 and has this body. */
void       http_house_expect_body (Peer *peer, const char *body);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (HttpHouse, http_house_free)
