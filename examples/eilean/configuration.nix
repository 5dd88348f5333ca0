{
  boot.isContainer = true;
  networking.domain = "example.org";
  system.stateVersion = "25.05";

  eilean = {
    username = "admin";
    serverIpv4 = "203.0.113.1";
    serverIpv6 = "2001:db8::1";
    publicInterface = "eth0";
    matrix.enable = true;
    services.dns = {
      enable = true;
      server = "eon";
    };
  };
}
