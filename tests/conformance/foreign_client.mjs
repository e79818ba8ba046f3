// What somebody's script does with a Proxmox server, written with a client from the npm registry: logs in by password and
// by token, makes a container, waits for its task, changes it, takes a snapshot of it, and removes it.
import proxmoxApi from "proxmox-api";
import { readFileSync } from "node:fs";

process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const { host, port, password, tokenID, tokenSecret } = JSON.parse(readFileSync(0, "utf8"));

const byPassword = proxmoxApi({ host, port, username: "root@pam", password });
const byToken = proxmoxApi({ host, port, tokenID, tokenSecret });

const say = (what, value) => console.log(`${what}: ${JSON.stringify(value)}`);

async function ended(node, upid) {
  for (;;) {
    const status = await byToken.nodes.$(node).tasks.$(upid).status.$get();
    if (status.status === "stopped") return status.exitstatus;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

say("release", (await byPassword.version.$get()).release);
const nodes = (await byToken.nodes.$get()).map((node) => node.node).sort();
say("nodes", nodes);
const node = byToken.nodes.$(nodes[0]);
say("machines", await node.qemu.$get({ full: true }));

const vmid = Number(await byToken.cluster.nextid.$get());
const made = await node.lxc.$post({
  vmid,
  ostemplate: "local:vztmpl/nmx-base.tar.xz",
  hostname: "foreign",
  rootfs: "tank:2",
  net0: "name=eth0,bridge=vmbr0,ip=dhcp",
  features: "nesting=1",
  start: true,
});
say("create", await ended(nodes[0], made));

const container = node.lxc.$(vmid);
const config = await container.config.$get();
say("rootfs", config.rootfs);
await container.config.$put({ memory: 768, description: "made by somebody's script", digest: config.digest });
say("memory", (await container.config.$get()).memory);
say("refused", await container.config.$put({ memory: 1 }).then(() => "no", (error) => /minimum value of 16/.test(String(error.message)) || String(error)));
say("snapshot", await ended(nodes[0], await container.snapshot.$post({ snapname: "before" })));
say("snapshots", (await container.snapshot.$get()).map((one) => one.name));
say("stop", await ended(nodes[0], await container.status.stop.$post()));
say("destroy", await ended(nodes[0], await container.$delete()));
say("left", (await node.lxc.$get()).length);
