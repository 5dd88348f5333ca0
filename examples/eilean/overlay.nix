# Puts packages of enki.lock in the places where NixOS modules look for them.
{
  exclude ? [ ],
  root ? ./.,
  # The release that was resolved for; null for any.
  expectedNixpkgs ? (builtins.fromJSON (builtins.readFile (root + "/nix/enki/plan.json"))).nixpkgs.release or null,
}:

final: prev:

let
  enki = final.callPackage (root + "/nix/enki") {
    projectRoot = root;
    inherit expectedNixpkgs;
  };

  # services.matrix-synapse wraps this package, and `services.matrix-synapse.package` can't be set. What the wrapper
  # asks for stays as it is; the extras are locked with Synapse itself, so none has to be added.
  synapse =
    let
      environment = enki.projects.pypi;
      previous = prev.matrix-synapse-unwrapped;
      inherit (enki.pypiPackages.matrix-synapse) version;
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
      passthru = {
        inherit (previous) plugins python tools;
        optional-dependencies = builtins.mapAttrs (_: _: [ ]) (previous.optional-dependencies // { systemd = [ ]; });
      };
      meta = previous.meta // {
        mainProgram = "synapse_homeserver";
      };
    };

  replaced = {
    eon = enki.opamPackages.eon;
    matrix-synapse-unwrapped = synapse;
  };
in
builtins.removeAttrs replaced exclude
