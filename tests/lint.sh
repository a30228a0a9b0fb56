#!/usr/bin/env bash
# The rules of docs/conventions.md that a program can check. Each rule is a
# function that prints its complaints; one without any has passed.
set -u
cd "$(dirname "$0")/.." || exit
passed=0
failed=0

files()
{
	git -c safe.directory='*' ls-files --cached --others \
	    --exclude-standard -- "$@" |
		while read -r file; do
			[ -f "$file" ] && echo "$file"
		done
}

rule()
{
	local complaints

	complaints=$("$1" 2>&1)
	if [ -z "$complaints" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s:\n' "${1//_/ }"
		printf '%s\n' "$complaints" | sed 's/^/    /'
	fi
}

# What does not fail yet asks to be looked at.
advice()
{
	"$1" | sed "s/^/advice, ${1//_/ }: /"
}

# handlers > auth > sql > fcgi; the tests may look at everything.
includes_go_downward()
{
	files '*.c' '*.h' | grep -v ^tests/ | xargs awk '
		BEGIN {
			split("fcgi sql auth handlers", names)
			for (i in names)
				floor[names[i]] = i
		}
		match($0, /^#include "[a-z]+\//) {
			split(FILENAME, from, "/")
			split(substr($0, 11), to, "/")
			if (floor[to[1]] > floor[from[1]])
				print FILENAME ":" FNR ": includes " to[1] \
				    " from " from[1]
		}'
}

# only_in PLACES PATTERN: who else speaks of it?
only_in()
{
	files '*.c' '*.h' | grep -vE "^($1|tests/)" | xargs grep -nE "$2"
}

libraries_stay_in_their_rooms()
{
	only_in 'fcgi/fastcgi\.c' '<fcgi[a-z_]*\.h>|FCGX_|FCGI_[a-z]'
	only_in 'sql/' '<libpq-fe\.h>|\<PQ[a-z]'
	only_in 'fcgi/http_call\.c' '<curl/curl\.h>|\<curl_[a-z]+_|CURL[A-Z]*_'
	only_in 'fcgi/schema_doubt\.c' '<avro[./]|\<avro_[a-z]+'
	only_in 'auth/' '<jwt\.h>|\<jwt_[a-z]+\(|<argon2\.h>|\<argon2id?_[a-z]'
}

headers_compile_alone()
{
	local header

	files 'fcgi/*.h' 'sql/*.h' 'auth/*.h' 'handlers/*.h' |
		while read -r header; do
			echo "#include \"$header\"" |
				${CC:-cc} -std=gnu11 -Wall -Wextra -I. \
				    -I"${BUILD:-build}" \
				    -I/usr/include/postgresql \
				    -fsyntax-only -x c -
		done
}

c_looks_as_agreed()
{
	files '*.c' '*.h' | xargs awk -f tests/lint.awk
}

files_are_short_enough()
{
	files '*.c' '*.h' '*.sh' '*.py' '*.sql' | xargs wc -l |
		awk '$2 != "total" && $1 > 450 {
			print $2 " has " $1 " lines" }'
}

sql_spells_columns_out()
{
	files 'sql/*.sql' 'migrations/*.sql' | xargs grep -niE 'select \*'
	files 'sql/*.sql' 'migrations/*.sql' | while read -r file; do
		head -n 1 "$file" | grep -qE '^(--|/\*)' ||
			echo "$file does not open with a comment"
	done
}

scripts_parse()
{
	local file

	files '*.sh' '.ci/run' | while read -r file; do
		bash -n "$file"
	done
	files '*.py' | while read -r file; do
		python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' \
		    "$file"
	done
	if command -v shellcheck >/dev/null; then
		files '*.sh' | xargs shellcheck -s bash -S warning \
		    -e SC1091,SC2154
	fi
}

# The brackets keep the patterns from finding themselves.
nothing_names_this_machine()
{
	files | xargs grep -nIE '[/]work/|[/]home/[a-z]|[/]root/[a-z]'
}

text_files_end_well()
{
	files '*.md' '*.sh' '*.sql' '*.def' '*.awk' Makefile |
		xargs grep -nE '[ 	]+$'
	# A fuzzer's first inputs are what they are.
	files | grep -v '^tests/fuzz/.*/' | while read -r file; do
		grep -qI . "$file" && [ -n "$(tail -c 1 "$file")" ] &&
			echo "$file has no newline at its end"
	done
}

generated_pages_are_up_to_date()
{
	local page

	for page in settings errors metrics routes; do
		docs/generate.sh "$page" |
			diff -q - "docs/$page.md" >/dev/null ||
			echo "docs/$page.md: run make docs"
	done
	for page in sluice.1 openapi.json; do
		docs/generate.sh "$page" |
			diff -q - "docs/$page" >/dev/null ||
			echo "docs/$page: run make docs"
	done
}

# Which names are said of routes and members, and which are read?
described()
{
	cat handlers/*/api.def | tr '\n' ' ' | grep -oE "($1)\( *[a-z_\"]+" |
		sed 's/.*(//' | tr -d '" ' | sort -u
}

every_route_is_described()
{
	sed -n 's/^ROUTE([A-Z]*, *"[^"]*", *\([a-z_]*\),.*/\1/p' \
	    handlers/routes.def | sort -u | comm -23 - <(described DESCRIBE) |
		sed 's/$/: no DESCRIBE in handlers\/*\/api.def/'
}

every_member_that_is_read_is_described()
{
	files 'handlers/*.c' | grep -v ^handlers/plates/ | xargs cat |
		tr '\n\t' '  ' |
		grep -oE '(json_member[a-z_]*|query_(text|integer))\([^,();]*, *"[a-z_]+"' |
		sed 's/.*"\(.*\)"/\1/' | sort -u |
		comm -23 - <(described 'MEMBER|OPTION|QUERY') |
		sed 's/$/: no MEMBER, OPTION or QUERY in handlers\/*\/api.def/'
}

rule includes_go_downward
rule libraries_stay_in_their_rooms
rule headers_compile_alone
rule c_looks_as_agreed
rule sql_spells_columns_out
rule scripts_parse
rule nothing_names_this_machine
rule text_files_end_well
rule every_route_is_described
rule every_member_that_is_read_is_described
rule generated_pages_are_up_to_date
advice files_are_short_enough
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
