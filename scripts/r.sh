#!/usr/bin/env bash
# R and its kernel for the tests, from the system's packages; the tests register the kernel in homes of their own.
set -euo pipefail

[ -e /usr/lib/R/site-library/IRkernel/kernelspec/kernel.json ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "set-up: the tests need R and IRkernel; on Debian: sudo apt-get install r-cran-irkernel" >&2
  exit 1
fi
echo "set-up: installing r-cran-irkernel"
export DEBIAN_FRONTEND=noninteractive
{ apt-get update && apt-get install -y --no-install-recommends r-cran-irkernel; } >.make/r.log 2>&1 || {
  tail -n 20 .make/r.log >&2
  exit 1
}
