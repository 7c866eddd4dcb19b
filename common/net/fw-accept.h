/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <netinet/in.h>
#include "fw-crowd.h"
/* fw-accept: listening sockets, and who is let in (fw-crowd counts). Private to common/net; every server of ours listens by it.
 * Promises: localhost and * mean both families; a port of another process is never shared; v4 counts by address, v6 by
 *   /64; FW_SPARE_DESCRIPTORS are left for the admin listener, Kafka and files, and who comes when only those are left is
 *   refused instead of kept waiting.
 * Does not: poll; its owner watches listeners.fds and calls accept_all. Threads: its owner's. */
#define FW_LISTENERS_MAX 4
#define FW_SPARE_DESCRIPTORS 64u /* of the process's limit; of a small one a quarter */
typedef struct { gint fds[FW_LISTENERS_MAX]; guint n; guint16 port, counted_port; gboolean is_alone; } FwListeners;
typedef struct
{
  guint8 address[FW_ADDRESS_BYTES];
  char   text[INET6_ADDRSTRLEN + 8]; /* "127.0.0.1:54321" */
} FwPeer;
void     fw_peer_set (FwPeer *peer, const struct sockaddr_storage *from);

typedef struct
{
  const char *listen_host; guint16 listen_port;   /* port 0 = any */
  gboolean    may_use_spare;                      /* the admin's */
  gboolean    is_alone;                           /* never share the port, not even within this process */
  guint       sockets_max, sockets_per_address_max; /* 0 = no limit */
  FwCrowd    *crowd;                              /* counts with others, by its limits; NULL = one of its own, by those two */
  guint       sndbuf_bytes;                       /* 0 = the system's */
  const char *refusal;                            /* sent to who is over a limit; static; NULL = just closed */
  void (*accepted) (gpointer user, int fd, const FwPeer *peer); /* takes fd; fw_acceptor_gone when it ends */
  void (*refused) (gpointer user, FwNetLimit limit);
  gpointer user;
} FwAcceptorOptions;

typedef struct
{
  FwAcceptorOptions options;
  FwListeners listeners;
  gint        reserve_fd;
  FwCrowd    *crowd;
} FwAcceptor;

/* An error names host and port, and says what to do. */
gboolean fw_acceptor_open (FwAcceptor *acceptor, const FwAcceptorOptions *options, GError **error);
void     fw_acceptor_close (FwAcceptor *acceptor, gboolean and_listeners); /* FALSE: whoever watched them has closed them */
void     fw_acceptor_refuse_all (FwAcceptor *acceptor); /* closes the listeners; who is in stays */
void     fw_acceptor_accept_all (FwAcceptor *acceptor, gint listen_fd);
void     fw_acceptor_gone (FwAcceptor *acceptor, const FwPeer *peer);
