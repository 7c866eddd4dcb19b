#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the ingest and of the Kafka broker under MQTT and HTTP load, in turn and at random moments: all that was acknowledged is
in Kafka, and every copy there is explained by an unacknowledged retry.

    ./dev soak ingest [ROUNDS] [SEED]     10 of each if no number is given; exit 1 if anything was lost or is unexplained"""
import pathlib
import random
import signal
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness.ingest_trial import Load, judge  # noqa: E402
from harness.ports import free_port, listens  # noqa: E402
from harness.programs import Program, binary  # noqa: E402
from harness.real_kafka import RealKafka  # noqa: E402
from harness.topics import Corner  # noqa: E402
from harness.waiting import until  # noqa: E402

LEAST, MOST = 1, 6000  # acknowledgements between one kill and the next


class Ingest:
    def __init__(self, kafka, folder):
        self.http_port, self.mqtt_port = free_port(), free_port()
        self.folder = folder
        self.words = [binary("ingest"), "--kafka", kafka.address, "--http", f"localhost:{self.http_port}",
                      "--mqtt", f"localhost:{self.mqtt_port}", "--admin-listen", ""]
        self.start()

    def start(self):
        self.program = Program(self.words, self.folder)
        until(lambda: listens(self.mqtt_port) and listens(self.http_port), f"the ingest to listen\n{self.program.report()}")

    def stop(self):
        self.program.kill()


def kill_in_turn(n_rounds, chance, ingest, kafka, load):
    for n in range(2 * n_rounds):
        name, victim = (("the ingest", ingest), ("Kafka", kafka))[n % 2]
        moment = chance.randint(LEAST, MOST)
        load.wait_acked(moment)
        if victim is kafka:
            kafka.stop(signal.SIGKILL)
        else:
            ingest.stop()
        print(f"{n + 1:3}: {name} killed {moment} acknowledgements later, at {load.n_acked()}", flush=True)
        victim.start()


def soak(n_rounds, seed, folder):
    kafka = RealKafka(folder)
    try:
        corner = Corner(kafka.address, "")
        corner.create("iot-events", partitions=4)
        ingest = Ingest(kafka, folder)
        try:
            load = Load(ingest.http_port, ingest.mqtt_port)
            kill_in_turn(n_rounds, random.Random(seed), ingest, kafka, load)
            load.wait_acked(LEAST)
            load.finish()
        finally:
            ingest.stop()
        return judge(load, corner.read("iot-events", corner.count("iot-events"), seconds=120))
    finally:
        kafka.stop()


def main():
    n_rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().getrandbits(31)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="fleetwire-soak-") as folder:
        verdict = soak(n_rounds, seed, pathlib.Path(folder))
    print(f"{verdict.n_acked} events acknowledged, {len(verdict.lost)} of them lost; {verdict.n_stored} records in Kafka, {verdict.n_copies} of "
          f"them copies, {len(verdict.unexplained)} without an explanation ({verdict.n_sent_again} events were sent again unacknowledged)")
    return 0 if verdict.holds() else 1


if __name__ == "__main__":
    sys.exit(main())
