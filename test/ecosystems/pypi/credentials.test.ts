import { describe, expect, test } from "vitest";
import { authorizationFor, readNetrc } from "../../../src/ecosystems/pypi/simple/credentials.ts";

const noFiles = { readFile: () => undefined, readDirectory: () => undefined, kind: () => undefined };

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

describe("netrc", () => {
  const text = `
# a comment
machine one.example login ann password pa#ss
macdef init
password wrong

machine two.example
  login bob
  account x
  password token
default login guest password open
`;

  test.each([
    ["one.example", { user: "ann", password: "pa#ss" }],
    ["two.example", { user: "bob", password: "token" }],
    ["three.example", { user: "guest", password: "open" }],
  ])("%s", (host, expected) => expect(readNetrc(text, host)).toEqual(expected));

  test("without a default entry", () => {
    expect(readNetrc("machine one.example login a password b", "two.example")).toBeUndefined();
    expect(readNetrc("machine one.example", "one.example")).toBeUndefined();
    expect(readNetrc("machine", "one.example")).toBeUndefined();
  });
});

test("the environment wins over netrc", () => {
  const files = { ...noFiles, readFile: () => new TextEncoder().encode("machine a.example login n password c") };
  const environmentVariables = { HOME: "/home/x", UV_INDEX_MY_INDEX_USERNAME: "e", UV_INDEX_MY_INDEX_PASSWORD: "v" };
  const sources = { environmentVariables, files };
  expect(authorizationFor(new URL("https://a.example/"), "my-index", sources)).toBe(basic("e", "v"));
  expect(authorizationFor(new URL("https://a.example/"), undefined, sources)).toBe(basic("n", "c"));
  expect(authorizationFor(new URL("https://b.example/"), undefined, sources)).toBeUndefined();
});
