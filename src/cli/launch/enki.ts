#!/usr/bin/env node
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { cacheDirectory } from "../host-system.ts";
import { ChunkLoader } from "./chunk-loader.ts";
import { readCompiledCode, writeCompiledCode } from "./compiled-code.ts";
import { codeFile } from "./code-file.ts";
import { isRenewalDue } from "./code-renewal.ts";
import { tuneRuntime } from "./tune-runtime.ts";

// The command in the form in which it is shipped: dist/bin/enki.js is this file and what it imports, everything else is
// loaded by it, in chunks (decision 0006).
const { argv, env, version, arch } = process;
const arguments_ = argv.slice(2);

tuneRuntime(arguments_);

const path = isSet("NODE_DISABLE_COMPILE_CACHE")
  ? undefined
  : codeFile(cacheDirectory(env, homedir()), arguments_, `${version}-${arch}`);
const loader = new ChunkLoader(
  dirname(import.meta.filename),
  path === undefined ? new Map() : readCompiledCode(path),
  createRequire(import.meta.filename),
);
loader.load("./main.js");

// A user who wants no cache of what registries say wants nothing else to be written there either.
if (path !== undefined && !isSet("ENKI_NO_CACHE") && !arguments_.includes("--no-cache")) {
  process.on("exit", (status) => {
    // V8 writes into code under which settings it was made, and a thread that was started has changed one.
    tuneRuntime(arguments_);
    // A run that failed has not come past all that the next one needs.
    const code = status === 0 ? loader.newCode(isRenewalDue(path, loader.isAtHand)) : undefined;
    if (code !== undefined) writeCompiledCode(path, code);
  });
}

function isSet(name: string): boolean {
  return (env[name] ?? "") !== "";
}
