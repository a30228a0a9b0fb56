/*
 * Waking readers in other processes, and knowing what changed there.
 *
 * After a commit a process wakes its own waiters directly and leaves a note
 * here. One thread with a connection of its own sends the notes of a few
 * milliseconds together in one pg_notify: inside the writing transaction
 * NOTIFY would serialise every commit on one lock.
 *
 * Notes are sent only while somebody waits at a peer. A process says so when
 * its first waiter comes; until all peers know, they may have kept a note to
 * themselves, so each answers with a gap in its count: look again, all of you.
 *
 * A notification is a hint, never the truth. Each process announces once a
 * second how many notes it has sent; a gap in that count, a peer that fell
 * silent or a connection opened anew means that every waiter looks again.
 *
 * The same thread reads the epochs (what invalidates caches) twice a second,
 * and by that is the heartbeat that tells whether the database is away.
 */
#ifndef SQL_WAKE_H
#define SQL_WAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/lot.h"

/* What the floors above want to hear of. Called by the waking thread. */
struct wake_hooks {
	/* The epoch of that name moved, or may have moved unseen. */
	void (*epoch_moved)(const char *name);
	/* The epochs were read, at a moment not before that one. */
	void (*epochs_known)(int64_t monotonic_us);
	/* Something on the channel is due at that time (wall clock). */
	void (*due)(struct channel_key key, int64_t wall_us);
};

void wake_start(const struct wake_hooks *hooks);
void wake_stop(void);

/* `count` waiters of the channel may go on, here or elsewhere; unless the
 * thread holds that back (sql/wake_hold.h). */
void wake(struct channel_key key, uint32_t count);

/*
 * For one in this process who wants to hear of every wake-up there is, here
 * or elsewhere, and not only when somebody waits for it; with NULL, that some
 * may have been missed. Called by any thread, and has to be quick. NULL: no
 * more; a call may still be under way.
 */
void wake_overhear(void (*heard)(const struct channel_key *key));

/* Tell the other processes that something is due on the channel. */
void wake_due_elsewhere(struct channel_key key, int64_t wall_us);

#endif
