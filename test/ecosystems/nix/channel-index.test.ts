import { brotliCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readChannelIndex, toolAttributes } from "../../../src/ecosystems/nix/channel-index.ts";
import { readIndex } from "../../../src/ecosystems/nix/choose-index.ts";

const document = {
  version: 2,
  packages: {
    python3: {
      name: "python3-3.12.8",
      pname: "python3",
      version: "3.12.8",
      meta: { description: 'a "quoted" [text] }' },
    },
    python311: { pname: "python3", version: "3.11.11", outputs: { out: null } },
    python312: { pname: "python3", version: "3.12.8", meta: { broken: false, n: -1.5e3, list: [1, [2], {}] } },
    python313: { pname: "python3", version: "3.13.1" },
    nodejs: { version: "20.18.1" },
    nodejs_20: { version: "20.18.1" },
    nodejs_22: { version: "22.12.0" },
    rustc: { version: "1.82.0" },
    ocaml: { version: "5.2.0" },
    "xorg.libX11": { version: "1.8.10" },
    "with \\u0022 quote": { version: "1" },
    noVersion: { pname: "x" },
    emptyVersion: { version: "" },
    numberVersion: { version: 3 },
    __proto__x: { version: "1.0" },
  },
};
const bytes = Buffer.from(JSON.stringify(document));

describe("the index of a channel", () => {
  it.each([
    ["plain", bytes],
    ["brotli", brotliCompressSync(bytes)],
    ["with white space", Buffer.from(JSON.stringify(document, undefined, 2))],
  ])("is read %s", (_form, input) => {
    const versions = readChannelIndex(input);
    expect(versions.get("xorg.libX11")).toBe("1.8.10");
    expect(versions.get("__proto__x")).toBe("1.0");
    expect([...versions.keys()].filter((name) => /Version|quote/.test(name))).toEqual([]);
    expect(versions.size).toBe(11);
  });

  it("puts the channel's default toolchain first, then the newest", () => {
    const tools = toolAttributes(readChannelIndex(bytes));
    expect(tools.get("python")).toEqual(["python312", "python313", "python311"]);
    expect(tools.get("node")).toEqual(["nodejs_20", "nodejs_22"]);
    expect(tools.get("rustc")).toEqual(["rustc"]);
    expect(tools.get("ocaml")).toEqual(["ocaml"]);
    expect(tools.get("cc")).toEqual([]);
  });

  it.each([
    ["not JSON", "{]"],
    ["cut off", '{"packages":{"a":{"version":"1'],
    ["not an index", '{"version":2}'],
    ["neither JSON nor brotli", "hello"],
  ])("refuses what is %s", (_what, text) => {
    expect(() => readChannelIndex(Buffer.from(text))).toThrow(/nixpkgs index/);
  });

  it("is complete: an attribute that it does not list does not exist", () => {
    const index = readIndex(bytes, "data/nixos-24.11.json");
    expect(index.isComplete).toBe(true);
    expect(index.release).toBe("nixos-24.11");
    expect(index.version("gmp")).toBeUndefined();
  });

  it("reads a large one in bounded time", () => {
    const packages = Object.fromEntries(
      Array.from({ length: 60_000 }, (_, number) => [
        `package${String(number)}`,
        { pname: "p", version: `1.${String(number)}`, meta: { description: "x".repeat(300) } },
      ]),
    );
    const large = Buffer.from(JSON.stringify({ packages }));
    const start = performance.now();
    expect(readChannelIndex(large).size).toBe(60_000);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
