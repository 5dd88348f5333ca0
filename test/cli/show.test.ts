import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readText, transcript } from "./built-cli.ts";
import { mixedService } from "./mixed-service.ts";

test("tree", async () => {
  const service = mixedService();
  await service.run("resolve");
  expect((await service.run("tree")).stdout).toMatchInlineSnapshot(`
    "bot/pyproject.toml (bot 0.1.0)
    ├── crypto 2.0
    │   └── six 1.16
    └── nix python312 3.12.9 (tool; requires-python of bot)

    dns/island.opam (island dev)
    ├── zed 1.5
    │   ├── base 0.1
    │   └── conf-gmp 4
    │       └── nix gmp 6.3.0 (link; depexts of conf-gmp 4)
    └── nix ocaml-ng.ocamlPackages_5_3.ocaml 5.3.0 (tool; the toolchain it was resolved for)

    search/Cargo.toml (search 0.1.0)
    ├── tls 1.2.3
    │   └── openssl-sys 0.9.1
    │       └── nix openssl 3.4.1 (link; links = "openssl" of openssl-sys 0.9.1)
    └── nix rustc 1.86.0 (tool; the toolchain it was resolved for)

    web/package.json (web 1.0.0)
    ├── kit 1.1.0
    │   └── tiny 2.1.0
    └── nix nodejs_22 22.14.0 (tool; the toolchain it was resolved for)
    "
  `);
  expect((await service.run("tree", "--depth", "1", "--ecosystem", "npm")).stdout).toMatchInlineSnapshot(`
    "web/package.json (web 1.0.0)
    └── kit 1.1.0
    "
  `);
  expect((await service.run("tree", "--invert", "pkg:nix/python312")).stdout).toMatchInlineSnapshot(`
    "nix python312 3.12.9
    ├── bot/pyproject.toml (bot 0.1.0) (tool; requires-python of bot)
    └── pypi crypto 2.0 (tool; requires-python of crypto 2.0)
        └── bot/pyproject.toml (bot 0.1.0)
    "
  `);
  expect((await service.run("tree", "--color", "always", "npm:kit")).stdout).toMatchInlineSnapshot(`
    "[35mnpm[39m [1mkit[22m [36m1.1.0[39m
    └── [1mtiny[22m [36m2.1.0[39m
    "
  `);
  expect(transcript(await service.run("tree", "--ecosystem", "carg"))).toMatchInlineSnapshot(`
    "exit 1
    --- stderr
    error: the lock has no package of "carg"
     = help: did you mean "cargo"?
    "
  `);
  expect(transcript(await service.run("tree", "--invert"))).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    error: --invert needs a package to start from
     = help: enki tree --invert PACKAGE
    "
  `);
  const json: unknown = JSON.parse((await service.run("tree", "--json")).stdout);
  const link = {
    from: "cargo:openssl-sys@0.9.1",
    to: "nix:openssl@3.4.1",
    kinds: ["link"],
    ranges: ["*"],
    why: ['links = "openssl" of openssl-sys 0.9.1'],
  };
  expect(json).toMatchObject({ links: expect.arrayContaining([link]) as unknown });
});

test("why", async () => {
  const service = mixedService();
  await service.run("resolve");
  expect(transcript(await service.run("why", "openssl"))).toMatchInlineSnapshot(`
    "exit 0
    --- stdout
    nix openssl 3.4.1

      search/Cargo.toml (search 0.1.0)
      └── tls 1 → 1.2.3
          └── openssl-sys ^0.9 → 0.9.1
              └── nix openssl → 3.4.1 (link; links = "openssl" of openssl-sys 0.9.1)
    "
  `);
  expect((await service.run("why", "python312")).stdout).toMatchInlineSnapshot(`
    "nix python312 3.12.9

      bot/pyproject.toml (bot 0.1.0)
      └── python312 >=3.12 → 3.12.9 (tool; requires-python of bot)
    "
  `);
  expect(transcript(await service.run("why", "web/package.json"))).toMatchInlineSnapshot(`
    "exit 0
    --- stdout
    web/package.json (web 1.0.0) is a manifest of this service
    "
  `);
  expect(transcript(await service.run("why", "opnssl"))).toMatchInlineSnapshot(`
    "exit 1
    --- stderr
    error: the lock has no package "opnssl"
     = help: did you mean "openssl"?
    "
  `);
  expect(transcript(await service.run("why", "npm:six"))).toMatchInlineSnapshot(`
    "exit 1
    --- stderr
    error: the lock has no package "npm:six"
     = help: the lock has pypi:six@1.16
    "
  `);
});

test("check", async () => {
  const service = mixedService();
  expect(transcript(await service.run("check"))).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    error: there is no enki.lock in DIRECTORY
     = help: run \`enki resolve\` first, or name the project with --directory
    "
  `);
  await service.run("resolve");
  expect(transcript(await service.run("check"))).toMatchInlineSnapshot(`
    "exit 0
    --- stderr
    Checked PACKAGES and EDGES: every requirement holds
    "
  `);
  const manifest = join(service.directory, "web/package.json");
  writeFileSync(manifest, readText(manifest).replace('"version": "1.0.0"', '"version": "1.0.0", "private": true'));
  const { status, stderr } = await service.run("check");
  expect(stderr).toContain("web/package.json changed since, and its requirements still hold");
  expect(status).toBe(0);
  writeFileSync(manifest, readText(manifest).replace("^1.0.0", "^2.0.0"));
  const refused = await service.run("check");
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("kit");
  expect(refused.stderr).toContain("= help: run `enki resolve` and commit the result");
});

test("check finds a native lockfile that says something else", async () => {
  const service = mixedService();
  await service.run("resolve");
  const path = join(service.directory, "search/Cargo.lock");
  writeFileSync(path, readText(path).replace("1.2.3", "1.2.4"));
  expect(transcript(await service.run("check"))).toMatchInlineSnapshot(`
    "exit 1
    --- stderr
    error: search/Cargo.lock differs from what enki.lock says
     = help: run \`enki resolve\` and commit the result
    "
  `);
});

test("graph", async () => {
  const service = mixedService();
  await service.run("resolve");
  expect((await service.run("graph", "--format", "mermaid")).stdout).toMatchInlineSnapshot(`
    "flowchart LR
      subgraph e0["cargo"]
        n2["search/Cargo.toml 0.1.0"]
        n4["openssl-sys 0.9.1"]
        n5["tls 1.2.3"]
      end
      subgraph e1["nix"]
        n6(["gmp 6.3.0"])
        n7(["nodejs_22 22.14.0"])
        n8(["ocaml-ng.ocamlPackages_5_3.ocaml 5.3.0"])
        n9(["openssl 3.4.1"])
        n10(["python312 3.12.9"])
        n11(["rustc 1.86.0"])
      end
      subgraph e2["npm"]
        n3[["web/package.json 1.0.0"]]
        n12[["kit 1.1.0"]]
        n13[["tiny 2.1.0"]]
      end
      subgraph e3["opam"]
        n1{{"dns/island.opam dev"}}
        n14{{"base 0.1"}}
        n15{{"conf-gmp 4"}}
        n16{{"zed 1.5"}}
      end
      subgraph e4["pypi"]
        n0[/"bot/pyproject.toml 0.1.0"/]
        n17[/"crypto 2.0"/]
        n18[/"six 1.16"/]
      end
      n0 --> n17
      n0 == "tool" ==> n10
      n1 --> n16
      n1 == "tool" ==> n8
      n2 --> n5
      n2 == "tool" ==> n11
      n3 --> n12
      n3 == "tool" ==> n7
      n4 == "link" ==> n9
      n5 --> n4
      n12 --> n13
      n15 == "link" ==> n6
      n16 --> n14
      n16 --> n15
      n17 --> n18
      n17 == "tool" ==> n10
      style e0 fill:#fee2e2,stroke:#b91c1c
      style e1 fill:#dbeafe,stroke:#1d4ed8
      style e2 fill:#ffedd5,stroke:#c2410c
      style e3 fill:#dcfce7,stroke:#15803d
      style e4 fill:#f3e8ff,stroke:#7e22ce
    "
  `);
  expect((await service.run("graph")).stdout).toContain("n5 -> n4");
  const page = await service.run("graph", "--format", "html", "-o", "out/graph.html");
  expect(transcript(page)).toBe("exit 0\n--- stderr\nwrote out/graph.html\n");
  expect(readText(service.directory, "out/graph.html")).toContain("<!doctype html>");
  const drawing = (await service.run("graph", "--format", "svg")).stdout;
  expect(drawing.match(/<g id="node\d+"/g)).toHaveLength(19);
  expect(drawing).toContain(">openssl&#45;sys</text>");
  expect((await service.run("graph", "--format", "png")).stderr).toContain("Allowed choices are svg, dot, mermaid");
});

test("export", async () => {
  const service = mixedService();
  await service.run("resolve", "--no-locks");
  expect(existsSync(join(service.directory, "search/Cargo.lock"))).toBe(false);
  expect(transcript(await service.run("export"))).toMatchInlineSnapshot(`
    "exit 0
    --- stderr
    wrote bot/pylock.toml
    wrote bot/requirements.txt
    wrote dns/island.opam.locked
    wrote enki.opam-switch
    wrote search/Cargo.lock
    wrote web/package-lock.json
    "
  `);
  expect(transcript(await service.run("export"))).toMatchInlineSnapshot(`
    "exit 0
    --- stderr
    every native lockfile is as enki.lock says
    "
  `);
  const cargoLock = readText(service.directory, "search/Cargo.lock");
  expect((await service.run("export", "--format", "cargo-lock")).stdout).toBe(cargoLock);
  expect(transcript(await service.run("export", "--format", "licences"))).toMatchInlineSnapshot(`
    "exit 0
    --- stdout
    12  unknown
     2  MIT (npm:kit@1.1.0, opam:zed@1.5)
     1  ISC (npm:tiny@2.1.0)
    "
  `);
  expect(transcript(await service.run("export", "--format", "cargo-lok"))).toMatchInlineSnapshot(`
    "exit 2
    --- stderr
    error: there is no format "cargo-lok"
     = help: did you mean "cargo-lock"?
    "
  `);
  const sbom: unknown = JSON.parse((await service.run("export", "--format", "cyclonedx")).stdout);
  expect(sbom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
});
