/*
 * The table is turned into a tree once, one level a segment, so that a request
 * walks its own path and not the table.
 *
 * Where a path may go on with a {*}, it is walked from its other end: below
 * the node of the {*} hang the suffixes, last segment first. What is left
 * between prefix and suffix is the name.
 */
#include "fcgi/route_tree.h"

#include "fcgi/limits.h"
#include "fcgi/must.h"

/* Made before there are threads, constant after it. */
static struct route_node nodes[ROUTE_NODES_MAX];
static int node_count;

/* A walk under way. */
struct walk {
	struct request *r;
	const struct path *path;
	int name;	/* as route_tree_find tells it */
	/* What {} of a suffix took, the last of the path first. */
	struct text behind[ROUTE_PARAMETERS_MAX];
};

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
	nodes[node_count] = (struct route_node){ .door = door };
	return node_count++;
}

/* The child for one segment of a pattern, made when it is new. */
static int
child_for(int parent, struct text segment, const struct door *door)
{
	bool rest = text_equal(segment, TEXT("{*}"));
	int child;

	if (rest || text_equal(segment, TEXT("{}"))) {
		int *link = rest ? &nodes[parent].rest :
		    &nodes[parent].parameter;

		if (!*link)
			*link = add_node(door);
		return *link;
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

/* The segments of a pattern, those behind a {*} in reverse. */
static int
split(const char *pattern, struct text segment[ROUTE_SEGMENTS_MAX])
{
	struct text rest = text_of(pattern);
	int n = 0, name = -1;

	for (size_t i = 0; i < rest.n; i++)
		n += rest.p[i] == '/';
	must(n > 0 && n <= ROUTE_SEGMENTS_MAX);
	must(text_next_segment(&rest).n == 0);
	for (int i = 0; i < n; i++) {
		segment[i] = text_next_segment(&rest);
		if (text_equal(segment[i], TEXT("{*}"))) {
			must(name < 0);
			name = i;
		}
	}
	for (int i = name + 1, j = n - 1; name >= 0 && i < j; i++, j--) {
		struct text swap = segment[i];

		segment[i] = segment[j];
		segment[j] = swap;
	}
	return n;
}

static void
add_route(const struct route *route)
{
	struct text segment[ROUTE_SEGMENTS_MAX];
	int n = split(route->pattern, segment), node = 0, parameters = 0;

	for (int i = 0; i < n; i++) {
		node = child_for(node, segment[i], route->door);
		parameters += nodes[node].segment.p == NULL;
	}
	must(parameters <= ROUTE_PARAMETERS_MAX);
	must(route->method < METHOD_OTHER);
	must(!nodes[node].route[route->method]);
	nodes[node].route[route->method] = route;
}

void
route_tree_plant(const struct route *routes, const struct door *fallback)
{
	node_count = 0;
	add_node(fallback);
	for (; routes->name; routes++)
		add_route(routes);
}

static bool
is_end(int node)
{
	for (int m = 0; m < METHOD_OTHER; m++)
		if (nodes[node].route[m])
			return true;
	return false;
}

/* Segments of the path as one text, with the slashes between them. */
static struct text
join(const struct walk *w, int from, int to)
{
	const struct text *segment = w->path->segment;
	size_t n = segment[from].n;
	struct text joined;
	char *p;

	if (to - from == 1)
		return segment[from];
	for (int i = from + 1; i < to; i++)
		n += 1 + segment[i].n;
	p = arena_alloc_raw(w->r->arena, n + 1);
	joined = (struct text){ p, n };
	for (int i = from; i < to; i++) {
		if (i > from)
			*p++ = '/';
		memcpy(p, segment[i].p, segment[i].n);
		p += segment[i].n;
	}
	*p = '\0';
	return joined;
}

/*
 * Below a {*}: the path's segments `at` to `end` are to be explained, and so
 * many {} of the suffix are taken. The longest suffix that leaves a segment
 * for the name is the one.
 */
static int
walk_back(struct walk *w, int at, int end, int node, int taken, int behind)
{
	struct text *param = w->r->param;
	struct text last = w->path->segment[end - 1];
	int child, found = 0;

	if (end - at > 1) {
		child = literal_child(node, last);
		if (child)
			found = walk_back(w, at, end - 1, child, taken,
			    behind);
		child = nodes[node].parameter;
		if (!found && child && last.n) {
			w->behind[behind] = last;
			found = walk_back(w, at, end - 1, child, taken,
			    behind + 1);
		}
	}
	if (found || !is_end(node))
		return found;
	w->name = taken;
	param[taken++] = join(w, at, end);
	while (behind > 0)
		param[taken++] = w->behind[--behind];
	return node;
}

/*
 * Walk down from `node`, a literal first; a way that ends nowhere is taken
 * back and {} tried, then {*}. However the caller chooses a path, that is at
 * most one visit of each node of the tree.
 */
static int
walk(struct walk *w, int at, int node, int taken)
{
	const struct path *path = w->path;
	struct text segment;
	int child, found, end = path->segments;

	if (at == path->segments)
		return is_end(node) ? node : 0;

	segment = path->segment[at];
	child = literal_child(node, segment);
	found = child ? walk(w, at + 1, child, taken) : 0;
	/* The first segment tells whose a path is: that is not taken back. */
	if (found || (child && at == 0))
		return found;

	child = nodes[node].parameter;
	if (child && segment.n) {
		w->r->param[taken] = segment;
		found = walk(w, at + 1, child, taken + 1);
		if (found)
			return found;
		w->r->param[taken] = TEXT_ABSENT;
	}
	child = nodes[node].rest;
	if (!child)
		return 0;
	/* Slashes at the end of a name are not part of it. */
	while (end - at > 1 && path->segment[end - 1].n == 0)
		end--;
	return walk_back(w, at, end, child, taken, 0);
}

const struct route_node *
route_tree_find(struct request *r, const struct path *path, int *name)
{
	struct walk w = { .r = r, .path = path, .name = -1 };
	int node = walk(&w, 0, 0, 0);

	*name = w.name;
	return node ? &nodes[node] : NULL;
}

bool
route_tree_begins(struct text first)
{
	return literal_child(0, first);
}

const struct door *
route_tree_door(const struct text *segment, int segments)
{
	int node = literal_child(0, segment[0]), child = node;

	for (int i = 1; i < segments && child; i++) {
		child = literal_child(node, segment[i]);
		if (child)
			node = child;
	}
	return nodes[node ? node : nodes[0].parameter].door;
}
