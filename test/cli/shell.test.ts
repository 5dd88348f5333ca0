import { describe, expect, test } from "vitest";
import { renderDiagnostic, renderDiagnostics } from "../../src/cli/render-diagnostic.ts";
import { runCli } from "../../src/cli/program.ts";
import type { Host } from "../../src/cli/shell.ts";
import { Shell } from "../../src/cli/shell.ts";
import { plainPaint } from "../../src/report/paint.ts";

/** A host in memory whose clock moves by a second at each look. */
function fakeHost(options: { isTerminal: boolean; environment?: Record<string, string>; columns?: number }): {
  readonly host: Host;
  readonly output: { stdout: string; stderr: string };
} {
  const output = { stdout: "", stderr: "" };
  let now = 0;
  const stream = (name: "stdout" | "stderr"): Host["stdout"] => ({
    isTerminal: options.isTerminal,
    columns: options.columns ?? 80,
    write: (text) => {
      output[name] += text;
    },
  });
  const host: Host = {
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    environment: options.environment ?? {},
    directory: "/nowhere",
    homeDirectory: "/nowhere",
    system: "x86_64-linux",
    now: () => (now += 1000),
    signal: new AbortController().signal,
  };
  return { host, output };
}

const settings = { verbosity: "normal", colour: "never", showsProgress: true } as const;

describe("progress", () => {
  test("is one line that is replaced, cut to the terminal, and gone before anything else is said", () => {
    const { host, output } = fakeHost({ isTerminal: true, columns: 12 });
    const shell = new Shell(host, settings);
    shell.progress("a long line of progress");
    shell.progress("short");
    shell.talk("done");
    expect(output).toEqual({ stdout: "", stderr: `\ra long line\rshort${" ".repeat(6)}\r     \rdone\n` });
  });

  test.each([
    ["no terminal", { isTerminal: false }, settings],
    ["a dumb terminal", { isTerminal: true, environment: { TERM: "dumb" } }, settings],
    ["quiet", { isTerminal: true }, { ...settings, verbosity: "quiet" as const }],
    ["switched off", { isTerminal: true }, { ...settings, showsProgress: false }],
  ])("is not shown: %s", (_name, options, shellSettings) => {
    const { host, output } = fakeHost(options);
    new Shell(host, shellSettings).progress("waiting");
    expect(output.stderr).toBe("");
  });
});

test("data goes to stdout, talk to stderr, and quiet leaves complaints", () => {
  const { host, output } = fakeHost({ isTerminal: false });
  const shell = new Shell(host, { ...settings, verbosity: "quiet" });
  shell.data("data");
  shell.talk("talk");
  shell.detail("detail");
  shell.complain("complaint");
  expect(output).toEqual({ stdout: "data\n", stderr: "complaint\n" });
});

test("an unforeseen failure is a defect with status 2, and says how to report it", async () => {
  const { host, output } = fakeHost({ isTerminal: false });
  const broken = { ...host, now: () => fail() };
  expect(await runCli(["resolve", "--color", "never"], broken)).toBe(2);
  expect(output.stderr).toContain("error: Enki itself failed: out of order");
  expect(output.stderr).toContain("please report it");
});

function fail(): never {
  throw new Error("out of order");
}

describe("diagnostics", () => {
  test("the underline stands below the text, behind tabs, wide and combining letters", () => {
    const diagnostic = {
      code: "x",
      severity: "error",
      message: "is wrong",
      origin: { file: "a.toml", line: 12, column: 6, length: 3 },
      sourceLine: "\t漢e\u0301=bad",
    } as const;
    expect(renderDiagnostic(diagnostic, plainPaint)).toBe(
      ["error: is wrong", "  --> a.toml:12:6", "   |", "12 |   漢e\u0301=bad", `   | ${" ".repeat(6)}^^^`].join("\n"),
    );
  });

  test("of many of one kind a few are shown, and all when wanted", () => {
    const many = Array.from({ length: 12 }, (_, index) => ({
      code: index === 11 ? "other" : "engines",
      severity: "warning" as const,
      message: `package ${String(index)}`,
    }));
    const few = renderDiagnostics(many, plainPaint, false);
    expect(few).toHaveLength(7);
    expect(few.slice(-2)).toEqual(["warning: package 11", "… and 6 more of the same kinds (--verbose shows all)"]);
    expect(renderDiagnostics(many, plainPaint, true)).toHaveLength(12);
  });

  test("a very long line is cut to what surrounds the place", () => {
    const origin = { file: "a.json", line: 1, column: 5001, length: 3 };
    const sourceLine = `${"x".repeat(5000)}bad${"y".repeat(5000)}`;
    const shown = renderDiagnostic({ code: "x", severity: "error", message: "m", origin, sourceLine }, plainPaint);
    const lines = shown.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
    expect(lines[3]).toContain("…xxx");
    expect(lines[4]?.indexOf("^^^")).toBe(lines[3]?.indexOf("bad"));
  });
});

function piped(environment: Record<string, string>): { isTerminal: boolean; environment: Record<string, string> } {
  return { isTerminal: false, environment };
}

/** Whether an error is coloured; there is no lock to show. */
async function isColoured(
  options: { readonly isTerminal: boolean; readonly environment?: Record<string, string> },
  ...flags: readonly string[]
): Promise<boolean> {
  const { host, output } = fakeHost(options);
  expect(await runCli(["tree", "--invert", ...flags], host)).toBe(2);
  return output.stderr.includes("\u001B[");
}

test("colour follows flags, variables and the terminal, in this order", async () => {
  expect(await isColoured({ isTerminal: false })).toBe(false);
  expect(await isColoured({ isTerminal: true })).toBe(true);
  expect(await isColoured({ isTerminal: true, environment: { TERM: "dumb" } })).toBe(false);
  expect(await isColoured(piped({ FORCE_COLOR: "1" }))).toBe(true);
  expect(await isColoured({ isTerminal: true, environment: { FORCE_COLOR: "0" } })).toBe(false);
  expect(await isColoured(piped({ FORCE_COLOR: "1", NO_COLOR: "1" }))).toBe(false);
  expect(await isColoured(piped({ NO_COLOR: "1" }), "--color", "always")).toBe(true);
  expect(await isColoured(piped({ FORCE_COLOR: "1" }), "--color", "never")).toBe(false);
});
