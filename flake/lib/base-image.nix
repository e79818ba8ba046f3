# What a container is before its own configuration arrives: reachable by SSH with the host key that nmx gave it, and nothing else.
{
  nixpkgs,
  system,
  modules ? [ ],
}:
let
  inherit
    (nixpkgs.lib.nixosSystem {
      modules = [
        (import ../modules).default
        {
          nixpkgs.hostPlatform = nixpkgs.lib.mkDefault system;
          # One image, many containers: each is called what Proxmox calls it.
          proxmoxLXC.manageHostName = false;
          # There are no openings yet.
          services.openssh.openFirewall = true;
        }
      ]
      ++ modules;
    })
    config
    ;
in
{
  inherit (config.system.build) toplevel;

  # The template under the name by which a site looks for it: upload it to `local:vztmpl/nmx-base.tar.xz`.
  image = nixpkgs.legacyPackages.${system}.runCommand "nmx-base" { } ''
    mkdir $out
    ln -s ${config.system.build.tarball}/tarball/*.tar.xz $out/nmx-base.tar.xz
  '';
}
