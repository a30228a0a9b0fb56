/*
 * A list of those to be woken, of each thread that has a transaction.
 */
#include "sql/wake_hold.h"

#include "fcgi/must.h"
#include "sql/wake.h"

struct held_wake {
	struct channel_key key;
	uint32_t count;
	struct held_wake *next;
};

static _Thread_local struct {
	struct arena *arena;	/* NULL: nothing is held */
	struct held_wake *first;
} hold;

void
wake_hold(struct arena *arena)
{
	must(!hold.arena);
	hold.arena = arena;
	hold.first = NULL;
}

void
wake_release(bool committed)
{
	struct held_wake *held = hold.first;

	must(hold.arena);
	hold.arena = NULL;
	hold.first = NULL;
	for (; committed && held; held = held->next)
		wake(held->key, held->count);
}

bool
wake_held(struct channel_key key, uint32_t count)
{
	struct held_wake *held;

	if (!hold.arena)
		return false;
	held = arena_alloc(hold.arena, sizeof(*held));
	*held = (struct held_wake){ key, count, hold.first };
	hold.first = held;
	return true;
}
