/*
 * The calls of webhooks under way: at most one a subscription. Belongs to the
 * dispatcher's thread, but for webhook_calls_stir().
 */
#ifndef HANDLERS_STREAMS_WEBHOOK_CALLS_H
#define HANDLERS_STREAMS_WEBHOOK_CALLS_H

#include "sql/db.h"

/* The columns of the statement subscription_turn. */
enum turn_column {
	TURN_STATUS,
	TURN_FULL_UP,
	TURN_BIRTH,
	TURN_GENERATION,
	TURN_WAKE_ID,
	TURN_WEBHOOK_URL,
	TURN_WAKE_STREAM,
	TURN_ORIGIN
};

void webhook_calls_start(void);
/* Those under way are given up. */
void webhook_calls_stop(void);

/* How many there are. */
int webhook_calls_count(void);

/*
 * Call the subscription's webhook, as a row of subscription_turn says; an
 * earlier call is given up, for its wake is over.
 */
void webhook_call(struct db *db, struct arena *arena, struct text id,
    const struct pg_result *rows);

/*
 * Write down how the next call has ended; false when none has. *again is the
 * subscription to look at, or absent.
 */
bool webhook_call_ended(struct db *db, struct arena *arena,
    struct text *again);

/* Go on with the calls until something happens, or for so long. */
void webhook_calls_wait(int timeout_ms);

/* End that wait. From any thread. */
void webhook_calls_stir(void);

#endif
