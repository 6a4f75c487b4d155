// node server.mjs FOLDER: a MeshCentral on loopback, made ready for the machines of scenarios/meshcentral.yaml.
// FOLDER holds what `vme pki make FOLDER/pki --one-key` wrote, and keeps the server's data. Ctrl-C ends it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";

import { converse, here, password, program, user } from "./console.mjs";

const folder = resolve(process.argv[2] ?? "mc");
const machinePassword = "P@ssw0rd1";

function configure(deviceGroup) {
  const settings = {
    cert: "mc.vme.test",
    port: 8443,
    portBind: "127.0.0.1",
    redirPort: 8480,
    redirPortBind: "127.0.0.1",
    mpsPort: 4433,
    mpsPortBind: "127.0.0.1",
    exactPorts: true,
    selfUpdate: false,
    autoBackup: false,
    meshScanner: false,
    agentTimeStampServer: false,
    noAgentUpdate: 1,
  };
  if (deviceGroup) {
    settings.AmtProvisioningServer = {
      port: 9971,
      deviceGroup,
      newMebxPassword: machinePassword,
      trustedFqdn: "mc.vme.test",
      ip: "127.0.0.1",
    };
  }
  const chain = ["pki-leaf.pem", "pki-intermediate.pem", "pki-root.pem"];
  const domain = {
    newAccounts: false,
    amtAcmActivation: { certs: { test: { certfiles: chain, keyfile: "pki-leaf.key" } } },
    amtManager: { adminAccounts: [{ user: "admin", pass: machinePassword }] },
  };
  const text = JSON.stringify({ settings, domains: { "": domain } }, null, 2);
  writeFileSync(join(folder, "data", "config.json"), text, { mode: 0o600 });
}

function start(...more) {
  const folders = ["--datapath", join(folder, "data"), "--filespath", join(folder, "files")];
  return spawn(process.execPath, [program, ...folders, ...more], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: "--require=" + join(here, "loopback.cjs") },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function command(...more) {
  const child = start(...more);
  child.stdout.resume();
  const [status] = await once(child, "exit");
  if (status !== 0) throw new Error(`meshcentral ${more[0]} ended with ${status}`);
}

async function ready(child) {
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes("HTTPS server running on")) break;
  }
  child.stdout.resume();
}

/// The group that takes the machines, with the policy that has them activated.
async function makeGroup() {
  const child = start();
  await ready(child);
  const group = await converse((message, say) => {
    if (message.action === "serverinfo") {
      say({ action: "createmesh", meshname: "VirtualME", meshtype: 1, responseid: "group" });
    } else if (message.action === "createmesh" && message.responseid === "group") {
      const policy = { type: 3, password: machinePassword, cirasetup: 0, ccm: 0 };
      say({ action: "meshamtpolicy", meshid: message.meshid, amtpolicy: policy });
    } else if (message.action === "event" && message.event.action === "meshchange") {
      return message.event.meshid;
    }
  });
  // Its database writes behind; what is not in the file when it stops is lost.
  const database = join(folder, "data", "meshcentral.db");
  const written = () => {
    const text = readFileSync(database, "utf8");
    return text.includes('"amt":{"type":3') && text.includes('"links":{"mesh/');
  };
  while (!written()) await setTimeout(50);
  child.kill("SIGINT");
  await once(child, "exit");
  return group;
}

async function prepare() {
  mkdirSync(join(folder, "data"), { recursive: true });
  for (const name of ["leaf.pem", "intermediate.pem", "root.pem", "leaf.key"]) {
    copyFileSync(join(folder, "pki", name), join(folder, "data", "pki-" + name));
  }
  configure(null);
  await command("--createaccount", user, "--pass", password, "--email", "tester@vme.test");
  await command("--adminaccount", user);
  const group = await makeGroup();
  configure(group);
  writeFileSync(join(folder, "group"), group);
}

if (!existsSync(join(folder, "group"))) await prepare();
const server = start("--debug", "amt,amtsca");
process.on("SIGINT", () => server.kill("SIGINT"));
process.on("SIGTERM", () => server.kill("SIGINT"));
for await (const line of createInterface({ input: server.stdout })) console.log(line);
