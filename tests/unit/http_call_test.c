/*
 * Which URLs and addresses may be called.
 */
#include <arpa/inet.h>

#include "fcgi/http_call.h"
#include "fcgi/limits.h"
#include "tests/unit/test.h"

static const struct http_rules outside = { .authorities = "" };
static const struct http_rules everywhere = { .private = true,
	.authorities = "" };

static bool
allowed(const char *text, bool https, const struct http_rules *rules)
{
	struct sockaddr_storage address = { 0 };
	struct sockaddr_in *four = (void *)&address;
	struct sockaddr_in6 *six = (void *)&address;

	if (inet_pton(AF_INET, text, &four->sin_addr) == 1)
		address.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1)
		address.ss_family = AF_INET6;
	else
		fprintf(stderr, "%s is no address\n", text);
	return http_address_allowed((struct sockaddr *)&address, https,
	    rules);
}

static void
addresses_are_public_or_not(void)
{
	static const char *const public[] = {
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0",
		"100.63.255.255", "100.128.0.0", "126.255.255.255",
		"128.0.0.0", "169.253.255.255", "169.255.0.0",
		"172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255",
		"192.169.0.0", "198.17.255.255", "198.20.0.0",
		"223.255.255.255", "2001:200::1", "2606:4700::1111",
		"2a00::1", "3fff:1000::1", "::ffff:8.8.8.8",
	};
	static const char *const private[] = {
		"0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255",
		"100.64.0.0", "100.127.255.255", "127.0.0.1",
		"127.255.255.255", "169.254.0.0", "169.254.169.254",
		"172.16.0.0", "172.31.255.255", "192.0.0.1", "192.0.2.1",
		"192.88.99.1", "192.168.0.0", "192.168.255.255",
		"198.18.0.0", "198.19.255.255", "198.51.100.1",
		"203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::2", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
		"::127.0.0.1", "64:ff9b::7f00:1", "100::1", "2001::1",
		"2001:db8::1", "2001:10::1", "2002:7f00:1::", "3fff::1",
		"fc00::1", "fd00::1", "fe80::1", "fec0::1", "ff02::1",
	};

	for (size_t i = 0; i < sizeof public / sizeof *public; i++) {
		CHECK(allowed(public[i], true, &outside));
		CHECK(allowed(public[i], true, &everywhere));
		CHECK(!allowed(public[i], false, &outside));
		CHECK(!allowed(public[i], false, &everywhere));
	}
	for (size_t i = 0; i < sizeof private / sizeof *private; i++) {
		if (allowed(private[i], true, &outside))
			fprintf(stderr, "%s\n", private[i]);
		CHECK(!allowed(private[i], true, &outside));
		CHECK(!allowed(private[i], false, &outside));
		CHECK(allowed(private[i], true, &everywhere));
	}
}

static void
plain_http_is_for_loopback(void)
{
	CHECK(allowed("127.0.0.1", false, &everywhere));
	CHECK(allowed("127.1.2.3", false, &everywhere));
	CHECK(allowed("::1", false, &everywhere));
	CHECK(allowed("::ffff:127.0.0.1", false, &everywhere));
	CHECK(!allowed("10.0.0.1", false, &everywhere));
	CHECK(!allowed("0.0.0.0", false, &everywhere));
	CHECK(!allowed("::", false, &everywhere));
}

static void
other_families_are_never_called(void)
{
	struct sockaddr_storage address = { .ss_family = AF_UNIX };

	CHECK(!http_address_allowed((struct sockaddr *)&address, true,
	    &everywhere));
	CHECK(!http_address_allowed((struct sockaddr *)&address, false,
	    &everywhere));
}

static bool
refused(const char *url, const struct http_rules *rules)
{
	return http_url_refused(text_of(url), rules) != NULL;
}

static void
urls_are_refused_or_not(void)
{
	static const struct {
		const char *url;
		bool outside, everywhere;
	} rows[] = {
		{ "https://example.com/hook?a=b", true, true },
		{ "https://example.com:8443", true, true },
		{ "HTTPS://EXAMPLE.COM/", true, true },
		{ "https://1.1.1.1/", true, true },
		{ "https://[2606:4700::1111]/", true, true },
		{ "https://10.0.0.1/", false, true },
		{ "https://localhost/", false, true },
		{ "https://x.localhost/", false, true },
		{ "https://127.0.0.1/", false, true },
		{ "https://2130706433/", false, true },
		{ "https://0x7f.1/", false, true },
		{ "https://[::1]/", false, true },
		{ "https://[::ffff:10.0.0.1]/", false, true },
		{ "http://localhost:80/", false, true },
		{ "http://127.0.0.1/", false, true },
		{ "http://127.9.9.9/", false, true },
		{ "http://[::1]/", false, true },
		{ "http://10.0.0.1/", false, false },
		{ "http://example.com/", false, false },
		{ "http://localhost.example.com/", false, false },
		{ "ftp://localhost/", false, false },
		{ "file:///etc/passwd", false, false },
		{ "gopher://localhost/", false, false },
		{ "https://user@example.com/", false, false },
		{ "https://:secret@example.com/", false, false },
		{ "https://example.com/#here", false, false },
		{ "https://", false, false },
		{ "example.com", false, false },
		{ "//example.com/", false, false },
		{ "https://exam ple.com/", false, false },
		{ "https://example.com/\r\nX: y", false, false },
		{ "", false, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		/* The place of a row that fails. */
		CHECK_INTEGER(refused(rows[i].url, &outside) ? i : i + 1000,
		    rows[i].outside ? i + 1000 : i);
		CHECK_INTEGER(refused(rows[i].url, &everywhere) ? i : i + 1000,
		    rows[i].everywhere ? i + 1000 : i);
	}
}

static void
urls_have_their_limit(void)
{
	char url[HTTP_URL_BYTES_MAX + 2] = "https://example.com/";
	size_t n = strlen(url);

	memset(url + n, 'x', sizeof url - n);
	CHECK(!http_url_refused((struct text){ url, HTTP_URL_BYTES_MAX },
	    &outside));
	CHECK(http_url_refused((struct text){ url, HTTP_URL_BYTES_MAX + 1 },
	    &outside));
	CHECK(http_url_refused((struct text){ "https://example.com/\0x", 22 },
	    &outside));
}

int
main(void)
{
	addresses_are_public_or_not();
	plain_http_is_for_loopback();
	other_families_are_never_called();
	urls_are_refused_or_not();
	urls_have_their_limit();
	return test_result();
}
