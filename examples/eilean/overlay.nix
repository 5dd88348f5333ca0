# Puts packages of enki.lock in the places where NixOS modules look for them.
{
  exclude ? [ ],
  projectRoot ? ./.,
  # The release that was resolved for; null for any.
  expectedNixpkgs ?
    (builtins.fromJSON (builtins.readFile (projectRoot + "/nix/enki/plan.json"))).nixpkgs.release or null,
}:

final: prev:

let
  enki = final.callPackage (projectRoot + "/nix/enki") { inherit projectRoot expectedNixpkgs; };

  # services.matrix-synapse wraps this package, and `services.matrix-synapse.package` can't be set. The wrapper puts
  # extras and plugins on PYTHONPATH, and asks for programs in bin/, `python`, `optional-dependencies` by the names of
  # extras, and `plugins`. Here the extras are locked with Synapse itself, so none has to be added.
  synapse =
    let
      environment = enki.projects.pypi;
      inherit (environment) python;
      previous = prev.matrix-synapse-unwrapped;
      inherit (enki.pypiPackages.matrix-synapse) version;
      isSamePython = python.pythonVersion == previous.python.pythonVersion;
    in
    final.stdenv.mkDerivation {
      pname = "matrix-synapse";
      inherit version;
      buildCommand = ''
        mkdir -p "$out/bin"
        for program in ${environment}/bin/*; do
          case "$(basename "$program")" in
            python*) ;;
            *) ln -s "$program" "$out/bin/" ;;
          esac
        done
      '';
      passthru =
        builtins.intersectAttrs {
          tests = null;
          tools = null;
        } previous
        // {
          inherit python;
          plugins = builtins.mapAttrs (
            name: plugin:
            if isSamePython then
              plugin
            else
              throw "${name} is for Python ${previous.python.pythonVersion}, Synapse is locked for ${python.pythonVersion}"
          ) previous.plugins;
          optional-dependencies = builtins.mapAttrs (_: _: [ ]) (
            previous.optional-dependencies // { systemd = [ ]; }
          );
        };
      meta = previous.meta // {
        mainProgram = "synapse_homeserver";
      };
    };

  replaced = {
    inherit (enki.projects) eon;
    matrix-synapse-unwrapped = synapse;
  };
in
builtins.removeAttrs replaced exclude
