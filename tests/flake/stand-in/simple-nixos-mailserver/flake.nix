{
  description = "A stand-in for simple-nixos-mailserver: its options";

  outputs = _: {
    nixosModules.default =
      { lib, ... }:
      let
        inherit (lib) types;
        option = type: default: lib.mkOption { inherit type default; };
      in
      {
        options.mailserver = {
          certificateScheme = option types.str "selfsigned";
          domains = option (types.listOf types.str) [ ];
          enable = option types.bool false;
          fqdn = option types.str "";
          localDnsResolver = option types.bool true;
          loginAccounts = option (types.attrsOf (
            types.submodule {
              aliases = option (types.listOf types.str) [ ];
              hashedPasswordFile = option (types.nullOr types.path) null;
            }
          )) { };
          stateVersion = option types.int 1;
        };
      };
  };
}
