# `secrets/<host>.json` is encrypted for the host's SSH key and for the operators; the host's file says which of them it wants, and for whom.
{
  sops.age.sshKeyPaths = [ "/etc/ssh/ssh_host_ed25519_key" ];
}
