/*
 * What other threads leave for the dispatcher: streams that have new entries,
 * the word that something is due, that subscriptions concern other streams
 * than before, or that some of this may have been missed.
 */
#ifndef HANDLERS_STREAMS_HEARSAY_H
#define HANDLERS_STREAMS_HEARSAY_H

#include "fcgi/lot.h"

enum { HEARD_MAX = 1024 };

/* What a note on CHANNEL_SUBSCRIPTIONS says by its id. */
enum { IS_DUE, CONCERNS /* others than before */ };

/* For wake_overhear(). `stir` ends the dispatcher's pause, until it stops. */
void hearsay_start(void (*stir)(void));
void hearsay_note(const struct channel_key *key);

/* For the dispatcher itself: what it has taken is to be seen to again. */
void hearsay_missed(void);

/* The dispatcher is to end. */
void hearsay_stop(void);
bool hearsay_stopped(void);

/* Was it told that something is due? */
bool hearsay_take_due(void);

/* Is it to look at all of them? */
bool hearsay_take_gap(void);

/* The streams that have new entries, and may concern somebody. */
int hearsay_take_streams(int64_t streams[HEARD_MAX]);

/* These were found to concern nobody, after hearsay_take_streams(). */
void hearsay_nobodys(const int64_t *streams, int n);

/* Is there any of that still to take? */
void hearsay_left(bool *gap, bool *streams);

#endif
