/*
 * Tokens: JSON Web Tokens signed with HMAC-SHA256 under SLUICE_JWT_SECRET.
 * A token names a user and says until when; what that user may do is looked
 * up (auth/principal.h), never read from the token.
 *
 * Claims: uid (the user's id), sub (the name) and adm (is an admin) for the
 * client's eyes only, ver (the user's version), iat, exp.
 */
#ifndef AUTH_TOKEN_H
#define AUTH_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/arena.h"
#include "fcgi/text.h"

/* How far another host's clock may be ahead of ours. */
enum { TOKEN_LEEWAY_SECONDS = 60 };

struct claims {
	uint8_t user[16];
	int64_t version;
	int64_t issued_at;	/* seconds since 1970, as the standard has it */
	int64_t expires_at;
};

struct text token_issue(struct arena *arena, const struct claims *claims,
    struct text name, bool is_admin);

/*
 * NULL when the token is ours and good at `now` (seconds since 1970), with
 * its claims; else the reason, which is for the log: the caller is told
 * nothing that would help to forge one.
 */
const char *token_check(struct text token, int64_t now, struct claims *claims);

#endif
