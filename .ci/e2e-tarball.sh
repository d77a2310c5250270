#!/usr/bin/env bash
# The package as a user has it: FOLDER holds node_modules/aispm, installed from the tarball, and nothing of the sources.
set -euo pipefail
cd "$1"
export AWS_EC2_METADATA_DISABLED=true
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

aispm() { node_modules/.bin/aispm "$@"; }

# expect CODE COMMAND…: runs it and compares the exit code; its stdout and stderr are in $work.
expect() {
  local wanted=$1 code=0
  shift
  aispm "$@" >"$work/stdout" 2>"$work/stderr" || code=$?
  if [ "$code" -ne "$wanted" ]; then
    echo "aispm $*: exit code $code where $wanted was expected"
    head -n 50 "$work/stdout" "$work/stderr"
    return 1
  fi
  echo "ok  aispm $* → $code"
}

says() { grep -q -- "$1" "$work/stdout" || { echo "stdout does not say: $1"; head -n 20 "$work/stdout"; return 1; }; }

echo "node $(node --version)"
expect 0 --version
says '^aispm/'
expect 0 --help
says 'USAGE'
expect 2 no-such-command
expect 2 checks list --no-such-flag
expect 0 checks list
says 'aws\.'
expect 0 checks list --json
node -e 'JSON.parse(require("node:fs").readFileSync(0, "utf8"))' <"$work/stdout"
expect 0 frameworks list
expect 0 permissions aws
says 'bedrock:'
expect 0 demo

# The library: importing it does nothing and gives something.
node --input-type=module -e 'const library = await import("aispm"); if (Object.keys(library).length === 0) throw new Error("the library exports nothing");'
echo 'ok  import "aispm"'
