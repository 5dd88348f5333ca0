/**
 * Differential fuzz of Enki's primitives against Python's `packaging`: versions, specifiers, markers, tags.
 *
 *     npm run oracle:pypi-primitives -- [comparisons] [seed]
 */
import { spawnSync } from "node:child_process";
import { compatibleTags } from "../../src/ecosystems/pypi/pep/compatible-tags.ts";
import { evaluateMarker } from "../../src/ecosystems/pypi/pep/marker-evaluation.ts";
import { parseMarker } from "../../src/ecosystems/pypi/pep/marker.ts";
import { macosTags, manylinuxTags, musllinuxTags, type Platform } from "../../src/ecosystems/pypi/pep/platform-tags.ts";
import { filterVersionTexts } from "../../src/ecosystems/pypi/pep/prerelease-policy.ts";
import { parseSpecifierSet } from "../../src/ecosystems/pypi/pep/specifier.ts";
import { compareVersions, parseVersion } from "../../src/ecosystems/pypi/pep/version.ts";

const wanted = Number(process.argv[2] ?? 60_000);
const seed = Number(process.argv[3] ?? 20_240_501);

/** A question, and Enki's answer to it. */
interface Question {
  readonly ask: readonly unknown[];
  readonly answer: unknown;
}

let state = seed >>> 0;
/** xorshift32: the same questions on every machine. */
function random(limit: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

function pick<Item>(items: readonly Item[]): Item {
  const item = items[random(items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

function some(chance: number, make: () => string): string {
  return random(100) < chance ? make() : "";
}

const number = (): string => pick(["0", "1", "2", "3", "9", "10", "11", "007", "20", "99999999999999999999"]);

const separator = (): string => pick(["", "", ".", "-", "_"]);

function randomVersion(): string {
  const release = Array.from({ length: 1 + random(3) }, number).join(".");
  const pre = some(
    30,
    () =>
      separator() +
      pick(["a", "b", "rc", "c", "alpha", "beta", "pre", "preview", "RC"]) +
      separator() +
      some(80, number),
  );
  const post = some(20, () =>
    pick([`-${number()}`, `${separator()}${pick(["post", "rev", "r"])}${separator()}${some(80, number)}`]),
  );
  const dev = some(20, () => `${separator()}dev${separator()}${some(80, number)}`);
  const local = some(12, () => `+${pick(["a", "1", "abc", "1.a", "ubuntu-1", "01", "a.1.b_2", "A"])}`);
  const noise = some(4, () => pick([".", "-", "x", "+", " ", "..1", "!1", ".*"]));
  return some(6, () => "v") + some(6, () => `${number()}!`) + release + pre + post + dev + local + noise;
}

function randomSpecifier(): string {
  const operator = pick(["==", "!=", "<=", ">=", "<", ">", "~=", "==="]);
  const version = randomVersion();
  // packaging cuts the prefix of `~=` out of the text as written, so `~=v1.2` and `~=01.2` admit nothing there.
  const text = operator === "~=" ? (parseVersion(version)?.text ?? version) : version;
  return operator + some(10, () => " ") + text + some(15, () => ".*");
}

const markerVariables: Readonly<Record<string, readonly string[]>> = {
  python_version: ["3.8", "3.9", "3.10", "3.12", "2.7"],
  python_full_version: ["3.8.1", "3.12.0", "3.13.0rc1", "3.9"],
  os_name: ["posix", "nt", "java"],
  sys_platform: ["linux", "win32", "darwin", "linux2"],
  platform_machine: ["x86_64", "arm64", "aarch64"],
  platform_release: ["6.1.0", "6.1.0-generic", "20.04", ""],
  platform_version: ["#1 SMP", "10.0.19045", "1"],
  platform_python_implementation: ["CPython", "PyPy"],
  implementation_name: ["cpython", "pypy"],
  implementation_version: ["3.12.0", "7.3.9"],
  // packaging normalises the names of extras outside of parentheses only, so these are normal already.
  extra: ["test", "test-extra", "dev", ""],
};

function randomMarker(depth = 0): string {
  if (depth < 2 && random(100) < 40) {
    const parts = Array.from({ length: 2 + random(2) }, () => randomMarker(depth + 1));
    const joined = parts.reduce((left, right) => `${left} ${pick(["and", "or"])} ${right}`);
    return random(2) === 0 ? `(${joined})` : joined;
  }
  const name = pick(Object.keys(markerVariables));
  const value = `"${pick(markerVariables[name] ?? [""])}"`;
  const operator = pick(["==", "!=", "<", "<=", ">", ">=", "~=", "===", "in", "not in"]);
  return random(5) === 0 ? `${value} ${operator} ${name}` : `${name} ${operator} ${value}`;
}

function randomEnvironment(): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(markerVariables).map(([name, values]) => [name, pick(values)]));
}

function askVersion(): Question {
  const text = randomVersion();
  return { ask: ["version", text], answer: parseVersion(text)?.text ?? null };
}

function askOrder(): Question {
  const [left, right] = [randomVersion(), randomVersion()];
  const [leftVersion, rightVersion] = [parseVersion(left), parseVersion(right)];
  const isReadable = leftVersion !== undefined && rightVersion !== undefined;
  return { ask: ["order", left, right], answer: isReadable ? compareVersions(leftVersion, rightVersion) : null };
}

function askSpecifier(): Question {
  const text = Array.from({ length: 1 + random(3) }, randomSpecifier).join(",");
  const versions = Array.from({ length: 6 }, randomVersion).filter((version) => parseVersion(version) !== undefined);
  const prereleases = pick([true, false, null]);
  const parsed = parseSpecifierSet(text);
  const answer = parsed.ok ? filterVersionTexts(parsed.value, versions, prereleases ?? undefined) : null;
  return { ask: ["specifier", text, versions, prereleases], answer };
}

function askMarker(): Question {
  const text = randomMarker();
  const environment = randomEnvironment();
  const parsed = parseMarker(text);
  const answer = parsed.ok
    ? (evaluateMarker(parsed.value, { variables: new Map(Object.entries(environment)) }) ?? null)
    : "invalid";
  return { ask: ["marker", text, environment], answer };
}

function askTags(): Question {
  const minor = 8 + random(7);
  const kind = pick(["manylinux", "musllinux", "macos"] as const);
  const platform: Platform =
    kind === "macos"
      ? { kind, major: 11 + random(5), minor: 0, machine: pick(["arm64", "x86_64"] as const) }
      : {
          kind,
          major: kind === "manylinux" ? 2 : 1,
          minor: kind === "manylinux" ? 17 + random(24) : random(3),
          machine: pick(["x86_64", "aarch64"]),
        };
  const platforms =
    platform.kind === "macos"
      ? macosTags(platform.major, platform.minor, platform.machine)
      : platform.kind === "manylinux"
        ? [...manylinuxTags(platform.major, platform.minor, platform.machine), `linux_${platform.machine}`]
        : platform.kind === "musllinux"
          ? [...musllinuxTags(platform.major, platform.minor, platform.machine), `linux_${platform.machine}`]
          : [];
  const macos = platform.kind === "macos" ? [platform.major, platform.minor, platform.machine] : null;
  return { ask: ["tags", minor, platforms, macos], answer: compatibleTags({ major: 3, minor }, platform) };
}

const python = String.raw`
import json, sys
from packaging.version import Version, InvalidVersion
from packaging.specifiers import SpecifierSet, InvalidSpecifier
from packaging.markers import Marker, InvalidMarker, UndefinedComparison
from packaging import tags
def version(text):
    try: return str(Version(text))
    except (InvalidVersion, ValueError): return None
def order(left, right):
    try: l, r = Version(left), Version(right)
    except (InvalidVersion, ValueError): return None
    return -1 if l < r else 1 if l > r else 0
def specifier(text, versions, prereleases):
    try: return list(SpecifierSet(text).filter(versions, prereleases=prereleases))
    except (InvalidSpecifier, InvalidVersion, ValueError): return None
def marker(text, environment):
    try: parsed = Marker(text)
    except InvalidMarker: return "invalid"
    try: return parsed.evaluate(environment)
    except UndefinedComparison: return None
def all_tags(minor, platforms, macos):
    if macos is not None: platforms = list(tags.mac_platforms((macos[0], macos[1]), macos[2]))
    found = list(tags.cpython_tags((3, minor), ["cp3%d" % minor], platforms))
    found += list(tags.compatible_tags((3, minor), "cp3%d" % minor, platforms))
    # Until 26.2 packaging spelt the three-architecture binaries of macOS wrongly.
    return [str(tag).replace("_fat32", "_fat3") for tag in found]
asks = {"version": version, "order": order, "specifier": specifier, "marker": marker, "tags": all_tags}
for line in sys.stdin:
    kind, *rest = json.loads(line)
    print(json.dumps(asks[kind](*rest)))
`;

const questions: Question[] = [];
let comparisons = 0;
while (comparisons < wanted) {
  const kind = random(1000);
  const question =
    kind < 250
      ? askVersion()
      : kind < 500
        ? askOrder()
        : kind < 750
          ? askSpecifier()
          : kind < 999
            ? askMarker()
            : askTags();
  questions.push(question);
  const { ask } = question;
  // A specifier is compared on every version given to it.
  comparisons += ask[0] === "specifier" && Array.isArray(ask[2]) ? Math.max(1, ask[2].length) : 1;
}
const input = questions.map(({ ask }) => JSON.stringify(ask)).join("\n");
const run = spawnSync("python3", ["-c", python], { input, encoding: "utf8", maxBuffer: 2 ** 30 });
if (run.status !== 0) {
  console.error(
    `python3 with packaging is needed: ${run.error?.message ?? run.stderr.trim().split("\n").at(-1) ?? ""}`,
  );
  process.exit(2);
}
const answers: readonly unknown[] = run.stdout
  .trimEnd()
  .split("\n")
  .map((line): unknown => JSON.parse(line));
let differences = 0;
for (const [index, { ask, answer }] of questions.entries()) {
  if (JSON.stringify(answer) === JSON.stringify(answers[index])) continue;
  differences += 1;
  if (differences <= 20)
    console.error("differs:", JSON.stringify({ ask, enki: answer, packaging: answers[index] }).slice(0, 600));
}
console.log(`${comparisons} comparisons in ${questions.length} questions (seed ${seed}): ${differences} differences`);
process.exit(differences === 0 ? 0 : 1);
