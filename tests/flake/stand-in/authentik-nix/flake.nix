{
  description = "A stand-in for authentik-nix: its options";

  outputs = _: {
    nixosModules.default =
      { lib, ... }:
      let
        inherit (lib) types;
        option = type: default: lib.mkOption { inherit type default; };
      in
      {
        options.services.authentik = {
          createDatabase = option types.bool true;
          enable = option types.bool false;
          environmentFile = option (types.nullOr types.path) null;
          settings = option types.attrs { };
        };
      };
  };
}
