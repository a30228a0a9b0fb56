#!/bin/sh
# An archive_command for PostgreSQL: archive.sh %p %f DIRECTORY copies a
# segment of the log, so that it is there whole or not at all, and is on the
# disk before PostgreSQL forgets its own. The same segment may come twice,
# after a crash; another one of that name is refused.
set -eu
if [ -e "$3/$2" ]; then
	exec cmp -s "$1" "$3/$2"
fi
cp "$1" "$3/.$2.new"
sync "$3/.$2.new"
mv "$3/.$2.new" "$3/$2"
sync "$3"
