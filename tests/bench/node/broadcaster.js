// SPDX-License-Identifier: Apache-2.0
// The plain broadcaster that everybody writes first: node broadcaster.js BOOTSTRAP TOPIC PORT
const { Kafka, logLevel } = require('kafkajs');
const { WebSocketServer, WebSocket } = require('ws');

const [bootstrap, topic, port] = process.argv.slice(2);
const server = new WebSocketServer({ host: '127.0.0.1', port: Number(port) });
const consumer = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR }).consumer({ groupId: `ws-publisher-${port}` });

async function main() {
  await consumer.connect();
  await consumer.subscribe({ topic });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const text = message.value.toString();
      for (const client of server.clients) if (client.readyState === WebSocket.OPEN) client.send(text);
    },
  });
}

consumer.on(consumer.events.GROUP_JOIN, () => console.log('ready'));
main();
