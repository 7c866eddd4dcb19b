// SPDX-License-Identifier: Apache-2.0
// node listen.js URL: prints each message of the plainest WebSocket client as JSON {binary, text}.
const WebSocket = require("ws");

const socket = new WebSocket(process.argv[2]);
socket.on("open", () => console.log(JSON.stringify({ open: true })));
socket.on("message", (data, binary) => console.log(JSON.stringify({ binary, text: data.toString() })));
socket.on("close", (code) => process.exit(code === 1000 ? 0 : 1));
socket.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
