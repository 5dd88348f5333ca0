{
  description = "An Eilean host whose Synapse and DNS server are built from enki.lock";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.05";
    eilean.url = "github:RyanGibb/eilean-nix";
    eilean.inputs.nixpkgs.follows = "nixpkgs";
  };

  outputs =
    {
      self,
      nixpkgs,
      eilean,
    }:
    {
      overlays.default = import ./overlay.nix { };

      nixosModules.default = import ./module.nix;

      nixosConfigurations.host = nixpkgs.lib.nixosSystem {
        system = "x86_64-linux";
        modules = [
          eilean.nixosModules.default
          self.nixosModules.default
          {
            eilean.enki.enable = true;
          }
          ./configuration.nix
        ];
      };
    };
}
