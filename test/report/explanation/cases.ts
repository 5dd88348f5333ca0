/** Problems without an answer, and what they are an example of. */
export const CASES: readonly { readonly name: string; readonly problem: string }[] = [
  {
    name: "pub: the case of the PubGrub article",
    problem: `
      root: menu >=1.0.0, icons ==1.0.0, intl ==5.0.0
      menu 1.0.0: dropdown >=1.8.0
      menu 1.1.0: dropdown >=2.0.0
      menu 1.5.0: dropdown >=2.0.0
      dropdown 1.8.0: intl ==3.0.0
      dropdown 2.0.0: icons ==2.0.0
      dropdown 2.3.0: icons ==2.0.0
      icons 1.0.0:
      icons 2.0.0:
      intl 3.0.0:
      intl 4.0.0:
      intl 5.0.0:`,
  },
  {
    name: "pub: linear error reporting",
    problem: `
      root: foo ^1.0.0@pubspec.yaml:4, baz ^1.0.0@pubspec.yaml:5
      foo 1.0.0: bar ^2.0.0
      bar 2.0.0: baz ^3.0.0
      baz 1.0.0:
      baz 3.0.0:`,
  },
  {
    name: "pub: branching error reporting",
    problem: `
      root: foo ^1.0.0
      foo 1.0.0: a ^1.0.0, b ^1.0.0
      foo 1.1.0: x ^1.0.0, y ^1.0.0
      a 1.0.0: b ^2.0.0
      b 1.0.0:
      b 2.0.0:
      x 1.0.0: y ^2.0.0
      y 1.0.0:
      y 2.0.0:`,
  },
  {
    name: "every release asks for its companion at a version of its own",
    problem: `
      root: react ^18@package.json:5, react-dom ^19@package.json:6
      react-dom 19.0.0: react ^19.0.0
      react-dom 19.0.1: react ^19.0.1
      react-dom 19.1.0: react ^19.1.0
      react-dom 19.2.0: react ^19.2.0
      react-dom 19.2.1: react ^19.2.1
      react 18.0.0:
      react 19.0.0:
      react 19.0.1:
      react 19.1.0:
      react 19.2.0:
      react 19.2.1:`,
  },
  {
    name: "an alternative without a usable choice",
    problem: `
      root: opt *
      opt 1.0.0: either1 *
      either1 1: x ^1
      either1 2: y ^2
      x 1.0.0 yanked: is yanked
      y 1.0.0:`,
  },
  {
    name: "a feature and its base",
    problem: `
      root: serde[derive] ^1@Cargo.toml:7, syn ==1@Cargo.toml:8
      serde[derive] 1.0.0: serde =, syn ^2
      serde[derive] 1.0.1: serde =, syn ^2
      serde 1.0.0:
      serde 1.0.1:
      syn 1.0.0:
      syn 2.0.0:`,
  },
  {
    name: "a package that does not exist",
    problem: `
      root: a *@package.json:3
      a 1.0.0: gone ^1`,
  },
  {
    name: "two packages that claim the same thing",
    problem: `
      root: a *, b *
      a 1.0.0: lock-z ==1
      b 1.0.0: lock-z ==2
      lock-z 1:
      lock-z 2:`,
  },
];
