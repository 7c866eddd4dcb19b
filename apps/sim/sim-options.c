/* SPDX-License-Identifier: Apache-2.0 */
#include "sim-options.h"

#include "sim-metrics.h"
#include "sim-place.h"

#include "fw-i18n.h"

#define OPTION(member) G_STRUCT_OFFSET (SimOptions, member)

static const FwOption rows[] = {
  { "stdout", 0, FW_OPTION_FLAG, OPTION (to_stdout), 0, 0, NULL, NULL, NULL, N_ ("output"), NULL,
    N_ ("Write events to standard output, one JSON object a line, instead of Kafka") },
  { "topic", 't', FW_OPTION_STRING, OPTION (topic), 0, 0, NULL, NULL, NULL, N_ ("output"), "NAME",
    N_ ("Topic to write (iot-events if none is named, and then only on a loopback broker)") },
  { "mix-with-real", 0, FW_OPTION_FLAG, OPTION (mix_with_real), 0, 0, NULL, NULL, NULL,
    N_ ("output"), NULL, N_ ("Write even to a topic whose last records come from real devices") },
  { "forget", 0, FW_OPTION_FLAG, OPTION (forget), 0, 0, NULL, NULL, NULL, N_ ("output"), NULL,
    N_ ("Write no events: remove this run's devices from the compacted topics, and end") },
  { "run", 0, FW_OPTION_STRING, OPTION (run), 0, 0, NULL, NULL, NULL, N_ ("output"), "ID",
    N_ ("Value of the Kafka header `run` (random if none is given)") },
  { "linger", 0, FW_OPTION_DURATION, OPTION (linger_ms), 0, 1000, "2ms", "ms", NULL, N_ ("output"),
    NULL, N_ ("How long the Kafka producer gathers a batch") },
  { "drain", 0, FW_OPTION_DURATION, OPTION (drain_ms), 0, 600000, "10s", "ms", NULL, N_ ("output"),
    NULL, N_ ("How long to wait at the end for what Kafka has not acknowledged") },
  { "admin-listen", 0, FW_OPTION_STRING, OPTION (admin_listen), 0, 0, "localhost:9468", NULL,
    "FLEETWIRE_SIM_ADMIN_LISTEN", N_ ("output"), "HOST:PORT",
    N_ ("Address of /metrics, /healthz and /readyz, or the next free port; empty for none") },

  { "devices", 'n', FW_OPTION_INT, OPTION (n_devices), 0, 10000000, NULL, N_ ("vehicles"), NULL,
    N_ ("fleet"), "N", N_ ("Vehicles to simulate (300; none beside --replay)") },
  { "interval", 'i', FW_OPTION_DURATION, OPTION (interval_ms), 10, 86400000, "3s", "ms", NULL,
    N_ ("fleet"), NULL, N_ ("Time between two reports of a vehicle") },
  { "seed", 0, FW_OPTION_INT, OPTION (seed), 0, 9007199254740991.0, "1", NULL, NULL, N_ ("fleet"),
    "N", N_ ("Another number, another town and fleet; the same number, the same one") },
  { "place", 0, FW_OPTION_STRING, OPTION (place), 0, 0, SIM_PLACE_DEFAULT, NULL, NULL, N_ ("fleet"),
    "LAT,LON", N_ ("Where the town lies") },
  { "fleet", 0, FW_OPTION_STRING, OPTION (fleet), 0, 0, "default", NULL, NULL, N_ ("fleet"), "NAME",
    N_ ("Name of the fleet") },
  { "roads", 0, FW_OPTION_STRING, OPTION (roads), 0, 0, NULL, NULL, NULL, N_ ("fleet"), "FILE",
    N_ ("Write the town's roads as GeoJSON; alone, or beside a run that is asked for by --stdout, "
        "--devices, --seconds or --replay") },

  { "seconds", 's', FW_OPTION_DURATION, OPTION (seconds_ms), 0, 36500 * 86400e3, "0", "ms", NULL,
    N_ ("time"), "S", N_ ("How much time to simulate (0 = until stopped)") },
  { "start", 0, FW_OPTION_STRING, OPTION (start), 0, 0, NULL, NULL, NULL, N_ ("time"), "TIME",
    N_ ("Time of the beginning: RFC 3339, or ms since 1970 (now if not given)") },
  { "fast", 0, FW_OPTION_FLAG, OPTION (is_fast), 0, 0, NULL, NULL, NULL, N_ ("time"), NULL,
    N_ ("Virtual time: do not wait; the same seed and start give the same bytes") },

  { "replay", 'r', FW_OPTION_STRING, OPTION (replay), 0, 0, NULL, NULL, NULL, N_ ("replay"),
    "FILE.csv", N_ ("Play recorded tracks, sorted by time") },
  { "map", 0, FW_OPTION_STRING, OPTION (map), 0, 0, NULL, NULL, NULL, N_ ("replay"),
    "FIELD=COLUMN,...",
    N_ ("Which column fills which field: device_id=id,ts=when,speed_kmh=mph*1.609344; columns with "
        "a field's name need none") },
  { "speedup", 0, FW_OPTION_NUMBER, OPTION (speedup), 0.001, 100000, "1", NULL, NULL, N_ ("replay"),
    "X", N_ ("Play the tracks so many times faster") },
  { "keep-time", 0, FW_OPTION_FLAG, OPTION (keep_time), 0, 0, NULL, NULL, NULL, N_ ("replay"), NULL,
    N_ ("Stamp replayed events with their recorded time instead of moving it to now") },
  { "repeat", 0, FW_OPTION_FLAG, OPTION (repeat), 0, 0, NULL, NULL, NULL, N_ ("replay"), NULL,
    N_ ("Begin again when the tracks have ended") },
  { "replay-rows-max", 0, FW_OPTION_INT, OPTION (replay_rows_max), 1, 100000000, "5000000",
    N_ ("rows"), NULL, N_ ("replay"), "N",
    N_ ("Refuse a file with more rows: all are held in memory, about 100 bytes each") },
  { NULL },
};

static const FwOption kafka_rows[] = {
  FW_KAFKA_OPTION_ROWS (SimOptions, kafka),
  { NULL },
};

const FwProgram sim_program = {
  .name = "sim",
  .synopsis = N_ ("[OPTION...]"),
  .summary = N_ ("a delivery fleet that drives through a town of its own"),
  .description = N_ ("Draws a town from a seed around a real place, and lets trucks and vans drive "
                     "from stop to stop in it: by the "
                     "shortest way, within what a vehicle can accelerate and brake, slow in bends, "
                     "waiting at lights, with doors that open "
                     "only at a standstill and cargo that warms when they do. Each vehicle reports "
                     "on its own schedule, which no slow "
                     "listener can delay; how late the simulator itself was is said at the end.\n\n"
                     "With --replay it plays recorded tracks from a CSV file, beside simulated "
                     "vehicles or alone.\n\n"
                     "Every event says where it comes from: origin is sim or replay. On a broker "
                     "that is not on this machine a topic must "
                     "be named, and a topic that real devices write to is refused.\n\n"
                     "When it writes to Kafka, its last line on standard output is a JSON object "
                     "with run, produced, failed, devices and "
                     "lateness_ms."),
  .options = rows,
  .more = kafka_rows,
  .metrics = sim_metric_rows,
};
