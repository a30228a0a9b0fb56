#!/bin/sh
# Makes sure that Debian packages are installed; they are the arguments. Root
# installs what is missing; anybody else is told the command. PRETEND=1 tells
# root too, and installs nothing.
#
# Debian starts nginx, a PostgreSQL cluster and other servers when it installs
# them. We need the programs alone, so what this very installation started is
# stopped again and not started at boot; what was installed before is never
# touched.

if ! command -v dpkg-query >/dev/null; then
	echo "This is not Debian; what is needed, by its names there: $*"
	exit 0
fi

installed()
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = \
	    installed ]
}

missing=
for package; do
	installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -ne 0 ] || [ -n "$PRETEND" ]; then
	echo "Some packages are missing. Please run, as root:" >&2
	echo "    $install" >&2
	exit 1
fi

services=
installed nginx || services="$services nginx"
installed postgresql-common || services="$services postgresql"
for service in cron redis-server webdis beanstalkd prometheus; do
	case "$missing " in
	*" $service "*) services="$services $service" ;;
	esac
done

echo "installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q </dev/null || echo "apt-get update failed; trying anyway"
$install </dev/null || exit 1

for service in $services; do
	if [ -d /run/systemd/system ]; then
		systemctl disable --quiet --now "$service"
	else
		service "$service" stop >/dev/null 2>&1
	fi
done
exit 0
