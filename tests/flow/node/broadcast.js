// SPDX-License-Identifier: Apache-2.0
// node broadcast.js BROKER TOPIC PORT: the broadcaster that everybody writes first. One Kafka value, one send per client.
const { Kafka, logLevel } = require("kafkajs");
const { WebSocketServer } = require("ws");

const [broker, topic, port] = process.argv.slice(2);
const server = new WebSocketServer({ port: Number(port), host: "localhost" });
const consumer = new Kafka({ brokers: [broker], logLevel: logLevel.ERROR }).consumer({ groupId: "ws-publisher" });

async function main() {
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: false });
  consumer.on(consumer.events.GROUP_JOIN, () => console.log("joined"));
  await consumer.run({
    eachMessage: async ({ message }) => {
      for (const client of server.clients) client.send(message.value.toString());
    },
  });
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
