/*
 * Calls that we make: POSTs to addresses that somebody gave us, by way of
 * libcurl, many at a time by one thread. No redirect is followed, no proxy
 * asked, no more than HTTP_ANSWER_BYTES_MAX kept of an answer.
 *
 * Whoever names an address may name one behind our wall. So none but public
 * ones are called: not as the URL says, but as the socket is about to be
 * connected, whatever a name server answers by then.
 */
#ifndef FCGI_HTTP_CALL_H
#define FCGI_HTTP_CALL_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "fcgi/text.h"

struct http_calls;
struct http_call;

struct http_rules {
	bool private;		/* our own networks may be called, too */
	const char *authorities; /* a file of certificates, or "": Debian's */
	int64_t timeout_ms;	/* of a whole call */
};

struct http_answer {
	void *owner;		/* as given to http_call */
	int status;		/* 0: there was none */
	const char *fault;	/* then, for the log; else NULL */
	struct text body;	/* absent when it was too long */
};

/* NULL if such a URL may be called, as far as can be told; or the reason. */
const char *http_url_refused(struct text url, const struct http_rules *rules);

/* May a socket be connected there, for a URL that is https or not? */
bool http_address_allowed(const struct sockaddr *address, bool https,
    const struct http_rules *rules);

/* The rules are borrowed for as long as the calls live. */
struct http_calls *http_calls_new(const struct http_rules *rules);
/* Those under way are given up. */
void http_calls_free(struct http_calls *take_calls);

/*
 * Begin a POST of JSON with one more header ("Name: value"). NULL when it
 * cannot be begun. What is given is copied.
 */
struct http_call *http_call(struct http_calls *calls, struct text url,
    struct text body, const char *header, void *owner);

/* Give it up: there will be no answer. */
void http_call_drop(struct http_calls *calls, struct http_call *take_call);

/*
 * Go on with all of them, until something happens, http_calls_stir() is
 * called, or that time is over.
 */
void http_calls_wait(struct http_calls *calls, int timeout_ms);

/* The next that has ended; it and its answer last until the call after. */
bool http_calls_next(struct http_calls *calls, struct http_answer *answer);

/* End the wait. From any thread. */
void http_calls_stir(struct http_calls *calls);

#endif
