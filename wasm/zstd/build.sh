#!/bin/sh
# Makes zstd.wasm anew, byte for byte, in a folder of its own: needs python3 with venv, and a package index.
# zstd 1.5.7 as it stands in the source distribution of the Python package zstandard; clang and wasi-libc as they stand in ziglang.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv tools
tools/bin/pip install --quiet ziglang==0.17.1
tools/bin/pip download --quiet --no-deps --no-binary :all: --dest . zstandard==0.25.0
echo '7713e1179d162cf5c7906da876ec2ccb9c3a9dcbdffef0cc7f70c3667a205f0b  zstandard-0.25.0.tar.gz' | sha256sum --check --quiet
tar xzf zstandard-0.25.0.tar.gz
# Where pointers have 32 bits zstd reads bits through words of 32 bits: WebAssembly computes with 64 as fast. Pointers stay clear of the
# end of the address space (--max-memory), of which zstd then takes no notice. And what it copies from before the seam of a ring it copies
# by memmove, which costs WebAssembly a call out of it: it may as well copy as elsewhere, 32 bytes too many at most.
patch --quiet --directory=zstandard-0.25.0 --strip=1 < "$here/webassembly.patch"
cp "$here/zstd.c" decoder.c
tools/bin/python -m ziglang cc -w -target wasm32-wasi -mexec-model=reactor -O3 -msimd128 -mbulk-memory -flto \
  -DNDEBUG -DHUF_FORCE_DECOMPRESS_X1 -DZSTD_DISABLE_ASM=1 -DZSTD_TRACE=0 -DZSTD_LEGACY_SUPPORT=0 -Izstandard-0.25.0 decoder.c -o zstd.wasm \
  -Wl,--strip-all -Wl,--gc-sections -Wl,-z,stack-size=262144 -Wl,--max-memory=1073741824 -Wl,--export=malloc -Wl,--export=free \
  -Wl,--export=ZSTD_createDCtx -Wl,--export=ZSTD_freeDCtx -Wl,--export=ZSTD_getFrameHeader -Wl,--export=ZSTD_decompressBegin \
  -Wl,--export=ZSTD_nextSrcSizeToDecompress -Wl,--export=ZSTD_nextInputType -Wl,--export=ZSTD_decompressContinue
cp zstd.wasm "$here/zstd.wasm"
sha256sum "$here/zstd.wasm"
