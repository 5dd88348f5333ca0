// Resolves one project once with the compiled code and exits: what a user waits for, start-up included.
// usage: node run-once.mjs <project directory> <registry directory>
import { cargo } from "../../../dist/ecosystems/cargo/index.js";
import { nodeFileSystem } from "../../../dist/net/node-file-system.js";
import { resolveService } from "../../../dist/resolve.js";
import { freeNix } from "./free-nix.mjs";

const [projectDirectory = "", registry = ""] = process.argv.slice(2);
const bytes = nodeFileSystem.readFile(`${projectDirectory}/Cargo.toml`);
const { manifest } = cargo.readManifest("Cargo.toml", bytes, { projectDirectory, files: nodeFileSystem });
const result = await resolveService({
  projectDirectory,
  ecosystems: new Map([
    ["cargo", cargo],
    ["nix", freeNix],
  ]),
  manifests: [manifest],
  serviceRequirements: [],
  declaredEdges: [],
  systems: ["x86_64-linux"],
  registries: new Map([["cargo", [{ kind: "path", path: registry }]]]),
  options: { settings: new Map() },
  http: { fetch: () => Promise.reject(new Error("no network here")) },
  files: nodeFileSystem,
  environmentVariables: {},
  nowMs: 0,
  isOffline: true,
  limits: {},
  signal: new AbortController().signal,
});
if (result.kind !== "resolved") throw new Error(result.kind);
process.stdout.write(`${result.resolution.packages.length} ${process.memoryUsage.rss()}\n`);
