import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { checks, unchecked } from "./packaging-tables.ts";
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
      test(`row by row: ${id}`, async () => {
        const rows = combinations(tables);
        expect(rows.length).toBeGreaterThan(0);
        const held = await Promise.all(rows.map(async (row) => await check(...row)));
        const wrong = rows.filter((_, index) => !(held[index] ?? false));
        expect(wrong.slice(0, 20)).toEqual([]);
        checked += tables.reduce((sum, table) => sum + table.n, 0);
      });
    }
  }

  test("each row is checked, or in a table to which nothing answers, with its reason", () => {
    const rowsOf = new Map(
      Object.entries(vectors).flatMap(([module, tests]) =>
        Object.entries(tests).map(([name, tables]) => [
          `${module}.${name}`,
          tables.reduce((sum, table) => sum + table.n, 0),
        ]),
      ),
    );
    expect([...rowsOf.keys()].filter((id) => checks.has(id) === unchecked.has(id))).toEqual([]);
    expect([...checks.keys(), ...unchecked.keys()].filter((id) => !rowsOf.has(id))).toEqual([]);
    for (const [id, [rows]] of unchecked) expect([id, rows]).toEqual([id, rowsOf.get(id)]);
    const left = [...unchecked.values()].reduce((sum, [rows]) => sum + rows, 0);
    expect(checked + left).toBe(56_274);
  });
});
