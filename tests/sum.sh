#!/bin/sh
# Runs the commands of one suite, one argument each, and adds up the last
# "N passed, N failed" line of each. A command that ends badly, or without
# such a line, counts as a failure more; so does a suite with no commands.
#
#	tests/sum.sh unit build/tests/unit/arena build/tests/unit/text

suite=$1
shift
passed=0
failed=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

for command; do
	sh -c "$command" >"$out" 2>&1 </dev/null
	status=$?
	cat "$out"
	line=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$out" | tail -n 1)
	if [ -n "$line" ]; then
		set -- $line
		passed=$((passed + $1))
		failed=$((failed + $3))
	fi
	if [ -z "$line" ] || { [ "$status" -ne 0 ] && [ "$3" -eq 0 ]; }; then
		echo "$suite: $command ended with status $status"
		failed=$((failed + 1))
	fi
done
if [ $((passed + failed)) -eq 0 ]; then
	echo "$suite: nothing was tested"
	failed=1
fi
echo "$suite: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
