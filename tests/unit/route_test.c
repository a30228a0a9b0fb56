/*
 * Paths find their routes: literals before parameters, decoded once after
 * the split, and a refusal for each way to be wrong.
 */
#include "tests/unit/request.h"
#include "tests/unit/test.h"

static const char *other_sentence;

static void
other_envelope(struct request *r, const struct error_facts *error,
    const char *sentence)
{
	other_sentence = sentence;
	reply_body(r, error->status, "text/other");
}

static const struct door other_door = {
	.name = "other", .envelope = other_envelope,
	.cors_headers = "authorization, x-other"
};

#define ROUTE(name, method, pattern) \
	{ name, METHOD_##method, pattern, ACCESS_OPEN, &test_door, NULL }

#define OTHER(name, method, pattern) \
	{ name, METHOD_##method, pattern, ACCESS_OPEN, &other_door, NULL }

static const struct route routes[] = {
	ROUTE("root", GET, "/"),
	ROUTE("list", GET, "/api/topics"),
	ROUTE("create", POST, "/api/topics"),
	ROUTE("get", GET, "/api/topics/{}"),
	ROUTE("put", PUT, "/api/topics/{}"),
	ROUTE("purge", POST, "/api/topics/{}/purge"),
	ROUTE("by_key", DELETE, "/api/topics/{}/messages/{}"),
	ROUTE("special", POST, "/api/topics/special"),
	ROUTE("special_only", GET, "/api/topics/special/only"),
	ROUTE("own_head", HEAD, "/api/head"),
	ROUTE("head_get", GET, "/api/head"),
	ROUTE("six", GET, "/{}/{}/{}/{}/{}/{}"),
	ROUTE("slashed", GET, "/slashed/"),
	OTHER("other", GET, "/other/{}/x"),
	ROUTE("within", GET, "/other/within/{}/y"),
	OTHER("read", GET, "/v1/stream/{*}"),
	OTHER("append", POST, "/v1/stream/{*}"),
	OTHER("head", HEAD, "/v1/stream/{*}"),
	OTHER("schema", GET, "/v1/stream/{*}/_schema"),
	OTHER("by_pk", GET, "/v1/stream/{*}/pk/{}"),
	OTHER("wait", GET, "/v1/stream/{*}/touch/wait"),
	OTHER("traces", POST, "/v1/stream/{*}/_otlp/v1/traces"),
	OTHER("subscription", PUT, "/v1/stream/__ds/subscriptions/{}"),
	OTHER("deep", GET, "/deep/{}/a/{*}/b/{}/c/{}"),
	{ .name = NULL }
};

static struct request *r;

/* The name of the route found, or the reply. */
static const char *
find_text(enum method method, struct text path)
{
	r = test_request();
	r->method = method;
	r->path = path;
	if (route_find(r))
		return r->route->name;
	return test_reply(r);
}

static const char *
find(enum method method, const char *path)
{
	return find_text(method, text_of(path));
}

#define NO_ROUTE "404 no_route no such path"
#define NO_ROUTE_OTHER "404 "

static void
paths_find_routes(void)
{
	CHECK_STRING(find(METHOD_GET, "/"), "root");
	CHECK_STRING(find(METHOD_GET, "/api/topics"), "list");
	CHECK_STRING(find(METHOD_POST, "/api/topics"), "create");
	CHECK_STRING(find(METHOD_GET, "/api/topics/orders"), "get");
	CHECK_TEXT(r->param[0], "orders");
	CHECK(r->param[1].p == NULL);
	CHECK_STRING(find(METHOD_DELETE, "/api/topics/a/messages/b"),
	    "by_key");
	CHECK_TEXT(r->param[0], "a");
	CHECK_TEXT(r->param[1], "b");
	CHECK_STRING(find(METHOD_GET, "/slashed/"), "slashed");
	CHECK_STRING(find(METHOD_GET, "/1/2/3/4/5/6"), "six");
	CHECK_TEXT(r->param[5], "6");
}

static void
literals_come_first_and_are_taken_back(void)
{
	CHECK_STRING(find(METHOD_POST, "/api/topics/special"), "special");
	CHECK_STRING(find(METHOD_GET, "/api/topics/special/only"),
	    "special_only");
	/* No such path below the literal: {} takes it. */
	CHECK_STRING(find(METHOD_POST, "/api/topics/special/purge"), "purge");
	CHECK_TEXT(r->param[0], "special");
	/* But not the path's first segment: there is no plate "api". */
	CHECK_STRING(find(METHOD_GET, "/api/topics/3/4/5/6"), NO_ROUTE);
	CHECK(route_is_reserved(TEXT("api")));
	CHECK(!route_is_reserved(TEXT("topics")));
	find(METHOD_GET, "/other/1/2/3/4/5/6");
	CHECK(r->param[0].p == NULL && r->param[5].p == NULL);
	/* The path decides on the resource, the method does not. */
	CHECK_STRING(find(METHOD_GET, "/api/topics/special"), "405 "
	    "method_not_allowed the path does not take this method");
	CHECK_STRING(test_header(r, "Allow"), "POST");
}

static void
methods(void)
{
	CHECK_STRING(find(METHOD_HEAD, "/api/topics"), "list");
	CHECK_STRING(find(METHOD_HEAD, "/api/head"), "own_head");
	CHECK_STRING(find(METHOD_GET, "/api/head"), "head_get");
	find(METHOD_DELETE, "/api/topics/x");
	CHECK_INTEGER(r->reply.status, 405);
	CHECK_STRING(test_header(r, "Allow"), "GET, HEAD, PUT");
	find(METHOD_OTHER, "/api/topics");
	CHECK_INTEGER(r->reply.status, 405);
	CHECK_STRING(test_header(r, "Allow"), "GET, HEAD, POST");
	find(METHOD_HEAD, "/api/topics/a/purge");
	CHECK_INTEGER(r->reply.status, 405);
	CHECK_STRING(test_header(r, "Allow"), "POST");
	find(METHOD_OPTIONS, "*");
	CHECK_INTEGER(r->reply.status, 400);
	CHECK_STRING(method_name(METHOD_PATCH), "PATCH");
}

static void
unknown_paths(void)
{
	static const char *const unknown[] = { "//", "/api", "/api/",
		"/api/topics/", "/api//topics", "//api/topics",
		"/api/topics/x/", "/api/topics//purge", "/api/topics/x/purge/",
		"/slashed", "/api/topics/x/unknown", "/API/topics",
		"/1/2/3/4/5/6/7", "/1/2/3/4/5/", "/api/topics/a/messages",
		"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18",
		"/api/topics%2Fx", "/api%2Ftopics", "/%2F" };

	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		CHECK_STRING(find(METHOD_GET, unknown[i]), NO_ROUTE);
}

static void
segments_are_decoded_once(void)
{
	static const struct {
		const char *path, *param;
	} cases[] = {
		{ "/api/topics/a%2Fb", "a/b" },
		{ "/api/topics/a%2fb", "a/b" },
		{ "/api/topics/%252F", "%2F" },
		{ "/api/topics/a+b", "a+b" },
		{ "/api/topics/a%20b", "a b" },
		{ "/api/topics/%C3%A4", "\xC3\xA4" },
		{ "/api/topics/%F0%9F%98%80", "\xF0\x9F\x98\x80" },
		{ "/api/topics/..", ".." },
		{ "/api/topics/{}", "{}" },
		{ "/api/topics/%3F%23", "?#" },
		{ "/%61pi/%74opics/x", "x" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_STRING(find(METHOD_GET, cases[i].path), "get");
		CHECK_TEXT(r->param[0], cases[i].param);
	}
}

static void
names_may_have_slashes(void)
{
	static const struct {
		const char *path, *route, *name;
	} cases[] = {
		{ "/v1/stream/a", "read", "a" },
		{ "/v1/stream/a/b/c", "read", "a/b/c" },
		{ "/v1/stream/a%2Fb/c", "read", "a/b/c" },
		{ "/v1/stream/a//b", "read", "a//b" },
		{ "/v1/stream//a", "read", "/a" },
		{ "/v1/stream/a/", "read", "a" },
		{ "/v1/stream/a///", "read", "a" },
		{ "/v1/stream/a%2F/", "read", "a/" },
		{ "/v1/stream/%252F", "read", "%2F" },
		{ "/v1/stream/%C3%A4/%F0%9F%98%80", "read",
			"\xC3\xA4/\xF0\x9F\x98\x80" },
		{ "/v1/stream/a/_schema", "schema", "a" },
		{ "/v1/stream/a/b/_schema/", "schema", "a/b" },
		{ "/v1/stream/a/_schema/_schema", "schema", "a/_schema" },
		{ "/v1/stream/a%2F_schema", "read", "a/_schema" },
		{ "/v1/stream/_schema", "read", "_schema" },
		{ "/v1/stream/touch/wait", "read", "touch/wait" },
		{ "/v1/stream/a/touch/wait", "wait", "a" },
		{ "/v1/stream/wait", "read", "wait" },
		{ "/v1/stream/a/wait", "read", "a/wait" },
		{ "/v1/stream/a/_schema/x", "read", "a/_schema/x" },
		{ "/v1/stream/a/pk/_schema", "schema", "a/pk" },
		{ "/v1/stream/a/pk/", "read", "a/pk" },
		{ "/v1/stream/__ds/subscriptions", "read",
			"__ds/subscriptions" },
		{ "/v1/stream/__ds/subscriptions/x/y", "read",
			"__ds/subscriptions/x/y" },
		{ "/v1/stream/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
			"read", "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CHECK_STRING(find(METHOD_GET, cases[i].path), cases[i].route);
		CHECK_TEXT(r->param[0], cases[i].name);
		CHECK(r->param[1].p == NULL);
	}
	CHECK_STRING(find(METHOD_POST, "/v1/stream/a/_otlp/v1/traces"),
	    "traces");
	CHECK_TEXT(r->param[0], "a");
	CHECK_STRING(find(METHOD_HEAD, "/v1/stream/a/b"), "head");
	CHECK_STRING(find(METHOD_HEAD, "/v1/stream/a/_schema"), "schema");
}

static void
parameters_stand_in_path_order(void)
{
	CHECK_STRING(find(METHOD_GET, "/v1/stream/a/b/pk/k%2Fl"), "by_pk");
	CHECK_TEXT(r->param[0], "a/b");
	CHECK_TEXT(r->param[1], "k/l");
	CHECK_STRING(find(METHOD_PUT, "/v1/stream/__ds/subscriptions/x"),
	    "subscription");
	CHECK_TEXT(r->param[0], "x");
	CHECK(r->param[1].p == NULL);
	CHECK_STRING(find(METHOD_GET, "/deep/1/a/2/b/3/b/4/c/5"), "deep");
	CHECK_TEXT(r->param[0], "1");
	CHECK_TEXT(r->param[1], "2/b/3");
	CHECK_TEXT(r->param[2], "4");
	CHECK_TEXT(r->param[3], "5");
	CHECK(r->param[4].p == NULL);
	/* A way that ends nowhere leaves nothing behind. */
	find(METHOD_GET, "/deep/1/a/2/b/3/c/");
	CHECK_INTEGER(r->reply.status, 404);
	CHECK(r->param[0].p == NULL && r->param[1].p == NULL);
}

static void
bad_names(void)
{
	static const char *const none[] = { "/v1/stream/", "/v1/stream//",
		"/v1/stream////", "/v1/stream//_schema",
		"/v1/stream//pk/x" };
	static char path[20 + STREAM_NAME_BYTES_MAX * 3];
	char *end = stpcpy(path, "/v1/stream/");

	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		find(METHOD_GET, none[i]);
		CHECK_INTEGER(r->reply.error, E_BAD_PATH);
		CHECK_STRING(r->reply.content_type, "text/other");
	}
	CHECK_STRING(find(METHOD_GET, "/v1/stream"), NO_ROUTE_OTHER);
	/* The limit is one of decoded bytes. */
	for (int i = 0; i < STREAM_NAME_BYTES_MAX; i++)
		end = stpcpy(end, "%41");
	CHECK_STRING(find(METHOD_GET, path), "read");
	CHECK_INTEGER(r->param[0].n, STREAM_NAME_BYTES_MAX);
	strcpy(end, "/_schema");
	CHECK_STRING(find(METHOD_GET, path), "schema");
	strcpy(end, "/x");
	find(METHOD_GET, path);
	CHECK_INTEGER(r->reply.error, E_BAD_PATH);
	CHECK_STRING(other_sentence, "the name is longer than "
	    "STREAM_NAME_BYTES_MAX (1024 bytes)");
}

/* Browsers ask first; a door that is none of theirs refuses. */
static void
preflights(void)
{
	CHECK_STRING(find(METHOD_OPTIONS, "/v1/stream/a/b"), "204 ");
	CHECK(!request_failed(r));
	CHECK_STRING(test_header(r, "Access-Control-Allow-Methods"),
	    "GET, HEAD, POST, OPTIONS");
	CHECK_STRING(test_header(r, "Access-Control-Allow-Headers"),
	    "authorization, x-other");
	CHECK_STRING(test_header(r, "Access-Control-Max-Age"), "86400");
	find(METHOD_OPTIONS, "/other/nowhere");
	CHECK_INTEGER(r->reply.status, 404);
	find(METHOD_OPTIONS, "/v1/stream/");
	CHECK_INTEGER(r->reply.status, 400);
	find(METHOD_OPTIONS, "/api/topics");
	CHECK_INTEGER(r->reply.status, 405);
	CHECK_STRING(test_header(r, "Allow"), "GET, HEAD, POST");
}

static void
bad_paths(void)
{
	static const struct text bad[] = {
		TEXT("/api/topics/%"), TEXT("/api/topics/%2"),
		TEXT("/api/topics/%GG"), TEXT("/api/topics/%2G"),
		TEXT("/api/topics/% 2"), TEXT("/api/topics/%+1"),
		TEXT("/api/topics/%00"), TEXT("/api/topics/a%00b"),
		TEXT("/api/topics/a\0b"), TEXT("/api/topics/%FF"),
		TEXT("/api/topics/\xFF"), TEXT("/api/topics/%C3"),
		TEXT("/api/topics/%C3/%A4"), TEXT("/api/topics/%ED%A0%80"),
		TEXT("/api/topics/%C0%AF"), TEXT("/%ZZ"), TEXT(""),
		TEXT("api/topics"), TEXT("*"), TEXT_ABSENT,
		TEXT("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/%"),
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		find_text(METHOD_GET, bad[i]);
		CHECK_INTEGER(r->reply.error, E_BAD_PATH);
	}
}

static void
lengths(void)
{
	static char path[PATH_BYTES_MAX + 1];
	struct text t = { path, sizeof path };

	memset(path, 'x', sizeof path);
	memcpy(path, "/api/topics/", 12);
	find_text(METHOD_GET, t);
	CHECK_INTEGER(r->reply.error, E_URI_TOO_LONG);
	CHECK(strstr(test_reply(r), "PATH_BYTES_MAX"));
	t.n--;
	CHECK_STRING(find_text(METHOD_GET, t), "get");
	CHECK_INTEGER(r->param[0].n, PATH_BYTES_MAX - 12);
	memset(path, '/', sizeof path);
	CHECK_STRING(find_text(METHOD_GET, t), NO_ROUTE);

	r = test_request();
	r->path = TEXT("/");
	r->query = (struct text){ path, QUERY_BYTES_MAX };
	CHECK(route_find(r));
	r = test_request();
	r->path = TEXT("/");
	r->query = (struct text){ path, QUERY_BYTES_MAX + 1 };
	CHECK(!route_find(r));
	CHECK_INTEGER(r->reply.error, E_URI_TOO_LONG);
}

static void
errors_wear_the_envelope_of_their_door(void)
{
	find(METHOD_GET, "/other/1/y");
	CHECK_STRING(r->reply.content_type, "text/other");
	find(METHOD_POST, "/other/1/x");
	CHECK_STRING(r->reply.content_type, "text/other");
	CHECK_STRING(test_header(r, "Allow"), "GET, HEAD, OPTIONS");
	/* Also when the rest of the path is none. */
	find(METHOD_GET, "/other/%GG");
	CHECK_STRING(r->reply.content_type, "text/other");
	find(METHOD_GET, "/other/%25/%25/3/4");
	CHECK_STRING(r->reply.content_type, "text/other");
	/* A door within another's paths. */
	find(METHOD_GET, "/other/within/%GG/y");
	CHECK_STRING(r->reply.content_type, "text/plain");
	find(METHOD_GET, "/other/within/z/z/z");
	CHECK_STRING(r->reply.content_type, "text/plain");
	find(METHOD_GET, "/other/without/z/z/z");
	CHECK_STRING(r->reply.content_type, "text/other");
	find(METHOD_GET, "/nowhere");
	CHECK_STRING(r->reply.content_type, "text/plain");
	CHECK_STRING(find(METHOD_GET, "/other/1/x"), "other");
	fail(r, E_INTERNAL, FAIL_SENTENCE);
	CHECK_STRING(r->reply.content_type, "text/other");
}

static void
bad_tables_are_our_fault(void)
{
	static const struct route twice[] = { ROUTE("a", GET, "/a/{}"),
		ROUTE("b", GET, "/a/{}"), { .name = NULL } };
	static const struct route many[] = {
		ROUTE("a", GET, "/{}/{}/{}/{}/{}/{}/{}"), { .name = NULL } };
	static const struct route two_names[] = {
		ROUTE("a", GET, "/{*}/a/{*}"), { .name = NULL } };
	static const struct route bare[] = { ROUTE("a", GET, "a"),
		{ .name = NULL } };

	CHECK_STOPS(route_table(twice, &test_door));
	CHECK_STOPS(route_table(many, &test_door));
	CHECK_STOPS(route_table(two_names, &test_door));
	CHECK_STOPS(route_table(bare, &test_door));
}

int
main(void)
{
	route_table(routes, &test_door);
	paths_find_routes();
	literals_come_first_and_are_taken_back();
	methods();
	unknown_paths();
	segments_are_decoded_once();
	names_may_have_slashes();
	parameters_stand_in_path_order();
	bad_names();
	preflights();
	bad_paths();
	lengths();
	errors_wear_the_envelope_of_their_door();
	bad_tables_are_our_fault();
	return test_result();
}
