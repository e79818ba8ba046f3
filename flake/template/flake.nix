{
  description = "My site";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    nmx.url = "git+https://git.example.com/nmx?dir=flake"; # where you have nmx from
    nmx.inputs.nixpkgs.follows = "nixpkgs";
  };

  # Every hosts/<name>.nix that nmx writes becomes nixosConfigurations.<name>, together with your own hosts/<name>.local.nix.
  outputs =
    inputs:
    inputs.nmx.lib.mkSite {
      site = ./.;
      inherit inputs;
      modules = [ ]; # your own, for all hosts
    };
}
