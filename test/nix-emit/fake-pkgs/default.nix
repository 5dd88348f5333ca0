# A stand-in for nixpkgs: what the emitted files take from it, over the programs of this machine. Builds are real.
{
  system ? builtins.currentSystem,
  release ? "24.11",
  # Pseudo packages: name to { path-in-the-package = path-on-this-machine; }.
  programs ? { },
}:
let
  lib = import ./lib.nix { inherit release; };

  isRecent = builtins.compareVersions release "25.05" >= 0;
  configName = if release == "23.11" then "config" else "config.toml";

  hostPlatform = {
    inherit system;
    isLinux = builtins.match ".*-linux" system != null;
    isDarwin = builtins.match ".*-darwin" system != null;
  };

  # As nixpkgs' check-meta has it: a licence is free unless it says otherwise, words are not judged.
  isUnfree =
    licence:
    if builtins.isList licence then
      builtins.any isUnfree licence
    else
      !builtins.isString licence && !(licence.free or true);

  mkDerivation =
    arguments:
    assert !isUnfree (arguments.meta.license or [ ]) || throw "${arguments.pname} has an unfree licence";
    let
      passed = builtins.removeAttrs arguments [ "passthru" "meta" "pname" "version" ];
      name = arguments.name or "${arguments.pname}-${arguments.version}";
      package = derivation (
        passed
        // {
          inherit name system;
          builder = "/bin/bash";
          args = [ "-e" ./build.sh ];
        }
      );
    in
    package
    // (arguments.passthru or { })
    // {
      meta = arguments.meta or { };
      pname = arguments.pname or name;
      version = arguments.version or "";
      overrideAttrs = change: mkDerivation (arguments // change arguments);
    };

  stdenv = {
    inherit mkDerivation hostPlatform;
    cc.cc = pseudo "cc" { };
  };

  # A package that consists of links to programs of this machine.
  pseudo =
    name: links:
    mkDerivation {
      inherit name;
      buildCommand = builtins.concatStringsSep "\n" (
        [ "mkdir -p $out/bin" ]
        ++ map (path: ''mkdir -p "$out/$(dirname ${path})"; ln -s ${links.${path}} "$out/${path}"'') (builtins.attrNames links)
      );
    };

  fetchurl =
    { name, urls, hash }:
    derivation {
      inherit name urls;
      url = builtins.head urls;
      system = "builtin";
      builder = "builtin:fetchurl";
      outputHash = hash;
      outputHashMode = "flat";
      executable = false;
      unpack = false;
      preferLocalBuild = true;
    };

  fetchgit =
    { name, url, rev, hash }:
    derivation {
      inherit name url rev system;
      builder = "/bin/bash";
      args = [ "-c" "echo a checkout must be seeded >&2; exit 1" ];
      outputHash = hash;
      outputHashMode = "recursive";
    };

  python = pseudo "python3" (programs.python or { });

  pkgs = {
    inherit lib stdenv fetchurl fetchgit pkgs;
    stdenvNoCC = stdenv;
    mkShell = arguments: mkDerivation (arguments // { buildCommand = "mkdir $out"; });
    opam-installer = pseudo "opam-installer" (programs.opam-installer or { });
    nodejs = pseudo "nodejs" (programs.node or { });
    python3 = python // {
      interpreter = "${python}/bin/python3";
      pythonVersion = "3.12";
      sitePackages = "lib/python3.12/site-packages";
      # As in nixpkgs: a derivation that can be overridden with the packages it holds.
      buildEnv.override =
        { extraLibs }:
        mkDerivation {
          name = "python3-env";
          inherit extraLibs;
          buildCommand = "mkdir $out";
        };
    };
    ocaml = pseudo "ocaml" (programs.ocaml or { });
    dune_3 = pseudo "dune" (programs.dune or { });
    rustc = pseudo "rustc" (programs.rust or { });
    cargo = pseudo "cargo" (programs.rust or { });
    autoPatchelfHook = pseudo "auto-patchelf-hook" { };
    pythonManylinuxPackages.manylinux2014 = [
      stdenv.cc.cc
      pkgs.zlib
    ];
    # nixpkgs has a package of this name: a parameter called so would be filled with it.
    root = throw "pkgs.root is CERN's, not the folder of the project";
    rustPlatform.buildRustPackage =
      arguments:
      # Since 25.05 cargoDeps may be given; before, it is what the hash stands for, and given ones are dropped.
      assert isRecent && arguments ? cargoDeps || (arguments.cargoHash or null) != null;
      mkDerivation (
        arguments
        // {
          cargoDeps =
            if isRecent then arguments.cargoDeps else throw "buildRustPackage would fetch all crates by one hash";
          nativeBuildInputs = [ pkgs.rustc ] ++ arguments.nativeBuildInputs or [ ];
          # What nixpkgs' cargoSetupHook does, with the names of files that the release knows; cargo finds the settings
          # above the sources, and the vendor directory beside them under the name of its derivation.
          postUnpack = ''
            copy="''${cargoDeps##*/}"
            copy="''${copy#*-}"
            cp ${if release == "23.11" then "-r" else "-rL"} "$cargoDeps" "$copy"
            mkdir .cargo
            cat "$copy/.cargo/${configName}" >> ".cargo/${configName}"
            cmp "$sourceRoot/Cargo.lock" "$copy/Cargo.lock"
          '';
          buildPhase = ''
            export CARGO_HOME="$NIX_BUILD_TOP/cargo-home"
            cargo build --profile release --offline
          '';
          installPhase = ''
            mkdir -p "$out/bin"
            find target/release -maxdepth 1 -type f -perm -u+x -exec cp {} "$out/bin/" ';'
          '';
        }
      );
    callPackage =
      function: overrides:
      let
        f = if builtins.isFunction function then function else import function;
      in
      f (builtins.intersectAttrs (builtins.functionArgs f) pkgs // overrides);
    # Attributes under which other releases have the same programs, and libraries that only need to exist.
    nodejs_20 = pkgs.nodejs;
    nodejs_22 = pkgs.nodejs;
    python39 = pkgs.python3;
    python310 = pkgs.python3;
    python311 = pkgs.python3;
    python312 = pkgs.python3;
    python314 = pkgs.python3;
    python312Packages.numpy = pseudo "numpy" { };
    ocaml-ng = lib.genAttrs [ "ocamlPackages_4_14" "ocamlPackages_5_2" "ocamlPackages_5_3" ] (_: {
      inherit (pkgs) ocaml;
    });
    xorg.libX11 = pseudo "libX11" { };
    "gtk+-3" = pseudo "gtk+-3" { };
    alsa-lib = pseudo "alsa-lib" { };
    capnproto = pseudo "capnproto" { };
    cmake = pseudo "cmake" { };
    gcc = pseudo "gcc" { };
    gmp = pseudo "gmp" { };
    libev = pseudo "libev" { };
    libjpeg = pseudo "libjpeg" { };
    ninja = pseudo "ninja" { };
    openssl = pseudo "openssl" { };
    pcre2 = pseudo "pcre2" { };
    pkg-config = pseudo "pkg-config" { };
    rdkafka = pseudo "rdkafka" { };
    which = pseudo "which" { };
    zlib = pseudo "zlib" { };
  };
in
pkgs
