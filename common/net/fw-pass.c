/* SPDX-License-Identifier: Apache-2.0 */
#include "fw-pass.h"

#include <string.h>

#include "fw-event.h"

FwPass *
fw_pass_new (const char *fleet, gssize fleet_len, const char *device_id, gssize device_id_len,
             gint64 expires_ms)
{
  gsize n_fleet = fleet_len < 0 ? strlen (fleet) : (gsize) fleet_len;
  gsize n_device = device_id_len < 0 ? strlen (device_id) : (gsize) device_id_len;
  gboolean is_any = n_device == 1 && device_id[0] == '*';
  FwPass *pass;

  if (!fw_name_is_valid (fleet, n_fleet)
      || (!is_any
          && (!g_utf8_validate (device_id, (gssize) n_device, NULL)
              || !fw_device_id_is_valid (device_id, n_device))))
    return NULL;
  pass = g_atomic_rc_box_new0 (FwPass);
  pass->fleet = g_strndup (fleet, n_fleet);
  pass->device_id = is_any ? NULL : g_strndup (device_id, n_device);
  pass->expires_ms = expires_ms;
  return pass;
}

FwPass *
fw_pass_parse (const char *text, gsize len)
{
  const char *slash = memchr (text, '/', len);
  const char *device_id = slash ? slash + 1 : text;
  gsize device_id_len = len - (gsize) (device_id - text);

  return fw_pass_new (slash ? text : FW_FLEET_DEFAULT, slash ? slash - text : -1, device_id,
                      (gssize) device_id_len, G_MAXINT64);
}

FwPass *
fw_pass_ref (FwPass *pass)
{
  return g_atomic_rc_box_acquire (pass);
}

static void
clear (gpointer data)
{
  FwPass *pass = data;

  g_free (pass->fleet);
  g_free (pass->device_id);
}

void
fw_pass_unref (FwPass *pass)
{
  if (pass)
    g_atomic_rc_box_release_full (pass, clear);
}

void
fw_pass_revoke (FwPass *pass)
{
  g_atomic_int_set (&pass->is_revoked, 1);
}

gboolean
fw_pass_is_good (const FwPass *pass, gint64 wall_ms)
{
  return !g_atomic_int_get (&pass->is_revoked) && wall_ms < pass->expires_ms;
}

gboolean
fw_pass_equal (const FwPass *a, const FwPass *b)
{
  return strcmp (a->fleet, b->fleet) == 0 && g_strcmp0 (a->device_id, b->device_id) == 0;
}
