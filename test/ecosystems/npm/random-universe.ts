import { Dice } from "../../helpers/dice.ts";
import type { SyntheticPackage, SyntheticRegistry } from "./npm-project.ts";

/** What a random registry and the project over it are made of. */
export interface RandomUniverse {
  /** Packages by name; a version's `bundled` (path below node_modules to a manifest) is what its tarball carries. */
  readonly registry: SyntheticRegistry;
  /** Texts by path: package.json, and those of the workspaces. */
  readonly files: ReadonlyMap<string, string>;
}

type Table = Record<string, unknown>;

interface Published {
  readonly name: string;
  readonly versions: readonly string[];
}

/** What one universe has; each leaves most of it out, so that the rest meets often. */
interface Features {
  readonly peers: boolean;
  readonly optional: boolean;
  readonly platforms: boolean;
  readonly aliases: boolean;
  readonly bundles: boolean;
  readonly prereleases: boolean;
  readonly tags: boolean;
  readonly cycles: boolean;
  readonly impossible: boolean;
  readonly overrides: boolean;
  readonly workspaces: boolean;
}

const releases = ["0.1.0", "0.1.1", "0.2.0", "1.0.0", "1.0.1", "1.1.0", "1.2.0", "2.0.0", "2.1.0", "3.0.0"];
const prereleases = ["1.0.0-beta.1", "1.2.0-rc.1", "2.0.0-alpha", "2.0.0-beta.2", "3.1.0-rc.1"];
const order = [
  ..."0.1.0 0.1.1 0.2.0 1.0.0-beta.1 1.0.0 1.0.1 1.1.0 1.2.0-rc.1 1.2.0 2.0.0-alpha 2.0.0-beta.2 2.0.0".split(" "),
  ..."2.1.0 3.0.0 3.1.0-rc.1".split(" "),
];
/** Names that are hard to put in order, and then numbers. */
const names = ["ab", "a-b", "a.b", "a_b", "@s/ab", "@s/b", "@t/b", "a1b", "a10", "a2"];

const platforms: readonly (readonly [string, readonly string[]])[] = [
  ["os", ["linux"]],
  ["os", ["darwin", "linux"]],
  ["os", ["!win32"]],
  ["os", ["win32"]],
  ["cpu", ["x64"]],
  ["cpu", ["arm64"]],
  ["cpu", ["!ia32"]],
  ["libc", ["glibc"]],
  ["libc", ["musl"]],
];

/** A universe that is the same for the same seed. */
export function randomUniverse(seed: number): RandomUniverse {
  return new UniverseMaker(seed).make();
}

class UniverseMaker {
  readonly #dice: Dice;
  readonly #features: Features;
  readonly #packages: readonly Published[];

  constructor(seed: number) {
    const dice = new Dice(seed);
    this.#dice = dice;
    this.#features = {
      peers: dice.isLucky(55),
      optional: dice.isLucky(40),
      platforms: dice.isLucky(20),
      aliases: dice.isLucky(25),
      bundles: dice.isLucky(15),
      prereleases: dice.isLucky(35),
      tags: dice.isLucky(35),
      cycles: dice.isLucky(40),
      impossible: dice.isLucky(20),
      overrides: dice.isLucky(25),
      workspaces: dice.isLucky(30),
    };
    const pool = this.#features.prereleases ? [...releases, ...prereleases] : releases;
    this.#packages = Array.from({ length: 8 + dice.roll(dice.isLucky(30) ? 32 : 12) }, (_, index) => {
      const chosen = new Set(Array.from({ length: 1 + dice.roll(5) }, () => dice.pick(pool) ?? "1.0.0"));
      return {
        name: (dice.isLucky(30) ? names[index] : undefined) ?? `p${index}`,
        versions: order.filter((version) => chosen.has(version)),
      };
    });
  }

  make(): RandomUniverse {
    const registry = Object.fromEntries(
      this.#packages.map((package_, index): [string, SyntheticPackage] => {
        const v = package_.versions.map((version) => [version, this.#manifest(index)]);
        const tags = this.#features.tags
          ? { latest: this.#anyVersion(package_), next: this.#anyVersion(package_) }
          : {};
        const latest = package_.versions.findLast((version) => !version.includes("-")) ?? package_.versions.at(-1);
        return [package_.name, { tags: { latest, ...tags } as Record<string, string>, v: Object.fromEntries(v) }];
      }),
    );
    return { registry, files: this.#files() };
  }

  #anyVersion({ versions }: Published): string {
    return this.#dice.pick(versions) ?? "";
  }

  #manifest(index: number): Table {
    const dice = this.#dice;
    const later = this.#packages.slice(index + 1);
    const manifest: Table = {};
    this.#addDependencies(manifest, later, [3, 2, 2]);
    if (dice.isLucky(20)) manifest["license"] = dice.pick(["MIT", "ISC", { type: "Apache-2.0" }]);
    if (dice.isLucky(10)) manifest["engines"] = { node: dice.pick([">=10", ">= 18", "^20 || >=22", ">=99"]) };
    if (dice.isLucky(10)) manifest["bin"] = dice.pick(["cli.js", "./bin/run.js", { one: "./1.js", two: "2.js" }]);
    if (dice.isLucky(8)) manifest["hasInstallScript"] = true;
    if (dice.isLucky(10)) manifest["deprecated"] = "use another";
    if (dice.isLucky(5)) manifest["funding"] = { url: "https://fund.example" };
    if (this.#features.platforms && dice.isLucky(25)) {
      const [field, list] = dice.pick(platforms) ?? ["os", []];
      manifest[field] = list;
    }
    if (this.#features.bundles && dice.isLucky(25)) this.#bundle(manifest);
    return manifest;
  }

  /** Dependencies of every kind; `most`: how many there are of required, peer and optional ones at most, each. */
  #addDependencies(manifest: Table, from: readonly Published[], most: readonly [number, number, number]): void {
    const dice = this.#dice;
    const table = (count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, () => this.#requirement(from)).filter(([name]) => name !== ""));
    const dependencies = table(dice.roll(most[0]));
    if (Object.keys(dependencies).length > 0) manifest["dependencies"] = dependencies;
    if (this.#features.peers && dice.isLucky(40)) {
      const peers = table(dice.roll(most[1] + 1));
      const optional = Object.keys(peers).filter(() => dice.isLucky(30));
      if (Object.keys(peers).length > 0) manifest["peerDependencies"] = peers;
      if (optional.length > 0) {
        manifest["peerDependenciesMeta"] = Object.fromEntries(optional.map((name) => [name, { optional: true }]));
      }
    }
    if (this.#features.optional && dice.isLucky(40)) {
      const optional = table(dice.roll(most[2] + 1));
      if (dice.isLucky(15)) optional[dice.isLucky(50) ? "nowhere" : (dice.pick(from)?.name ?? "nowhere")] = "9.9.9";
      if (Object.keys(optional).length > 0) manifest["optionalDependencies"] = optional;
    }
  }

  #requirement(from: readonly Published[]): readonly [string, string] {
    const dice = this.#dice;
    const target = dice.pick(this.#features.cycles && dice.isLucky(15) ? this.#packages : from);
    if (target === undefined) return ["", ""];
    const range = this.#range(target);
    if (this.#features.aliases && dice.isLucky(15)) return [`${target.name}-old`, `npm:${target.name}@${range || "*"}`];
    return [target.name, range];
  }

  #range(target: Published): string {
    const dice = this.#dice;
    if (this.#features.impossible && dice.isLucky(4)) return "^9.0.0";
    const version = this.#anyVersion(target);
    const [major = "1", minor = "0"] = version.split(".");
    const other = this.#anyVersion(target);
    const [from, to] = order.indexOf(version) < order.indexOf(other) ? [version, other] : [other, version];
    const tag = this.#features.tags ? (dice.pick(["latest", "next"]) ?? "") : "*";
    const shapes = [
      `^${version}`,
      `^${version}`,
      `^${version}`,
      `~${version}`,
      version,
      `>=${version}`,
      `<=${version}`,
      `${major}.x`,
      `${major}.${minor}`,
      major,
      `${from} - ${to}`,
      `^${version} || ^${other}`,
      "*",
      "*",
      // With overrides, npm judges the empty range by the text that replaced it the last time.
      this.#features.overrides ? "*" : "",
      tag,
      `>=${version} <${Number(major) + 2}`,
      `=${version}`,
      `v${version}`,
      `>=${version}-0`,
      `${other} || ${version}`,
    ];
    return dice.pick(shapes) ?? "*";
  }

  /** Has the tarball carry one of the dependencies, which may carry or need another. */
  #bundle(manifest: Table): void {
    const dependencies = manifest["dependencies"] as Record<string, string> | undefined;
    const optional = new Set(Object.keys((manifest["optionalDependencies"] as object | undefined) ?? {}));
    const name = this.#dice.pick(
      Object.keys(dependencies ?? {}).filter((key) => !key.endsWith("-old") && !optional.has(key)),
    );
    const target = this.#packages.find((package_) => package_.name === name);
    if (name === undefined || target === undefined || dependencies === undefined) return;
    const version = this.#anyVersion(target);
    dependencies[name] = this.#dice.pick([`^${version}`, version, "*"]) ?? "*";
    manifest["bundleDependencies"] = [name];
    manifest["bundled"] = { [name]: { name, version, ...(this.#dice.isLucky(30) && { license: "MIT" }) } };
  }

  #files(): ReadonlyMap<string, string> {
    const dice = this.#dice;
    const root: Table = { name: "root", version: "1.0.0" };
    const early = this.#packages.slice(0, 4 + dice.roll(8));
    this.#addRootDependencies(root, early);
    const files = new Map<string, string>();
    const set = (path: string, value: Table): void => void files.set(path, `${JSON.stringify(value, undefined, 2)}\n`);
    const workspaces = new Set<string>();
    if (this.#features.workspaces) {
      root["workspaces"] = ["packages/*"];
      const count = 1 + dice.roll(3);
      for (let index = 0; index < count; index++) {
        // Some have the name of a package that is published too.
        const name = dice.isLucky(20) ? (this.#packages[index + 2]?.name ?? "") : `w${index}`;
        workspaces.add(name);
        const workspace: Table = { name, version: dice.pick(["1.0.0", "2.0.0", "0.1.0"]) };
        this.#addRootDependencies(
          workspace,
          early.filter((package_) => package_.name !== name),
        );
        for (let earlier = 0; earlier < count; earlier++) {
          if (
            earlier === index ||
            !dice.isLucky(30) ||
            this.#packages.some((package_) => package_.name === `w${earlier}`)
          )
            continue;
          workspace["dependencies"] = {
            ...(workspace["dependencies"] as object),
            [`w${earlier}`]: dice.pick(["*", "*", ">=0.1.0"]),
          };
        }
        set(`packages/w${index}/package.json`, workspace);
      }
    }
    if (this.#features.overrides) root["overrides"] = this.#overrides(root, workspaces);
    set("package.json", root);
    return files;
  }

  #addRootDependencies(manifest: Table, from: readonly Published[]): void {
    this.#addDependencies(manifest, from, [6, 1, 2]);
    const development = Object.fromEntries(
      Array.from({ length: this.#dice.roll(3) }, () => this.#requirement(from)).filter(([name]) => name !== ""),
    );
    if (Object.keys(development).length > 0) manifest["devDependencies"] = development;
  }

  #overrides(root: Table, workspaces: ReadonlySet<string>): Table {
    const dice = this.#dice;
    const direct: [string, string][] = ["dependencies", "devDependencies"].flatMap((field) =>
      Object.entries((root[field] ?? {}) as Record<string, string>),
    );
    const value = (target: Published): string => {
      const own = direct.find(([name]) => name === target.name);
      if (own !== undefined) return dice.isLucky(80) ? `$${target.name}` : own[1];
      return dice.isLucky(60) ? this.#anyVersion(target) : this.#range(target) || "*";
    };
    const overrides: Table = {};
    for (let count = 1 + dice.roll(3); count > 0; count--) {
      // npm lets a workspace have what is said below any workspace that depends on it; Enki, below its own name.
      const parents = this.#packages.filter((package_) => !workspaces.has(package_.name));
      const [target, parent] = [dice.pick(this.#packages), dice.pick(parents)];
      if (target === undefined || parent === undefined) continue;
      const key = dice.isLucky(25) ? `${target.name}@^${this.#anyVersion(target)}` : target.name;
      const shape = dice.roll(4);
      if (shape <= 1) overrides[key] = value(target);
      else if (shape === 2) overrides[parent.name] = { [key]: value(target) };
      else overrides[parent.name] = { ".": value(parent), [key]: value(target) };
    }
    return overrides;
  }
}

/**
 * The same registry some time later: every package has a newer release, which says what the newest one said, and is what
 * its `latest` tag points to.
 */
export function grownRegistry(registry: SyntheticRegistry): SyntheticRegistry {
  return Object.fromEntries(
    Object.entries(registry).map(([name, package_]) => {
      const newest = Object.keys(package_.v).findLast((version) => !version.includes("-"));
      if (newest === undefined) return [name, package_];
      const next = newest.replace(/\d+$/, (patch) => String(Number(patch) + 10));
      const v = { ...package_.v, [next]: package_.v[newest] ?? {} };
      return [name, { ...package_, tags: { ...package_.tags, latest: next }, v }];
    }),
  );
}
