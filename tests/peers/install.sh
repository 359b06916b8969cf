#!/usr/bin/env bash
# Installs the real software that tests run against, into LINCHPIN_PEERS_DIR
# (default ~/.cache/linchpin-peers). Nothing of a package runs on installation.
set -euo pipefail
dir=${LINCHPIN_PEERS_DIR:-$HOME/.cache/linchpin-peers}
mkdir -p "$dir"
cd "$dir"
stamp="deno@2.9.6 sdk@0.8.50+0.8.31 oidc-provider@9.13.3 base44@0.1.18 emulate@0.12.2"
if [ "$(cat stamp 2>/dev/null)" = "$stamp" ]; then
  exit 0
fi
[ -f package.json ] || echo '{"private": true, "type": "module"}' > package.json
npm install --ignore-scripts --no-audit --no-fund --silent \
  deno@2.9.6 @base44/sdk@0.8.50 oidc-provider@9.13.3 emulate@0.12.2
# The command line tool's own dependencies aren't on the npm registry; its tarball needs none.
rm -rf base44-cli && mkdir base44-cli
npm pack base44@0.1.18 --silent --pack-destination . > /dev/null
tar xzf base44-0.1.18.tgz -C base44-cli --strip-components=1
rm -f base44-0.1.18.tgz
# The package's own installer would link its binary here.
deno=$(ls node_modules/@deno/*/deno | head -n 1)
ln -sf "$deno" deno
# Deno's cache of the SDK, so that tests need no network.
export DENO_DIR="$dir/deno-dir"
for version in 0.8.31 0.8.50; do
  echo "import { createClientFromRequest } from \"npm:@base44/sdk@$version\"; export { createClientFromRequest };" > warm.ts
  ./deno cache --quiet --no-config --node-modules-dir=none warm.ts
done
rm -f warm.ts
echo "$stamp" > stamp
