/*
 * Keys: random letters and digits, told once. What is kept is their sha256: a
 * key is random enough to need no salt. By its looks a key of a plate is told
 * from one of a user, and both from a token.
 */
#ifndef AUTH_KEY_H
#define AUTH_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/text.h"

/* A user's begins so, to be known wherever somebody comes upon it. */
#define API_KEY_PREFIX "sluice_"

enum {
	PLATE_KEY_BYTES = 64,
	API_KEY_BYTES = sizeof(API_KEY_PREFIX) - 1 + 48,
	KEY_HASH_BYTES = 32,
	MADE_PASSWORD_BYTES = 24
};

/* Draw a new one, with a NUL behind it. */
void plate_key_make(char key[PLATE_KEY_BYTES + 1]);
void api_key_make(char key[API_KEY_BYTES + 1]);

/* Of the same letters, for who wants one that nobody has thought of. */
void password_make(char password[MADE_PASSWORD_BYTES + 1]);

/* Has it the looks of one? No other credential has. */
bool plate_key_like(struct text text);
bool api_key_like(struct text text);

/* The sha256 that is kept of it; of any text. */
void key_hash(struct text key, uint8_t hash[KEY_HASH_BYTES]);

#endif
