# Options `eilean.enki.*`: use what enki.lock pins instead of the packages of nixpkgs.
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.eilean.enki;
  plan = builtins.fromJSON (builtins.readFile ./nix/enki/plan.json);
  eon = lib.mkIf (!(builtins.elem "eon" cfg.exclude)) (lib.mkDefault pkgs.eon);
in
{
  options.eilean.enki = {
    enable = lib.mkEnableOption "the packages that enki.lock pins";

    exclude = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [ "matrix-synapse-unwrapped" ];
      description = "Packages that stay those of nixpkgs.";
    };

    expectedNixpkgs = lib.mkOption {
      type = lib.types.nullOr lib.types.str;
      default = plan.nixpkgs.release or null;
      description = "The nixpkgs release that this host must have, by default the one that was resolved for; null for any.";
    };
  };

  config = lib.mkIf cfg.enable {
    nixpkgs.overlays = [ (import ./overlay.nix { inherit (cfg) exclude expectedNixpkgs; }) ];

    # The modules of eon take their package from options, not from nixpkgs. The defaults of these come from eon's own
    # flake, which would run opam-nix.
    services.eon.package = eon;
    security.acme-eon.package = eon;
  };
}
