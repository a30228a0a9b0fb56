/*
 * Finding the handler of a path. The table is turned into a tree once, one
 * level a segment, so that a request walks its own path and not the table.
 *
 * The raw path is split at '/' first and each segment decoded once after it:
 * "%2F" is a slash inside a name. nginx matches its own decoded copy of the
 * path, so what we take here must never depend on what nginx has made of it.
 */
#include "fcgi/route.h"

#include "fcgi/limits.h"
#include "fcgi/must.h"

/*
 * One prefix of patterns, such as "/api/topics/{}". Children are numbers of
 * nodes; the root is node 0, nobody's child, so that 0 means none.
 */
struct node {
	struct text segment;		/* the literal; a {} has none */
	int sibling, first_literal, parameter;
	const struct door *door;	/* of a route through here */
	const struct route *route[METHOD_OTHER];
};

/* Made by route_table() before there are threads, constant after it. */
static struct node nodes[ROUTE_NODES_MAX];
static int node_count;
static const struct door *fallback_door;

struct path {
	struct text segment[ROUTE_SEGMENTS_MAX];	/* decoded */
	int segments;	/* may be more than are kept */
};

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

/* What stands before the next '/' of *rest, which moves behind it. */
static struct text
next_segment(struct text *rest)
{
	const char *slash = memchr(rest->p, '/', rest->n);
	struct text segment = { rest->p,
		slash ? (size_t)(slash - rest->p) : rest->n };

	rest->p += segment.n + (slash != NULL);
	rest->n -= segment.n + (slash != NULL);
	return segment;
}

static int
count_segments(struct text path)
{
	int n = 0;

	for (size_t i = 0; i < path.n; i++)
		n += path.p[i] == '/';
	return n;
}

static int
literal_child(int parent, struct text segment)
{
	int child = nodes[parent].first_literal;

	while (child && !text_equal(nodes[child].segment, segment))
		child = nodes[child].sibling;
	return child;
}

static int
add_node(const struct door *door)
{
	must(node_count < ROUTE_NODES_MAX);
	nodes[node_count] = (struct node){ .door = door };
	return node_count++;
}

/* The child for one segment of a pattern, made when it is new. */
static int
child_for(int parent, struct text segment, const struct door *door)
{
	int child;

	if (text_equal(segment, TEXT("{}"))) {
		if (!nodes[parent].parameter)
			nodes[parent].parameter = add_node(door);
		return nodes[parent].parameter;
	}
	child = literal_child(parent, segment);
	if (!child) {
		child = add_node(door);
		nodes[child].segment = segment;
		nodes[child].sibling = nodes[parent].first_literal;
		nodes[parent].first_literal = child;
	}
	return child;
}

static void
add_route(const struct route *route)
{
	struct text rest = text_of(route->pattern);
	int node = 0, parameters = 0, segments = count_segments(rest);

	must(segments > 0 && segments <= ROUTE_SEGMENTS_MAX);
	must(next_segment(&rest).n == 0);
	while (segments-- > 0) {
		node = child_for(node, next_segment(&rest), route->door);
		parameters += nodes[node].segment.p == NULL;
	}
	must(parameters <= ROUTE_PARAMETERS_MAX);
	must(route->method < METHOD_OTHER);
	must(!nodes[node].route[route->method]);
	nodes[node].route[route->method] = route;
}

void
route_table(const struct route *routes, const struct door *fallback)
{
	fallback_door = fallback;
	node_count = 0;
	add_node(fallback);
	for (; routes->name; routes++)
		add_route(routes);
}

const struct door *
route_door(const struct request *r)
{
	const struct door *door = r->door ? r->door : fallback_door;

	must(door);
	return door;
}

/*
 * Walk down from `node`, a literal first; a way that ends nowhere is taken
 * back and {} tried. However the caller chooses a path, that is at most one
 * visit of each node of the tree.
 */
static int
walk(struct request *r, const struct path *path, int at, int node, int taken)
{
	struct text segment;
	int child, found;

	if (at == path->segments) {
		for (int m = 0; m < METHOD_OTHER; m++)
			if (nodes[node].route[m])
				return node;
		return 0;
	}

	segment = path->segment[at];
	child = literal_child(node, segment);
	found = child ? walk(r, path, at + 1, child, taken) : 0;
	if (found)
		return found;

	child = nodes[node].parameter;
	if (!child || segment.n == 0 || taken == ROUTE_PARAMETERS_MAX)
		return 0;
	r->param[taken] = segment;
	found = walk(r, path, at + 1, child, taken + 1);
	if (!found)
		r->param[taken] = TEXT_ABSENT;
	return found;
}

/* Whose path is it, whether it leads somewhere or not? */
static const struct door *
door_of(const struct path *path)
{
	int child;

	if (path->segments == 0)
		return NULL;
	child = literal_child(0, path->segment[0]);
	return nodes[child ? child : nodes[0].parameter].door;
}

static void
refuse_method(struct request *r, const struct node *node)
{
	char allow[64] = "";

	for (int m = 0; m < METHOD_OTHER; m++) {
		if (!node->route[m] &&
		    !(m == METHOD_HEAD && node->route[METHOD_GET]))
			continue;
		if (*allow)
			strcat(allow, ", ");
		strcat(allow, method_names[m]);
	}
	fail(r, E_METHOD, FAIL_SENTENCE);
	reply_header(r, "Allow", "%s", allow);
}

/*
 * Split and decode. All segments are counted and checked; those past
 * ROUTE_SEGMENTS_MAX are not kept, for no route is as deep.
 */
static bool
read_path(struct request *r, struct path *path)
{
	struct text rest = r->path;

	path->segments = 0;
	if (rest.n == 0 || next_segment(&rest).n != 0) {
		fail(r, E_BAD_PATH, "the path must begin with a slash");
		return false;
	}
	for (int i = count_segments(r->path); i > 0; i--) {
		struct text segment = percent_decode(r->arena,
		    next_segment(&rest), false);

		if (!segment.p) {
			fail(r, E_BAD_PATH, "the path must be "
			    "percent-encoded UTF-8 without U+0000");
			return false;
		}
		if (path->segments < ROUTE_SEGMENTS_MAX)
			path->segment[path->segments] = segment;
		path->segments++;
	}
	return true;
}

bool
route_find(struct request *r)
{
	enum method method = r->method;
	struct path path;
	int node;

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

	r->door = door_of(&path);
	node = path.segments > ROUTE_SEGMENTS_MAX ? 0 :
	    walk(r, &path, 0, 0, 0);
	if (!node) {
		fail(r, E_NO_ROUTE, FAIL_SENTENCE);
		return false;
	}
	if (method == METHOD_HEAD && !nodes[node].route[METHOD_HEAD])
		method = METHOD_GET;
	r->route = method == METHOD_OTHER ? NULL : nodes[node].route[method];
	if (!r->route) {
		refuse_method(r, &nodes[node]);
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
