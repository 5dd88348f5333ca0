/** Serves an index in memory over HTTP on 127.0.0.1, from a process of its own so that rivals do not wait for each other. */
import { fork } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { writeZip } from "../../../test/helpers/zip-writer.ts";
import { lockNames, readReplay } from "../../../test/ecosystems/pypi/lock-replay.ts";
import { readSnapshot } from "../../../test/ecosystems/pypi/backtracking-snapshots.ts";
import { MemoryIndex, type MemoryProjects } from "../../../test/ecosystems/pypi/memory-index.ts";

/** A served index. */
export interface Served {
  /** `http://127.0.0.1:<port>/simple/` */
  readonly url: string;
  /** The same index for pip, which downloads what it chose: without hashes, since those of the real files are unknown here. */
  readonly pipUrl: string;
  stop(): Promise<void>;
}

/** Projects by the name of a lock or of a snapshot. */
export function projectsOf(name: string): MemoryProjects {
  return lockNames().includes(name) ? readReplay(name).projects : readSnapshot(name);
}

/** Starts the process. It ends by itself when this one does. */
export async function serveIndex(name: string): Promise<Served> {
  const child = fork(fileURLToPath(import.meta.url), ["--serve", name], { execArgv: ["--import", "tsx"] });
  const port = await new Promise<unknown>((resolve, reject) => {
    child.once("message", resolve);
    child.once("error", reject);
    child.once("exit", () => reject(new Error("the server did not start")));
  });
  return {
    url: `http://127.0.0.1:${String(port)}/simple/`,
    pipUrl: `http://127.0.0.1:${String(port)}/pip/simple/`,
    stop: async () => {
      child.kill();
      await Promise.resolve();
    },
  };
}

/** A page, metadata, or a wheel that holds nothing but its metadata. */
async function answerTo(index: MemoryIndex, path: string, isPip: boolean): Promise<{ status: number; body: Buffer }> {
  const isWheel = path.endsWith(".whl");
  const document = await index.fetch({ url: isWheel ? `${path}.metadata` : path, cache: "none" });
  const body = Buffer.from(document.body);
  if (isWheel && document.status === 200) return { status: 200, body: Buffer.from(wheelOf(path, body)) };
  if (!isPip || !path.endsWith("/")) return { status: document.status, body };
  const withoutHashes = body.toString("utf8").replaceAll(/"hashes":\{[^}]*\}/g, '"hashes":{}');
  return { status: document.status, body: Buffer.from(withoutHashes) };
}

function wheelOf(path: string, metadata: Buffer): Uint8Array {
  const [name, version] = path.slice(path.lastIndexOf("/") + 1).split("-");
  const information = `${name ?? ""}-${version ?? ""}.dist-info`;
  return writeZip([
    { path: `${information}/METADATA`, body: metadata },
    { path: `${information}/WHEEL`, body: "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n" },
    { path: `${information}/RECORD`, body: "" },
  ]);
}

async function listen(name: string): Promise<void> {
  const index = new MemoryIndex(projectsOf(name), { filesBase: "/files/" });
  // Made once: what is measured is who asks, not who answers.
  const answers = new Map<string, ReturnType<typeof answerTo>>();
  const server = createServer((request, response) => {
    const isPip = request.url?.startsWith("/pip/") === true;
    const path = (request.url ?? "/").replace(/^\/pip\//, "/");
    const key = request.url ?? "/";
    const answer = answers.get(key) ?? answerTo(index, path, isPip);
    answers.set(key, answer);
    void answer.then(({ status, body }) => {
      const type = path.endsWith("/") ? "application/vnd.pypi.simple.v1+json" : "application/octet-stream";
      response.writeHead(status, { "content-type": type, etag: '"1"', "cache-control": "max-age=600" });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
  process.once("disconnect", () => process.exit(0));
}

if (process.argv[2] === "--serve") await listen(process.argv[3] ?? "");
