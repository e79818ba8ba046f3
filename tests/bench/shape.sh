#!/usr/bin/env bash
# Writes a site of N `value` resources in one of the shapes that the figures are taken on.
# Usage: shape.sh nmx|terraform layered|independent|chain|for_each N >FILE
set -euo pipefail
tool=$1 shape=$2 count=$3

awk -v tool="$tool" -v shape="$shape" -v count="$count" '
  function reference(i) { return tool == "nmx" ? "resource.value.v" i ".id" : "terraform_data.v" i ".id" }
  function object(i, reads) {
    if (tool == "nmx")
      printf "resource value v%d { input = { name = \"v%d\", payload = \"%032d\", reads = [%s] } }\n", i, i, i, reads
    else
      printf "resource \"terraform_data\" \"v%d\" {\n  input = { name = \"v%d\", payload = \"%032d\", reads = [%s] }\n}\n", i, i, i, reads
  }
  BEGIN {
    if (shape == "for_each") {
      keys = tool == "nmx" ? "[for n in range(" count ") : \"v${n}\"]" : "toset([for n in range(" count ") : \"v${n}\"])"
      if (tool == "nmx") printf "resource value v {\n  for_each = %s\n  input    = { name = each.key, payload = format(\"%%032d\", 7) }\n}\n", keys
      else printf "resource \"terraform_data\" \"v\" {\n  for_each = %s\n  input    = { name = each.key, payload = format(\"%%032d\", 7) }\n}\n", keys
      exit
    }
    width = int(sqrt(count)); if (width < 1) width = 1
    for (i = 0; i < count; i++) {
      reads = ""
      if (shape == "chain" && i > 0) reads = reference(i - 1)
      if (shape == "layered" && i >= width) {
        base = (int(i / width) - 1) * width
        reads = reference(base + i % width) ", " reference(base + (i + 1) % width)
      }
      object(i, reads)
    }
  }'
