import { createHash } from "node:crypto";
import type { Edge, Instance, Resolution, ResolvedPackage } from "../../src/model/resolution.ts";

/** A made-up service of so many packages: seven in ten npm, and crates, wheels and opam packages in equal parts. */
export function largeService(count: number): Resolution {
  const packages: ResolvedPackage[] = [
    tool("nodejs_20", "node"),
    tool("python312", "python"),
    tool("rustc", "rustc"),
    tool("ocaml", "ocaml"),
  ];
  const instances: Instance[] = [];
  const edges: Edge[] = [];
  const ownKind = new Map<string, readonly string[]>();
  for (let number = 0; number < count; number++) {
    const ecosystem = ["npm", "npm", "npm", "npm", "npm", "npm", "npm", "cargo", "pypi", "opam"][number % 10] ?? "npm";
    const package_ = packageOf(ecosystem, number);
    packages.push(package_);
    const path = `web/node_modules/${package_.name}`;
    instances.push({
      package: package_.id,
      environment: "run",
      features: [],
      ...(ecosystem === "npm" ? { path } : {}),
    });
    edges.push(edge(`root:${manifests[ecosystem] ?? ""}`, package_.id));
    // Each needs the three before it of its own kind, in groups of sixty: as much as opam packages need in the mean.
    const own = ownKind.get(ecosystem) ?? [];
    ownKind.set(ecosystem, [...(own.length % 60 === 0 ? [] : own.slice(-60)), package_.id]);
    for (const other of own.length % 60 === 0 ? [] : own.slice(-3)) edges.push(edge(package_.id, other));
  }
  return {
    roots: Object.entries(manifests).map(([ecosystem, file]) => ({
      id: `root:${file}`,
      ecosystem,
      file,
      sha256: "0".repeat(64),
      details: {},
    })),
    packages,
    instances,
    edges,
    targets: ["aarch64-linux", "x86_64-linux"].map((system) => ({ system, tools: {} })),
    provenance: [],
    fidelity: [],
  };
}

const manifests: Readonly<Record<string, string>> = {
  npm: "web/package.json",
  cargo: "search/Cargo.toml",
  pypi: "bot/pyproject.toml",
  opam: "dns/dns.opam",
};

const kinds: Readonly<Record<string, string>> = { npm: "tarball", cargo: "crate", pypi: "wheel", opam: "source" };

function packageOf(ecosystem: string, number: number): ResolvedPackage {
  const name = `${ecosystem}-package-${String(number)}`;
  const file = ecosystem === "pypi" ? `${name}-1.0-py3-none-any.whl` : `${name}.tar.gz`;
  const integrity = `sha256-${createHash("sha256").update(name).digest("base64")}`;
  const url = `https://${ecosystem}.example/${file}`;
  const details = ecosystem === "opam" ? { build: [["dune", "build", "-p", name]] } : { bin: { [name]: "cli.js" } };
  const artifacts = [{ kind: kinds[ecosystem] ?? "source", url, integrity }];
  return { id: `${ecosystem}:${name}@1.0`, ecosystem, name, version: "1.0", artifacts, details };
}

function tool(attribute: string, name: string): ResolvedPackage {
  const details = { attribute, release: "nixos-24.11", roles: ["native"], tool: name };
  return { id: `nix:${attribute}@1`, ecosystem: "nix", name: attribute, version: "1", artifacts: [], details };
}

function edge(from: string, to: string): Edge {
  return { from, to, kind: "runtime", range: "*", environment: "run" };
}
