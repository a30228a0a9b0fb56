/*
 * A token that was found good is not checked again, and that is all: another
 * one is, and time goes on for those that are kept.
 */
#include "auth/token_cache.h"
#include "fcgi/settings.h"
#include "tests/unit/test.h"

static const int64_t NOW = 1800000000;
static const char SECRET[] = "a secret of more than thirty-two bytes";
/* Under this one a token is good only if nobody looks. */
static const char OTHER[] = "another secret of more than that many bytes";

static struct text
token_of(struct arena *arena, uint8_t user, const char *name)
{
	struct claims claims = { .user = { user }, .version = 1,
		.issued_at = NOW, .expires_at = NOW + 900 };

	return token_issue(arena, &claims, text_of(name), false);
}

static void
a_good_token_is_remembered(struct arena *arena)
{
	struct text token = token_of(arena, 7, "x");
	struct claims claims = { 0 };

	CHECK(!token_check_cached(token, NOW, &claims));
	settings.jwt_secret = OTHER;
	CHECK(token_check(token, NOW, &claims));
	claims = (struct claims){ 0 };
	CHECK(!token_check_cached(token, NOW, &claims));
	CHECK_INTEGER(claims.user[0], 7);
	CHECK_INTEGER(claims.version, 1);
	CHECK_INTEGER(claims.expires_at, NOW + 900);
	settings.jwt_secret = SECRET;
	CHECK(token_check_cached(token, NOW + 900, &claims));
}

/* No other token gets in by looking like one that is remembered. */
static void
another_token_is_checked(struct arena *arena)
{
	struct text token = token_of(arena, 7, "x");
	char *copy = arena_string(arena, token);
	struct claims claims;
	bool refused = true;

	CHECK(!token_check_cached(token, NOW, &claims));
	for (size_t i = 0; i < token.n; i++) {
		copy[i] = token.p[i] == 'A' ? 'B' : 'A';
		refused &= token_check_cached(text_of(copy), NOW, &claims) !=
		    NULL;
		copy[i] = token.p[i];
		refused &= token_check_cached((struct text){ token.p, i }, NOW,
		    &claims) != NULL;
	}
	CHECK(refused);
	CHECK(token_check_cached(TEXT_ABSENT, NOW, &claims));
	CHECK(!token_check_cached(token, NOW, &claims));
}

/* Tokens share slots, and a long one has none: all stay good. */
static void
whoever_is_not_remembered_is_checked(struct arena *arena)
{
	char *name = arena_alloc(arena, 1001);
	struct claims claims;
	bool good = true;

	for (int i = 0; i < 3000; i++)
		good &= !token_check_cached(token_of(arena, (uint8_t)i, "x"),
		    NOW, &claims) && claims.user[0] == (uint8_t)i;
	CHECK(good);
	memset(name, 'x', 1000);
	for (int i = 0; i < 2; i++)
		CHECK(!token_check_cached(token_of(arena, 1, name), NOW,
		    &claims));
}

int
main(void)
{
	struct arena *arena = arena_new();

	settings.jwt_secret = SECRET;
	a_good_token_is_remembered(arena);
	another_token_is_checked(arena);
	whoever_is_not_remembered_is_checked(arena);
	arena_free(arena);
	return test_result();
}
