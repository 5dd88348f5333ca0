# The same for every project: builds what plan.json decided. Nothing here fetches or reads a lock while evaluating.
{
  lib,
  autoPatchelfHook ? null,
  fetchgit ? null,
  fetchurl,
  mkShell,
  opam-installer ? null,
  pythonManylinuxPackages ? null,
  stdenv,
  stdenvNoCC,
  projectRoot,
  expectedNixpkgs,
  plan,
  overrides,
  toolchains,
  attributes,
}:

let
  inherit (stdenv.hostPlatform) system;

  lockSha256 = builtins.hashFile "sha256" (projectRoot + "/enki.lock");

  checks =
    if lockSha256 != plan.lockSha256 then
      throw "nix/enki was written for another enki.lock; run `enki nix`"
    else if !(builtins.elem system plan.systems) then
      throw "enki.lock was resolved for ${toString plan.systems}, not for ${system}; add it to [targets] in enki.toml and run `enki resolve`"
    else if expectedNixpkgs != null && !(lib.hasSuffix lib.trivial.release expectedNixpkgs) then
      throw "enki.lock was resolved for nixpkgs ${expectedNixpkgs}, but this is ${lib.trivial.release}; pin that release, or resolve for this one"
    else
      true;

  isHere = item: !(item ? systems) || builtins.elem system item.systems;

  sources = builtins.mapAttrs (
    _: source:
    if source ? revision then
      fetchgit {
        inherit (source) name url hash;
        rev = source.revision;
      }
    else
      fetchurl {
        inherit (source) name hash;
        urls = [ source.url ];
      }
  ) plan.sources;

  attributeOf = name: attributes.${name};

  # Environment variables of a build; @attribute@ in them stands for the path of that attribute.
  environmentOf =
    inputs:
    let
      names = inputs.native ++ inputs.link;
      marks = map (name: "@${name}@") names;
      paths = map (name: "${lib.getLib (attributeOf name)}") names;
    in
    builtins.mapAttrs (_: builtins.replaceStrings marks paths) inputs.environment;

  licenceBySpdx = builtins.listToAttrs (
    builtins.concatMap (
      licence:
      lib.optional (licence ? spdxId) {
        name = licence.spdxId;
        value = licence;
      }
    ) (builtins.attrValues lib.licenses)
  );

  # Licences of nixpkgs where it knows all that the SPDX expression names; otherwise the words of the package.
  licenceOf =
    meta:
    let
      known = map (id: licenceBySpdx.${id} or null) meta.spdx;
    in
    if known == [ ] || builtins.elem null known then
      meta.licence
    else if builtins.length known == 1 then
      builtins.head known
    else
      known;

  metaOf =
    item:
    lib.optionalAttrs (item.meta ? licence) { license = licenceOf item.meta; }
    // lib.optionalAttrs (item.meta ? description) { inherit (item.meta) description; }
    // lib.optionalAttrs (item.meta ? homepage) { inherit (item.meta) homepage; }
    // {
      platforms = plan.systems;
    };

  context = {
    inherit
      lib
      attributeOf
      autoPatchelfHook
      environmentOf
      isHere
      metaOf
      mkShell
      opam-installer
      plan
      projectRoot
      pythonManylinuxPackages
      sources
      stdenv
      stdenvNoCC
      system
      toolchains
      ;
    nativeInputsOf = inputs: map attributeOf inputs.native;
    linkInputsOf = inputs: map attributeOf inputs.link;
    sourceOf =
      directory:
      builtins.path {
        name = "source";
        path = projectRoot + (if directory == "" then "" else "/${directory}");
        filter =
          path: _:
          !(builtins.elem (baseNameOf path) [
            ".git"
            "_build"
            "node_modules"
            "result"
            "target"
          ]);
      };
  };

  npm = import ./npm.nix context;
  cargo = import ./cargo.nix context;
  pypi = import ./pypi.nix (context // { inherit cargo; });
  opam = import ./opam.nix (context // { inherit cargo; });

  builders = {
    npm = npm.project;
    cargo = cargo.project;
    cargo-programs = cargo.programs;
    pypi = pypi.project;
    opam = opam.project;
  };

  prefixed =
    prefix: items:
    builtins.listToAttrs (
      map (name: {
        name = prefix + name;
        value = items.${name};
      }) (builtins.attrNames items)
    );

  packages = lib.fix (
    lib.extends overrides (
      self:
      builtins.mapAttrs (_: pypi.distribution self) plan.distributions
      // builtins.mapAttrs (_: opam.package self) plan.opam
      // builtins.mapAttrs (_: cargo.program self) plan.programs
      // prefixed "project:" (
        builtins.mapAttrs (_: project: builders.${project.kind} self project) plan.projects
      )
    )
  );

  named = builtins.mapAttrs (name: _: packages."project:${name}") plan.projects;

  # Distributions and opam packages by name; of two versions of one name the one that is run.
  byName =
    table: used:
    builtins.listToAttrs (
      map (id: {
        name = table.${id}.pname;
        value = packages.${id};
      }) (used ++ builtins.attrNames table)
    );

  usedBy =
    kind: key:
    builtins.concatMap (
      project: lib.optionals (project.kind == kind) (map (use: use.id) project.${key})
    ) (builtins.attrValues plan.projects);

  together = stdenvNoCC.mkDerivation {
    name = "enki-projects";
    buildCommand = ''
      mkdir -p "$out/bin"
      ${lib.concatMapStrings (name: ''
        ln -s ${named.${name}} "$out"/${lib.escapeShellArg name}
        for program in ${named.${name}}/bin/*; do
          if [ -e "$program" ]; then ln -sf "$program" "$out/bin/"; fi
        done
      '') (builtins.attrNames named)}
    '';
    meta.platforms = plan.systems;
  };

  projects = named // {
    default = together;
  };

  devShell = mkShell {
    name = "enki";
    packages = builtins.attrValues (builtins.removeAttrs toolchains [ "rustPlatform" ]);
    buildInputs = builtins.attrValues attributes;
  };
in
assert checks;
projects.default
// {
  inherit
    devShell
    packages
    projects
    sources
    ;
  pypiPackages = byName plan.distributions (usedBy "pypi" "distributions");
  opamPackages = byName plan.opam (usedBy "opam" "packages");
}
