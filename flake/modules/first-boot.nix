# The SSH host key comes with the container, so that nobody has to trust what answers first (see first-boot.sh). If it cannot be taken,
# sshd makes a key of its own, and nmx refuses to talk to the host.
{ pkgs, ... }:

{
  systemd.services.nmx-first-boot = {
    description = "Take the SSH host key that came with the container";
    wantedBy = [ "multi-user.target" ];
    after = [ "local-fs.target" ];
    before = [
      "sshd-keygen.service"
      "sshd.service"
      "sshd.socket"
      "shutdown.target"
    ];
    conflicts = [ "shutdown.target" ];
    unitConfig = {
      # Sockets are ready before ordinary services start; this comes before sshd's too.
      DefaultDependencies = false;
      ConditionPathExists = "/root/.ssh/authorized_keys";
    };
    path = [ pkgs.openssh ];
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
      ExecStart = "${pkgs.runtimeShell} ${./first-boot.sh}";
    };
  };
}
