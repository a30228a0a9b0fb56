/*
 * Where items wait for a turn: a lane for each kind and owner, made by its
 * first item, gone when it is empty, and the line of lanes that can go.
 * Private to turn.c, whose lock guards all of it.
 */
#ifndef SQL_TURN_LANES_H
#define SQL_TURN_LANES_H

#include "sql/turn.h"

enum { TURN_LANES_MAX = 64 };

struct lane {
	const struct turn_kind *kind;
	int64_t owner;
	struct lane *next; /* in its bucket */
	struct lane *next_in_line;
	struct turn_item *first, *last;
	size_t weight, bytes; /* of the items that wait */
	int calls; /* under way */
	bool in_line;
};

/* What one lane contributes to a turn. */
struct part {
	struct lane *lane;
	struct turn_item *items;
	bool gathered; /* in the call of turn->gather */
};

/* The item waits. */
void lane_add(struct turn_item *item);

/* Can any lane go? */
bool lanes_can_go(void);

/* The weight of all items that wait. */
size_t lanes_weight(void);

/*
 * Take from the line what fits one turn, TURN_LANES_MAX parts at most; how
 * many, and the weight and the bytes of their items.
 */
int lanes_take(struct part *parts, size_t *weight, size_t *bytes);

/* A lane's call is answered. The lane may be gone after this. */
void lane_release(struct lane *lane);

#endif
