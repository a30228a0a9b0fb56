/*
 * Tokens that have been found good lately: a client sends the same one with
 * each request, and checking a signature costs more than all else that a
 * small request does. Only what is checked is kept; whether it has expired is
 * asked each time, and who its user is now is auth/principals.h's matter.
 */
#ifndef AUTH_TOKEN_CACHE_H
#define AUTH_TOKEN_CACHE_H

#include "auth/token.h"

/* token_check, but a token seen before is not checked again. */
const char *token_check_cached(struct text token, int64_t now,
    struct claims *claims);

#endif
