/*
 * The other processes, as the waking thread knows them from their notes. They
 * are its own: only it calls these functions.
 */
#ifndef SQL_WAKE_PEERS_H
#define SQL_WAKE_PEERS_H

#include "sql/wake_note.h"

struct peer_news {
	bool missed;	/* a note before this one did not come */
	bool waits;	/* somebody waits at the peer, and did not before */
};

/* A note of a peer came. */
struct peer_news peers_heard(const struct wake_note *note, int64_t now_us);

/* Does somebody wait at a peer? If not, notes are for nobody. */
bool peers_wait(void);

/*
 * Forget those that have said nothing for seconds; true if there were any.
 * Such a one may have died between its commit and its note.
 */
bool peers_fell_silent(int64_t now_us);

/* Forget them all. */
void peers_forget(void);

#endif
