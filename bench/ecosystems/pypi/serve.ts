/** Serves an index in memory over HTTP on 127.0.0.1, from a process of its own so that rivals do not wait for each other. */
import { fork } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { lockNames, readReplay } from "../../../test/ecosystems/pypi/lock-replay.ts";
import { readSnapshot } from "../../../test/ecosystems/pypi/backtracking-snapshots.ts";
import { MemoryIndex, type MemoryProjects } from "../../../test/ecosystems/pypi/memory-index.ts";

/** A served index. */
export interface Served {
  /** `http://127.0.0.1:<port>/simple/` */
  readonly url: string;
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
    stop: async () => {
      child.kill();
      await Promise.resolve();
    },
  };
}

async function listen(name: string): Promise<void> {
  const index = new MemoryIndex(projectsOf(name), { filesBase: "/files/" });
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    void index.fetch({ url: path, cache: "none" }).then((document) => {
      const type = path.endsWith("/") ? "application/vnd.pypi.simple.v1+json" : "application/octet-stream";
      response.writeHead(document.status, { "content-type": type, etag: '"1"', "cache-control": "max-age=600" });
      response.end(Buffer.from(document.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
  process.once("disconnect", () => process.exit(0));
}

if (process.argv[2] === "--serve") await listen(process.argv[3] ?? "");
