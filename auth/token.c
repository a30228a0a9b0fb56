/*
 * Tokens by way of libjwt, which is named in this file alone.
 *
 * What libjwt 1.10 does not do for us, and what its callers get wrong:
 * - it verifies whatever algorithm the header names, so we ask afterwards
 *   which one that was and take HS256 only ("none" it refuses by itself when
 *   there is a key);
 * - it never looks at a claim: expiry and the like are ours to check;
 * - it gives 0 or NULL for a claim of the wrong type without a word, and 0
 *   with errno ENOENT for an absent one. All our numbers are at least 1, so
 *   that anything below is refused, whichever it was;
 * - it puts a copy of each part on the stack, so the length is bounded first.
 *
 * It keeps no state between calls, so that any thread may call it.
 */
#include "auth/token.h"

#include <errno.h>
#include <jwt.h>
#include <stdlib.h>

#include "fcgi/limits.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"
#include "fcgi/uuid.h"

/* In seconds; as microseconds it still fits, the year is 36812. */
static const int64_t LATEST_TIME = INT64_C(1) << 40;

static void
drop_jwt(void *jwt)
{
	jwt_free(jwt);
}

static const unsigned char *
secret(void)
{
	return (const unsigned char *)settings.jwt_secret;
}

/* Without a key libjwt would take any signature: a worker must have one. */
static int
secret_bytes(void)
{
	size_t bytes = strlen(settings.jwt_secret);

	must(bytes > 0);
	return (int)bytes;
}

struct text
token_issue(struct arena *arena, const struct claims *claims, struct text name,
    bool is_admin)
{
	char uid[UUID_TEXT_BYTES + 1];
	jwt_t *jwt;
	char *token;

	must(jwt_new(&jwt) == 0);
	arena_defer(arena, drop_jwt, jwt);
	uuid_print(claims->user, uid);
	must(jwt_add_grant(jwt, "uid", uid) == 0);
	must(jwt_add_grant(jwt, "sub", arena_string(arena, name)) == 0);
	must(jwt_add_grant_bool(jwt, "adm", is_admin) == 0);
	must(jwt_add_grant_int(jwt, "ver", claims->version) == 0);
	must(jwt_add_grant_int(jwt, "iat", claims->issued_at) == 0);
	must(jwt_add_grant_int(jwt, "exp", claims->expires_at) == 0);
	must(jwt_set_alg(jwt, JWT_ALG_HS256, secret(), secret_bytes()) == 0);
	token = jwt_encode_str(jwt);
	must(token);
	arena_defer(arena, free, token);
	return text_of(token);
}

/*
 * Only what a token is made of: three runs of the base64url alphabet with
 * dots between. libjwt would stop at a NUL and is lax about the rest.
 */
static bool
well_formed(struct text token)
{
	int dots = 0;

	if (token.n == 0 || token.n > TOKEN_BYTES_MAX)
		return false;
	for (size_t i = 0; i < token.n; i++) {
		char c = token.p[i];

		if (c == '.')
			dots++;
		else if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return dots == 2;
}

static const char *
check_claims(jwt_t *jwt, int64_t now, struct claims *claims)
{
	const char *uid = jwt_get_grant(jwt, "uid");
	long not_before;

	if (!uid || !uuid_parse(text_of(uid), claims->user))
		return "uid is not a user's id";
	claims->version = jwt_get_grant_int(jwt, "ver");
	if (claims->version < 1)
		return "ver is not a version";
	claims->expires_at = jwt_get_grant_int(jwt, "exp");
	if (claims->expires_at < 1 || claims->expires_at > LATEST_TIME)
		return "exp is not a time";
	if (claims->expires_at <= now)
		return "expired";
	claims->issued_at = jwt_get_grant_int(jwt, "iat");
	if (claims->issued_at < 1)
		return "iat is not a time";
	if (claims->issued_at > now + TOKEN_LEEWAY_SECONDS)
		return "issued in the future";
	errno = 0;
	not_before = jwt_get_grant_int(jwt, "nbf");
	if (not_before < 1 && errno != ENOENT)
		return "nbf is not a time";
	if (not_before > now + TOKEN_LEEWAY_SECONDS)
		return "not valid yet";
	return NULL;
}

const char *
token_check(struct text token, int64_t now, struct claims *claims)
{
	char copy[TOKEN_BYTES_MAX + 1];
	const char *why;
	jwt_t *jwt = NULL;

	if (!well_formed(token))
		return "not a token";
	memcpy(copy, token.p, token.n);
	copy[token.n] = '\0';
	if (jwt_decode(&jwt, copy, secret(), secret_bytes()) != 0)
		return "the signature or the form is wrong";
	if (jwt_get_alg(jwt) != JWT_ALG_HS256)
		why = "the algorithm is not HS256";
	else
		why = check_claims(jwt, now, claims);
	jwt_free(jwt);
	return why;
}
