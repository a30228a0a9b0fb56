#!/bin/sh
# Runs one fuzzer for FUZZ_SECONDS, starting from the inputs kept beside its
# source, and says the outcome as every suite does.
#
#	FUZZ_SECONDS=10 tests/fuzz.sh build-fuzz/tests/fuzz/glob

program=$1
name=$(basename "$program")
found=$(dirname "$program")/$name.corpus
mkdir -p "$found"
set -- "$found"
[ -d "tests/fuzz/$name" ] && set -- "$found" "tests/fuzz/$name"

if "$program" -max_total_time="${FUZZ_SECONDS:-10}" -verbosity=0 \
    -print_final_stats=0 -print_funcs=0 -artifact_prefix="$program-" "$@"; then
	echo "fuzz $name"
	echo "1 passed, 0 failed"
else
	echo "fuzz $name found something: see $program-*"
	echo "0 passed, 1 failed"
	exit 1
fi
