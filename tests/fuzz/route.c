/*
 * Any bytes as a request's path and query. A path that finds its route must
 * find it again when its parameters are encoded anew; a query must be taken
 * exactly when the plain reading of it below takes it, and with its values.
 */
#include "fcgi/must.h"
#include "tests/unit/request.h"

#define ROUTE(name, method, pattern) \
	{ name, METHOD_##method, pattern, ACCESS_OPEN, &test_door, NULL }

static const struct route routes[] = {
	ROUTE("root", GET, "/"),
	ROUTE("list", GET, "/api/topics"),
	ROUTE("get", GET, "/api/topics/{}"),
	ROUTE("purge", POST, "/api/topics/{}/purge"),
	ROUTE("special", POST, "/api/topics/special"),
	ROUTE("key", DELETE, "/api/topics/{}/messages/{}"),
	ROUTE("six", GET, "/{}/{}/{}/{}/{}/{}"),
	ROUTE("plate", PUT, "/{}/streams/{}"),
	ROUTE("read", GET, "/v1/stream/{*}"),
	ROUTE("schema", GET, "/v1/stream/{*}/_schema"),
	ROUTE("pk", GET, "/v1/stream/{*}/pk/{}"),
	ROUTE("wait", POST, "/v1/stream/{*}/touch/wait"),
	ROUTE("subscription", PUT, "/v1/stream/__ds/subscriptions/{}"),
	{ .name = NULL }
};

static void
add_encoded(struct buffer *b, struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		buffer_printf(b, "%%%02X", (unsigned char)t.p[i]);
}

/* The route's pattern with the parameters put in. */
static struct text
path_again(struct arena *arena, const struct request *r)
{
	const struct text *param = r->param;
	struct buffer b;

	buffer_init(&b, arena);
	for (const char *c = r->route->pattern; *c; c++) {
		if (*c == '{') {
			add_encoded(&b, *param++);
			c = strchr(c, '}');
		} else {
			buffer_add_byte(&b, *c);
		}
	}
	return (struct text){ b.p, b.n };
}

static void
check_path(struct text path, enum method method)
{
	struct arena *arena = arena_new();
	struct text param[ROUTE_PARAMETERS_MAX];
	const struct route *found;
	struct request *r = test_request();

	r->path = path;
	r->method = method;
	if (!route_find(r)) {
		int status = r->reply.status;

		must(request_failed(r) && r->reply.body.n > 0);
		must(status == 400 || status == 404 || status == 405 ||
		    status == 414);
		must((status == 405) == (test_header(r, "Allow") != NULL));
		arena_free(arena);
		return;
	}
	must(!request_failed(r));
	found = r->route;
	must(found->method == method ||
	    (found->method == METHOD_GET && method == METHOD_HEAD));
	for (int i = 0; i < ROUTE_PARAMETERS_MAX; i++) {
		param[i] = arena_text(arena, r->param[i]);
		must(!param[i].p || (param[i].n && text_is_utf8(param[i]) &&
		    !memchr(param[i].p, '\0', param[i].n)));
	}
	path = path_again(arena, r);
	if (path.n <= PATH_BYTES_MAX) {
		r = test_request();
		r->path = path;
		r->method = method;
		must(route_find(r));
		must(r->route == found);
		for (int i = 0; i < ROUTE_PARAMETERS_MAX; i++)
			must(text_equal(param[i], r->param[i]));
	}
	arena_free(arena);
}

struct pair {
	struct text name, value;
};

/* The query read in the plainest way; -1 if there is anything wrong. */
static int
read_plainly(struct arena *arena, struct text query,
    struct pair pairs[QUERY_PARAMETERS_MAX])
{
	char *copy = arena_string(arena, query), *rest = copy;
	char *pair;
	int n = 0;

	if (memchr(copy, '\0', query.n))
		return -1;
	while ((pair = strsep(&rest, "&"))) {
		char *value = pair, *name = strsep(&value, "=");
		struct pair p;

		if (!*name && !value)
			continue;
		p.name = percent_decode(arena, text_of(name), true);
		p.value = percent_decode(arena, text_of(value ? value : ""),
		    true);
		if (!p.name.p || !p.value.p || n == QUERY_PARAMETERS_MAX)
			return -1;
		for (int i = 0; i < n; i++)
			if (text_equal(pairs[i].name, p.name))
				return -1;
		pairs[n++] = p;
	}
	return n;
}

static void
check_query(struct text query)
{
	struct pair pairs[QUERY_PARAMETERS_MAX];
	struct arena *arena = arena_new();
	struct request *r = test_request();
	int n = read_plainly(arena, query, pairs);
	int64_t number;

	r->query = query;
	/* Nobody can send this name, but asking takes the query apart. */
	must(query_text(r, "\xFF").p == NULL);
	must((n >= 0) == !request_failed(r));
	for (int i = 0; i < n; i++) {
		must(!query_done(r));
		r->reply.error = E_NONE;
		must(text_equal(query_text(r, pairs[i].name.p),
		    pairs[i].value));
		must(!request_failed(r));
	}
	must(query_done(r) == (n >= 0));
	if (n > 0) {
		number = query_integer(r, pairs[0].name.p, -7, 0, 1000);
		must(number == -7 || (number >= 0 && number <= 1000));
		must(request_failed(r) == (number == -7));
	}
	arena_free(arena);
}

/* What percent_decode takes, encoded in full, is taken again as the same. */
static void
check_decoding(struct text raw, bool form)
{
	struct arena *arena = arena_new();
	struct text decoded = percent_decode(arena, raw, form);
	struct buffer b;

	buffer_init(&b, arena);
	if (decoded.p) {
		must(decoded.n <= raw.n && text_is_utf8(decoded));
		add_encoded(&b, decoded);
		must(text_equal(decoded, percent_decode(arena,
		    (struct text){ b.p, b.n }, form)));
	}
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text path = { (const char *)data, size }, query = TEXT_ABSENT;
	const char *question = size ? memchr(data, '?', size) : NULL;

	route_table(routes, &test_door);
	if (question) {
		path.n = (size_t)(question - path.p);
		query = (struct text){ question + 1, size - path.n - 1 };
	}
	for (int m = METHOD_GET; m <= METHOD_OTHER; m++)
		check_path(path, (enum method)m);
	check_query(query);
	check_decoding(path, false);
	check_decoding(query, true);
	return 0;
}
