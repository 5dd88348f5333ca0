declare module "logic-solver" {
  export type Formula = object;
  export class Solver {
    require(...formulas: readonly (Formula | string)[]): void;
    solveAssuming(assumption: string): object | null;
  }
  export function or(...operands: readonly string[]): Formula;
}
