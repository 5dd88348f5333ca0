// How long emission and evaluation take for a lock of many packages: `npm run bench:nix [PACKAGES]`.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Resolution } from "../../src/model/resolution.ts";
import { emitNix } from "../../src/nix-emit/emit-nix.ts";
import { largeService } from "./large-service.ts";

const fakePackages = fileURLToPath(new URL("../../test/nix-emit/fake-pkgs", import.meta.url));
const packages = Number(process.argv[2] ?? "5000");
const resolution = largeService(packages);
const lockText = JSON.stringify(resolution);

/** The median of several runs, in milliseconds, and the fastest. */
function measure(runs: number, work: () => void): { readonly medianMs: number; readonly bestMs: number } {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).toSorted((left, right) => left - right);
  return { medianMs: times[Math.floor(runs / 2)] ?? 0, bestMs: times[0] ?? 0 };
}

function show(what: string, { medianMs, bestMs }: { readonly medianMs: number; readonly bestMs: number }): void {
  process.stdout.write(
    `${what.padEnd(52)} median ${medianMs.toFixed(0).padStart(5)} ms, best ${bestMs.toFixed(0).padStart(5)} ms\n`,
  );
}

function emit(input: Resolution): void {
  emitNix(input, { lockText, existing: () => undefined });
}

process.stdout.write(`${String(packages)} packages, ${String(resolution.edges.length)} edges\n`);
show(
  "emission",
  measure(15, () => emit(resolution)),
);
const planText = emitNix(resolution, { lockText, existing: () => undefined }).find(({ path }) =>
  path.endsWith("plan.json"),
)?.content;
const plan: unknown = JSON.parse(planText ?? "");
show(
  "for comparison: JSON.stringify of the emitted plan",
  measure(15, () => JSON.stringify(plan, undefined, 2)),
);

if (spawnSync("nix-instantiate", ["--version"]).status === 0) {
  const directory = mkdtempSync(join(tmpdir(), "enki-bench-"));
  const files = [
    ...emitNix(resolution, { lockText, existing: () => undefined }),
    { path: "enki.lock", content: lockText },
  ];
  for (const { path, content } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
  for (const file of ["web/package.json", "dns/dns.opam", "search/Cargo.toml", "search/Cargo.lock"]) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), "{}");
  }
  const environment = {
    PATH: process.env["PATH"] ?? "",
    HOME: directory,
    NIX_CONFIG: "build-users-group =\nsubstituters =\nallow-import-from-derivation = false",
    NIX_STORE_DIR: join(directory, "store"),
    NIX_STATE_DIR: join(directory, "var"),
    NIX_LOG_DIR: join(directory, "log"),
  };
  const project = `(import ${fakePackages} { system = "x86_64-linux"; }).callPackage ${directory}/nix/enki { }`;
  const evaluate = (expression: string): void => {
    execFileSync("nix-instantiate", ["--readonly-mode", "--eval", "--strict", "--json", "-E", expression], {
      env: environment,
      maxBuffer: 256 * 1024 * 1024,
    });
  };
  show(
    "evaluation of 1 (the start of Nix)",
    measure(5, () => evaluate("1")),
  );
  show(
    "evaluation of everything, without writing derivations",
    measure(5, () => evaluate(`(${project}).drvPath`)),
  );
  show(
    "instantiation of every source and package",
    measure(1, () =>
      execFileSync("nix-instantiate", ["-E", `(${project}).projects.default`], {
        env: environment,
        stdio: ["ignore", "ignore", "ignore"],
      }),
    ),
  );
  rmSync(directory, { recursive: true, force: true });
} else process.stdout.write("nix-instantiate is missing: evaluation is not measured\n");
