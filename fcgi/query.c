/*
 * Query parameters. The query is taken apart when the first parameter is
 * asked for, and each one remembers whether it was: what nobody asks for is
 * a typing error of the caller's, and query_done() says so.
 */
#include "fcgi/limits.h"
#include "fcgi/request.h"
#include "fcgi/route.h"

struct query {
	int n;
	struct parameter {
		struct text name, value;
		bool asked;
	} parameter[];	/* room for as many as there can be */
};

static struct parameter *
find(struct query *query, struct text name)
{
	for (int i = 0; i < query->n; i++)
		if (text_equal(query->parameter[i].name, name))
			return &query->parameter[i];
	return NULL;
}

/* One "name=value" of the query. False after fail(). */
static bool
add(struct request *r, struct query *query, struct text pair)
{
	const char *equals = memchr(pair.p, '=', pair.n);
	size_t name_bytes = equals ? (size_t)(equals - pair.p) : pair.n;
	struct text raw_value = equals ?
	    (struct text){ equals + 1, pair.n - name_bytes - 1 } : TEXT("");
	struct text name = percent_decode(r->arena,
	    (struct text){ pair.p, name_bytes }, true);
	struct text value = percent_decode(r->arena, raw_value, true);

	if (!name.p || !value.p) {
		fail(r, E_BAD_QUERY, "the query must be percent-encoded "
		    "UTF-8 without U+0000");
		return false;
	}
	if (find(query, name)) {
		fail(r, E_BAD_QUERY, "parameter \"%.*s\" is given twice",
		    TEXT_ARG(text_cut(name, NAME_SHOWN_BYTES)));
		return false;
	}
	if (query->n == QUERY_PARAMETERS_MAX) {
		fail(r, E_BAD_QUERY, "there are more than "
		    "QUERY_PARAMETERS_MAX (%d) parameters",
		    QUERY_PARAMETERS_MAX);
		return false;
	}
	query->parameter[query->n++] = (struct parameter){ name, value, false };
	return true;
}

/* A request that waits keeps its query: it is made no larger than it is. */
static struct query *
query_new(struct request *r)
{
	size_t room = r->query.n != 0;

	for (size_t i = 0; i < r->query.n; i++)
		room += r->query.p[i] == '&';
	if (room > QUERY_PARAMETERS_MAX)
		room = QUERY_PARAMETERS_MAX;
	return arena_alloc(r->arena, sizeof(struct query) +
	    room * sizeof(struct parameter));
}

/* Empty pairs, as in "a=1&&b=2&", are let be. False after fail(). */
static bool
parse(struct request *r)
{
	struct text rest = r->query;

	if (r->parsed_query)
		return true;
	/* A fault on the way leaves a shorter list, which nobody reads. */
	r->parsed_query = query_new(r);
	while (rest.n) {
		const char *end = memchr(rest.p, '&', rest.n);
		struct text pair = { rest.p,
			end ? (size_t)(end - rest.p) : rest.n };

		if (pair.n && !add(r, r->parsed_query, pair))
			return false;
		rest.p += pair.n + (end != NULL);
		rest.n -= pair.n + (end != NULL);
	}
	return true;
}

struct text
query_text(struct request *r, const char *name)
{
	struct parameter *p;

	if (request_failed(r) || !parse(r))
		return TEXT_ABSENT;
	p = find(r->parsed_query, text_of(name));
	if (!p)
		return TEXT_ABSENT;
	p->asked = true;
	return p->value;
}

int64_t
query_integer(struct request *r, const char *name, int64_t fallback,
    int64_t low, int64_t high)
{
	struct text value = query_text(r, name);
	long long number = 0;

	if (!value.p)
		return fallback;
	if (!text_to_integer(value, &number)) {
		fail(r, E_BAD_VALUE, "\"%s\" must be an integer", name);
		return fallback;
	}
	if (number < low || number > high) {
		fail_range(r, "", name, low, high);
		return fallback;
	}
	return number;
}

bool
query_done(struct request *r)
{
	if (request_failed(r) || !parse(r))
		return false;
	for (int i = 0; i < r->parsed_query->n; i++) {
		const struct parameter *p = &r->parsed_query->parameter[i];

		if (p->asked)
			continue;
		fail(r, E_BAD_QUERY, "unknown parameter \"%.*s\"",
		    TEXT_ARG(text_cut(p->name, NAME_SHOWN_BYTES)));
		return false;
	}
	return true;
}
