// SPDX-License-Identifier: Apache-2.0
// The client that every JavaScript device uses: node subscribe.js URL VERSION TOPIC COUNT; prints what comes, then leaves.
const mqtt = require('mqtt');

const [url, version, topic, count] = process.argv.slice(2);
const client = mqtt.connect(url, { protocolVersion: Number(version), clientId: `node-sub-${version}`, reconnectPeriod: 0 });
let left = Number(count);
client.on('error', (error) => { console.log(`error ${error.message}`); process.exit(1); });
client.on('message', async (from, payload) => {
  console.log(`${from} ${payload}`);
  left -= 1;
  if (left === 0) await client.endAsync();
});
client.on('connect', () => client.subscribeAsync(topic, { qos: 1 }));
