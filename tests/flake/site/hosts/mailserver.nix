# Written by nmx for service.mailserver, and written anew whenever that changes.
# What you add by hand goes into mailserver.local.nix beside it.
{ ... }:

{
  environment.etc = {
    "alloy/config.alloy".text = ''
      loki.source.journal "units" {
        forward_to    = [loki.write.site.receiver]
        relabel_rules = loki.relabel.units.rules
        labels        = { host = "mailserver" }
      }

      loki.relabel "units" {
        forward_to = []

        rule {
          source_labels = ["__journal__systemd_unit"]
          target_label  = "unit"
        }
      }

      loki.write "site" {
        endpoint {
          url = "http://192.168.50.21:3100/loki/api/v1/push"
        }
      }
    '';
    "nmx/backup/nightly-mailserver".text = ''
      repository offsite
      backup nightly
      service mailserver
      unit postfix.service
      unit dovecot2.service
      unit rspamd.service
      path /var/vmail
      path /var/dkim
      path /var/sieve
      path /var/lib/rspamd
      path /var/lib/redis-rspamd
    '';
  };

  mailserver.certificateScheme = "selfsigned";
  mailserver.domains = [ "home.example.com" ];
  mailserver.enable = true;
  mailserver.fqdn = "mail.home.example.com";
  mailserver.localDnsResolver = false;

  mailserver.loginAccounts = {
    "ada@home.example.com" = {
      aliases = [ ];
      hashedPasswordFile = "/run/secrets/mailserver-account-ada@home.example.com";
    };
    "bob@home.example.com" = {
      aliases = [ ];
      hashedPasswordFile = "/run/secrets/mailserver-account-bob@home.example.com";
    };
  };

  mailserver.stateVersion = 3;

  networking.domain = "host.home.example.com";

  networking.firewall = {
    enable = true;
    extraInputRules = ''
      ip saddr { 0.0.0.0/0 } tcp dport 25 accept
      ip saddr { 0.0.0.0/0 } tcp dport 4190 accept
      ip saddr { 0.0.0.0/0 } tcp dport 465 accept
      ip saddr { 0.0.0.0/0 } tcp dport 993 accept
      ip saddr { 192.168.50.0/24 } tcp dport 22 accept
      ip saddr { 192.168.50.21 } tcp dport 9100 accept'';
  };

  networking.nftables.enable = true;

  services.alloy = {
    enable = true;
    extraFlags = [ "--disable-reporting" ];
  };

  services.prometheus.exporters.node = {
    enable = true;
    enabledCollectors = [ "systemd" "textfile" ];
    extraFlags = [ "--collector.textfile.directory=/var/lib/nmx/metrics" ];
  };

  services.restic.backups.nightly-mailserver = {
    backupCleanupCommand = "/run/current-system/sw/bin/nmx-backup finish nightly-mailserver";
    backupPrepareCommand = "/run/current-system/sw/bin/nmx-backup prepare nightly-mailserver";
    environmentFile = "/run/secrets/offsite-env-mailserver";
    exclude = [ ];
    extraBackupArgs = [ "--tag=nmx,backup:nightly,service:mailserver" "--retry-lock=2h" ];
    passwordFile = "/run/secrets/offsite-password-mailserver";
    paths = [
      "/var/vmail"
      "/var/dkim"
      "/var/sieve"
      "/var/lib/rspamd"
      "/var/lib/redis-rspamd"
      "/var/backup/mailserver"
    ];
    repository = "b2:home-lab:prod";
    timerConfig = {
      OnCalendar = "*-*-* 03:19:00";
      Persistent = true;
    };
  };

  sops.defaultSopsFile = ../secrets/mailserver.json;
  sops.defaultSopsFormat = "json";

  sops.secrets = {
    "mailserver-account-ada@home.example.com" = {
      mode = "0400";
      owner = "root";
      restartUnits = [ "dovecot2.service" ];
    };
    "mailserver-account-bob@home.example.com" = {
      mode = "0400";
      owner = "root";
      restartUnits = [ "dovecot2.service" ];
    };
    offsite-env-mailserver = {
      mode = "0400";
      owner = "root";
    };
    offsite-password-mailserver = {
      mode = "0400";
      owner = "root";
    };
  };

  systemd.tmpfiles.rules = [ "d /var/lib/nmx/metrics 0755 root root -" ];

  time.timeZone = "Europe/Berlin";
}
