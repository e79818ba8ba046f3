{
  description = "NixOS containers on Proxmox, from the hosts that nmx writes";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
    sops-nix = {
      url = "github:Mic92/sops-nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    authentik-nix = {
      url = "github:nix-community/authentik-nix";
      inputs.nixpkgs.follows = "nixpkgs";
    };
    simple-nixos-mailserver = {
      url = "gitlab:simple-nixos-mailserver/nixos-mailserver/nixos-25.11";
      inputs.nixpkgs.follows = "nixpkgs";
    };
  };

  outputs =
    { self, nixpkgs, ... }@inputs:
    let
      system = "x86_64-linux";
      base = import ./lib/base-image.nix { inherit nixpkgs system; };
    in
    {
      lib.mkSite = import ./lib/mk-site.nix { own = removeAttrs inputs [ "self" ]; };

      nixosModules = import ./modules;

      packages.${system}.base = base.image;

      formatter.${system} = nixpkgs.legacyPackages.${system}.nixfmt-tree;

      checks.${system} = {
        base = base.toplevel;
        empty-site = (self.lib.mkSite { site = ./template; }).packages.${system}.base;
      };

      templates.default = {
        path = ./template;
        description = "A site: its hosts are what nmx writes and what you add";
      };
    };
}
