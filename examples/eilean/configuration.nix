{
  boot.isContainer = true;
  networking.domain = "example.org";
  system.stateVersion = "25.05";

  eilean = {
    username = "admin";
    matrix.enable = true;
    services.dns = {
      enable = true;
      server = "eon";
    };
  };
}
