# What a guest of the lab plays when it is switched to a system: lines of `lab-switch`. Caddy, Unbound, Authentik and databases are real
# processes there, with the configuration that NixOS would write; other services with ports are small web servers of their name.
{ config }:
let
  inherit (builtins)
    attrNames
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    isAttrs
    isBool
    isList
    isString
    split
    substring
    toFile
    toString
    ;
  services = config.services;
  switchedOn = filter (name: isAttrs services.${name} && services.${name}.enable or false == true) (attrNames services);

  caddyfile = concatStringsSep "\n" (
    map (
      name:
      let
        host = services.caddy.virtualHosts.${name};
      in
      "${concatStringsSep ", " ([ name ] ++ host.serverAliases or [ ])} {\n${host.extraConfig or ""}\n}"
    ) (attrNames services.caddy.virtualHosts)
  );

  # As the module of NixOS does it: a clause for each set, and one for each element of a list of sets.
  value = one: if isBool one then (if one then "yes" else "no") else toString one;
  lines = name: given: map (one: "  ${name}: ${value one}") (if isList given then given else [ given ]);
  clause = name: body: [ "${name}:" ] ++ concatMap (key: lines key body.${key}) (attrNames body);
  unboundConf = concatStringsSep "\n" (
    concatMap (
      name:
      let
        body = services.unbound.settings.${name};
      in
      if isList body then concatMap (clause name) body else clause name body
    ) (attrNames services.unbound.settings)
    ++ [
      "remote-control:"
      "  control-enable: yes"
      "  control-interface: ${services.unbound.localControlSocketPath}"
      ""
    ]
  );

  # The ports that the firewall opens are those that something listens on: this stands for all but sshd, the exporters and the databases.
  elsewhere = [
    "22"
    "9100"
    "3306"
    "5432"
  ];
  ports = concatMap (
    part: if isList part && !(elem (elemAt part 0) elsewhere) then [ (elemAt part 0) ] else [ ]
  ) (split "tcp dport ([0-9]+) accept" config.networking.firewall.extraInputRules);

  databases = {
    mysql = "serve mariadb ${concatStringsSep " " services.mysql.ensureDatabases}";
    postgresql = "serve postgresql ${concatStringsSep " " services.postgresql.ensureDatabases}";
  };
  real = databases // {
    caddy = "serve caddy ${toFile "Caddyfile" caddyfile}";
    unbound = "serve unbound ${toFile "unbound.conf" unboundConf}";
    authentik = "serve authentik ${toString services.authentik.environmentFile}";
  };
  servers = filter (name: real ? ${name}) switchedOn;
  others = filter (name: !(real ? ${name}) && name != "openssh") switchedOn;

  unit =
    name:
    let
      start = config.systemd.services.${name}.serviceConfig.ExecStart or "";
      fails = isString start && substring 0 6 start == "false ";
    in
    if fails then "fail ${name}.service ${substring 6 (-1) start}" else "unit ${name}.service";
in
map (name: "etc ${name} ${toFile "etc" config.environment.etc.${name}.text}") (
  filter (name: config.environment.etc.${name}.text != null) (attrNames config.environment.etc)
)
++ map (rule: "tmpfile ${rule}") config.systemd.tmpfiles.rules
++ (if config.sops.defaultSopsFile or null == null then [ ] else [ "secrets ${config.sops.defaultSopsFile}" ])
++ map (name: "run ${name}.service ${real.${name}}") servers
++ map (name: "unit ${name}.service") others
++ map unit (attrNames config.systemd.services)
++ (
  if filter (name: !(databases ? ${name})) servers == [ ] && ports != [ ] then
    [ "run web.service serve web ${config.networking.hostName} ${concatStringsSep " " ports}" ]
  else
    [ ]
)
