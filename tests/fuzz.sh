#!/bin/sh
# Runs fuzzers for FUZZ_SECONDS each, as many at once as there are processors,
# starting from the inputs kept beside their sources, and says the outcome as
# every suite does.
#
#	FUZZ_SECONDS=10 tests/fuzz.sh build-fuzz/tests/fuzz/glob ...

# One of them, called by the xargs below; what it prints is kept together.
one()
{
	program=$1
	name=$(basename "$program")
	found=$(dirname "$program")/$name.corpus
	mkdir -p "$found"
	set -- "$found"
	[ -d "tests/fuzz/$name" ] && set -- "$found" "tests/fuzz/$name"
	if said=$("$program" -max_total_time="${FUZZ_SECONDS:-10}" \
	    -verbosity=0 -print_final_stats=0 -print_funcs=0 \
	    -artifact_prefix="$program-" "$@" 2>&1); then
		echo "fuzz $name: ok"
	else
		printf '%s\n' "$said" \
		    "fuzz $name: found something, see $program-*"
	fi
}

if [ "$1" = --one ]; then
	one "$2"
	exit
fi
printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" "$0" --one |
	awk '
		{ print }
		/^fuzz [a-z_0-9]*: ok$/ { passed++ }
		/^fuzz [a-z_0-9]*: found/ { failed++ }
		END {
			printf "%d passed, %d failed\n", passed, failed
			exit failed > 0
		}'
