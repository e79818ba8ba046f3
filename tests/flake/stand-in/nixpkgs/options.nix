# The options of NixOS 25.11 that nmx's modules and the tests' hosts set.
{ lib, ... }:
let
  inherit (lib) types;
  inherit (types)
    anything
    attrs
    attrsOf
    bool
    enum
    int
    lines
    listOf
    nullOr
    package
    path
    str
    submodule
    ;
  option = type: default: lib.mkOption { inherit type default; };
  on = option bool true;
  off = option bool false;
  names = option (listOf str) [ ];
  text = option lines "";
  maybe = type: option (nullOr type) null;
  settings = option attrs { };
  of = options: option (attrsOf (submodule options)) { };
in
{
  options = {
    documentation.enable = on;
    environment = {
      etc = of { text = maybe lines; };
      systemPackages = option (listOf package) [ ];
    };
    networking = {
      domain = maybe str;
      firewall = {
        enable = on;
        extraInputRules = text;
        logRefusedConnections = on;
      };
      hostName = option str "nixos";
      nftables.enable = off;
      useHostResolvConf = off;
      useNetworkd = off;
    };
    nix = {
      channel.enable = on;
      gc = {
        automatic = off;
        dates = option str "03:15";
        options = option str "";
        randomizedDelaySec = option str "0";
      };
      settings = settings;
    };
    nixpkgs.hostPlatform = maybe str;
    programs.command-not-found.enable = on;
    programs.ssh.knownHosts = of {
      hostNames = names;
      publicKey = maybe str;
    };
    services = {
      alloy = {
        enable = off;
        extraFlags = names;
      };
      bookstack = settings;
      caddy = {
        email = maybe str;
        enable = off;
        globalConfig = text;
        virtualHosts = of {
          extraConfig = text;
          serverAliases = names;
        };
      };
      forgejo = settings;
      grafana = settings;
      journald.extraConfig = text;
      miniflux = settings;
      mysql = {
        enable = off;
        ensureDatabases = names;
        ensureUsers = option (listOf attrs) [ ];
        package = maybe package;
        settings = settings;
      };
      navidrome = settings;
      openssh = {
        authorizedKeysInHomedir = on;
        enable = off;
        hostKeys = option (listOf attrs) [ ];
        openFirewall = on;
        settings = {
          KbdInteractiveAuthentication = on;
          PasswordAuthentication = on;
          PermitRootLogin = option (enum [
            "yes"
            "without-password"
            "prohibit-password"
            "forced-commands-only"
            "no"
          ]) "prohibit-password";
        };
        startWhenNeeded = off;
      };
      postgresql = {
        authentication = text;
        enable = off;
        enableTCPIP = off;
        ensureDatabases = names;
        ensureUsers = option (listOf attrs) [ ];
        package = maybe package;
      };
      prometheus.exporters = {
        exportarr-sonarr = settings;
        mysqld = settings;
        postgres = settings;
        node = {
          disabledCollectors = names;
          enable = off;
          enabledCollectors = names;
          extraFlags = names;
        };
        unbound = {
          enable = off;
          unbound.host = option str "tcp://127.0.0.1:8953";
        };
      };
      resolved.enable = off;
      sonarr = settings;
      restic.backups = of {
        backupCleanupCommand = maybe str;
        backupPrepareCommand = maybe str;
        checkOpts = names;
        environmentFile = maybe str;
        exclude = names;
        extraBackupArgs = names;
        extraOptions = names;
        passwordFile = maybe str;
        paths = option (nullOr (listOf str)) [ ];
        rcloneConfigFile = maybe str;
        repository = maybe str;
        repositoryFile = maybe str;
        runCheck = off;
        timerConfig = settings;
      };
      vaultwarden = settings;
      unbound = {
        enable = off;
        localControlSocketPath = maybe str;
        settings = settings;
      };
    };
    system = {
      build = option (attrsOf package) { };
      stateVersion = maybe str;
    };
    systemd.services = of {
      after = names;
      before = names;
      conflicts = names;
      description = option str "";
      environment = settings;
      path = option (listOf (types.either package str)) [ ];
      requires = names;
      script = text;
      serviceConfig = settings;
      unitConfig = settings;
      wantedBy = names;
    };
    systemd.tmpfiles.rules = names;
    time.timeZone = maybe str;
    users = settings;
  };
}
