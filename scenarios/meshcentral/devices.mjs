// node devices.mjs: the machines that the running server knows, one a line as JSON.
import { converse } from "./console.mjs";

const kConnected = 4; // by Intel AMT

const nodes = await converse((message, say) => {
  if (message.action === "serverinfo") say({ action: "nodes" });
  return message.action === "nodes" ? Object.values(message.nodes).flat() : undefined;
});
for (const { host, conn, intelamt } of nodes) {
  console.log(JSON.stringify({ host, connected: (conn & kConnected) !== 0, version: intelamt.ver, state: intelamt.state }));
}
