import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checks, pythonOnly } from "./packaging-checks.ts";
import { readPythonLiteral } from "./python-literal.ts";

const file = fileURLToPath(new URL("../../../../shared/data/pypi/packaging-vectors.json", import.meta.url));
const isPresent = existsSync(file);
if (!isPresent) console.warn(`skipped: the vectors of packaging are not at ${file}`);

interface Table {
  readonly names: string | readonly string[];
  readonly n: number;
  readonly json: boolean;
  readonly vals: readonly unknown[];
}

type Vectors = Readonly<Record<string, Readonly<Record<string, readonly Table[]>>>>;

/** Every combination of one row of each table: pytest multiplies stacked parameters. */
function combinations(tables: readonly Table[]): unknown[][] {
  let rows: unknown[][] = [[]];
  for (const table of tables) {
    const values = table.vals.map((value) => {
      const read = table.json ? value : readPythonLiteral(String(value));
      return Array.isArray(table.names) && Array.isArray(read) ? read : [read];
    });
    rows = rows.flatMap((row) => values.map((value) => [...value, ...row]));
  }
  return rows;
}

describe.skipIf(!isPresent)("the vectors of packaging", () => {
  const vectors: Vectors = isPresent ? JSON.parse(readFileSync(file, "utf8")) : {};
  let checked = 0;
  for (const [module, tests] of Object.entries(vectors)) {
    for (const [name, tables] of Object.entries(tests)) {
      const id = `${module}.${name}`;
      const check = checks.get(id);
      if (check === undefined) continue;
      test(`row by row: ${id}`, () => {
        const rows = combinations(tables);
        expect(rows.length).toBeGreaterThan(0);
        const wrong = rows.filter((row) => !check(...row));
        expect(wrong.slice(0, 20)).toEqual([]);
        checked += tables.reduce((sum, table) => sum + table.n, 0);
      });
    }
  }

  test("each table is either checked or about Python itself", () => {
    const ids = Object.entries(vectors).flatMap(([module, tests]) =>
      Object.keys(tests).map((name) => `${module}.${name}`),
    );
    const unexplained = ids.filter(
      (id) => !checks.has(id) && ![...pythonOnly.keys()].some((key) => id.startsWith(key)),
    );
    expect(unexplained).toEqual([]);
    expect(checked).toBeGreaterThan(54_000);
  });
});
