/*
 * DELETE /v1/stream/{name}: its life ends, its waiting readers are told. What
 * it held is removed by the reaper; while forks live on it, it is kept.
 */
#include "fcgi/name_id.h"
#include "handlers/handlers.h"
#include "handlers/streams/stream.h"
#include "sql/stream_ends.h"
#include "sql/wake.h"

static enum verdict
delete(struct request *r)
{
	struct text name = stream_name(r, ACTION_ADMIN);
	int *pause_ms = r->state;
	enum end_status status;
	enum db_outcome outcome;

	if (request_failed(r))
		return DONE;
	outcome = stream_end(r->db, r->arena, stream_id(name), name,
	    END_DELETED, &status);
	if (outcome != DB_DONE)
		return db_fail(r, outcome);
	switch (status) {
	case ENDED:
		wake(stream_channel(stream_id(name)), WAKE_ALL);
		return reply_empty(r, 204);
	case END_BEFORE:
		return reply_empty(r, 204);
	case END_GONE_BEFORE:
		return fail(r, E_GONE, FAIL_SENTENCE);
	case END_HAS_EXPIRED:
		return fail(r, E_NOT_FOUND, "stream expired");
	case END_BUSY:
		if (!pause_ms)
			r->state = pause_ms = arena_alloc(r->arena,
			    sizeof(*pause_ms));
		return stream_come_again(r, pause_ms);
	case END_OTHER_NAME:
		return fail(r, E_CONFLICT,
		    "another stream's name has the same id");
	case END_NEVER_WAS:
	case END_NOT_SO:
		break;
	}
	return fail(r, E_NOT_FOUND, "stream not found");
}

enum verdict
stream_delete(struct request *r)
{
	return stream_attempt(r, delete);
}
