/*
 * The lot as the engine uses it: moving connections in and out.
 */
#ifndef FCGI_LOT_PRIVATE_H
#define FCGI_LOT_PRIVATE_H

#include "fcgi/connection.h"

/* `stir` interrupts the loop when an earlier deadline than its own came. */
void lot_start(void (*stir)(void));
void lot_stop(void);

/* A CLOSED connection begins anew, RUNNING. */
void lot_adopt(struct connection *c);

/* The request is about to look: its wake-ups so far are used. */
void lot_look(struct connection *c);

/*
 * Park it until its request's deadline_us. False when it was woken or
 * stirred meanwhile: it looks again instead, and stays RUNNING.
 */
bool lot_park(struct connection *c);

/*
 * Its socket is full: SENDING until that time at the latest. False when it was
 * stirred meanwhile: it tries again, and stays RUNNING. Wake-ups leave it be;
 * they count when it parks.
 */
bool lot_send(struct connection *c, int64_t until_us);

/*
 * It is done: give up its places, pass unused wake-ups on. It has used those
 * that it looked for only if it was served: not when it failed or went away.
 */
void lot_forget(struct connection *c, bool served);

/*
 * Move a RUNNING connection to IDLE, TURN or CLOSED. False (only for IDLE)
 * when epoll stirred it meanwhile: it stays RUNNING.
 */
bool lot_move(struct connection *c, enum connection_state state);

/* A thread takes a connection up: TURN or READY to RUNNING. */
void lot_resume(struct connection *c);

/*
 * epoll reported it. A PARKED one goes to the ready line for one more look.
 * An IDLE or SENDING one becomes READY, and true is returned: it is the
 * caller's. In any other state it is only marked, for its mover to see.
 */
bool lot_stir(struct connection *c);

/*
 * Wake all that is due. Gives the time of the next, INT64_MAX if there is
 * none; the loop must look again then at the latest.
 */
int64_t lot_tick(int64_t now_us);

#endif
