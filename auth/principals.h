/*
 * The principals this process knows: a cache, so that a request does not ask
 * the database who its caller is.
 *
 * What it says may be out of date by as long as the epoch of users and grants
 * was not looked at: half a second, and never more than a second, because
 * without news (principals_fresh_until) nothing is served from it.
 */
#ifndef AUTH_PRINCIPALS_H
#define AUTH_PRINCIPALS_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/principal.h"
#include "fcgi/request.h"

/*
 * The user's principal, to be given back, or NULL: there is no such user, or
 * fail() was called because the database did not answer. *cached says, going
 * in, whether a cached one will do, and coming out, whether it is one.
 */
const struct principal *principals_take(struct request *r,
    const uint8_t user[16], bool *cached);

/* The same for whoever has that API key: the user whose it is. */
const struct principal *principals_take_key(struct request *r,
    struct text key, bool *cached);

/*
 * The same for whoever has that key of the plate: it may do everything in it,
 * and is called "plate:" and the plate's id. With an absent key it says
 * whether there is such a plate, no more.
 */
const struct principal *principals_take_plate(struct request *r,
    struct text plate, struct text key, bool *cached);

void principals_give_back(const struct principal *take_principal);

/*
 * Users or grants have changed: called after the change is committed, by who
 * made it and by who notices that the epoch has moved. Every parked request
 * gets one more call, so that those who lost their rights end.
 */
void principals_forget(void);

/* The epoch was seen unmoved, or the cache was forgotten since: it holds. */
void principals_fresh_until(int64_t monotonic_us);

#endif
