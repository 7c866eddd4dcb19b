/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-pass.h"
/* fw-credentials: the file that says which devices there are, a line each, as htpasswd has them with an identity behind:
 *   NAME:HASH[:FLEET/DEVICE_ID]   FLEET/ * (without the space) is a gateway; left out, the name is the identity
 * Promises: strict: every line is good, or an error names the file and the line; blank lines and lines that begin with # are
 *   passed over; a name stands once.
 * Does not: hash, so that nothing here is slow. Threads: any, after it was made. */
typedef struct { char *name, *hash; FwPass *pass; guint line; } FwCredential;
typedef struct FwCredentials FwCredentials;

#define FW_CREDENTIALS_MAX_BYTES (256 * 1024 * 1024)

/* path: for errors. */
FwCredentials *fw_credentials_parse (const char *text, gsize len, const char *path, GError **error);
FwCredentials *fw_credentials_load (const char *path, GError **error);
void           fw_credentials_free (FwCredentials *credentials);
guint          fw_credentials_count (const FwCredentials *credentials);
/* NULL: no such name. */
const FwCredential *fw_credentials_find (const FwCredentials *credentials, const char *name, gsize len);
/* The hash to work on for a name that is not there, so that it takes as long as one that is; the same for the same pick. */
const char    *fw_credentials_decoy (const FwCredentials *credentials, guint pick);
/* Lines of now that are as they were keep their pass; the passes of all others of before are revoked. */
void           fw_credentials_succeed (FwCredentials *now, const FwCredentials *before);
/* A name is text of 1 to 256 bytes without a colon or control characters, and does not begin with #. */
gboolean       fw_credentials_name_is_good (const char *name, gsize len);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwCredentials, fw_credentials_free)
