/** What stands in the place of every value in turn. */
const wrongValues: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  "",
  "\u0000\u202e{}[]()||&&,;\"'\\",
  [],
  [null],
  [[]],
  {},
  JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'),
];

/** Every copy of a JSON value in which one part is missing or replaced by a wrong one, with the place of the part. */
export function* damagedCopies(value: unknown): Generator<readonly [place: string, copy: unknown]> {
  for (const path of pathsOf(value)) {
    for (const wrong of wrongValues) {
      yield [`${path.join("/")} = ${JSON.stringify(wrong)}`, replaced(value, path, () => wrong)];
    }
    if (path.length > 0) yield [`${path.join("/")} is missing`, replaced(value, path, undefined)];
  }
}

/** Every copy of a text in which one word or mark is missing, doubled or replaced. */
export function* damagedTexts(text: string): Generator<readonly [place: string, copy: string]> {
  for (const match of text.matchAll(/"[^"\n]*"|[\w.-]+|[^\s\w]/gu)) {
    const before = text.slice(0, match.index);
    const after = text.slice(match.index + match[0].length);
    for (const wrong of [
      "",
      match[0] + match[0],
      '"',
      "[",
      "]",
      "{",
      "}",
      "(",
      ")",
      "0",
      "\u0000",
      "\u202e",
      "-1",
      "__proto__",
      '"x"',
    ]) {
      yield [`${JSON.stringify(match[0])} at ${match.index} -> ${JSON.stringify(wrong)}`, before + wrong + after];
    }
  }
}

function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  yield path;
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) yield* pathsOf(child, [...path, key]);
}

function replaced(value: unknown, path: readonly string[], make: (() => unknown) | undefined): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return make?.();
  const isList = Array.isArray(value);
  const entries = Object.entries(typeof value === "object" && value !== null ? value : {}).flatMap(([name, child]) => {
    if (name !== key) return [[name, child] as const];
    if (rest.length === 0 && make === undefined) return [];
    return [[name, replaced(child, rest, make)] as const];
  });
  return isList ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

/** A value as TOML: top-level keys in lines, everything below inline; `undefined` when TOML cannot say it. */
export function printToml(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const lines = Object.entries(value).map(([key, child]) => {
    const text = inlineToml(child);
    return text === undefined ? undefined : `${JSON.stringify(key)} = ${text}\n`;
  });
  return lines.includes(undefined) ? undefined : lines.join("");
}

function inlineToml(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value !== "object") return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, child]) => {
    const text = inlineToml(child);
    return text === undefined ? undefined : Array.isArray(value) ? text : `${JSON.stringify(key)} = ${text}`;
  });
  if (parts.includes(undefined)) return undefined;
  return Array.isArray(value) ? `[${parts.join(", ")}]` : `{ ${parts.join(", ")} }`;
}
