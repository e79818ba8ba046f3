{
  description = "A stand-in for sops-nix: its options";

  outputs = _: {
    nixosModules.sops =
      { lib, ... }:
      let
        inherit (lib) types;
        option = type: default: lib.mkOption { inherit type default; };
      in
      {
        options.sops = {
          age.sshKeyPaths = option (types.listOf types.path) [ ];
          defaultSopsFile = option (types.nullOr types.path) null;
          defaultSopsFormat = option types.str "yaml";
          secrets = option (types.attrsOf (
            types.submodule {
              mode = option types.str "0400";
              owner = option types.str "root";
              restartUnits = option (types.listOf types.str) [ ];
            }
          )) { };
        };
      };
  };
}
