// SPDX-License-Identifier: Apache-2.0
// The client that every JavaScript device uses: node publish.js URL VERSION TOPIC PAYLOAD...; prints a line for each PUBACK.
const mqtt = require('mqtt');

const [url, version, topic, ...payloads] = process.argv.slice(2);
const client = mqtt.connect(url, { protocolVersion: Number(version), clientId: `node-${version}`, reconnectPeriod: 0 });
client.on('error', (error) => { console.log(`error ${error.message}`); process.exit(1); });
client.on('connect', async () => {
  for (const payload of payloads) {
    await client.publishAsync(topic, payload, { qos: 1 });
    console.log(`acknowledged ${payload}`);
  }
  await client.endAsync();
});
