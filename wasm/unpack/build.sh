#!/bin/sh
# Makes unpack.wasm anew, byte for byte, in a folder of its own: needs python3 with venv and a package index, and cargo.
# XZ Utils 5.8.4 (liblzma), bzip2 1.0.8 and lz4 1.10.0 as they stand in the packages of Rust that carry their sources; clang and wasi-libc
# as they stand in ziglang.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv tools
tools/bin/pip install --quiet ziglang==0.17.1
cat > Cargo.toml <<'EOF'
[package]
name = "sources"
version = "0.0.0"
edition = "2021"
[lib]
path = "sources.rs"
[dependencies]
liblzma-sys = "=0.4.9"
bzip2-sys = "=0.1.13"
lz4-sys = "=1.11.1"
EOF
touch sources.rs
cargo vendor --quiet vendor > /dev/null
# cargo has compared what it fetched with these sums.
expect() { grep --quiet "\"package\":\"$2\"" "vendor/$1/.cargo-checksum.json" || { echo "$1 is another one" >&2; exit 1; }; }
expect liblzma-sys 7c7e3581f367a78d7b7e7ae948d023310556f0cfc13156c2e4e00e25616492b9
expect bzip2-sys 225bff33b2141874fe80d71e07d6eec4f85c5c216453dd96388240f96e1acc14
expect lz4-sys 6bd8c0d6c6ed0cd30b3652886bb8711dc4bb01d637a68105a3d5158039b418e6
xz=vendor/liblzma-sys/xz/src
bzip2=vendor/bzip2-sys/bzip2-1.0.8
lz4=vendor/lz4-sys/liblz4/lib
liblzma=
for name in common/alone_decoder common/block_decoder common/block_header_decoder common/block_util common/common common/filter_common \
  common/filter_decoder common/filter_flags_decoder common/index_hash common/lzip_decoder common/stream_flags_common \
  common/stream_flags_decoder common/vli_decoder common/vli_size check/check check/crc32_fast check/crc64_fast check/sha256 \
  lz/lz_decoder lzma/lzma_decoder lzma/lzma2_decoder delta/delta_common delta/delta_decoder simple/simple_coder simple/simple_decoder \
  simple/x86 simple/arm simple/armthumb simple/arm64 simple/powerpc simple/ia64 simple/sparc simple/riscv; do
  liblzma="$liblzma $xz/liblzma/$name.c"
done
decoders=
for name in LZMA1 LZMA2 DELTA X86 ARM ARMTHUMB ARM64 POWERPC IA64 SPARC RISCV; do decoders="$decoders -DHAVE_DECODER_$name"; done
exports=
for name in malloc free unpacker_new xz_check xz_is_footer xz_open_block xz_open_lzip xz_open_lzma xz_step xz_close xz_count_block \
  xz_index_step xz_index_bytes lzma_index_hash_init lzma_index_hash_end bz_open bz_step bz_close LZ4_decompress_safe_usingDict XXH32 \
  XXH32_createState XXH32_freeState XXH32_reset XXH32_update XXH32_digest; do
  exports="$exports -Wl,--export=$name"
done
cp "$here/unpack.c" .
# shellcheck disable=SC2086
tools/bin/python -m ziglang cc -w -target wasm32-wasi -mexec-model=reactor -O3 -msimd128 -mbulk-memory -flto \
  -DNDEBUG -DHAVE_STDINT_H -DHAVE_STDBOOL_H -DHAVE_STRING_H -DHAVE_INTTYPES_H -DHAVE_CHECK_CRC32 -DHAVE_CHECK_CRC64 -DHAVE_CHECK_SHA256 \
  -DTUKLIB_SYMBOL_PREFIX=lzma_ -DHAVE_VISIBILITY=0 $decoders -DBZ_NO_STDIO -DXXH_NAMESPACE= \
  -I$xz/liblzma/api -I$xz/liblzma/common -I$xz/liblzma/check -I$xz/liblzma/lz -I$xz/liblzma/lzma -I$xz/liblzma/rangecoder \
  -I$xz/liblzma/delta -I$xz/liblzma/simple -I$xz/common -I$bzip2 -I$lz4 \
  unpack.c $liblzma $bzip2/bzlib.c $bzip2/decompress.c $bzip2/huffman.c $bzip2/crctable.c $bzip2/randtable.c $lz4/lz4.c $lz4/xxhash.c \
  -o unpack.wasm \
  -Wl,--strip-all -Wl,--gc-sections -Wl,-z,stack-size=262144 -Wl,--max-memory=1073741824 $exports
cp unpack.wasm "$here/unpack.wasm"
sha256sum "$here/unpack.wasm"
