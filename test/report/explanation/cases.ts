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
  {
    name: "uv: the required version does not exist (==)",
    problem: `
      root: a ==2.0.0@pyproject.toml:5
      a 1.0.0:`,
  },
  {
    name: "uv: a greater version does not exist",
    problem: `
      root: a >1.0.0@pyproject.toml:5
      a 1.0.0:
      a 0.1.0:`,
  },
  {
    name: "uv: a lower version does not exist",
    problem: `
      root: a <2.0.0@pyproject.toml:5
      a 2.0.0:
      a 3.0.0:
      a 4.0.0:`,
  },
  {
    name: "uv: the root requires a package that does not exist",
    problem: `
      root: a *@pyproject.toml:5
      missing a not-found: was not found in the index`,
  },
  {
    name: "uv: a transitive package does not exist",
    problem: `
      root: a *@pyproject.toml:5
      a 1.0.0: b *
      missing b not-found: was not found in the index`,
  },
  {
    name: "uv: a transitive version does not exist",
    problem: `
      root: a *@pyproject.toml:5
      a 1.0.0: b ==2.0.0
      b 1.0.0:`,
  },
  {
    name: "uv: direct incompatible versions",
    problem: `
      root: a ==1.0.0@pyproject.toml:5, a ==2.0.0@pyproject.toml:6
      a 1.0.0:
      a 2.0.0:`,
  },
  {
    name: "uv: transitive incompatible with the root's version",
    problem: `
      root: a *@pyproject.toml:5, b ==1.0.0@pyproject.toml:6
      a 1.0.0: b ==2.0.0
      b 1.0.0:
      b 2.0.0:`,
  },
  {
    name: "uv: transitive incompatible with a transitive",
    problem: `
      root: a *@pyproject.toml:5, b *@pyproject.toml:6
      a 1.0.0: c ==1.0.0
      b 1.0.0: c ==2.0.0
      c 1.0.0:
      c 2.0.0:`,
  },
  {
    name: "uv: one package wants two versions of another",
    problem: `
      root: a ==1.0.0
      a 1.0.0: b ==2.0.0, b ==1.0.0
      b 1.0.0:
      b 2.0.0:`,
  },
  {
    name: "uv: excluded only version",
    problem: `
      root: a !=1.0.0@pyproject.toml:5
      a 1.0.0:`,
  },
  {
    name: "uv: non-contiguous range of compatible versions is excluded",
    problem: `
      root: a *, b >=2.0.0, c *
      a 1.0.0: b ==1.0.0
      a 2.0.0: b ==3.0.0
      a 3.0.0: b ==3.0.0
      b 1.0.0:
      b 2.0.0:
      b 3.0.0:
      c 1.0.0: a <2.0.0
      c 2.0.0: a >=3.0.0, b <3.0.0`,
  },
  {
    name: "uv: only pre-releases",
    problem: `
      root: a *@pyproject.toml:5
      a 1.0.1 prerelease: is a pre-release, and pre-releases are not allowed`,
  },
  {
    name: "uv: transitive only pre-releases",
    problem: `
      root: a *
      a 0.1.0: b *
      b 1.0.1 prerelease: is a pre-release, and pre-releases are not allowed
      b 1.0.2 prerelease: is a pre-release, and pre-releases are not allowed`,
  },
  {
    name: "uv: only yanked in range",
    problem: `
      root: a >0.1.0@requirements.txt:1
      a 0.1.0:
      a 1.0.0 yanked: is yanked`,
  },
  {
    name: "uv: transitive only yanked in range",
    problem: `
      root: a *
      a 0.1.0: b >0.1.0
      b 0.1.0:
      b 1.0.0 yanked: is yanked`,
  },
  {
    name: "uv: python version does not exist",
    problem: `
      root: python >=3.30@pyproject.toml:3, a *
      python 3.12.1:
      python 3.11.9:
      a 1.0.0:`,
  },
  {
    name: "uv: the package needs another python",
    problem: `
      root: python ==3.9.20@enki.toml:2, a ==1.0.0@pyproject.toml:5
      python 3.9.20:
      python 3.10.2:
      a 1.0.0: python >=3.10@requires-python of a 1.0.0`,
  },
  {
    name: "uv: every version needs another python, for two reasons",
    problem: `
      root: python ==3.9.20@enki.toml:2, a *@pyproject.toml:5
      python 3.9.20:
      python 3.10.2:
      python 3.12.1:
      a 1.0.0: python >=3.10
      a 2.0.0: python >=3.12
      a 3.0.0: python >=3.12`,
  },
  {
    name: "uv: no wheel fits",
    problem: `
      root: a *
      a 1.0.0 no-file: has no wheel for this platform and no source`,
  },
  {
    name: "uv: published too late",
    problem: `
      root: a >=2.0.0@pyproject.toml:5
      a 1.0.0:
      a 2.0.0 too-new: was published after 2024-03-25`,
  },
  {
    name: "uv: extra incompatible with the root",
    problem: `
      root: a[x] *@pyproject.toml:5, b ==2.0.0@pyproject.toml:6
      a[x] 1.0.0: a =, b ==1.0.0
      a 1.0.0:
      b 1.0.0:
      b 2.0.0:`,
  },
  {
    name: "uv: extra incompatible with another extra",
    problem: `
      root: a[x] *, a[y] *
      a[x] 1.0.0: a =, b ==1.0.0
      a[y] 1.0.0: a =, b ==2.0.0
      a 1.0.0:
      b 1.0.0:
      b 2.0.0:`,
  },
  {
    name: "uv: backtracking ends at a missing package",
    problem: `
      root: a *, b *
      a 1.0.0: gone *
      a 2.0.0: gone *, b ==1.0.0
      b 1.0.0:
      b 2.0.0:`,
  },
  {
    name: "pub: no version of the root's package matches",
    problem: `
      root: foo ^2.0.0@pubspec.yaml:4
      foo 1.0.0:
      foo 1.1.0:`,
  },
  {
    name: "pub: two ranges that do not meet",
    problem: `
      root: foo ^1.0.0, bar ^1.0.0
      foo 1.0.0: shared ^2.0.0
      bar 1.0.0: shared ^3.0.0
      shared 2.0.0:
      shared 3.0.0:
      shared 4.0.0:`,
  },
  {
    name: "pub: disjoint root requirements",
    problem: `
      root: foo <2.0.0@pubspec.yaml:4, foo >=2.0.0@pubspec.yaml:5
      foo 1.0.0:
      foo 2.0.0:`,
  },
  {
    name: "pub: a circle without a way in",
    problem: `
      root: foo >=1.0.0
      foo 1.0.0: bar ==2.0.0
      bar 1.0.0: foo ==1.0.0
      bar 2.0.0: foo ==2.0.0`,
  },
  {
    name: "pub: a partial satisfier",
    problem: `
      root: foo *, target ^2.0.0
      foo 1.1.0: left ^1.0.0, right ^1.0.0
      foo 1.0.0: left ^1.0.0, right ^1.0.0
      left 1.0.0: shared >=1.0.0
      right 1.0.0: shared <2.0.0
      shared 2.0.0:
      shared 1.0.0: target ^1.0.0
      target 2.0.0:
      target 1.0.0:`,
  },
  {
    name: "pub: a dead end far from its cause",
    problem: `
      root: a *, b *
      a 1.0.0: c *
      b 1.0.0: d ==1.0.0
      c 1.0.0: e *
      e 1.0.0: f *
      f 1.0.0: d ==2.0.0
      d 1.0.0:
      d 2.0.0:`,
  },
  {
    name: "a conflict",
    problem: `
      root: a *@foo.opam:3, b *@foo.opam:4
      a 1.0.0: !b
      b 1.0.0:`,
  },
  {
    name: "a conflict with some versions",
    problem: `
      root: a *, b >=2
      a 1.0.0: !b >=2
      b 1.0.0:
      b 2.0.0:
      b 3.0.0:`,
  },
  {
    name: "a peer that is too new",
    problem: `
      root: react ^19@web/package.json:12, react-dom ^18@web/package.json:13
      react-dom 18.2.0: react ^18?
      react 18.2.0:
      react 19.0.0:`,
  },
  {
    name: "a package that needs another version of itself",
    problem: `
      root: a *
      a 1.0.0: a ^2
      a 1.1.0: a ^2`,
  },
  {
    name: "a slot and what it holds",
    problem: `
      root: slot-left~1 ^1@package.json:4, right ==2.0.0@package.json:5
      slot-left~1 1.0.0: left ==1.0.0
      left 1.0.0: right ^1
      right 1.0.0:
      right 2.0.0:`,
  },
  {
    name: "a rule of the service",
    problem: `
      root: node >=22@resolving for node 20, a *@package.json:3
      node 20.1.0:
      a 1.0.0:`,
  },
  {
    name: "alternatives that all fail for different reasons",
    problem: `
      root: app *
      app 1.0.0: either1 *
      either1 1: x >=3
      either1 2: y *
      either1 3: z ==1.0.0
      x 1.0.0:
      missing y not-found: is not in the repository
      z 1.0.0 broken: has an opam file that cannot be read`,
  },
  {
    name: "an alternative with twelve choices",
    problem: `
      root: app *
      app 1.0.0: either1 *
      either1 1: p1 >=2
      either1 2: p2 >=2
      either1 3: p3 >=2
      either1 4: p4 >=2
      either1 5: p5 >=2
      either1 6: p6 >=2
      either1 7: p7 >=2
      either1 8: p8 >=2
      either1 9: p9 >=2
      either1 10: p10 >=2
      either1 11: p11 >=2
      either1 12: p12 >=2
      p1 1.0.0:
      p2 1.0.0:
      p3 1.0.0:
      p4 1.0.0:
      p5 1.0.0:
      p6 1.0.0:
      p7 1.0.0:
      p8 1.0.0:
      p9 1.0.0:
      p10 1.0.0:
      p11 1.0.0:
      p12 1.0.0:`,
  },
  {
    name: "ecosystems together",
    problem: `
      root: numpy >=2@py/pyproject.toml:7, openssl ==1.1.1@enki.toml:9, cryptography *@py/pyproject.toml:8
      numpy 2.0.0:
      cryptography 42.0.0: openssl >=3.0.0@link of cryptography 42.0.0
      cryptography 41.0.0: openssl >=3.0.0@link of cryptography 41.0.0
      openssl 1.1.1:
      openssl 3.0.0:`,
  },
];
