/*
 * Waking put off: what is written in a transaction is there for others after
 * its commit, and whoever is woken before looks in vain.
 */
#ifndef SQL_WAKE_HOLD_H
#define SQL_WAKE_HOLD_H

#include "fcgi/arena.h"
#include "fcgi/lot.h"

/* From now on what this thread wakes is kept in the arena. */
void wake_hold(struct arena *arena);

/* No more; and wake them, if that has come true. */
void wake_release(bool committed);

/* For wake(): false when nothing is held. */
bool wake_held(struct channel_key key, uint32_t count);

#endif
