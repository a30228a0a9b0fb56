#!/bin/sh
# Makes build-deb/sluice_VERSION-REVISION_ARCH.deb, out of a build of its own
# with Debian's flags, what `make install` places, and the scripts and pages
# beside this file. dpkg-dev is all that it needs. The revision is the argument.
set -eu
umask 022
cd "$(dirname "$0")/../.."
from=docs/package
work=build-deb
root=$work/root
revision=${1:-1}

flag()
{
	dpkg-buildflags --get "$1"
}

# What a build prints is of interest only when it fails.
quietly()
{
	"$@" >"$work/log" 2>&1 || { tail -n 20 "$work/log"; exit 1; }
}

export LC_ALL=C
# The date of what is built, so that the same source gives the same package.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null ||
    stat -c %Y fcgi/version.h)
export SOURCE_DATE_EPOCH
version=$(sed -n 's/^#define SLUICE_VERSION "\(.*\)"/\1/p' \
    fcgi/version.h)-$revision
architecture=$(dpkg --print-architecture)
package=$work/sluice_${version}_$architecture.deb

rm -rf "$root" "$work/debian" "$work"/*.deb
mkdir -p "$root/DEBIAN" "$work/debian"
echo "building sluice $version"
quietly "${MAKE:-make}" -j2 BUILD="$work" OPTIMIZE="$(flag CFLAGS)" \
    CPPFLAGS="-I. -I$work -I/usr/include/postgresql $(flag CPPFLAGS)" \
    LDFLAGS="$(flag LDFLAGS) -Wl,-z,now -Wl,--as-needed" install \
    DESTDIR="$PWD/$root" PREFIX=/usr UNITDIR=/lib/systemd/system \
    STRIP='strip --remove-section=.comment --remove-section=.note'

# postinst copies the settings: nobody is asked about them in an upgrade.
rm -r "$root/etc/sluice"
doc=$root/usr/share/doc/sluice
{
	printf 'Format: %s\nUpstream-Name: Sluice\n\nFiles: *\n' \
	    https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
	sed -n -e 's/^Copyright (c)/Copyright:/p' LICENSE
	echo 'License: Expat'
	sed -e '1,/^Copyright/d' LICENSE | sed -e 1d -e 's/^$/./' -e 's/^/ /'
} >"$doc/copyright"
{
	echo "sluice ($version) stable; urgency=medium"
	printf '\n  * What is new: the log of the repository.\n\n'
	echo " -- The Sluice maintainers <$(sed -n 's/^Maintainer:.*<\(.*\)>/\1/p' \
	    $from/control.in)>  $(date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.Debian.gz"
find "$root/usr/share/man" -name '*.[1-8]' -exec gzip -9n {} +
mkdir -p "$root/usr/share/lintian/overrides"
cp $from/lintian-overrides "$root/usr/share/lintian/overrides/sluice"

# dpkg-shlibdeps wants to stand beside a debian/control.
printf 'Source: sluice\n\nPackage: sluice\nArchitecture: any\n' \
    >"$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O root/usr/lib/sluice/sluice |
    sed -n 's/^shlibs:Depends=//p')
sed -e "s|@VERSION@|$version|" -e "s|@ARCHITECTURE@|$architecture|" \
    -e "s|@LIBRARIES@|$libraries|" \
    -e "s|@SIZE@|$(du -k -s --exclude=DEBIAN "$root" | cut -f 1)|" \
    $from/control.in >"$root/DEBIAN/control"
install -m 0755 $from/postinst $from/prerm $from/postrm "$root/DEBIAN/"
( cd "$root"
  find etc -type f 2>/dev/null | sed 's|^|/|' | sort >DEBIAN/conffiles
  [ -s DEBIAN/conffiles ] || rm DEBIAN/conffiles
  find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\n' |
      sort | xargs md5sum >DEBIAN/md5sums )

quietly dpkg-deb --root-owner-group --build "$root" "$package"
echo "$package"
