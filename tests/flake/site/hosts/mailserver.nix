# Written by nmx for service.mailserver.container, and written anew whenever that changes.
# What you add by hand goes into mailserver.local.nix beside it.
{ pkgs, ... }:

{
  environment.etc."alloy/config.alloy".text = ''
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

  networking.domain = "home.example.com";

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
    backupCleanupCommand = ''
      if [ "$SERVICE_RESULT" = success ]; then
        mkdir -p /var/lib/nmx/metrics
        printf 'nmx_backup_last_success_seconds{backup="%s",service="%s"} %s\n' nightly mailserver "$(date +%s)" > /var/lib/nmx/metrics/backup-nightly-mailserver.new
        mv /var/lib/nmx/metrics/backup-nightly-mailserver.new /var/lib/nmx/metrics/backup-nightly-mailserver.prom
      fi
    '';
    environmentFile = "/run/secrets/nightly-env-mailserver";
    exclude = [ ];
    extraBackupArgs = [ "--tag=mailserver" ];
    extraOptions = [ "sftp.args='-o BatchMode=yes'" ];
    initialize = true;
    passwordFile = "/run/secrets/nightly-password-mailserver";
    paths = [ "/var/vmail" "/var/dkim" "/var/sieve" "/var/lib/rspamd" "/var/lib/redis-rspamd" ];
    repository = "b2:home-lab:prod";
    timerConfig = {
      OnCalendar = "*-*-* 03:15:00";
      Persistent = true;
      RandomizedDelaySec = "2700s";
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
    nightly-env-mailserver = {
      mode = "0400";
      owner = "root";
    };
    nightly-password-mailserver = {
      mode = "0400";
      owner = "root";
    };
  };

  systemd.services.restic-backups-nightly-mailserver.path = [ pkgs.util-linux ];
  systemd.tmpfiles.rules = [ "d /var/lib/nmx/metrics 0755 root root -" ];

  time.timeZone = "Europe/Berlin";
}
