/*
 * The keys of plates: PLATE_KEY_BYTES random letters and digits, told once.
 * What is kept is their sha256: a key is random enough to need no salt.
 */
#ifndef AUTH_PLATE_KEY_H
#define AUTH_PLATE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/text.h"

enum { PLATE_KEY_BYTES = 64, PLATE_KEY_HASH_BYTES = 32 };

void plate_key_make(char key[PLATE_KEY_BYTES + 1]);

/* Has it the looks of one? No other credential has. */
bool plate_key_like(struct text text);

void plate_key_hash(struct text key, uint8_t hash[PLATE_KEY_HASH_BYTES]);

#endif
