import type { JsonObject } from "../model/json.ts";
import { textsOf } from "./details.ts";

/** Node's words for a nixpkgs system (`process.platform`, `process.arch`, and npm's `libc`). */
interface NodePlatform {
  readonly os: string;
  readonly cpu: string;
  readonly libc?: string;
}

const cpus: ReadonlyMap<string, string> = new Map([
  ["aarch64", "arm64"],
  ["armv7l", "arm"],
  ["i686", "ia32"],
  ["powerpc64le", "ppc64"],
  ["riscv64", "riscv64"],
  ["s390x", "s390x"],
  ["x86_64", "x64"],
]);

/** Whether an npm package with these `os`, `cpu` and `libc` fields is for a system, as npm decides (npm-install-checks). */
export function isForSystem(details: JsonObject, system: string): boolean {
  const platform = nodePlatform(system);
  return (
    admits(textsOf(details, "os"), platform.os) &&
    admits(textsOf(details, "cpu"), platform.cpu) &&
    (platform.libc === undefined
      ? textsOf(details, "libc").length === 0
      : admits(textsOf(details, "libc"), platform.libc))
  );
}

function nodePlatform(system: string): NodePlatform {
  const [cpu = "", os = ""] = system.split("-");
  return { os, cpu: cpus.get(cpu) ?? cpu, ...(os === "linux" ? { libc: "glibc" } : {}) };
}

/** A list admits a word that it names, or, when it only excludes (`!win32`), a word that it doesn't. */
function admits(list: readonly string[], word: string): boolean {
  if (list.length === 0 || (list.length === 1 && list[0] === "any")) return true;
  if (list.includes(`!${word}`)) return false;
  const named = list.filter((one) => !one.startsWith("!"));
  return named.length === 0 || named.includes(word);
}
