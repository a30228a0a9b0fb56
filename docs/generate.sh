#!/bin/sh
# Prints one of the pages that are made from a table: settings, errors or
# routes. `make docs` writes them, `make lint` checks that they are current.

sluice=${BUILD:-build}/sluice

case $1 in
settings)
	"$sluice" help settings
	;;
errors)
	cat <<-'END'
	# Errors

	The status and the code never change; the sentence is the usual one, and
	often a more exact one is sent in its place. The queue's door sends the
	sentence alone: `{"error": "..."}`.

	| status | code | sentence |
	|---|---|---|
	END
	awk -F '"' '/^ERROR\(/ {
		split($1, before, /, */)
		print "| " before[2] " | `" $2 "` | " $4 " |"
	}' fcgi/error.def
	;;
routes)
	cat <<-'END'
	# Routes

	Each `{}` is one part of the path. Access `open` asks for no token,
	`user` for any valid one, `grant` for a grant on the topic, `admin` for
	an admin user. The handler's name is also its statement's and its test's.

	| method | path | handler | access | door |
	|---|---|---|---|---|
	END
	"$sluice" help routes |
		awk '{ print "| " $1 " | `" $2 "` | " $3 " | " $4 " | " $5 " |" }'
	;;
esac
