/** Reads the Python representations in the shared vectors: literals, `<Version('1.0')>`, `<built-in function lt>`, sets. */

export type PythonValue = string | number | boolean | null | readonly PythonValue[];

/** The value of one representation; objects become the text inside their brackets. */
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
  const value = (): PythonValue => {
    skip();
    const first = text[at];
    if (first === "(" || first === "[" || first === "{") {
      at++;
      return list(first === "(" ? ")" : first === "[" ? "]" : "}");
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
      return /^Version\('(.*)'\)$/.exec(inner)?.[1] ?? inner;
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
