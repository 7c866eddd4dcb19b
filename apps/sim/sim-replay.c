/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-replay.h"

#include <math.h>
#include <string.h>

#define LAP_GAP_MS 3000 /* between the last row and the first again */

typedef struct
{
  SimSource source;
  SimReplayOptions options;
  SimTrack *track;
  gint64 *seqs; /* of each device */
  guint next_row;
  gint64 lap_ms; /* when the first row of this lap is due */
} Replay;

static const SimTrackRow *
row_at (const Replay *rp, guint i)
{
  return &g_array_index (rp->track->rows, SimTrackRow, i);
}

static gint64
after_first_ms (const Replay *rp, guint i)
{
  return (gint64) ((row_at (rp, i)->ts_ms - row_at (rp, 0)->ts_ms) / rp->options.speedup);
}

static void
begin (SimSource *source, gint64 start_ms)
{
  ((Replay *) source)->lap_ms = start_ms;
}

static gint64
due_ms (SimSource *source)
{
  const Replay *rp = (const Replay *) source;
  return rp->next_row == rp->track->rows->len ? G_MAXINT64
                                              : rp->lap_ms + after_first_ms (rp, rp->next_row);
}

static void
fill (const Replay *rp, const SimTrackRow *row, FwEvent *ev)
{
  for (guint i = 0; i < rp->track->columns->len; i++)
    {
      guint field = g_array_index (rp->track->columns, SimTrackColumn, i).field;
      SimTrackValue value = g_array_index (rp->track->values, SimTrackValue, row->first_value + i);
      if (fw_field (field)->type != FW_FIELD_STRING)
        {
          if (!isnan (value.number))
            fw_event_set_number (ev, field, value.number);
        }
      else if (value.text != NULL)
        fw_event_set_string (ev, field, value.text, strlen (value.text));
    }
  fw_event_drop_half_position (ev);
}

static void
go_on (Replay *rp)
{
  guint n = rp->track->rows->len;
  if (++rp->next_row < n || !rp->options.repeat)
    return;
  rp->lap_ms += after_first_ms (rp, n - 1) + LAP_GAP_MS;
  rp->next_row = 0;
}

static gboolean
take (SimSource *source, FwEvent *ev)
{
  Replay *rp = (Replay *) source;
  gint64 now_ms = due_ms (source);
  const SimTrackRow *row = row_at (rp, rp->next_row);
  const SimTrackDevice *device = &g_array_index (rp->track->devices, SimTrackDevice, row->device);
  fw_event_clear (ev);
  ev->fleet = (FwText){ device->fleet, (guint) strlen (device->fleet) };
  ev->device_id = (FwText){ device->id, (guint) strlen (device->id) };
  ev->ts_ms = rp->options.keep_time ? row->ts_ms : now_ms;
  ev->seq = ++rp->seqs[row->device];
  fill (rp, row, ev);
  if (!rp->options.keep_time)
    fw_event_set_number (ev, FW_FIELD_TS_RECORDED_MS, (double) row->ts_ms);
  fw_event_set_string (ev, FW_FIELD_ORIGIN, "replay", strlen ("replay"));
  go_on (rp);
  return TRUE;
}

static void
each_device (SimSource *source,
             void (*each) (gpointer user, const char *fleet, const char *device_id), gpointer user)
{
  const Replay *rp = (const Replay *) source;
  for (guint i = 0; i < source->n_devices; i++)
    {
      const SimTrackDevice *device = &g_array_index (rp->track->devices, SimTrackDevice, i);
      each (user, device->fleet, device->id);
    }
}

static void
replay_free (SimSource *source)
{
  Replay *rp = (Replay *) source;
  sim_track_free (rp->track);
  g_free (rp->seqs);
  g_free (rp);
}

SimSource *
sim_replay_new (SimTrack *track, const SimReplayOptions *options)
{
  Replay *rp = g_new0 (Replay, 1);
  rp->source = (SimSource){ begin, due_ms, take, each_device, replay_free, track->devices->len };
  rp->options = *options;
  rp->track = track;
  rp->seqs = g_new0 (gint64, MAX (track->devices->len, 1));
  return &rp->source;
}
