declare module "logic-solver" {
  type Formula = object;
  class Solver {
    require(...formulas: readonly (Formula | string)[]): void;
    solveAssuming(assumption: string): object | null;
  }
  const Logic: { readonly Solver: typeof Solver; readonly or: (...operands: readonly string[]) => Formula };
  export = Logic;
}
