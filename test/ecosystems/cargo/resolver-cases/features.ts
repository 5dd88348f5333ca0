import { release } from "../helpers/index-builder.ts";
import type { ResolverCase } from "./case.ts";
import { crate, optional, using } from "./case.ts";

const image = [
  crate("a"),
  crate("b"),
  crate("image", [optional("a"), optional("b"), "jpg"], { default: ["a"], b: ["dep:b"] }),
  crate("jpg"),
  crate("log"),
  crate("man"),
  crate("rgb", [optional("man")], { man: ["dep:man"] }),
  crate("dep", [using("image", "b"), optional("log"), optional("rgb")], {
    default: ["log", "image/default"],
    man: ["rgb?/man"],
  }),
];

/** Features, renames, pre-releases, weak entries, shadowing. */
export const featureCases: readonly ResolverCase[] = [
  {
    name: "renamed optional dependency",
    releases: [crate("a", [optional("b", { as: "b_package" })], { default: ["b_package"] }), crate("b")],
    root: [using("a", "default")],
  },
  {
    name: "a rename shadows nothing",
    releases: [
      crate("url"),
      crate("wasmi", [{ on: "wasmparser-nostd", as: "wasmparser" }]),
      crate("wasmparser", ["url"]),
    ],
    root: ["wasmi"],
  },
  {
    name: "a pre-release does not fulfil a caret requirement",
    releases: [
      crate("core", ["smallvec ^1.6.1"]),
      crate("smallvec 2.0.0-alpha.3"),
      crate("tokio 1.35.1", [optional("core")], { default: ["core"] }),
    ],
    root: [using("tokio", "default")],
  },
  {
    name: "features in a circle",
    releases: [crate("windows", [], { Win32: ["Foundation"], Foundation: ["Win32"] })],
    root: [using("windows", "Foundation")],
  },
  {
    name: "optional dependencies in a circle",
    releases: [
      crate("executor", [optional("lifetimes")]),
      crate("lifetimes", [using("test", "executor")]),
      crate("test", [optional("executor", { features: ["lifetimes"] })]),
    ],
    root: ["test"],
  },
  { name: "self-dependency", releases: [crate("dep", ["dep"])], root: ["dep"] },
  { name: "activated optional self-dependency", releases: [crate("a", [optional("a")])], root: [using("a", "a")] },
  {
    name: "build-dependency of the same name",
    releases: [
      crate("memchr"),
      crate("regex 1.4.6", [optional("memchr")], { default: ["memchr"] }),
      crate("parser", [using("regex", "default")]),
      crate("lint", ["regex ^1.5", { on: "regex ^1", kind: "build" }, "parser"]),
    ],
    root: ["lint"],
  },
  {
    name: "dev-dependency of the root's own name",
    releases: [crate("root 1.0.1")],
    root: [{ on: "root =1.0.1", as: "root101", kind: "dev" }],
  },
  {
    name: "a feature of a dev-dependency is ignored",
    releases: [crate("core", [{ on: "ndarray", kind: "dev" }], { default: ["ndarray/std"] })],
    root: [using("core", "default")],
  },
  {
    name: "weak 1",
    releases: [
      crate("borsh", [optional("derive")], { std: [] }),
      crate("decimal", [optional("borsh", { features: ["derive"] })], { default: ["borsh?/std"] }),
    ],
    root: [using("decimal", "default")],
  },
  {
    name: "weak 2",
    releases: [
      crate("memchr", [optional("std")], { std: ["dep:std"] }),
      crate("winnow", [optional("memchr")], { default: ["memchr?/std"], simd: ["dep:memchr"] }),
    ],
    root: [using("winnow", "default")],
  },
  {
    name: "weak 3",
    releases: [
      crate("a", ["bad"]),
      crate("b", [optional("a")], { literal: ["dep:a"] }),
      crate("c", [optional("b")], { literal: ["b?/literal"], substring: ["dep:b"] }),
      crate("dep", ["c"], { default: ["c/literal"] }),
    ],
    root: [using("dep", "default")],
  },
  {
    name: "one native library, two claimants",
    releases: [release("js 1.0.0", [], { links: "js" }), release("dep 1.0.0", ["js"], { links: "js" })],
    root: ["dep"],
  },
  {
    name: "missing optional dependency",
    releases: [crate("b", [optional("c")]), crate("dep", ["b"], { d: ["b/c"] })],
    root: [using("dep", "d")],
  },
  {
    name: "a feature shadows a missing optional dependency",
    releases: [crate("rustix", [optional("alloc")], { alloc: [], default: ["alloc"], std: ["dep:alloc"] })],
    root: [using("rustix", "default")],
  },
  {
    name: "a feature shadows an optional dependency that is on",
    releases: [
      crate("alloc", ["bad"]),
      crate("rustix", [optional("alloc")], { alloc: [], default: ["dep:alloc"], std: ["alloc"] }),
    ],
    root: [using("rustix", "default")],
  },
  {
    name: "the same dependency twice",
    releases: [
      crate("iced", [optional("wgpu"), optional("wgpu", { features: ["webgl"], kind: "build" })], {
        default: ["wgpu"],
      }),
      crate("wgpu", [], { webgl: [] }),
    ],
    root: [using("iced", "default")],
  },
  {
    name: "no implicit feature behind dep:",
    releases: [
      crate("c"),
      crate("ureq", [optional("c")], { cookies: ["dep:c"] }),
      crate("dep", ["ureq"], { cookies: ["ureq/c"] }),
    ],
    root: [using("dep", "cookies")],
  },
  {
    name: "implicit feature",
    releases: [crate("c"), crate("ureq", [optional("c")]), crate("dep", ["ureq"], { cookies: ["ureq/c"] })],
    root: [using("dep", "cookies")],
  },
  {
    name: "an explicit default feature must exist",
    releases: [
      crate("fuel", ["serde", optional("json")], { default: ["serde/default"], serde: ["json"] }),
      crate("serde"),
    ],
    root: [using("fuel", "default")],
  },
  {
    name: "implied default features need not exist",
    releases: [crate("a"), crate("b", ["a"], { default: ["std"], std: [] })],
    root: [using("b", "default")],
  },
  {
    name: "feature of a dependency",
    releases: [
      crate("pm", [], { macro: [] }),
      crate("syn", ["pm"], { macro: ["pm/macro"] }),
      crate("derive", [using("syn", "macro")]),
    ],
    root: ["derive"],
  },
  {
    name: "implicit feature together with a feature of the dependency",
    releases: [
      crate("quote", [], { macro: [] }),
      crate("syn", [optional("quote")], { default: ["quote", "quote/macro"] }),
    ],
    root: [using("syn", "default")],
  },
  {
    name: "a feature of a dependency switches on the shadowing feature",
    releases: [
      crate("a", [optional("b"), optional("x")], { b: ["x"], default: ["b/native"] }),
      crate("b", [], { native: [] }),
    ],
    root: [using("a", "default")],
  },
  {
    name: "a feature of a required dependency does not",
    releases: [
      crate("fuel", ["serde", optional("json")], { default: ["serde/default"], serde: ["json"] }),
      crate("serde", [], { default: [] }),
    ],
    root: [using("fuel", "default")],
  },
  ...[["default", "man", "log", "rgb"], ["default"], [], ["man"], ["man", "rgb"]].map((features): ResolverCase => ({
    name: `image with ${features.join(", ") || "nothing"}`,
    releases: image,
    root: [using("dep", ...features)],
  })),
  { name: "missing feature", releases: [crate("a")], root: [using("a", "f")] },
  {
    name: "a feature in one class, a native library in the other",
    releases: [
      crate("a-sys 1.0.0"),
      crate("a-sys 2.0.0"),
      crate("a 1.0.0", ["a-sys 1.0.0"], { f: [] }),
      crate("a 2.0.0", ["a-sys 2.0.0"], { g: [] }),
      crate("dep", ["a 2.0.0"]),
    ],
    root: [using("a *", "f"), "dep"],
  },
  {
    name: "weak features meet at a native library",
    releases: [
      crate("a-sys 1.0.0"),
      crate("a-sys 2.0.0"),
      crate("a1", [optional("a-sys 1.0.0")]),
      crate("a2", [optional("a-sys 2.0.0")]),
      crate("dep", [optional("a1"), optional("a2")], { a1: ["a1?/a-sys"], a2: ["a2?/a-sys"] }),
    ],
    root: [using("dep", "a1", "a2")],
  },
];
