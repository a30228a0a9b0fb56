/*
 * The route table as a tree: which row is a path's? Private to route.c, which
 * splits and decodes paths and says what is wrong with them.
 */
#ifndef FCGI_ROUTE_TREE_H
#define FCGI_ROUTE_TREE_H

#include "fcgi/route.h"

/*
 * One prefix of patterns, such as "/api/topics/{}"; below a {*} one suffix of
 * them, read backwards. Children are numbers of nodes; the root is node 0,
 * nobody's child, so that 0 means none.
 */
struct route_node {
	struct text segment;		/* the literal; others have none */
	int sibling, first_literal, parameter, rest;
	const struct door *door;	/* of a route through here */
	const struct route *route[METHOD_OTHER];
};

/* A path, split at its slashes and decoded. */
struct path {
	struct text *segment;
	int segments;
};

void route_tree_plant(const struct route *routes, const struct door *fallback);

/*
 * The node in which the path ends, its parameters in r->param, or NULL.
 * *name is the number of the parameter that a {*} took, -1 if there is none.
 */
const struct route_node *route_tree_find(struct request *r,
    const struct path *path, int *name);

/* Does a pattern begin with this segment? */
bool route_tree_begins(struct text first);

/* Whose are the paths that begin with these segments, as far as patterns do
 * so literally? NULL if nobody's. */
const struct door *route_tree_door(const struct text *segment, int segments);

#endif
