# SPDX-License-Identifier: Apache-2.0
# The producer that everybody writes first; it knows no key, no fleet and no time.
from confluent_kafka import Producer
import json, time, random
p = Producer({'bootstrap.servers': 'localhost:9092'})
while True:
    data = {"device_id": 1, "temp": round(random.uniform(22.0, 30.0), 2)}
    p.produce('iot-events', json.dumps(data).encode('utf-8')); p.flush(); print(json.dumps({"at_ms": time.time_ns() // 1_000_000, "text": json.dumps(data)}), flush=True); time.sleep(2)
