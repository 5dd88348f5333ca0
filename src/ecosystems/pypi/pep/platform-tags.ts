/** Platform tags that a system can install, best first (PEP 425, 600, 656; macOS as `packaging.tags` orders them). */

/** The platform that wheels are chosen for. */
export type Platform =
  | { readonly kind: "manylinux"; readonly major: number; readonly minor: number; readonly machine: string }
  | { readonly kind: "musllinux"; readonly major: number; readonly minor: number; readonly machine: string }
  | { readonly kind: "macos"; readonly major: number; readonly minor: number; readonly machine: "arm64" | "x86_64" }
  | { readonly kind: "windows"; readonly machine: string };

/** All platform tags, best first; `any` is not among them. */
export function platformTags(platform: Platform): readonly string[] {
  switch (platform.kind) {
    case "manylinux":
      return [...manylinuxTags(platform.major, platform.minor, platform.machine), `linux_${platform.machine}`];
    case "musllinux":
      return [...musllinuxTags(platform.major, platform.minor, platform.machine), `linux_${platform.machine}`];
    case "macos":
      return macosTags(platform.major, platform.minor, platform.machine);
    default:
      return [platform.machine === "x86_64" ? "win_amd64" : platform.machine === "aarch64" ? "win_arm64" : "win32"];
  }
}

/** Old names of three manylinux levels (PEP 513, 571, 599). */
const legacyManylinux: ReadonlyMap<string, string> = new Map([
  ["2_17", "manylinux2014"],
  ["2_12", "manylinux2010"],
  ["2_5", "manylinux1"],
]);

/** `manylinux_2_28_x86_64` down to the oldest level of the machine, each old name after its level. */
export function manylinuxTags(major: number, minor: number, machine: string): readonly string[] {
  const isIntel = machine === "x86_64" || machine === "i686";
  const oldestMinor = isIntel ? 5 : 17;
  const tags: string[] = [];
  for (let level = minor; level >= oldestMinor; level--) {
    tags.push(`manylinux_${major}_${level}_${machine}`);
    const legacy = legacyManylinux.get(`${major}_${level}`);
    if (legacy !== undefined) tags.push(`${legacy}_${machine}`);
  }
  return tags;
}

/** `musllinux_1_2_x86_64` down to `musllinux_1_0_x86_64`. */
export function musllinuxTags(major: number, minor: number, machine: string): readonly string[] {
  return Array.from({ length: minor + 1 }, (_, index) => `musllinux_${major}_${minor - index}_${machine}`);
}

/** Kinds of macOS binaries that run on a machine with this version of macOS, best first. */
export function macosBinaryFormats(major: number, minor: number, machine: string): readonly string[] {
  const isAtLeast = (wantedMinor: number): boolean => major > 10 || minor >= wantedMinor;
  const formats = [machine];
  if (machine === "x86_64") {
    if (!isAtLeast(4)) return [];
    formats.push("intel", "fat64", "fat3");
  } else if (machine === "i386") {
    if (!isAtLeast(4)) return [];
    formats.push("intel", "fat3", "fat");
  } else if (machine === "ppc64") {
    if (major > 10 || minor > 5 || minor < 4) return [];
    formats.push("fat64");
  } else if (machine === "ppc") {
    if (major > 10 || minor > 6) return [];
    formats.push("fat3", "fat");
  }
  if (machine === "arm64" || machine === "x86_64") formats.push("universal2");
  if (["x86_64", "i386", "ppc64", "ppc", "intel"].includes(machine)) formats.push("universal");
  return formats;
}

/** Tags of macOS: since 11 only the major number counts, and `10.x` binaries still run. */
export function macosTags(major: number, minor: number, machine: string): readonly string[] {
  const tags: string[] = [];
  const push = (tagMajor: number, tagMinor: number, formats: readonly string[]): void => {
    for (const format of formats) tags.push(`macosx_${tagMajor}_${tagMinor}_${format}`);
  };
  if (major === 10) {
    for (let level = minor; level >= 0; level--) push(10, level, macosBinaryFormats(10, level, machine));
    return tags;
  }
  for (let level = major; level >= 11; level--) push(level, 0, macosBinaryFormats(level, 0, machine));
  for (let level = 16; level >= 4; level--) {
    // Before 11 nothing ran on arm64, but universal2 binaries may carry an old deployment target.
    push(10, level, machine === "x86_64" ? macosBinaryFormats(10, level, machine) : ["universal2"]);
  }
  return tags;
}
