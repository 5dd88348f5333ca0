import { expect, test } from "vitest";
import { parseLicenceExpression } from "../../src/formats/licence-expression.ts";

test.each([
  ["mit", "MIT", ["MIT"]],
  [" (MIT  and isc) OR apache-2.0 ", "(MIT AND ISC) OR Apache-2.0", ["MIT", "ISC", "Apache-2.0"]],
  [
    "gpl-2.0-only with classpath-exception-2.0 or MIT or mit",
    "GPL-2.0-only WITH Classpath-exception-2.0 OR MIT OR MIT",
    ["GPL-2.0-only WITH Classpath-exception-2.0", "MIT"],
  ],
  ["GPL-2.0+", "GPL-2.0+", ["GPL-2.0+"]],
  ["apache-2.0+", "Apache-2.0+", ["Apache-2.0+"]],
  ["licenseref-Our-Own.1", "LicenseRef-Our-Own.1", ["LicenseRef-Our-Own.1"]],
])("%j is an expression", (words, text, licences) => {
  expect(parseLicenceExpression(words)).toEqual({ text, licences });
});

test.each([
  "",
  "BSD",
  "MIT/Apache-2.0",
  "MIT ISC",
  "MIT OR",
  "OR MIT",
  "(MIT",
  "MIT)",
  "()",
  "MIT WITH GPL-2.0-only",
  "(MIT OR ISC) WITH Classpath-exception-2.0",
  "LicenseRef-a_b",
  "__proto__",
  "(".repeat(10_000),
])("%j is none", (words) => {
  expect(parseLicenceExpression(words)).toBeUndefined();
});
