/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* certificates: an authority and what it has signed, made anew in a folder of their own. Threads: the test's. */
typedef struct
{
  char *folder;
  char *ca, *server, *server_key; /* for localhost and 127.0.0.1 */
  char *client, *client_key;      /* of north/reefer-7 */
  char *expired, *expired_key;    /* as server, until yesterday */
  char *other_ca;                 /* that has signed none of them */
} Certificates;

Certificates *certificates_new (void);
void          certificates_free (Certificates *certificates);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Certificates, certificates_free)
