#!/bin/sh
# Runs the commands of a suite, one argument each, and adds up the last line
# "N passed, N failed" of each; its own last line is the sum, so suites nest.
# A command that ends badly without having counted a failure, or without such
# a line, is a failure more. So is a suite in which nothing was tested.
#
#	tests/sum.sh unit build/tests/unit/arena build/tests/unit/text

suite=$1
shift
# The tests are about the default settings.
for setting in $(env | sed -n 's/^\(SLUICE_[A-Z_0-9]*\)=.*/\1/p'); do
	unset "$setting"
done
passed=0
failed=0
bad=
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

for command; do
	echo "== $suite: $command"
	{
		sh -c "$command" </dev/null 2>&1
		echo $? >"$work/status"
	} | tee "$work/output"
	read -r status <"$work/status"
	grep -E '^[0-9]+ passed, [0-9]+ failed$' "$work/output" |
		tail -n 1 | tr -d , >"$work/line"
	p=0 f=0
	read -r p _ f _ <"$work/line" || f=1
	[ "$status" -eq 0 ] || [ "$f" -gt 0 ] || f=1
	[ "$f" -eq 0 ] || bad="$bad
FAILED: $command (status $status)"
	passed=$((passed + p))
	failed=$((failed + f))
done
if [ $((passed + failed)) -eq 0 ]; then
	bad="
FAILED: $suite tested nothing"
	failed=1
fi
echo "== $suite, in sum$bad"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
