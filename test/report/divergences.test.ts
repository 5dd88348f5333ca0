import { expect, test } from "vitest";
import type { Instance, Resolution } from "../../src/model/resolution.ts";
import { findDivergences, renderDivergence } from "../../src/report/divergences.ts";
import { plainPaint } from "../../src/report/paint.ts";
import { resolutionOf } from "./resolution-of.ts";

const [linux, darwin] = ["x86_64-linux", "aarch64-darwin"] as const;

function resolution(
  uses: Readonly<Record<string, readonly string[] | undefined>>,
  systems = [linux, darwin],
): Resolution {
  const ids = Object.keys(uses);
  const instances = Object.entries(uses).map(([id, some]): Instance => {
    return { package: id, environment: "run", features: [], ...(some === undefined ? {} : { systems: some }) };
  });
  const targets = systems.map((system) => ({ system, tools: {} }));
  return { ...resolutionOf(ids.map((id) => ["root:a", id])), instances, targets };
}

function lines(one: Resolution): readonly string[] {
  return findDivergences(one).map((divergence) => renderDivergence(divergence, plainPaint));
}

test("packages at other versions, and packages of some systems only, are told", () => {
  const uses = {
    "pypi:uvloop@0.21": [linux],
    "pypi:uvloop@0.19": [darwin],
    "opam:eio_posix@1.2": [darwin],
    "npm:a@1": undefined,
    "npm:b@1": undefined,
    "npm:b@2": [linux],
  };
  expect(lines(resolution(uses))).toEqual([
    `npm b 1 and 2 on ${linux}, 1 on ${darwin}`,
    `opam eio_posix 1.2 only on ${darwin}`,
    `pypi uvloop 0.21 on ${linux}, 0.19 on ${darwin}`,
  ]);
});

test("the same packages are no divergence, nor are uses on all systems in parts, nor is one system", () => {
  expect(lines(resolution({ "npm:a@1": undefined, "npm:b@1": [linux, darwin] }))).toEqual([]);
  expect(lines(resolution({ "npm:a@1": [linux] }, [linux]))).toEqual([]);
});

test("hostile names stay names", () => {
  expect(lines(resolution({ "npm:x\u001B[31m@1\n2": [linux] }))).toEqual([
    `npm x\\u{1b}[31m 1\\u{a}2 only on ${linux}`,
  ]);
});
