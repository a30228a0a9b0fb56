/*
 * Passwords: argon2id hashes in argon2's own encoded form, which names its
 * parameters, so that old hashes stay good when the settings change.
 *
 * A hash takes tens of milliseconds and SLUICE_ARGON2_MEMORY on purpose. So
 * only HASHES_AT_ONCE run at a time in a process, and a request that wants
 * one more waits parked, without a thread:
 *
 *	if (!password_slot(r, &verdict))
 *		return verdict;
 *	... password_hash() or password_verify() ...
 *	password_slot_release();
 */
#ifndef AUTH_PASSWORD_H
#define AUTH_PASSWORD_H

#include <stdbool.h>

#include "fcgi/request.h"

enum { PASSWORD_ENCODED_BYTES_MAX = 160 };

struct password_hash {
	char encoded[PASSWORD_ENCODED_BYTES_MAX];
};

/* False when there is no memory for it, or no randomness. */
bool password_hash(struct text password, struct password_hash *hash);

enum password {
	PASSWORD_WRONG,
	PASSWORD_RIGHT,
	PASSWORD_UNCHECKED	/* there was no memory to find out */
};

/*
 * Is it the password? An absent `encoded` (no such user) takes as long as a
 * present one and is always wrong.
 */
enum password password_verify(struct text password, struct text encoded);

/* Was the hash made under other settings than today's? */
bool password_outdated(struct text encoded);

/*
 * Take the right to hash, or false with what the handler must return: PARK
 * until it is its turn, DONE after fail(E_BUSY) when that takes too long.
 */
bool password_slot(struct request *r, enum verdict *verdict);
void password_slot_release(void);

#endif
