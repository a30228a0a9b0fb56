/*
 * One number for the process. Who comes when there is nothing else may be as
 * large as he likes: a single request has a limit of its own.
 */
#include "handlers/streams/backlog.h"

#include <stdatomic.h>

static _Atomic int64_t backlog;

int64_t
backlog_bytes(void)
{
	return atomic_load(&backlog);
}

static void
leave(void *bytes)
{
	atomic_fetch_sub(&backlog, *(int64_t *)bytes);
}

bool
backlog_enter(struct request *r, size_t bytes)
{
	int64_t *mine = arena_alloc(r->arena, sizeof(*mine));
	int64_t before;

	*mine = (int64_t)bytes;
	before = atomic_fetch_add(&backlog, *mine);
	arena_defer(r->arena, leave, mine);
	if (before + *mine <= APPEND_BACKLOG_BYTES_MAX || !before)
		return true;
	fail(r, E_OVERLOADED, "appends of APPEND_BACKLOG_BYTES_MAX (%d) bytes "
	    "wait already", APPEND_BACKLOG_BYTES_MAX);
	return false;
}
