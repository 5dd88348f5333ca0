/** The part of logic-solver (MiniSat) that the tests use; the package ships no types. */
declare module "logic-solver" {
  type Formula = string | object;
  interface Solution {
    getTrueVars(): string[];
  }
  class Solver {
    require(...formulas: Formula[]): void;
    solve(): Solution | null;
    solveAssuming(formula: Formula): Solution | null;
  }
  function or(...operands: (Formula | readonly Formula[])[]): Formula;
  function and(...operands: (Formula | readonly Formula[])[]): Formula;
  function not(operand: Formula): Formula;
  function implies(left: Formula, right: Formula): Formula;
  function atMostOne(...operands: (Formula | readonly Formula[])[]): Formula;
  function exactlyOne(...operands: (Formula | readonly Formula[])[]): Formula;
}
