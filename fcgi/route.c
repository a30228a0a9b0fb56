/*
 * Finding the handler of a path, or saying why there is none.
 *
 * The raw path is split at '/' first and each segment decoded once after it:
 * "%2F" is a slash inside a name. nginx matches its own decoded copy of the
 * path, so what we take here must never depend on what nginx has made of it.
 */
#include "fcgi/route.h"

#include "fcgi/limits.h"
#include "fcgi/must.h"
#include "fcgi/route_tree.h"

/* How long a browser may remember what a preflight said. */
enum { PREFLIGHT_SECONDS = 86400 };

static const struct door *fallback_door;
static const struct route *table;
static int table_rows;

static const char *const method_names[] = {
	[METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_PUT] = "PUT",
	[METHOD_DELETE] = "DELETE",
	[METHOD_PATCH] = "PATCH",
	[METHOD_OPTIONS] = "OPTIONS",
	[METHOD_OTHER] = "OTHER",
};

const char *
method_name(enum method method)
{
	return method_names[method];
}

void
route_table(const struct route *routes, const struct door *fallback)
{
	fallback_door = fallback;
	table = routes;
	table_rows = 0;
	while (routes[table_rows].name)
		table_rows++;
	must(table_rows <= ROUTES_MAX);
	route_tree_plant(routes, fallback);
}

const struct route *
route_at(int number)
{
	return number < table_rows ? &table[number] : NULL;
}

int
route_number(const struct route *route)
{
	return (int)(route - table);
}

/*
 * The path's first segments say whose it is, whether it leads anywhere or
 * not, and also when the rest of it is no path at all.
 */
const struct door *
route_door(const struct request *r)
{
	const struct door *door = r->door;
	struct text segment[ROUTE_SEGMENTS_MAX], rest = r->path;
	int n = 0;

	if (!door && rest.n > 0 && rest.p[0] == '/') {
		rest = (struct text){ rest.p + 1, rest.n - 1 };
		while (n < ROUTE_SEGMENTS_MAX && (n == 0 || rest.n > 0))
			segment[n++] = text_next_segment(&rest);
		door = route_tree_door(segment, n);
	}
	if (!door)
		door = fallback_door;
	must(door);
	return door;
}

bool
route_is_reserved(struct text first)
{
	return route_tree_begins(first);
}

/* The methods that the path takes, for people and for browsers. */
static const char *
methods_of(struct request *r, const struct route_node *node)
{
	struct buffer b;

	buffer_init(&b, r->arena);
	for (int m = 0; m < METHOD_OTHER; m++) {
		if (!node->route[m] &&
		    !(m == METHOD_HEAD && node->route[METHOD_GET]) &&
		    !(m == METHOD_OPTIONS && node->door->cors_headers))
			continue;
		buffer_printf(&b, "%s%s", b.n ? ", " : "", method_names[m]);
	}
	buffer_add_byte(&b, '\0');
	return b.p;
}

/*
 * The path is known, the method is not: refused, but for the question of a
 * browser that asks before it sends what another page's script wants to.
 */
static void
other_method(struct request *r, const struct route_node *node)
{
	const char *methods = methods_of(r, node);

	if (r->method != METHOD_OPTIONS || !node->door->cors_headers) {
		fail(r, E_METHOD, FAIL_SENTENCE);
		reply_header(r, "Allow", "%s", methods);
		return;
	}
	reply_empty(r, 204);
	reply_header(r, "Allow", "%s", methods);
	reply_header(r, "Access-Control-Allow-Methods", "%s", methods);
	reply_header(r, "Access-Control-Allow-Headers", "%s",
	    node->door->cors_headers);
	reply_header(r, "Access-Control-Max-Age", "%d", PREFLIGHT_SECONDS);
}

/* Split and decode. */
static bool
read_path(struct request *r, struct path *path)
{
	struct text raw = r->path;
	int n = 0;

	if (raw.n == 0 || raw.p[0] != '/') {
		fail(r, E_BAD_PATH, "the path must begin with a slash");
		return false;
	}
	for (size_t i = 0; i < raw.n; i++)
		n += raw.p[i] == '/';
	path->segment = arena_alloc_raw(r->arena,
	    (size_t)n * sizeof(path->segment[0]));
	path->segments = n;
	for (int i = 0; i < n; i++) {
		struct text segment = { raw.p + 1, 0 };

		while (segment.n < raw.n - 1 && segment.p[segment.n] != '/')
			segment.n++;
		raw.p += 1 + segment.n;
		raw.n -= 1 + segment.n;
		path->segment[i] = percent_decode(r->arena, segment, false);
		if (!path->segment[i].p) {
			fail(r, E_BAD_PATH, "the path must be "
			    "percent-encoded UTF-8 without U+0000");
			return false;
		}
	}
	return true;
}

/* A name that may have slashes has no end of its own. */
static bool
check_name(struct request *r, struct text name)
{
	if (name.n == 0)
		fail(r, E_BAD_PATH, "the path has no name in it");
	else if (name.n > STREAM_NAME_BYTES_MAX)
		fail(r, E_BAD_PATH, "the name is longer than "
		    "STREAM_NAME_BYTES_MAX (%d bytes)", STREAM_NAME_BYTES_MAX);
	return !request_failed(r);
}

bool
route_find(struct request *r)
{
	enum method method = r->method;
	const struct route_node *node;
	struct path path;
	int name;

	if (r->path.n > PATH_BYTES_MAX) {
		fail(r, E_URI_TOO_LONG, "the path is longer than "
		    "PATH_BYTES_MAX (%d bytes)", PATH_BYTES_MAX);
		return false;
	}
	if (r->query.n > QUERY_BYTES_MAX) {
		fail(r, E_URI_TOO_LONG, "the query is longer than "
		    "QUERY_BYTES_MAX (%d bytes)", QUERY_BYTES_MAX);
		return false;
	}
	if (!read_path(r, &path))
		return false;

	r->door = route_tree_door(path.segment, path.segments);
	node = route_tree_find(r, &path, &name);
	if (!node) {
		fail(r, E_NO_ROUTE, FAIL_SENTENCE);
		return false;
	}
	r->door = node->door;
	if (name >= 0 && !check_name(r, r->param[name]))
		return false;
	if (method == METHOD_HEAD && !node->route[METHOD_HEAD])
		method = METHOD_GET;
	r->route = method == METHOD_OTHER ? NULL : node->route[method];
	if (!r->route) {
		other_method(r, node);
		return false;
	}
	r->door = r->route->door;
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

struct text
percent_decode(struct arena *arena, struct text raw, bool form)
{
	char *out = arena_alloc_raw(arena, raw.n + 1);
	struct text decoded = { out, 0 };

	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '%') {
			int high = i + 1 < raw.n ? hex_digit(raw.p[i + 1]) : -1;
			int low = i + 2 < raw.n ? hex_digit(raw.p[i + 2]) : -1;

			if (high < 0 || low < 0)
				return TEXT_ABSENT;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (form && c == '+') {
			c = ' ';
		}
		if (c == '\0')
			return TEXT_ABSENT;
		out[decoded.n++] = c;
	}
	out[decoded.n] = '\0';
	return text_is_utf8(decoded) ? decoded : TEXT_ABSENT;
}
