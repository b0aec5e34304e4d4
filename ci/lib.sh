# Shared by the commands of ci/: where the trees are, how they are built. Sourced, never run.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)

# A compile of one clone serves the next: ccache sees paths relative to the root.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1

# These trees bring their own sanitizers and compilers. What a fuzzing service or a caller's shell
# sets would turn them into something else without a word.
unset LIB_FUZZING_ENGINE CXX CXXFLAGS LDFLAGS

# Exit codes are the CLI's: 2 usage, 3 environment. Messages go to stderr: stdout is for data.
note() { printf '%s: %s\n' "ci/$(basename "$0")" "$*" >&2; }
die() {
  local code=$1
  shift
  note "$*"
  exit "$code"
}

# configure PRESET: only when needed; Ninja re-runs CMake itself when a CMakeLists.txt changes, but
# knows nothing of presets.
configure() {
  local preset=$1
  local dir=$root/build/$preset
  [[ -f $dir/build.ninja && $dir/build.ninja -nt $root/CMakePresets.json ]] && return
  mkdir -p "$dir"
  note "configuring $preset"
  if ! (cd "$root" && cmake --preset "$preset") >"$dir/configure.log" 2>&1; then
    tail -n 40 "$dir/configure.log" >&2
    note "CMake failed for $preset; all of it is in build/$preset/configure.log." \
      "If the tree is stale: rm -rf build/$preset"
    return 1
  fi
  # CMake leaves an unchanged build.ninja alone, and it must count as newer than the presets.
  touch "$dir/build.ninja"
}

# build PRESET TARGET...: silent when there is nothing to do, else a line every tenth of the way and
# what the compiler says. One build at a time in a tree: two Ninjas would garble its records.
build() {
  local preset=$1
  local dir=$root/build/$preset
  shift
  mkdir -p "$dir"
  (
    # No -e inside: the caller asks for this function's status.
    flock 9 || exit 1
    configure "$preset" || exit 1
    NINJA_STATUS='[%f/%t] ' ninja -C "$dir" -j "$jobs" "$@" 2>&1 9>&- | progress "$preset"
  ) 9>"$dir/.lock" || {
    note "the build of $preset failed; once more by hand:" \
      "cmake --preset $preset && cmake --build --preset $preset"
    return 1
  }
}

# Thins out Ninja's status lines, and drops what says that nothing happened.
progress() {
  local preset=$1 line next=0
  while IFS= read -r line; do
    if [[ $line =~ ^\[([0-9]+)/([0-9]+)\]\  ]]; then
      local finished=${BASH_REMATCH[1]} total=${BASH_REMATCH[2]}
      # Step 0 is Ninja looking after its own build file.
      if ((finished > 0 && finished * 10 >= next * total)); then
        note "building $preset: $finished of $total"
        next=$((finished * 10 / total + 1))
      fi
    elif [[ ! $line =~ ^(--\ |ninja:\ (Entering|no\ work)) ]]; then
      printf '%s\n' "$line" >&2
    fi
  done
}
