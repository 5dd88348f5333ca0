// What a Node program can't do without: `node only-fetch.mjs REGISTRY LOCK` asks for the packuments of all packages in a
// package-lock.json with undici, decodes and parses them, and makes nothing of them. All at once: no waiting for one
// document to know the next.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Agent } from "undici";

const [registry = "", lock = ""] = process.argv.slice(2);
const names = new Set();
for (const [path, { name }] of Object.entries(JSON.parse(readFileSync(lock, "utf8")).packages)) {
  if (path !== "") names.add(name ?? path.split("node_modules/").at(-1));
}
const agent = new Agent({ connections: 48 });
let bytes = 0;
let waiting = names.size;
for (const name of names) {
  const pieces = [];
  agent.dispatch(
    {
      origin: registry,
      path: `/${name.replace("/", "%2f")}`,
      method: "GET",
      headers: { accept: "application/vnd.npm.install-v1+json", "accept-encoding": "gzip" },
    },
    {
      onRequestStart() {},
      onResponseStart() {},
      onResponseData: (_, piece) => void pieces.push(piece),
      onResponseEnd() {
        const text = gunzipSync(Buffer.concat(pieces)).toString("latin1");
        bytes += text.length;
        JSON.parse(text);
        waiting -= 1;
        if (waiting === 0) console.log(`${names.size} documents, ${bytes} bytes`);
      },
      onResponseError: (_, error) => {
        throw error;
      },
    },
  );
}
