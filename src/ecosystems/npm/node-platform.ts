/** Words of nixpkgs for systems, in Node's words. */
const operatingSystems: ReadonlyMap<string, string> = new Map([
  ["linux", "linux"],
  ["darwin", "darwin"],
  ["freebsd", "freebsd"],
  ["windows", "win32"],
]);
const processors: ReadonlyMap<string, string> = new Map([
  ["x86_64", "x64"],
  ["aarch64", "arm64"],
  ["i686", "ia32"],
  ["armv7l", "arm"],
]);

/** A system in npm's words: `linux`, `x64`, `glibc`. npm asks for the C library on Linux alone. */
export interface NodePlatform {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string | undefined;
}

/** The `os`, `cpu` and `libc` by which npm knows a nixpkgs system. */
export function nodePlatform(system: string): NodePlatform {
  const [cpu = "", os = ""] = system.split("-");
  return {
    os: operatingSystems.get(os) ?? os,
    cpu: processors.get(cpu) ?? cpu,
    libc: os === "linux" ? "glibc" : undefined,
  };
}

/** What a package says of the systems that it is for. */
export interface PlatformLists {
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc: readonly string[];
}

/** Whether lists admit a platform (npm-install-checks): one with no C library to speak of fits no list of them. */
export function platformAdmits({ os, cpu, libc }: PlatformLists, platform: NodePlatform): boolean {
  if (!listAdmits(os, platform.os) || !listAdmits(cpu, platform.cpu)) return false;
  return platform.libc === undefined ? libc.length === 0 : listAdmits(libc, platform.libc);
}

function listAdmits(list: readonly string[], value: string): boolean {
  if (list.length === 0 || (list.length === 1 && list[0] === "any")) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((item) => item.startsWith("!"));
}

/** Reads what `VersionKind.platform` says. */
export function platformLists(text: string): PlatformLists {
  const [os = [], cpu = [], libc = []] = text.split(" ").map((list) => (list === "" ? [] : list.split(",")));
  return { os, cpu, libc };
}
