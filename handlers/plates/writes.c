/*
 * Who stays cannot be called again, so his thread waits for the row: his own
 * statements are under way in that same connection.
 */
#include "handlers/plates/writes.h"

#include <time.h>

#include "fcgi/clock.h"
#include "fcgi/must.h"
#include "handlers/streams/stream.h"

bool
command_turn(struct request *r, struct command *c, struct turn_item *item,
    enum verdict *verdict)
{
	*verdict = DONE;
	if (c->direct)
		return turn_now(r, item);
	if (!r->turn) {
		r->turn = item;
		*verdict = TURN;
		return false;
	}
	r->turn = NULL;
	if (item->outcome == DB_DONE)
		return true;
	db_fail(r, item->outcome);
	return false;
}

bool
command_again(struct request *r, struct command *c, int *pause_ms,
    enum verdict *verdict)
{
	struct timespec pause;

	*verdict = stream_come_again(r, pause_ms);
	if (*verdict != PARK || !(c->stays || r->last_call))
		return false;
	pause.tv_sec = 0;
	pause.tv_nsec = *pause_ms * 1000000;
	(void)nanosleep(&pause, NULL); /* a shorter one does, too */
	return true;
}

enum verdict
command_refuse(struct request *r, struct command *c, enum plate_status status)
{
	switch (status) {
	case PLATE_NO_KEY:
		command_error(r, c, "ERR no such key");
		return DONE;
	case PLATE_OTHER_TYPE:
		command_error(r, c, ERR_WRONG_TYPE);
		return DONE;
	case PLATE_FORKED:
		command_error(r, c, "ERR the key was deleted, but forks of "
		    "its stream still live on its entries");
		return DONE;
	case PLATE_CLOSED:
		command_error(r, c, "ERR the stream is closed");
		return DONE;
	case PLATE_EXHAUSTED:
		command_error(r, c, "ERR The stream has exhausted the last "
		    "possible ID, unable to add more items");
		return DONE;
	case PLATE_SMALL_ID:
		command_error(r, c, "ERR The ID specified in XADD is equal or "
		    "smaller than the target stream top item");
		return DONE;
	case PLATE_ENDED:
		return fail(r, E_NOT_FOUND, "there is no such plate");
	case PLATE_DONE:
	case PLATE_BUSY:
		break;
	}
	must(false);
	return DONE;
}
