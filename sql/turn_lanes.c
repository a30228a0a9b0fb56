/*
 * A lane is in the line when it has items and no call under way, or so many
 * items that waiting could not combine more of them into a call.
 */
#include "sql/turn_lanes.h"

#include <stdlib.h>

#include "fcgi/must.h"

enum { LANE_BUCKETS = 1 << 12 };

static struct lane *bucket[LANE_BUCKETS];
static struct lane *line_first, *line_last;
static size_t all_weight; /* of what waits, in the line or not */

/* What is taken for one turn. */
struct taken {
	struct part *part;
	int parts;
	size_t weight, bytes;
};

static struct lane **
lane_slot(const struct turn_kind *kind, int64_t owner)
{
	uint64_t hash = (uint64_t)owner * 0x9e3779b97f4a7c15u ^
	    (uint64_t)(uintptr_t)kind;
	struct lane **slot = &bucket[(hash ^ hash >> 31) % LANE_BUCKETS];

	while (*slot && ((*slot)->owner != owner || (*slot)->kind != kind))
		slot = &(*slot)->next;
	return slot;
}

/* Into the line, if it can go and is not there. */
static void
lane_line_up(struct lane *lane)
{
	bool full = lane->weight >= TURN_ITEMS_MAX ||
	    lane->bytes >= TURN_BYTES_MAX;

	if (lane->in_line || !lane->first ||
	    (lane->calls && !(lane->kind->overlaps && full)))
		return;
	lane->in_line = true;
	lane->next_in_line = NULL;
	*(line_last ? &line_last->next_in_line : &line_first) = lane;
	line_last = lane;
}

void
lane_add(struct turn_item *item)
{
	struct lane **slot = lane_slot(item->kind, item->owner);
	struct lane *lane = *slot;

	if (!lane) {
		lane = *slot = calloc(1, sizeof(*lane));
		must(lane);
		lane->kind = item->kind;
		lane->owner = item->owner;
	}
	item->next = NULL;
	*(lane->first ? &lane->last->next : &lane->first) = item;
	lane->last = item;
	lane->weight += item->weight;
	lane->bytes += item->bytes;
	all_weight += item->weight;
	lane_line_up(lane);
}

/* Take from a lane what shares one call and still fits the turn. */
static void
take_items(struct taken *taken, struct lane *lane)
{
	struct turn_item *first = lane->first, *last = NULL, *item;

	for (item = first; item; item = item->next) {
		if (last && (taken->weight + item->weight > TURN_ITEMS_MAX ||
		    taken->bytes + item->bytes > TURN_BYTES_MAX ||
		    (lane->kind->joins && !lane->kind->joins(first, item))))
			break;
		taken->weight += item->weight;
		taken->bytes += item->bytes;
		lane->weight -= item->weight;
		all_weight -= item->weight;
		lane->bytes -= item->bytes;
		last = item;
	}
	lane->first = item;
	last->next = NULL;
	lane->calls++;
	taken->part[taken->parts++] = (struct part){ lane, first, false };
}

static bool
has_owner(const struct taken *taken, int64_t owner)
{
	for (int i = 0; i < taken->parts; i++)
		if (taken->part[i].lane->owner == owner)
			return true;
	return false;
}

bool
lanes_can_go(void)
{
	return line_first != NULL;
}

size_t
lanes_weight(void)
{
	return all_weight;
}

/*
 * Fill a turn from the line, while the lanes fit. One lane of an owner: each
 * statement locks an owner's rows in an order that agrees with that of the
 * others, but two of them in one transaction need not.
 */
int
lanes_take(struct part *parts, size_t *weight, size_t *bytes)
{
	struct lane *lane = line_first, *last = NULL, *rest;
	struct taken taken = { .part = parts };

	for (; lane; lane = rest) {
		rest = lane->next_in_line;
		if (taken.parts == TURN_LANES_MAX ||
		    taken.weight >= TURN_ITEMS_MAX ||
		    taken.bytes >= TURN_BYTES_MAX)
			break;
		if (has_owner(&taken, lane->owner) ||
		    (lane->first->alone && taken.parts)) {
			last = lane;
			continue;
		}
		*(last ? &last->next_in_line : &line_first) = rest;
		if (!rest)
			line_last = last;
		lane->in_line = false;
		take_items(&taken, lane);
		if (parts[taken.parts - 1].items->alone)
			break;
	}
	/* Only now, so that a turn has a lane once. */
	for (int i = 0; i < taken.parts; i++)
		lane_line_up(taken.part[i].lane);
	*weight = taken.weight;
	*bytes = taken.bytes;
	return taken.parts;
}

void
lane_release(struct lane *lane)
{
	struct lane **slot;

	lane->calls--;
	lane_line_up(lane);
	if (lane->first || lane->calls)
		return;
	slot = lane_slot(lane->kind, lane->owner);
	must(*slot == lane);
	*slot = lane->next;
	free(lane);
}
