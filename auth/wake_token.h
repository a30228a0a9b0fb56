/*
 * The token that a worker is given with a wake (a webhook with its call, a
 * pull-wake with its claim), and by which it proves that the wake is its own.
 * It names the subscription's birth and the wake's generation, and is signed
 * with a key made of SLUICE_JWT_SECRET. It opens nothing else, and is no good
 * once the wake is over: whether it is, the database knows.
 */
#ifndef AUTH_WAKE_TOKEN_H
#define AUTH_WAKE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/text.h"

struct wake_token {
	uint8_t birth[16];
	int64_t generation;
};

enum { WAKE_TOKEN_BYTES = 75 };

void wake_token_issue(const struct wake_token *token, struct text subscription,
    char text[WAKE_TOKEN_BYTES + 1]);

/* False when it was not made by wake_token_issue() for that subscription. */
bool wake_token_check(struct text text, struct text subscription,
    struct wake_token *token);

#endif
