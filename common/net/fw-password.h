/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-password: secrets kept as hashes that are slow to guess at: libxcrypt, as /etc/shadow and htpasswd -B have them.
 * Promises: made with yescrypt; yescrypt ($y$), bcrypt ($2a$ $2b$ $2y$) and SHA-512 ($6$) are read; compared in constant
 *   time; a copy of a secret is wiped.
 * Threads: any; a call takes 1 to some 100 ms, as the hash says. */
typedef enum
{
  FW_PASSWORD_MADE,   /* by a machine, 160 bits or more: nothing can guess it, so that 1 ms will do */
  FW_PASSWORD_CHOSEN, /* by somebody: some 20 ms */
} FwPasswordKind;

#define FW_PASSWORD_MAX_BYTES 511 /* libxcrypt takes no longer secret */

gboolean fw_password_hash_is_known (const char *hash);
/* NULL only when the system has no random numbers or does not know yescrypt; transfer full. */
char    *fw_password_hash (const char *secret, FwPasswordKind kind, GError **error);
/* Also FALSE for a secret that is too long or has a NUL inside. */
gboolean fw_password_matches (const char *secret, gsize len, const char *hash);
/* 192 random bits in letters, digits, - and _; transfer full. */
char    *fw_password_make (GError **error);
/* In time that depends on len alone. */
gboolean fw_equal_in_constant_time (gconstpointer a, gconstpointer b, gsize len);
/* From the system's random numbers; len at most 256. */
gboolean fw_random_fill (gpointer bytes, gsize len, GError **error);
