# nginx, the front: its certificate and its configuration, made from
# nginx.conf.in. Sourced by fcgi/supervise.sh.

# Made once. Put your own certificate and key in their place.
front_certificate()
{
	[ -s tls/cert.pem ] && [ -s tls/key.pem ] && return
	step "making a self-signed certificate in $shown/tls"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -days 3650 -subj /CN=localhost \
	    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' \
	    -addext 'basicConstraints=critical,CA:FALSE' \
	    -keyout tls/key.pem.new -out tls/cert.pem.new 2>>log/supervisor.log ||
		failed "openssl made no certificate" log/supervisor.log
	chmod 0600 tls/key.pem.new
	mv tls/key.pem.new tls/key.pem
	mv tls/cert.pem.new tls/cert.pem
}

# Who is believed when he says for whom he asks.
front_proxies()
{
	local proxy list=${SLUICE_PROXIES//,/ }

	[[ $list =~ ^[0-9a-fA-F.:/\ ]*$ ]] || die "SLUICE_PROXIES must be" \
	    "addresses and networks, with commas between"
	for proxy in $list; do
		printf 'set_real_ip_from %s; ' "$proxy"
	done
}

front_configure()
{
	local files servers='' public proxies n

	files=$(ulimit -n)
	for ((n = 0; n < SLUICE_PROCESSES; n++)); do
		servers+="server unix:run/worker-$n.sock max_fails=0; "
	done
	public=$SLUICE_ADDRESS:$SLUICE_HTTPS_PORT
	if [ "$SLUICE_ADDRESS" = '[::]' ]; then
		public+=' ipv6only=off' # everybody, IPv4 too
	fi
	proxies=$(front_proxies)
	sed -e "s|@PUBLIC@|$public|" \
	    -e "s|@PROXIES@|$proxies|" \
	    -e "s|@HTTP_PORT@|$SLUICE_HTTP_PORT|" \
	    -e "s|@CONNECTIONS@|$((files < 65536 ? files : 65536))|" \
	    -e "s|@SERVERS@|$servers|" \
	    bin/nginx.conf.in >nginx.conf
}

front_launch()
{
	# What a killed nginx leaves behind would keep the next from binding.
	rm -f run/front.sock run/nginx.pid
	launch nginx QUIT log/nginx.log /usr/sbin/nginx -p "$PWD/" -e log/nginx.log \
	    -c nginx.conf
}

# The status of a GET through the front, from one worker if a number is given.
front_status()
{
	curl -s -o /dev/null -m 5 -w '%{http_code}' --unix-socket \
	    run/front.sock "http://localhost${2:+/worker/$2}$1" || :
}
