// What the scripts of this folder share: where MeshCentral is installed, its account, and its control connection.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));
export const user = "tester";
export const password = "Vme-Console1";

// Beside this file, or in the folder that NODE_PATH names.
const require = createRequire(join(process.env.NODE_PATH ?? join(here, "node_modules"), "here.cjs"));
export const program = dirname(require.resolve("meshcentral/package.json"));
const WebSocket = require("ws");

/// Logs in; `onMessage(message, say)` gets what the server tells, and its return value, when there is one, ends the
/// conversation and is the result.
export function converse(onMessage) {
  const login = [user, password].map((text) => Buffer.from(text).toString("base64")).join(",");
  const socket = new WebSocket("wss://127.0.0.1:8443/control.ashx", {
    headers: { "x-meshauth": login },
    rejectUnauthorized: false, // its certificate is its own
  });
  const say = (message) => socket.send(JSON.stringify(message));
  return new Promise((done, failed) => {
    socket.on("error", failed);
    socket.on("close", () => failed(new Error("the server closed the control connection")));
    socket.on("message", (data) => {
      const result = onMessage(JSON.parse(data), say);
      if (result === undefined) return;
      done(result);
      socket.close();
    });
  });
}
