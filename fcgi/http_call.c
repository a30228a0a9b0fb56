/*
 * libcurl's multi interface; libcurl is named in this file alone.
 */
#include "fcgi/http_call.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "fcgi/limits.h"
#include "fcgi/must.h"
#include "fcgi/version.h"

enum { CONNECT_TIMEOUT_MS = 5000, SPARE_CONNECTIONS = 32 };

struct http_call {
	struct http_call *next, *previous;
	const struct http_rules *rules;
	CURL *easy;
	struct curl_slist *headers;
	void *owner;
	bool https;
	bool too_long;
	bool behind_wall;	/* an address that may not be called */
	size_t n;
	char fault[CURL_ERROR_SIZE];
	char answer[HTTP_ANSWER_BYTES_MAX];
};

struct http_calls {
	const struct http_rules *rules;
	CURLM *multi;
	struct http_call *first;
	struct http_call *told;	/* whose answer somebody looks at */
};

/* --- addresses ------------------------------------------------------------ */

/* What is not for everybody: RFC 6890 and its successors. */
static const struct {
	uint32_t network;
	int bits;
} not_public[] = {
	{ 0x00000000, 8 },	/* this network */
	{ 0x0A000000, 8 },	/* private */
	{ 0x64400000, 10 },	/* behind a provider's NAT */
	{ 0x7F000000, 8 },	/* loopback */
	{ 0xA9FE0000, 16 },	/* link-local */
	{ 0xAC100000, 12 },	/* private */
	{ 0xC0000000, 24 },	/* protocols' own */
	{ 0xC0000200, 24 },	/* documentation */
	{ 0xC0586300, 24 },	/* 6to4 relays */
	{ 0xC0A80000, 16 },	/* private */
	{ 0xC6120000, 15 },	/* benchmarks */
	{ 0xC6336400, 24 },	/* documentation */
	{ 0xCB007100, 24 },	/* documentation */
	{ 0xE0000000, 3 },	/* multicast, reserved, broadcast */
};

static bool
is_public_ipv4(uint32_t address)
{
	for (size_t i = 0; i < sizeof not_public / sizeof *not_public; i++)
		if ((address ^ not_public[i].network) >>
		    (32 - not_public[i].bits) == 0)
			return false;
	return true;
}

static uint32_t
four_bytes(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

/*
 * Global unicast, 2000::/3, without what tunnels to an address of version 4
 * (6to4, Teredo), the protocols' own and documentation.
 */
static bool
is_public_ipv6(const uint8_t a[16])
{
	if (a[0] >> 5 != 1)
		return false;
	if (a[0] == 0x20 && a[1] == 0x01)
		return a[2] >= 0x02 && !(a[2] == 0x0D && a[3] == 0xB8);
	return !(a[0] == 0x20 && a[1] == 0x02) &&
	    !(a[0] == 0x3F && a[1] == 0xFF && a[2] < 0x10);
}

struct address {
	bool loopback, public;
};

static struct address
look_at(const struct sockaddr *address)
{
	const struct sockaddr_in *four = (const void *)address;
	const struct sockaddr_in6 *six = (const void *)address;
	static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	static const uint8_t one[16] = { [15] = 1 };
	uint32_t v4;

	if (address->sa_family == AF_INET) {
		v4 = ntohl(four->sin_addr.s_addr);
	} else if (address->sa_family != AF_INET6) {
		return (struct address){ false, false };
	} else if (memcmp(six->sin6_addr.s6_addr, mapped, 12) == 0) {
		v4 = four_bytes(six->sin6_addr.s6_addr + 12);
	} else {
		return (struct address){
			memcmp(six->sin6_addr.s6_addr, one, 16) == 0,
			is_public_ipv6(six->sin6_addr.s6_addr) };
	}
	return (struct address){ v4 >> 24 == 127, is_public_ipv4(v4) };
}

bool
http_address_allowed(const struct sockaddr *address, bool https,
    const struct http_rules *rules)
{
	struct address a = look_at(address);

	if (!https)
		return rules->private && a.loopback;
	return a.public || (rules->private &&
	    (address->sa_family == AF_INET || address->sa_family == AF_INET6));
}

/* --- URLs ----------------------------------------------------------------- */

/* The host as the URL has it: is it an address, and whose? */
static bool
is_address(const char *host, struct sockaddr_storage *address)
{
	struct sockaddr_in *four = (void *)address;
	struct sockaddr_in6 *six = (void *)address;
	char bare[INET6_ADDRSTRLEN + 1];
	size_t n = strlen(host);

	memset(address, 0, sizeof *address);
	if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
		address->ss_family = AF_INET;
		return true;
	}
	if (n < 3 || n - 2 >= sizeof bare || host[0] != '[')
		return false;
	snprintf(bare, sizeof bare, "%.*s", (int)(n - 2), host + 1);
	if (inet_pton(AF_INET6, bare, &six->sin6_addr) != 1)
		return false;
	address->ss_family = AF_INET6;
	return true;
}

static const char *
host_refused(const char *host, bool https, const struct http_rules *rules)
{
	struct sockaddr_storage address;
	size_t n = strlen(host);
	bool known = is_address(host, &address);
	bool local = strcasecmp(host, "localhost") == 0 ||
	    (n > 10 && strcasecmp(host + n - 10, ".localhost") == 0);

	if (!https && !(rules->private && (local || (known &&
	    http_address_allowed((struct sockaddr *)&address, false,
	    rules)))))
		return rules->private ?
		    "must use https, but for localhost and 127.x.x.x" :
		    "must use https";
	if (https && !rules->private && (local || (known &&
	    !http_address_allowed((struct sockaddr *)&address, true, rules))))
		return "must not name an address that is not public";
	return NULL;
}

static bool
has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

static const char *
parsed_url_refused(CURLU *url, const struct http_rules *rules)
{
	char *scheme = NULL, *host = NULL;
	const char *why;
	bool https;

	if (curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK) {
		why = "is not a URL";
	} else if (has_part(url, CURLUPART_USER) ||
	    has_part(url, CURLUPART_PASSWORD) ||
	    has_part(url, CURLUPART_FRAGMENT)) {
		why = "must not have a user, a password or a fragment";
	} else {
		https = strcasecmp(scheme, "https") == 0;
		why = https || strcasecmp(scheme, "http") == 0 ?
		    host_refused(host, https, rules) : "must use https";
	}
	curl_free(scheme);
	curl_free(host);
	return why;
}

const char *
http_url_refused(struct text text, const struct http_rules *rules)
{
	char copy[HTTP_URL_BYTES_MAX + 1];
	const char *why = "is not a URL";
	CURLU *url;

	if (text.n >= sizeof copy || memchr(text.p, '\0', text.n))
		return why;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	url = curl_url();
	must(url);
	if (curl_url_set(url, CURLUPART_URL, copy,
	    CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
		why = parsed_url_refused(url, rules);
	curl_url_cleanup(url);
	return why;
}

/* --- calls ---------------------------------------------------------------- */

static curl_socket_t
open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct http_call *call = context;

	(void)purpose; /* there is one only */
	if (!http_address_allowed(&to->addr, call->https, call->rules)) {
		call->behind_wall = true;
		return CURL_SOCKET_BAD;
	}
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t
take_answer(char *bytes, size_t size, size_t n, void *context)
{
	struct http_call *call = context;

	n *= size;
	if (n > sizeof call->answer - call->n) {
		call->too_long = true;
		return 0; /* ends the call */
	}
	memcpy(call->answer + call->n, bytes, n);
	call->n += n;
	return n;
}

static void
set(CURL *easy, CURLoption option, long value)
{
	must(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

static void
set_text(CURL *easy, CURLoption option, const char *value)
{
	must(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

/* Everything but the URL, which is not ours. */
static void
set_options(struct http_call *call, struct text body)
{
	const struct http_rules *rules = call->rules;
	CURL *easy = call->easy;

	set(easy, CURLOPT_NOSIGNAL, 1);
	set(easy, CURLOPT_FOLLOWLOCATION, 0);
	set_text(easy, CURLOPT_PROXY, ""); /* not even the environment's */
	set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	set_text(easy, CURLOPT_USERAGENT, "sluice/" SLUICE_VERSION);
	set(easy, CURLOPT_SSL_VERIFYPEER, 1);
	set(easy, CURLOPT_SSL_VERIFYHOST, 2);
	if (*rules->authorities)
		set_text(easy, CURLOPT_CAINFO, rules->authorities);
	set(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	set(easy, CURLOPT_TIMEOUT_MS, (long)rules->timeout_ms);
	set(easy, CURLOPT_POST, 1);
	set(easy, CURLOPT_POSTFIELDSIZE, (long)body.n);
	must(curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body.p) ==
	    CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers) ==
	    CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->fault) ==
	    CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_answer) ==
	    CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_WRITEDATA, call) == CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION,
	    open_socket) == CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call) ==
	    CURLE_OK);
	must(curl_easy_setopt(easy, CURLOPT_PRIVATE, call) == CURLE_OK);
}

static void
add_header(struct http_call *call, const char *header)
{
	struct curl_slist *longer = curl_slist_append(call->headers, header);

	must(longer);
	call->headers = longer;
}

static void
free_call(struct http_call *take_call)
{
	curl_easy_cleanup(take_call->easy);
	curl_slist_free_all(take_call->headers);
	free(take_call);
}

struct http_call *
http_call(struct http_calls *calls, struct text url, struct text body,
    const char *header, void *owner)
{
	struct http_call *call;
	char copy[HTTP_URL_BYTES_MAX + 1];

	if (http_url_refused(url, calls->rules))
		return NULL;
	snprintf(copy, sizeof copy, "%.*s", TEXT_ARG(url));
	call = calloc(1, sizeof *call);
	must(call);
	call->rules = calls->rules;
	call->owner = owner;
	call->https = strncasecmp(copy, "https:", 6) == 0;
	call->easy = curl_easy_init();
	must(call->easy);
	add_header(call, "Content-Type: application/json");
	add_header(call, "Expect:"); /* nothing: the body goes at once */
	add_header(call, header);
	set_options(call, body);
	if (curl_easy_setopt(call->easy, CURLOPT_URL, copy) != CURLE_OK ||
	    curl_multi_add_handle(calls->multi, call->easy) != CURLM_OK) {
		free_call(call);
		return NULL;
	}
	call->next = calls->first;
	if (call->next)
		call->next->previous = call;
	calls->first = call;
	return call;
}

void
http_call_drop(struct http_calls *calls, struct http_call *take_call)
{
	must(curl_multi_remove_handle(calls->multi, take_call->easy) ==
	    CURLM_OK);
	if (take_call->next)
		take_call->next->previous = take_call->previous;
	if (take_call->previous)
		take_call->previous->next = take_call->next;
	else
		calls->first = take_call->next;
	if (calls->told == take_call)
		calls->told = NULL;
	free_call(take_call);
}

void
http_calls_wait(struct http_calls *calls, int timeout_ms)
{
	int running;

	must(curl_multi_perform(calls->multi, &running) == CURLM_OK);
	must(curl_multi_poll(calls->multi, NULL, 0, timeout_ms, NULL) ==
	    CURLM_OK);
	must(curl_multi_perform(calls->multi, &running) == CURLM_OK);
}

bool
http_calls_next(struct http_calls *calls, struct http_answer *answer)
{
	CURLMsg *message;
	struct http_call *call;
	long status = 0;
	int left;

	if (calls->told)
		http_call_drop(calls, calls->told);
	message = curl_multi_info_read(calls->multi, &left);
	if (!message)
		return false;
	must(curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
	    (char **)&call) == CURLE_OK);
	if (message->data.result == CURLE_OK || call->too_long)
		must(curl_easy_getinfo(message->easy_handle,
		    CURLINFO_RESPONSE_CODE, &status) == CURLE_OK);
	if (!status && call->behind_wall)
		snprintf(call->fault, sizeof call->fault,
		    "the address is not public");
	else if (!status && !*call->fault)
		snprintf(call->fault, sizeof call->fault, "%s",
		    curl_easy_strerror(message->data.result));
	*answer = (struct http_answer){ .owner = call->owner,
		.status = (int)status, .fault = status ? NULL : call->fault };
	if (!call->too_long)
		answer->body = (struct text){ call->answer, call->n };
	calls->told = call;
	return true;
}

void
http_calls_stir(struct http_calls *calls)
{
	must(curl_multi_wakeup(calls->multi) == CURLM_OK);
}

struct http_calls *
http_calls_new(const struct http_rules *rules)
{
	struct http_calls *calls = calloc(1, sizeof *calls);

	must(calls);
	must(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	calls->rules = rules;
	calls->multi = curl_multi_init();
	must(calls->multi);
	must(curl_multi_setopt(calls->multi, CURLMOPT_MAXCONNECTS,
	    (long)SPARE_CONNECTIONS) == CURLM_OK);
	return calls;
}

void
http_calls_free(struct http_calls *take_calls)
{
	while (take_calls->first)
		http_call_drop(take_calls, take_calls->first);
	curl_multi_cleanup(take_calls->multi);
	curl_global_cleanup();
	free(take_calls);
}
