import { type Interval, type Registry, RegistryBuilder, type RegistryEdge } from "./registry.ts";

const ANY: readonly Interval[] = [[0, -1]];

function exactly(version: number): readonly Interval[] {
  return [[version, version + 1]];
}

/** Packages 1 to `packages - 1` in a chain: version v of each needs version v of the next; the last does not exist. */
export function backtrackingSingletons(packages: number, versions: number): Registry {
  return chain(packages, versions, exactly).build();
}

/** The same chain; its last package pins a further package to v, which the root pins to 0. */
export function backtrackingDisjoint(packages: number, versions: number): Registry {
  const pinned = packages + 1;
  const builder = chain(packages, versions, exactly, [{ package: pinned, intervals: exactly(0) }]);
  for (let version = 1; version < versions; version++) {
    builder.add(packages, version, [{ package: pinned, intervals: exactly(version) }]);
  }
  for (let version = 0; version < versions; version++) builder.add(pinned, version, []);
  return builder.build();
}

/** The chain with overlapping ranges: version v of each needs at least version `versions - v` of the next. */
export function backtrackingRanges(packages: number, versions: number): Registry {
  return chain(packages, versions, (version) => [[versions - version, -1]]).build();
}

/** Only version 0 of package 1, the least preferred one, needs nothing. */
function chain(
  packages: number,
  versions: number,
  admits: (version: number) => readonly Interval[],
  rootEdges: readonly RegistryEdge[] = [],
): RegistryBuilder {
  const builder = new RegistryBuilder();
  builder.add(0, 0, [{ package: 1, intervals: ANY }, ...rootEdges]);
  builder.add(1, 0, []);
  for (let package_ = 1; package_ < packages; package_++) {
    for (let version = 1; version < versions; version++) {
      builder.add(package_, version, [{ package: package_ + 1, intervals: admits(version) }]);
    }
  }
  return builder;
}

/** A binary tree in which the only choice is right. */
export function noBacktracking(packages: number): Registry {
  const builder = new RegistryBuilder();
  for (let package_ = 0; package_ < packages; package_++) {
    const below = [package_ * 2 + 1, package_ * 2 + 2].filter((target) => target < packages);
    builder.add(
      package_,
      0,
      below.map((target) => ({ package: target, intervals: exactly(0) })),
    );
  }
  return builder.build();
}

/** A chain of packages of ten versions each, every one of which requires any version of the next. */
export function deepChain(packages: number): Registry {
  const builder = new RegistryBuilder();
  builder.add(0, 0, [{ package: 1, intervals: ANY }]);
  for (let package_ = 1; package_ <= packages; package_++) {
    const below = package_ === packages ? [] : [{ package: package_ + 1, intervals: ANY }];
    for (let version = 0; version < 10; version++) builder.add(package_, version, below);
  }
  return builder.build();
}

/** 81 packages (cells) of 9 versions (digits); each digit excludes itself from the cells that see it. The root names the givens. */
export function sudoku(givens: string): Registry {
  const builder = new RegistryBuilder();
  const digits = Array.from(givens);
  const root = digits.flatMap((digit, cell) =>
    digit === "." ? [] : [{ package: cell + 1, intervals: exactly(Number(digit)) }],
  );
  builder.add(0, 0, root);
  for (let cell = 0; cell < 81; cell++) {
    const seen = digits.map((_, other) => other).filter((other) => other !== cell && canSee(cell, other));
    for (let digit = 1; digit <= 9; digit++) {
      const intervals: readonly Interval[] = [
        [0, digit],
        [digit + 1, -1],
      ];
      builder.add(
        cell + 1,
        digit,
        seen.map((other) => ({ package: other + 1, intervals })),
      );
    }
  }
  return builder.build();
}

function canSee(a: number, b: number): boolean {
  const rowA = Math.floor(a / 9);
  const rowB = Math.floor(b / 9);
  const isSameBox =
    Math.floor(rowA / 3) === Math.floor(rowB / 3) && Math.floor((a % 9) / 3) === Math.floor((b % 9) / 3);
  return rowA === rowB || a % 9 === b % 9 || isSameBox;
}

export const SUDOKU_EASY = "53..7....6..195....98....6.859.61423426853791713924856.6....28....419..5....8.179";
export const SUDOKU_HARD = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";

/** `layers` layers of `width` packages; each version needs the same version range of two packages below. */
export function diamond(layers: number, width: number): Registry {
  const builder = new RegistryBuilder();
  builder.add(
    0,
    0,
    Array.from({ length: width }, (_, index) => ({ package: 1 + index, intervals: ANY })),
  );
  for (let layer = 0; layer < layers; layer++) {
    for (let index = 0; index < width; index++) {
      for (let version = 0; version < 20; version++) {
        const below = 1 + (layer + 1) * width;
        const edges = [index, (index + 1) % width].map((target) => ({
          package: below + target,
          intervals: [[Math.max(0, version - 2), version + 3] as const],
        }));
        builder.add(1 + layer * width + index, version, layer === layers - 1 ? [] : edges);
      }
    }
  }
  return builder.build();
}

/** A root that needs `packages` packages of 20 versions without edges. */
export function wideFan(packages: number): Registry {
  const builder = new RegistryBuilder();
  builder.add(
    0,
    0,
    Array.from({ length: packages }, (_, index) => ({ package: index + 1, intervals: [[0, 15]] })),
  );
  for (let package_ = 1; package_ <= packages; package_++) {
    for (let version = 0; version < 20; version++) builder.add(package_, version, []);
  }
  return builder.build();
}

/** `packages` packages that share one library, which the last allows only in its oldest version. */
export function conflictHeavy(packages: number, versions: number): Registry {
  const builder = new RegistryBuilder();
  const shared = packages + 1;
  builder.add(
    0,
    0,
    Array.from({ length: packages }, (_, index) => ({ package: index + 1, intervals: ANY })),
  );
  for (let package_ = 1; package_ <= packages; package_++) {
    for (let version = 0; version < versions; version++) {
      builder.add(package_, version, [
        { package: shared, intervals: package_ === packages ? exactly(0) : [[0, version + 1]] },
      ]);
    }
  }
  for (let version = 0; version < versions; version++)
    builder.add(shared, version, version === 0 ? [] : [{ package: 1, intervals: exactly(version) }]);
  return builder.build();
}

/** A chain that ends in a package that does not exist. */
export function unsatisfiableChain(packages: number): Registry {
  const builder = new RegistryBuilder();
  for (let package_ = 0; package_ < packages; package_++) {
    for (let version = 0; version < 3; version++)
      builder.add(package_, version, [{ package: package_ + 1, intervals: ANY }]);
  }
  return builder.build();
}

/** `versions` versions of one package, all of which need a package that does not exist. */
export function allMissing(versions: number): Registry {
  const builder = new RegistryBuilder();
  builder.add(0, 0, [{ package: 1, intervals: ANY }]);
  for (let version = 0; version < versions; version++) builder.add(1, version, [{ package: 2, intervals: ANY }]);
  return builder.build();
}

/** `count + 1` pigeons in `count` holes. */
export function pigeonhole(count: number): Registry {
  const builder = new RegistryBuilder();
  const pigeons = Array.from({ length: count + 1 }, (_, index) => index + 1);
  builder.add(
    0,
    0,
    pigeons.map((package_) => ({ package: package_, intervals: ANY })),
  );
  for (const package_ of pigeons) {
    for (let hole = 0; hole < count; hole++) {
      const others = pigeons.filter((other) => other !== package_);
      builder.add(
        package_,
        hole,
        others.map((other) => ({
          package: other,
          intervals: [
            [0, hole],
            [hole + 1, -1],
          ],
        })),
      );
    }
  }
  return builder.build();
}
