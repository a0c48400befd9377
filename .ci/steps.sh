# What `.ci/run` and `.ci/long` share. Sourced from the root of the repository.

export CARGO_TERM_COLOR=never
export RUST_BACKTRACE=1
# Debug information takes most of the time and space of a cold build.
export CARGO_PROFILE_DEV_DEBUG=line-tables-only

# step NAME COMMAND...: runs a command, says how long it took, and ends the run if it fails.
step() {
  local name=$1 begun=$SECONDS
  shift
  printf '\n=== %s\n' "$name"
  "$@" || { printf '=== %s: FAILED\n' "$name"; exit 1; }
  printf '=== %s: passed (%d s)\n' "$name" $((SECONDS - begun))
}

# beside VARIABLE COMMAND...: runs a command beside what follows; `await "$VARIABLE"` is where it must have passed.
beside() {
  local -n job=$1
  shift
  mkdir -p target
  set -m
  "$@" > "target/beside-$1.log" 2>&1 &
  job="$! target/beside-$1.log"
  set +m
  # Not left behind by a step that fails.
  trap "kill -- -$! 2> /dev/null || true" EXIT
}

# await JOB: waits for what runs beside, shows what it said, and ends the run if it failed.
await() {
  local status=0
  wait "${1%% *}" || status=$?
  cat "${1#* }"
  [ "$status" -eq 0 ] || exit 1
}

# skip NAME REASON: says that a step was left out.
skip() {
  printf '\n=== %s: skipped: %s\n' "$1" "$2"
}

# readme_command BEGIN: the command of the README that begins in this way.
readme_command() {
  grep -m 1 "^$1" README.md || { echo "README.md has no command '$1'" >&2; exit 1; }
}

# undefined_symbols TARGET...: the kernel calls that the runtime's own release objects refer to.
undefined_symbols() {
  local target
  for target in "$@"; do
    CARGO_PROFILE_RELEASE_LTO=off cargo build -q --release -p fidl-runtime --target "$target"
    nm -u "target/$target/release/libfidl.rlib" 2>/dev/null | awk '/ zx_/ {print $NF}'
  done | sort -u
}

# hold_against_vdso TARGET...: every kernel call in those objects is one of today's vDSO.
hold_against_vdso() {
  undefined_symbols "$@" > target/undefined-symbols
  FIDL_UNDEFINED_SYMBOLS=$PWD/target/undefined-symbols cargo test -q --test seam
}

# hold_data_below BYTES PROGRAM: initialized data of a program, which is in its file, stays below a number of bytes.
hold_data_below() {
  local data
  data=$(size "$2" | awk 'NR == 2 {print $2}')
  printf 'data section: %d bytes\n' "$data"
  [ "$data" -lt "$1" ]
}

# install_fuzzer: puts cargo-fuzz into the target folder, unless the machine has one.
install_fuzzer() {
  command -v cargo-fuzz > /dev/null || cargo install -q cargo-fuzz --version 0.13.2 --locked --root target/tools
  PATH=$PATH:$PWD/target/tools/bin
}

# fuzz PACKAGE TARGET SECONDS [SEEDS...]: fuzzes for so long, from folders of seeds and from what earlier runs found.
fuzz() {
  local package=$1 target=$2 seconds=$3
  shift 3
  mkdir -p "$package/fuzz/corpus/$target"
  (cd "$package" && env -u CARGO_TARGET_DIR cargo +nightly fuzz run --sanitizer none "$target" "fuzz/corpus/$target" "$@" -- \
    -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -max_len=4096 -len_control=0 -print_final_stats=1 -verbosity=0)
}

# fuzz_codec TARGET SECONDS: the same for the codec, with every access checked.
fuzz_codec() {
  RUSTFLAGS="${RUSTFLAGS-} --cfg fidl_check_access" fuzz fidl-runtime "$@"
}

# panics_in FUNCTIONS: links those functions of the codec of many types for Fuchsia, without unwinding, where only what they
# need stays, and counts the functions of the standard library that panics go through.
panics_in() {
  local folder=$PWD/target/no_panic library roots
  library=$folder/x86_64-unknown-fuchsia/release/libno_panic.a
  roots=$(nm --defined-only "$library" 2> /dev/null | awk -v "wanted=$1" '$3 ~ wanted {print "-Wl,-u," $3}' | sort -u)
  # Tables for unwinding refer to functions for unwinding.
  objcopy -R .eh_frame "$library" "$folder/codec.a"
  gcc -nostartfiles -nostdlib -static -Wl,--gc-sections -Wl,-e,0 -Wl,--unresolved-symbols=ignore-all $roots \
    -o "$folder/codec" "$folder/codec.a"
  printf '%d functions linked, ' "$(wc -w <<< "$roots")" >&2
  nm -C "$folder/codec" | grep -c 'core::panicking::\|rust_begin_unwind' || true
}

# hold_no_panic: no type's codec can panic; and if one could, it would be seen.
hold_no_panic() {
  local without with
  # As its own profile says: optimized as a whole.
  (cd tests/no_panic && env -u CARGO_PROFILE_RELEASE_LTO -u CARGO_PROFILE_RELEASE_CODEGEN_UNITS \
    CARGO_TARGET_DIR=../../target/no_panic cargo build -q --release --target x86_64-unknown-fuchsia)
  without=$(panics_in '^(read|write)_') && with=$(panics_in '^((read|write)_|control$)')
  printf 'ways to panic: %d; with a function that has one: %d\n' "$without" "$with"
  [ "$without" -eq 0 ] && [ "$with" -gt 0 ]
}

# test_with_thread_sanitizer: the threads of one process over every kind of channel, each access watched. Copies of many
# bytes in shared memory are single instructions, which it does not see.
test_with_thread_sanitizer() {
  env RUSTFLAGS='-Zsanitizer=thread' CARGO_TARGET_DIR=target/tsan \
    cargo +nightly test -q -Zbuild-std --target "$(uname -m)-unknown-linux-gnu" -p zircon-linux \
    --lib --test stress --test channels --test transfer --test ports --test waits --test pipes
}

# kill_peers NUMBER: kills that many processes with rings and handle transfers busy, and as many over sockets and fifos.
kill_peers() {
  ZIRCON_LINUX_TEST_KILLS=$1 cargo test -q -p zircon-linux --release --test kill
}

# suffer_peers NUMBER: that many peers that break every rule.
suffer_peers() {
  ZIRCON_LINUX_TEST_HOSTILE_PEERS=$1 cargo test -q -p zircon-linux --release --test hostile --test hostile_pipes
}

# soak SECONDS: connections come and go for so long, and leave nothing behind.
soak() {
  ZIRCON_LINUX_TEST_SOAK_SECONDS=$1 cargo test -q -p zircon-linux --release --test soak
}

# test_with_tokio: the reactor inside tokio, and the example `http_bridge`, which a plain build leaves out.
test_with_tokio() {
  cargo clippy -q -p fidl-runtime -p fidl-workspace --features fidl-runtime/tokio,fidl-workspace/tokio \
    --lib --example http_bridge --test http_bridge --test adapter -- -D warnings
  cargo test -q -p fidl-workspace --features tokio --test adapter --test http_bridge
  cargo test -q -p fidl-runtime --features tokio --doc adapter
}
