# Written by nmx for service.authentik, and written anew whenever that changes.
# What you add by hand goes into authentik.local.nix beside it.
{ ... }:

{
  environment.etc = {
    "alloy/config.alloy".text = ''
      loki.source.journal "units" {
        forward_to    = [loki.write.site.receiver]
        relabel_rules = loki.relabel.units.rules
        labels        = { host = "authentik" }
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
    "nmx/backup/nightly-authentik".text = ''
      repository offsite
      backup nightly
      service authentik
      makes
      unit authentik.service
      unit authentik-worker.service
      path /var/lib/private/authentik
    '';
    "nmx/backup/offsite".text = ''
      repository offsite
      makes
      keep nightly --keep-daily=7 --keep-monthly=12 --keep-weekly=4
    '';
  };

  networking.domain = "host.home.example.com";

  networking.firewall = {
    enable = true;
    extraInputRules = ''
      ip saddr { 192.168.50.0/24 } tcp dport 22 accept
      ip saddr { 192.168.50.21 } tcp dport 9100 accept
      ip saddr { 192.168.50.21 } tcp dport 9300 accept
      ip saddr { 192.168.50.21, 192.168.50.22, 192.168.50.23, 192.168.50.25, 192.168.50.27, 192.168.50.28 } tcp dport 9000 accept'';
  };

  networking.nftables.enable = true;

  services.alloy = {
    enable = true;
    extraFlags = [ "--disable-reporting" ];
  };

  services.authentik = {
    createDatabase = false;
    enable = true;
    environmentFile = "/run/secrets/authentik-env";
    settings = {
      avatars = "initials";
      disable_startup_analytics = true;
      disable_update_check = true;
      error_reporting.enabled = false;
      listen.trusted_proxy_cidrs = [ "127.0.0.0/8" "192.168.50.27/32" ];
      postgresql = {
        host = "192.168.50.33";
        name = "authentik";
        port = 5432;
        user = "authentik";
      };
    };
  };

  services.prometheus.exporters.node = {
    enable = true;
    enabledCollectors = [ "systemd" "textfile" ];
    extraFlags = [ "--collector.textfile.directory=/var/lib/nmx/metrics" ];
  };

  services.restic.backups = {
    nightly-authentik = {
      backupCleanupCommand = "/run/current-system/sw/bin/nmx-backup finish nightly-authentik";
      backupPrepareCommand = "/run/current-system/sw/bin/nmx-backup prepare nightly-authentik";
      environmentFile = "/run/secrets/offsite-env-authentik";
      exclude = [ ];
      extraBackupArgs = [ "--tag=nmx,backup:nightly,service:authentik" "--retry-lock=2h" ];
      passwordFile = "/run/secrets/offsite-password-authentik";
      paths = [ "/var/lib/private/authentik" "/var/backup/authentik" ];
      repository = "b2:home-lab:prod";
      timerConfig = {
        OnCalendar = "*-*-* 03:28:00";
        Persistent = true;
      };
    };
    offsite = {
      backupCleanupCommand = "/run/current-system/sw/bin/nmx-backup finish offsite";
      backupPrepareCommand = "/run/current-system/sw/bin/nmx-backup prepare offsite";
      checkOpts = [ "--read-data-subset=5%" ];
      environmentFile = "/run/secrets/offsite-env-authentik";
      passwordFile = "/run/secrets/offsite-password-authentik";
      paths = [ ];
      repository = "b2:home-lab:prod";
      runCheck = true;
      timerConfig = {
        OnCalendar = "Sun *-*-* 06:00:00";
        Persistent = true;
      };
    };
  };

  sops.defaultSopsFile = ../secrets/authentik.json;
  sops.defaultSopsFormat = "json";

  sops.secrets = {
    authentik-database = {
      mode = "0400";
      owner = "root";
    };
    authentik-env = {
      mode = "0400";
      owner = "root";
      restartUnits = [ "authentik.service" "authentik-worker.service" ];
    };
    offsite-env-authentik = {
      mode = "0400";
      owner = "root";
    };
    offsite-password-authentik = {
      mode = "0400";
      owner = "root";
    };
  };

  systemd.tmpfiles.rules = [ "d /var/lib/nmx/metrics 0755 root root -" ];

  time.timeZone = "Europe/Berlin";
}
