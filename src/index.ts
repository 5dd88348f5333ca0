/**
 * The library: what a packager needs to resolve a service, keep its lock, explain a failure and emit Nix. Everything else
 * is private. `enki-resolver/solver` is the solver alone, for other problems.
 */
export { resolveService } from "./resolve.ts";
export type { ResolveRequest, ResolveResult, Resolved, Unfinished, Unresolvable } from "./resolve/request.ts";
export { ecosystems } from "./ecosystems/index.ts";
export type { Ecosystem, PackageSource, RegistryLocation, ResolveOptions } from "./ecosystems/ecosystem.ts";
export { openWorkspace, type Workspace } from "./workspace/open-workspace.ts";
export { formatLock } from "./lockfile/write-lock.ts";
export { parseLock } from "./lockfile/read-lock.ts";
export { explain, type Explanation } from "./report/explanation/explain.ts";
export { emitNix } from "./nix-emit/emit-nix.ts";
export { createHttpClient } from "./net/client.ts";
export { nodeFileSystem } from "./net/node-file-system.ts";
export { EnkiError, type EnkiErrorCode } from "./model/enki-error.ts";
export type { Diagnostic } from "./model/diagnostic.ts";
export type { Manifest } from "./model/manifest.ts";
export type { OutputFile, Resolution, ResolvedPackage } from "./model/resolution.ts";
