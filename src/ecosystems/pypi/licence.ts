/** The licence of a distribution in SPDX's words where its metadata leaves no doubt (PEP 639, "License-Expression"). */
import { parseLicenceExpression } from "../../formats/licence-expression.ts";

/** Where metadata may speak of a licence. */
export interface LicenceFields {
  /** `License-Expression`, or a text `license` in a `[project]` table. */
  readonly expression: string | undefined;
  /** `License`, which has been anything from a name to a whole licence. */
  readonly words: string | undefined;
  readonly classifiers: readonly string[];
}

/** Trove classifiers that mean one licence; most leave the version or the variant open (`BSD License`). */
const classifiedLicences: ReadonlyMap<string, string> = new Map([
  ["CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "CC0-1.0"],
  ["OSI Approved :: Boost Software License 1.0 (BSL-1.0)", "BSL-1.0"],
  ["OSI Approved :: European Union Public Licence 1.2 (EUPL 1.2)", "EUPL-1.2"],
  ["OSI Approved :: GNU Affero General Public License v3", "AGPL-3.0-only"],
  ["OSI Approved :: GNU Affero General Public License v3 or later (AGPLv3+)", "AGPL-3.0-or-later"],
  ["OSI Approved :: GNU General Public License v2 (GPLv2)", "GPL-2.0-only"],
  ["OSI Approved :: GNU General Public License v2 or later (GPLv2+)", "GPL-2.0-or-later"],
  ["OSI Approved :: GNU General Public License v3 (GPLv3)", "GPL-3.0-only"],
  ["OSI Approved :: GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"],
  ["OSI Approved :: GNU Lesser General Public License v2 (LGPLv2)", "LGPL-2.0-only"],
  ["OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)", "LGPL-2.0-or-later"],
  ["OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"],
  ["OSI Approved :: GNU Lesser General Public License v3 or later (LGPLv3+)", "LGPL-3.0-or-later"],
  ["OSI Approved :: ISC License (ISCL)", "ISC"],
  ["OSI Approved :: MIT License", "MIT"],
  ["OSI Approved :: MIT No Attribution License (MIT-0)", "MIT-0"],
  ["OSI Approved :: Mozilla Public License 1.1 (MPL 1.1)", "MPL-1.1"],
  ["OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"],
  ["OSI Approved :: The Unlicense (Unlicense)", "Unlicense"],
  ["OSI Approved :: Universal Permissive License (UPL)", "UPL-1.0"],
  ["OSI Approved :: zlib/libpng License", "Zlib"],
]);

/**
 * An SPDX expression in its proper spelling, or the authors' own short words: the expression, then the words, then the
 * classifiers where the words are no expression and exactly one classifier names a licence, and means one.
 */
export function licenceOf({ expression, words, classifiers }: LicenceFields): string | undefined {
  if (expression !== undefined) return parseLicenceExpression(expression)?.text ?? expression;
  const short = words === undefined || words.length > 100 || words.includes("\n") ? undefined : words;
  const asExpression = parseLicenceExpression(short ?? "");
  if (asExpression !== undefined) return asExpression.text;
  const named = classifiers.flatMap((one) => /^License :: (?!OSI Approved$)(.*)$/.exec(one)?.[1] ?? []);
  const [only, ...more] = named;
  const classified = only === undefined || more.length > 0 ? undefined : classifiedLicences.get(only);
  return classified ?? short;
}
