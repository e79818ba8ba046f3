# The outputs of a site's flake: a NixOS system for every `hosts/<name>.nix`, and the image that containers are made from.
#
# A host's store path depends on its own files, the modules and the inputs, and on nothing else of the site. Files are therefore only ever
# reached as paths: a string with the site's folder in it would tie every host to every file.
{
  # The inputs of nmx's own flake; the site's stand in for those of the same name.
  own,
}:
{
  # The folder of the site's flake: `./.`.
  site,
  # The inputs of the site's flake, which its modules also get as the argument `inputs`.
  inputs ? { },
  # Modules for every host and for the image.
  modules ? [ ],
  system ? "x86_64-linux",
}:
let
  used = own // inputs;
  inherit (used) nixpkgs;
  inherit (nixpkgs) lib;

  folder = site + "/hosts";

  files = if builtins.pathExists folder then builtins.readDir folder else { };
  isHost = file: lib.hasSuffix ".nix" file && !lib.hasSuffix ".local.nix" file;
  names = map (lib.removeSuffix ".nix") (builtins.filter isHost (builtins.attrNames files));

  host =
    name:
    let
      byHand = folder + "/${name}.local.nix";
    in
    lib.nixosSystem {
      specialArgs.inputs = used;
      modules = [
        used.sops-nix.nixosModules.sops
        used.authentik-nix.nixosModules.default
        used.simple-nixos-mailserver.nixosModules.default
        (import ../modules).default
        (import ../modules).secrets
        {
          networking.hostName = lib.mkDefault name;
          nixpkgs.hostPlatform = lib.mkDefault system;
        }
        (folder + "/${name}.nix")
      ]
      ++ lib.optional (builtins.pathExists byHand) byHand
      ++ modules;
    };

  nixosConfigurations = lib.genAttrs names host;
in
{
  inherit nixosConfigurations;

  packages.${system}.base = (import ./base-image.nix { inherit nixpkgs system modules; }).image;

  checks.${system} = lib.mapAttrs (_: host: host.config.system.build.toplevel) nixosConfigurations;

  formatter.${system} = nixpkgs.legacyPackages.${system}.nixfmt-tree;
}
