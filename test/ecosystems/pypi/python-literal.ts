/**
 * Reads the Python representations in the shared vectors: literals, dictionaries, sets, `<Version('1.0')>`,
 * `<built-in function lt>`, and objects as they are made, `PackageSdist(name='a-1.tar.gz')`.
 */

export type PythonValue =
  string | number | boolean | null | readonly PythonValue[] | { readonly [key: string]: PythonValue };

/** The value of one representation; an object that is made becomes a record of its arguments and its `class`. */
export function readPythonLiteral(text: string): PythonValue {
  let at = 0;
  const skip = (): void => {
    while (text[at] === " " || text[at] === ",") at++;
  };
  const list = (close: string): PythonValue[] => {
    const items: PythonValue[] = [];
    for (skip(); text[at] !== close; skip()) {
      if (at >= text.length) throw new Error(`unclosed ${close} in ${text}`);
      items.push(value());
    }
    at++;
    return items;
  };
  /** The entries of a dictionary, or the arguments with names of a call. */
  const record = (close: string, separator: string): Record<string, PythonValue> => {
    const entries: [string, PythonValue][] = [];
    for (skip(); text[at] !== close; skip()) {
      const key = separator === "=" ? (/^\w+/.exec(text.slice(at))?.[0] ?? "") : JSON.stringify(value()).slice(1, -1);
      if (separator === "=") at += key.length;
      if (text[at] !== separator) throw new Error(`expected ${separator} at ${text.slice(at)}`);
      at++;
      entries.push([key, value()]);
    }
    at++;
    return Object.fromEntries(entries);
  };
  const value = (): PythonValue => {
    skip();
    const first = text[at];
    if (first === "{" && /^\{(?:\}|'[^']*':)/.test(text.slice(at))) {
      at++;
      return record("}", ":");
    }
    if (first === "(" || first === "[" || first === "{") {
      at++;
      return list(first === "(" ? ")" : first === "[" ? "]" : "}");
    }
    const made = /^([A-Z]\w*)\(/.exec(text.slice(at));
    if (made !== null) {
      at += made[0].length;
      return { class: made[1] ?? "", ...record(")", "=") };
    }
    if (first === "'" || first === '"') {
      let result = "";
      for (at++; text[at] !== first; at++) {
        if (text[at] === "\\") at++;
        result += text[at] ?? "";
      }
      at++;
      return result;
    }
    if (first === "<") {
      const end = text.indexOf(">", at);
      const inner = text.slice(at + 1, end);
      at = end + 1;
      return /^(?:Version|Marker)\('(.*)'\)$/.exec(inner)?.[1] ?? inner;
    }
    const word = /^[A-Za-z0-9_.()-]+/.exec(text.slice(at))?.[0];
    if (word === undefined) throw new Error(`unreadable: ${text.slice(at)}`);
    if (word === "set()") {
      at += word.length;
      return [];
    }
    const plain = word.replace(/[()]+$/, "");
    at += plain.length;
    if (plain === "None") return null;
    if (plain === "True" || plain === "False") return plain === "True";
    return Number.isNaN(Number(plain)) ? plain : Number(plain);
  };
  return value();
}
