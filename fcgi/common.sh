# What the scripts of an instance share; sourced, not run. They all work with
# $SLUICE_VAR as their directory, so paths such as run/lock are beneath it.

say()
{
	printf '%s\n' "$*"
}

die()
{
	printf 'sluice: %s\n' "$*" >&2
	exit 1
}

# settings_of_file FILE: lines of SLUICE_NAME=value, taken as they stand but
# for quotes around all of the value; the last of a name goes. What the
# environment says already wins.
settings_of_file()
{
	local -A told=()
	local line name value

	for name in "${!SLUICE_@}"; do
		told[$name]=yes
	done

	[ -e "$1" ] || return 0
	[ -r "$1" ] || die "$1: only root and the service's user may read it"
	while IFS= read -r line || [ -n "$line" ]; do
		[[ $line =~ ^(SLUICE_[A-Z0-9_]+)=(.*)$ ]] || continue
		name=${BASH_REMATCH[1]}
		value=${BASH_REMATCH[2]}
		if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then
			value=${BASH_REMATCH[1]}
		fi
		[ -n "${told[$name]:-}" ] || export "$name=$value"
	done <"$1"
}

# The settings that the scripts need themselves take their defaults from the
# same table as the binary's.
settings_read()
{
	local table=$1 name value

	for name in VAR ADDRESS HTTP_PORT HTTPS_PORT PROXIES PROCESSES \
	    THREADS DATABASE ADMIN_USER; do
		value=$(sed -n "s/^SETTING($name, [^\"]*\"\\([^\"]*\\)\".*/\\1/p" \
		    "$table")
		name=SLUICE_$name
		export "$name=${!name:-$value}"
	done
}

# Each process of an instance inherits descriptor 9, open on run/lock, from
# the supervisor. So the lock is free only when the last of them has gone,
# and whoever holds it can be found.
lock_holders()
{
	local process

	for process in /proc/[0-9]*; do
		if [ "$process/fd/9" -ef run/lock ]; then
			printf '%s\n' "${process#/proc/}"
		fi
	done
}

# The supervisor's pid, if it runs.
supervisor()
{
	local pid

	pid=$(cat run/supervisor.pid 2>/dev/null) || return 1
	[ -n "$pid" ] && [ "/proc/$pid/fd/9" -ef run/lock ] && echo "$pid"
}

# For a start.
refuse_a_second()
{
	local pid

	if pid=$(supervisor) && [ "$pid" -ne $$ ]; then
		die "already running in ${SHOWN_VAR:-$PWD} (pid $pid);" \
		    "\`make stop\` ends it"
	fi
}
