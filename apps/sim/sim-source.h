/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "fw-event.h"
/* sim-source: where events come from, each due at a time that no listener can delay (open loop).
 * Threads: the run's. */
typedef struct SimSource SimSource;
struct SimSource
{
  /* Sets when the first interval, or the first recorded row, begins; before anything else is asked. */
  void (*begin) (SimSource *source, gint64 start_ms);
  /* When the next event is due; G_MAXINT64 = never again. Does not go back. */
  gint64 (*due_ms) (SimSource *source);
  /* Fills ev with it and goes on to the one after. FALSE: due, but the device is silent. Texts are borrowed until the next call. */
  gboolean (*take) (SimSource *source, FwEvent *ev);
  /* Calls back with each device's identity. */
  void (*each_device) (SimSource *source, void (*each) (gpointer user, const char *fleet, const char *device_id), gpointer user);
  void (*free) (SimSource *source);
  guint n_devices;
};

static inline gint64 sim_source_due_ms (SimSource *source) { return source->due_ms (source); }
static inline void
sim_source_free (SimSource *source)
{
  if (source != NULL)
    source->free (source);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimSource, sim_source_free)
