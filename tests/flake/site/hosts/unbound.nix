# Written by nmx for service.unbound, and written anew whenever that changes.
# What you add by hand goes into unbound.local.nix beside it.
{ ... }:

{
  environment.etc."alloy/config.alloy".text = ''
    loki.source.journal "units" {
      forward_to    = [loki.write.site.receiver]
      relabel_rules = loki.relabel.units.rules
      labels        = { host = "unbound" }
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

  networking.domain = "host.home.example.com";

  networking.firewall = {
    enable = true;
    extraInputRules = ''
      ip saddr { 192.168.50.0/24 } tcp dport 22 accept
      ip saddr { 192.168.50.0/24 } tcp dport 53 accept
      ip saddr { 192.168.50.0/24 } udp dport 53 accept
      ip saddr { 192.168.50.21 } tcp dport 9100 accept
      ip saddr { 192.168.50.21 } tcp dport 9167 accept'';
  };

  networking.nftables.enable = true;

  services.alloy = {
    enable = true;
    extraFlags = [ "--disable-reporting" ];
  };

  services.prometheus.exporters = {
    node = {
      enable = true;
      enabledCollectors = [ "systemd" "textfile" ];
      extraFlags = [ "--collector.textfile.directory=/var/lib/nmx/metrics" ];
    };
    unbound = {
      enable = true;
      unbound.host = "unix:///run/unbound/unbound.ctl";
    };
  };

  services.resolved.enable = false;

  services.unbound = {
    enable = true;
    localControlSocketPath = "/run/unbound/unbound.ctl";
    settings = {
      auth-zone = [
        {
          for-downstream = true;
          for-upstream = true;
          name = "home.example.com.";
          zonefile = "/var/lib/unbound/zones/home.example.com.zone";
        }
        {
          for-downstream = true;
          for-upstream = true;
          name = "50.168.192.in-addr.arpa.";
          zonefile = "/var/lib/unbound/zones/50.168.192.in-addr.arpa.zone";
        }
      ];
      forward-zone = [
        {
          forward-addr = [ "9.9.9.9@853#dns.quad9.net" "149.112.112.112@853#dns.quad9.net" ];
          forward-tls-upstream = true;
          name = ".";
        }
      ];
      server = {
        access-control = [ "127.0.0.0/8 allow" "192.168.50.0/24 allow" ];
        extended-statistics = true;
        hide-identity = true;
        hide-version = true;
        interface = [ "0.0.0.0" ];
        local-zone = [ "\"50.168.192.in-addr.arpa.\" transparent" ];
        prefetch = true;
        private-domain = [ "home.example.com" ];
        qname-minimisation = true;
        serve-expired = true;
      };
    };
  };

  systemd.tmpfiles.rules = [
    "d /var/lib/nmx/metrics 0755 root root -"
    "d /var/lib/unbound/zones 0755 unbound unbound -"
    "f /var/lib/unbound/zones/home.example.com.zone 0644 unbound unbound - @ 300 IN SOA ns hostmaster 1 3600 600 604800 300\\n@ 300 IN NS ns\\n"
    "f /var/lib/unbound/zones/50.168.192.in-addr.arpa.zone 0644 unbound unbound - @ 300 IN SOA ns hostmaster 1 3600 600 604800 300\\n@ 300 IN NS ns\\n"
  ];

  time.timeZone = "Europe/Berlin";
}
