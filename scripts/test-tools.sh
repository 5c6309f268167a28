#!/usr/bin/env bash
# Installs what only the tests need: Debian packages and npm packages. Looks
# first, so that a second run is quick. Needs root for the Debian packages.
set -euo pipefail
cd "$(dirname "$0")/.."
declare -A packages=([tshark]=tshark [tcpdump]=tcpdump [nfdump]=nfdump [softflowd]=softflowd [pmacctd]=pmacct [chromium]=chromium [qemu-aarch64]=qemu-user [strace]=strace [aarch64-linux-gnu-g++]=g++-aarch64-linux-gnu)
missing=()
for command in "${!packages[@]}"; do
  PATH=$PATH:/usr/sbin command -v "$command" >/dev/null || missing+=("${packages[$command]}")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing for the tests only: ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    echo "run as root, or install them yourself: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if ! cmp -s web/package-lock.json web/node_modules/.installed-lock 2>/dev/null; then
  echo "installing npm packages"
  (cd web && npm ci --no-audit --no-fund --loglevel=error && cp package-lock.json node_modules/.installed-lock)
fi
