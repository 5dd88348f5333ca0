import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname } from "node:path";

/** Programs of this machine that the stand-in for nixpkgs links to, and the folders that a sandbox must see for them. */
export interface HostPrograms {
  /** A Nix expression for the argument `programs` of fake-pkgs. */
  readonly expression: string;
  readonly sandboxPaths: readonly string[];
  /** What is missing for a mixed build, in words; empty when nothing is. */
  readonly missing: readonly string[];
}

/** Looks for node, python, cargo, opam-installer and OCaml. */
export function findHostPrograms(): HostPrograms {
  const missing: string[] = [];
  const folders = new Set(["/bin", "/usr", "/lib", "/lib64", "/etc/alternatives"].filter((path) => existsSync(path)));
  const links = new Map<string, Record<string, string>>();
  const node = realpathSync(process.execPath);
  links.set("node", { "bin/node": node });
  const python = ["/usr/bin/python3", ...which("python3")].map(basePython).find((path) => path !== undefined);
  if (python === undefined) missing.push("python3 3.11 or newer");
  else links.set("python", { "bin/python3": python });
  const sysroot = output("rustc", ["--print", "sysroot"]);
  // The shims of rustup need a home folder; the toolchain's own programs do not.
  if (sysroot === undefined || !existsSync(`${sysroot}/bin/cargo`)) missing.push("cargo");
  else links.set("rust", { "bin/cargo": `${sysroot}/bin/cargo`, "bin/rustc": `${sysroot}/bin/rustc` });
  const [installer] = which("opam-installer");
  if (installer === undefined) missing.push("opam-installer");
  else links.set("opam-installer", { "bin/opam-installer": installer });
  const [compiler] = which("ocamlopt");
  if (compiler === undefined) missing.push("ocamlopt");
  else links.set("ocaml", { "bin/ocamlopt": compiler });
  const [dune] = which("dune");
  // Not needed by every build: what is built with it skips without it.
  if (dune !== undefined) links.set("dune", { "bin/dune": dune });
  if (which("cc").length === 0) missing.push("cc");
  for (const program of [node, python, sysroot === undefined ? undefined : `${sysroot}/bin/cargo`]) {
    if (program !== undefined && !program.startsWith("/usr/")) folders.add(dirname(dirname(program)));
  }
  const sets = [...links].map(([name, paths]) => {
    const lines = Object.entries(paths).map(([place, path]) => `${JSON.stringify(place)} = ${JSON.stringify(path)};`);
    return `${name} = { ${lines.join(" ")} };`;
  });
  return { expression: `{ ${sets.join(" ")} }`, sandboxPaths: [...folders], missing };
}

/** The interpreter behind shims and environments, when it is new enough to read pyproject.toml itself. */
function basePython(program: string): string | undefined {
  const script = "import sys, tomllib; print(sys._base_executable)";
  const path = output(program, ["-c", script]);
  return path === undefined || !existsSync(path) ? undefined : realpathSync(path);
}

function which(program: string): readonly string[] {
  const run = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" });
  return run.status === 0 ? [run.stdout.trim()] : [];
}

function output(program: string, arguments_: readonly string[]): string | undefined {
  try {
    return execFileSync(program, arguments_, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}
