# `lib.nixosSystem`: modules to a configuration with a toplevel, whose path depends on all that is configured.
{ lib, evaluate }:
{
  modules,
  specialArgs ? { },
}:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    foldl'
    isAttrs
    isFunction
    isPath
    isString
    mapAttrs
    ;

  pkgs = import ./packages.nix;
  arguments = {
    inherit config lib pkgs;
    modulesPath = "${./.}";
  }
  // specialArgs;

  # A module and those it imports, each as { file, options, config }.
  load =
    module:
    let
      isFile = isPath module || isString module;
      loaded = if isFile then import module else module;
      body = if isFunction loaded then loaded arguments else loaded;
    in
    concatMap load (body.imports or [ ])
    ++ [
      {
        file = if isFile then builtins.unsafeDiscardStringContext (toString module) else "<inline>";
        options = body.options or { };
        config = body.config or (removeAttrs body [
          "imports"
          "options"
        ]);
      }
    ];

  join =
    left: right:
    left
    // mapAttrs (
      name: value:
      if left ? ${name} && left.${name}._type or null != "option" then join left.${name} value else value
    ) right;

  loaded = concatMap load ([ ./options.nix ] ++ modules);
  config = evaluate.options "" (foldl' join { } (map (module: module.options) loaded)) (
    map (module: {
      inherit (module) file;
      value = module.config;
      priority = 100;
    }) loaded
    ++ [
      {
        file = "the stand-in itself";
        value.system.build.toplevel = toplevel;
        value.environment.etc."ssh/ssh_known_hosts".text = concatStringsSep "" (
          map (
            name:
            let
              host = config.programs.ssh.knownHosts.${name};
            in
            "${concatStringsSep "," host.hostNames} ${host.publicKey}\n"
          ) (attrNames config.programs.ssh.knownHosts)
        );
        priority = 100;
      }
    ]
  );

  restic = import ./restic.nix { inherit config pkgs; };

  toplevel = pkgs.system {
    name = "nixos-system-${config.networking.hostName}";
    text = builtins.toJSON (config // { system = removeAttrs config.system [ "build" ]; });
    plays = import ./played.nix { inherit config; } ++ restic.plays;
    programs = config.environment.systemPackages ++ restic.programs;
  };
in
{
  inherit config pkgs;
}
