# Crates unpacked one by one into the vendor directory that nixpkgs' cargoSetupHook expects.
{
  lib,
  attributeOf,
  environmentOf,
  isHere,
  linkInputsOf,
  metaOf,
  nativeInputsOf,
  projectRoot,
  sourceOf,
  sources,
  stdenv,
  stdenvNoCC,
  toolchains,
  ...
}:

let
  unpackedCrate =
    crate:
    stdenvNoCC.mkDerivation {
      pname = crate.name;
      inherit (crate) version;
      checksum = builtins.toJSON {
        files = { };
        package = crate.checksum or null;
      };
      passAsFile = [ "checksum" ];
      archive = sources.${crate.source};
      subdirectory = crate.subdirectory or ".";
      buildCommand = ''
        mkdir "$out"
        if [ -d "$archive" ]; then
          cp -r "$archive/$subdirectory/." "$out"
          chmod -R u+w "$out"
          # What a crate inherits stands in the manifest of its workspace, which stays in the checkout.
          if ! grep -q '^\[workspace\]' "$out/Cargo.toml"; then
            around="$archive/$subdirectory"
            while [ "$around" != "$archive" ] && around=$(dirname "$around"); do
              if grep -qs '^\[workspace\]' "$around/Cargo.toml"; then
                sed -i "s|^\[package\]|&\nworkspace = \"$around\"|" "$out/Cargo.toml"
                break
              fi
            done
          fi
        else
          tar --extract --gzip --file "$archive" --directory "$out" --strip-components 1 --no-same-owner
        fi
        cp "$checksumPath" "$out/.cargo-checksum.json"
      '';
    };

  quoted = builtins.toJSON;

  # What cargo is told about one Git source: the crates of it lie in the vendor directory too.
  gitSource =
    source:
    let
      reference = source.reference or null;
      key = builtins.elemAt reference 0;
      value = builtins.elemAt reference 1;
      name = source.url + lib.optionalString (reference != null) "?${key}=${value}";
    in
    ''
      [source.${quoted name}]
      git = ${quoted source.url}
      ${lib.optionalString (reference != null) "${key} = ${quoted value}"}
      replace-with = "vendored-sources"
    '';

  vendor =
    {
      crates,
      gitSources ? [ ],
      lockFile ? null,
    }:
    stdenvNoCC.mkDerivation {
      name = "cargo-vendor-dir";
      cargoConfig = ''
        [source.crates-io]
        replace-with = "vendored-sources"
        ${lib.concatMapStrings gitSource gitSources}
        [source.vendored-sources]
        directory = "cargo-vendor-dir"
      '';
      crateLines = lib.concatMapStrings (
        crate: "${crate.name}-${crate.version} ${unpackedCrate crate}\n"
      ) (builtins.filter isHere crates);
      passAsFile = [
        "cargoConfig"
        "crateLines"
      ];
      buildCommand = ''
        mkdir -p "$out/.cargo"
        cp "$cargoConfigPath" "$out/.cargo/config.toml"
        # Before 24.05 cargoSetupHook reads the file by its old name.
        ln -s config.toml "$out/.cargo/config"
        ${lib.optionalString (lockFile != null) ''cp ${lockFile} "$out/Cargo.lock"''}
        while read -r name crate; do
          ln -s "$crate" "$out/$name"
        done < "$crateLinesPath"
      '';
    };
  # Commands after which cargo finds crates in a vendor directory, and asks no network for others.
  offlineHome = crates: ''
    export CARGO_HOME="$PWD/cargo-home" CARGO_NET_OFFLINE=true
    mkdir "$CARGO_HOME"
    ln -s ${vendor crates} cargo-vendor-dir
    sed "s|\"cargo-vendor-dir\"|\"$PWD/cargo-vendor-dir\"|" cargo-vendor-dir/.cargo/config.toml > "$CARGO_HOME/config.toml"
  '';
in
{
  inherit offlineHome;

  project =
    _: project:
    let
      directory = if project.directory == "" then "" else "/${project.directory}";
      cargoDeps = vendor {
        inherit (project) crates gitSources;
        lockFile = builtins.path {
          name = "Cargo.lock";
          path = projectRoot + "${directory}/Cargo.lock";
        };
      };
      package = toolchains.rustPlatform.buildRustPackage (
        {
          inherit (project) pname version;
          inherit cargoDeps;
          # Releases before 25.05 know no cargoDeps: they ask for a hash, and what they would fetch is replaced below.
          cargoHash = "";
          src = sourceOf project.directory;
          nativeBuildInputs = nativeInputsOf project.inputs;
          buildInputs = linkInputsOf project.inputs;
          doCheck = false;
          strictDeps = true;
          meta = metaOf project;
        }
        // environmentOf project.inputs
      );
    in
    package.overrideAttrs (_: {
      inherit cargoDeps;
    });

  # A crate from a registry as `cargo install` builds it, with the dependencies of the lock and no others.
  program =
    _: program:
    stdenv.mkDerivation (
      {
        inherit (program) pname version manifest;
        src = unpackedCrate program.crate;
        passAsFile = [ "manifest" ];
        nativeBuildInputs = map attributeOf [
          "cargo"
          "rustc"
        ]
        ++ nativeInputsOf program.inputs;
        buildInputs = linkInputsOf program.inputs;
        dontConfigure = true;
        dontBuild = true;
        installPhase = ''
          ${offlineHome { inherit (program) crates gitSources; }}
          # A table ends where the next one begins; cargo publishes manifests with one header on a line.
          awk '
            /^\[/ { isCut = $0 ~ /^\[(target\..*\.)?((dev-|build-)?dependencies|features)(\..*)?\]/ }
            !isCut
          ' Cargo.toml > narrowed.toml
          cat "$manifestPath" >> narrowed.toml
          mv narrowed.toml Cargo.toml
          rm -f Cargo.lock
          mkdir -p "$out/bin"
          if cargo metadata --no-deps --format-version 1 | grep -q '"kind":\["bin"\]'; then
            cargo install --path . --root "$out" --no-track --no-default-features \
              --features ${lib.escapeShellArg (builtins.concatStringsSep "," program.features)}
          else
            echo ${lib.escapeShellArg "${program.id} is a library: it has no programs"}
          fi
        '';
        doCheck = false;
        strictDeps = true;
        meta = metaOf program;
      }
      // environmentOf program.inputs
    );

  # The programs of all crates that a table of enki.toml asks for.
  programs =
    self: project:
    stdenvNoCC.mkDerivation {
      inherit (project) pname version;
      buildCommand = ''
        mkdir -p "$out/bin"
        ${lib.concatMapStrings (use: ''
          for program in ${self.${use.id}}/bin/*; do
            if [ -e "$program" ]; then ln -s "$program" "$out/bin/"; fi
          done
        '') (builtins.filter isHere project.programs)}
      '';
      meta = metaOf project;
    };
}
