# One derivation per distribution, without propagation; an environment links the files of all that it needs.
{
  lib,
  attributeOf,
  autoPatchelfHook,
  cargo,
  environmentOf,
  isHere,
  linkInputsOf,
  metaOf,
  nativeInputsOf,
  pythonManylinuxPackages,
  sourceOf,
  sources,
  stdenv,
  stdenvNoCC,
  system,
  toolchains,
  ...
}:

let
  inherit (toolchains) python;

  script = "${python.interpreter} -B ${./pypi-install.py}";

  # The files of several distributions in one place, with their commands.
  environment =
    self: pname: version: uses:
    stdenvNoCC.mkDerivation {
      inherit pname version;
      distributions = lib.concatMapStrings (use: "${self.${use.id}}\n") (
        builtins.filter isHere uses
      );
      passAsFile = [ "distributions" ];
      PYTHONDONTWRITEBYTECODE = "1";
      buildCommand = ''
        ${script} environment "$distributionsPath" "$out"
      '';
    };
in
{
  distribution =
    self: distribution:
    let
      files = builtins.filter isHere distribution.files;
      file =
        if files == [ ] then
          throw "${distribution.id} has neither a wheel nor a source distribution for ${system}"
        else
          builtins.head files;
      isSource = file.kind == "sdist";
      needsPatching = file ? isNative && stdenv.hostPlatform.isLinux;
      buildEnvironment =
        environment self "${distribution.pname}-build-environment" distribution.version
          distribution.build;
      hasCrates = isSource && distribution.crates != [ ];
    in
    stdenv.mkDerivation (
      {
        inherit (distribution) pname version;
        src = if file ? path then sourceOf file.path else sources.${file.source};
        dontUnpack = true;
        dontConfigure = true;
        dontBuild = true;
        # Stripping breaks libraries that the tools of manylinux have bundled and aligned.
        dontStrip = !isSource;
        strictDeps = true;
        nativeBuildInputs =
          lib.optional needsPatching autoPatchelfHook
          ++ lib.optionals hasCrates [
            (attributeOf "cargo")
            (attributeOf "rustc")
          ]
          ++ lib.optionals isSource (nativeInputsOf distribution.inputs);
        # What a manylinux wheel may expect of its system (PEP 599), and what else it was locked with.
        buildInputs =
          lib.optionals needsPatching pythonManylinuxPackages.manylinux2014
          ++ linkInputsOf distribution.inputs;
        PYTHONDONTWRITEBYTECODE = "1";
        SOURCE_DATE_EPOCH = "315532800";
        installPhase = ''
          runHook preInstall
          ${
            if isSource then
              ''
                export HOME="$PWD"
                ${lib.optionalString hasCrates (cargo.offlineHome { inherit (distribution) crates gitSources; })}
                export PATH=${buildEnvironment}/bin:"$PATH"
                ${buildEnvironment}/bin/python3 -B ${./pypi-install.py} build "$src" wheels${lib.optionalString (file ? subdirectory) " ${lib.escapeShellArg file.subdirectory}"}
                ${script} wheel wheels/*.whl "$out"
              ''
            else
              ''${script} wheel "$src" "$out"''
          }
          runHook postInstall
        '';
        meta =
          metaOf distribution
          // lib.optionalAttrs (!isSource && file ? isNative) {
            sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];
          };
      }
      // lib.optionalAttrs isSource (environmentOf distribution.inputs)
    );

  project =
    self: project:
    (environment self project.pname project.version project.distributions).overrideAttrs (_: {
      passthru.python = python;
      meta = metaOf project;
    });
}
