import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Artifact, Resolution } from "../../src/model/resolution.ts";
import { writeTar, type TarMember } from "../helpers/tar-writer.ts";
import { writeZip, type ZipMember } from "../helpers/zip-writer.ts";
import { attributeOf, edgeOf, packageOf, resolutionOf, rootOf } from "./sample.ts";
import { webService } from "./web-service.ts";

/** An archive that the test made, as its package names it. */
export interface MadeArchive {
  readonly artifact: Artifact;
  readonly bytes: Uint8Array;
}

/** A service of four ecosystems: what was made for it, what its sources hold, and the resolution. */
export interface MixedService {
  readonly resolution: Resolution;
  readonly archives: readonly MadeArchive[];
  readonly sources: Readonly<Record<string, string>>;
}

/** A tarball, gzipped without a time so that its bytes are always the same. */
export function tarball(kind: string, url: string, top: string, files: Readonly<Record<string, string>>): MadeArchive {
  const members = Object.entries(files).map(([path, body]): TarMember => ({
    path: `${top}/${path}`,
    body,
    mode: body.startsWith("#!") ? 0o755 : 0o644,
  }));
  return made(kind, url, gzipSync(writeTar(members)));
}

/** An archive as an artefact with its sha256. */
function made(kind: string, url: string, bytes: Uint8Array): MadeArchive {
  const integrity = `sha256-${createHash("sha256").update(bytes).digest("base64")}`;
  return { artifact: { kind, url, integrity }, bytes };
}

function wheel(name: string, version: string, files: Readonly<Record<string, string>>, entryPoints = ""): MadeArchive {
  const folder = `${name}-${version}.dist-info`;
  const all = {
    ...files,
    [`${folder}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${folder}/WHEEL`]: "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${folder}/entry_points.txt`]: entryPoints,
  };
  const members = Object.entries(all).map(([path, body]): ZipMember => ({ path, body }));
  const file = `${name}-${version}-py3-none-any.whl`;
  return made("wheel", `https://pypi.example/${file}`, writeZip(members));
}

/** A backend of its own: it is only there when the locked build environment is. */
const backend = `
import os, zipfile
from made_version import VERSION
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "shouting-" + VERSION + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        for path, text in (("shouting.py", open("shouting.py").read()), ("shouting-1.0.dist-info/METADATA", "Name: shouting\\n")):
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text)
    return name
`;

/**
 * Crates, wheels, an sdist with a locked build environment, opam packages of OCaml, and real npm packages when there is a
 * registry to fetch them from; each project has a program.
 */
export function mixedService(registry: string | undefined): MixedService {
  const greeting = tarball("crate", "https://crates.example/greeting-1.2.0.crate", "greeting-1.2.0", {
    "Cargo.toml": '[package]\nname = "greeting"\nversion = "1.2.0"\nedition = "2021"\n',
    "src/lib.rs": 'pub fn greeting() -> &\'static str { "hello from a crate" }\n',
  });
  const crateSum = createHash("sha256").update(greeting.bytes).digest("hex");
  const speaking = wheel("speaking", "2.0", { "speaking.py": 'def say(text): return "said " + text\n' });
  const madeVersion = wheel("made_version", "1", { "made_version.py": 'VERSION = "1.0"\n' });
  const backendWheel = wheel("made_backend", "3", { "made_backend.py": backend });
  const shouting = tarball("sdist", "https://pypi.example/shouting-1.0.tar.gz", "shouting-1.0", {
    "pyproject.toml": '[build-system]\nrequires = ["made_backend"]\nbuild-backend = "made_backend"\n',
    "shouting.py": "def shout(text): return text.upper()\n",
  });
  const bot = wheel(
    "bot",
    "1.0",
    {
      "bot.py": "from speaking import say\nfrom shouting import shout\n\ndef main():\n    print(shout(say('hi')))\n",
    },
    "[console_scripts]\nbot = bot:main\n",
  );
  const base = tarball("source", "https://opam.example/base-words.1.0.tar.gz", "base-words-1.0", {
    "words.ml.in": 'let words = "hello from %{name}% %{version}%"\n',
    "words.install": 'lib: [ "words.cmi" "words.cmx" "words.cmxa" "words.a" ]\n',
  });
  const talk = tarball("source", "https://opam.example/talk.2.0.tar.gz", "talk-2.0", {
    "talk.ml": "let () = print_endline Words.words\n",
    "talk.install": 'bin: [ "talk" ]\n',
  });
  const crate = packageOf("cargo", "greeting", "1.2.0", [greeting.artifact], { checksum: crateSum });
  const python = [bot, speaking, shouting, backendWheel, madeVersion];
  const [botPackage, speakingPackage, shoutingPackage, backendPackage, versionPackage] = [
    packageOf("pypi", "bot", "1.0", [bot.artifact]),
    packageOf("pypi", "speaking", "2.0", [speaking.artifact]),
    packageOf("pypi", "shouting", "1.0", [shouting.artifact]),
    packageOf("pypi", "made-backend", "3", [backendWheel.artifact]),
    packageOf("pypi", "made-version", "1", [madeVersion.artifact]),
  ];
  const words = packageOf("opam", "words", "1.0", [base.artifact], {
    substs: ["words.ml"],
    build: [["ocamlopt", "-a", "words.ml", "-o", "words.cmxa"]],
  });
  const talking = packageOf("opam", "talk", "2.0", [talk.artifact], {
    build: [["ocamlopt", "-I", "%{words:lib}%", "words.cmxa", "talk.ml", "-o", "talk"]],
    depexts: [],
  });
  const conf = packageOf("opam", "conf-gmp", "4", [], { flags: ["conf"] });
  const build = `build:${shoutingPackage.id}`;
  const gmp = attributeOf("gmp", "6.3.0", ["link"]);
  const web = registry === undefined ? resolutionOf({}) : webService(registry);
  const resolution = resolutionOf({
    systems: ["x86_64-linux", "aarch64-linux"],
    instances: web.instances,
    roots: [
      ...web.roots,
      rootOf("cargo", "search/Cargo.toml", { name: "search", version: "0.1.0" }),
      rootOf("pypi", "bot/pyproject.toml", { name: "bot-service", version: "1.0" }),
      rootOf("opam", "dns/dns.opam", {
        name: "dns",
        version: "1.0",
        details: { build: [["cp", "%{talk:bin}%/talk", "answer"]], install: [["cp", "answer", "%{bin}%/dns"]] },
      }),
    ],
    packages: [
      ...web.packages,
      crate,
      botPackage,
      speakingPackage,
      shoutingPackage,
      backendPackage,
      versionPackage,
      words,
      talking,
      conf,
      gmp,
      attributeOf("python312", "3.12.7", ["native"], "python"),
      attributeOf("rustc", "1.82.0", ["native"], "rustc"),
      attributeOf("ocaml-ng.ocamlPackages_5_2.ocaml", "5.2.0", ["native"], "ocaml"),
    ],
    edges: [
      ...web.edges,
      edgeOf("root:search/Cargo.toml", crate.id),
      edgeOf("root:bot/pyproject.toml", botPackage.id),
      edgeOf(botPackage.id, speakingPackage.id),
      edgeOf(botPackage.id, shoutingPackage.id),
      edgeOf(shoutingPackage.id, backendPackage.id, { kind: "build", environment: build }),
      edgeOf(backendPackage.id, versionPackage.id, { environment: build }),
      edgeOf("root:dns/dns.opam", talking.id),
      edgeOf(talking.id, words.id),
      edgeOf(talking.id, conf.id),
      edgeOf(conf.id, gmp.id, { kind: "link" }),
    ],
  });
  const lock = `version = 4\n\n[[package]]\nname = "greeting"\nversion = "1.2.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${crateSum}"\n\n[[package]]\nname = "search"\nversion = "0.1.0"\ndependencies = [\n "greeting",\n]\n`;
  return {
    resolution,
    archives: [greeting, ...python, base, talk],
    sources: {
      "search/Cargo.toml":
        '[package]\nname = "search"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\ngreeting = "1"\n',
      "search/Cargo.lock": lock,
      "search/src/main.rs": 'fn main() { println!("{}", greeting::greeting()); }\n',
      "dns/dns.opam": 'opam-version: "2.0"\n',
      "web/package.json": '{"name":"web"}',
      "web/server.js":
        'const express = require("express"); console.log(typeof express, require("sharp").versions.sharp);',
    },
  };
}
