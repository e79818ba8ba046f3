# The node exporter of a container measures the container. What follows is the node's hardware, which every container on it would report
# again, as its own.
{
  services.prometheus.exporters.node.disabledCollectors = [
    "cpufreq"
    "edac"
    "hwmon"
    "mdadm"
    "nvme"
    "powersupplyclass"
    "rapl"
    "thermal_zone"
    "zfs"
  ];
}
