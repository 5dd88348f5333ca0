import * as fc from "fast-check";
import type { JsonValue } from "../../src/model/json.ts";
import type { Artifact, Edge, Instance, ResolvedPackage, Resolution } from "../../src/model/resolution.ts";

/** Legal names that trip programs which key plain objects by them, and names with letters beyond ASCII. */
const name = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "toString", "then", "@scope/x", "é", "\u{1F600}", "\uE000", "a\u202Eb"),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,6}$/),
);
const version = fc.stringMatching(/^[0-9]\.[0-9](?:-[a-z]{1,3})?$/);
const digest = fc.constantFrom(`sha256-${"A".repeat(43)}=`, `sha512-${"b".repeat(86)}==`);
const systems = fc.uniqueArray(fc.constantFrom("x86_64-linux", "aarch64-linux"), { minLength: 1 });

const artifact: fc.Arbitrary<Artifact> = fc
  .record(
    {
      kind: fc.constantFrom("tarball", "wheel"),
      url: name.map((file) => `https://files.example/${encodeURIComponent(file)}`),
      integrity: digest,
      sizeBytes: fc.nat(),
      upgradedFrom: fc.constant("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
      systems,
    },
    { requiredKeys: ["kind", "url"] },
  )
  .map((fields) => ({ ...fields }));

const details = fc
  .dictionary(name, fc.jsonValue({ depthSize: "small" }).map(withoutNegativeZero))
  .map((record) => ({ ...record }));

const package_: fc.Arbitrary<ResolvedPackage> = fc
  .record(
    {
      ecosystem: fc.constantFrom("npm", "pypi", "cargo", "opam", "nix"),
      name,
      version,
      licence: fc.constantFrom("MIT", 'Custom "quoted"\n'),
      artifacts: fc.array(artifact, { maxLength: 2 }),
      details,
    },
    { requiredKeys: ["ecosystem", "name", "version", "artifacts", "details"] },
  )
  .map((fields) => ({ ...fields, id: `${fields.ecosystem}:${fields.name}@${fields.version}` }));

/** Resolutions whose references all lead somewhere, in no particular order. */
export const arbitraryResolution: fc.Arbitrary<Resolution> = fc
  .uniqueArray(package_, { minLength: 1, maxLength: 6, selector: (one) => one.id })
  .chain((packages) => {
    const someId = fc.constantFrom(...packages.map((one) => one.id));
    const environment = fc.constantFrom("run", "dev", `build:${packages[0]?.id ?? ""}`);
    const edge: fc.Arbitrary<Edge> = fc
      .record(
        {
          from: fc.oneof(someId, fc.constant("root:web/package.json")),
          to: someId,
          kind: fc.constantFrom("runtime", "optional", "peer", "dev", "build", "link", "tool"),
          alias: name,
          range: fc.constantFrom("^1.0", "*", ""),
          environment,
          why: fc.constant("links openssl"),
          systems,
        },
        { requiredKeys: ["from", "to", "kind", "range", "environment"] },
      )
      .map((fields) => ({ ...fields }));
    const instance: fc.Arbitrary<Instance> = fc
      .record(
        {
          package: someId,
          environment,
          features: fc.array(name, { maxLength: 3 }),
          path: name.map((directory) => `web/node_modules/${directory}`),
          systems,
        },
        { requiredKeys: ["package", "environment", "features"] },
      )
      .map((fields) => ({ ...fields }));
    return fc.record({
      roots: fc.constant([
        {
          id: "root:web/package.json",
          ecosystem: "npm",
          file: "web/package.json",
          sha256: "0".repeat(64),
          details: {},
        },
      ]),
      packages: fc.constant(packages),
      instances: fc.array(instance, { maxLength: 8 }),
      edges: fc.array(edge, { maxLength: 12 }),
      targets: fc.constantFrom([], [{ system: "x86_64-linux", tools: { python: "3.12.8" } }]),
      provenance: fc.constantFrom(
        [],
        [
          { ecosystem: "pypi", registry: "https://second.example/simple" },
          { ecosystem: "npm", registry: "https://registry.example/", revision: "abc" },
          { ecosystem: "pypi", registry: "https://first.example/simple" },
        ],
      ),
      fidelity: fc.constantFrom([], [{ ecosystem: "opam", gaps: ["no depexts"], unverified: [] }]),
    });
  });

/** JSON has one zero. */
function withoutNegativeZero(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
