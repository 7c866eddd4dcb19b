/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <glib.h>
/* fw-pass: what a credential entitles to, once it has been verified: to be one device, or any device of one fleet.
 *   north/truck-7   that device
 *   north/ *        every device of the fleet (a gateway's); written without the space
 *   truck-7         that device of the fleet "default"
 * Promises: immutable but for being revoked; references are atomic. Threads: any. */
typedef struct
{
  char  *fleet;
  char  *device_id;  /* NULL = any of the fleet */
  gint64 expires_ms; /* wall clock; G_MAXINT64 = never */
  gint   is_revoked; /* atomic */
} FwPass;

/* NULL when no fleet or device can have such a name. device_id "*" = any; len -1 = to the NUL. */
FwPass  *fw_pass_new (const char *fleet, gssize fleet_len, const char *device_id, gssize device_id_len, gint64 expires_ms);
/* Of "fleet/device_id", split at the first slash; never expires. */
FwPass  *fw_pass_parse (const char *text, gsize len);
FwPass  *fw_pass_ref (FwPass *pass);
void     fw_pass_unref (FwPass *pass); /* NULL is fine */
void     fw_pass_revoke (FwPass *pass);
gboolean fw_pass_is_good (const FwPass *pass, gint64 wall_ms); /* neither expired nor revoked */
gboolean fw_pass_equal (const FwPass *a, const FwPass *b);     /* the same names */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FwPass, fw_pass_unref)
