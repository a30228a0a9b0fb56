/*
 * A token is good when we made it, it is signed with HS256 under our secret,
 * its claims are of the right types and its time is now. All else is not.
 */
#include <jansson.h>
#include <jwt.h>
#include <stdlib.h>

#include "auth/token.h"
#include "fcgi/limits.h"
#include "fcgi/settings.h"
#include "tests/unit/test.h"

static const char SECRET[] = "a secret of more than thirty-two bytes";
static const int64_t NOW = 1800000000;
static const uint8_t USER[16] = { 0x55, 0x0e, 0x84, 0x00, 0xe2, 0x9b, 0x41,
	0xd4, 0xa7, 0x16, 0x44, 0x66, 0x55, 0x44, 0x00, 0x00 };

/* What a token with these claims, so signed, is refused for; NULL: good. */
static const char *
check(const char *json, jwt_alg_t algorithm, const char *key)
{
	struct claims claims;
	const char *why;
	char *token;
	jwt_t *jwt;

	jwt_new(&jwt);
	CHECK_INTEGER(jwt_add_grants_json(jwt, json), 0);
	jwt_set_alg(jwt, algorithm, (const unsigned char *)key,
	    key ? (int)strlen(key) : 0);
	token = jwt_encode_str(jwt);
	CHECK(token);
	why = token_check(text_of(token), NOW, &claims);
	free(token);
	jwt_free(jwt);
	return why;
}

/* The good claims with one replaced; without when value is NULL. */
static const char *
check_with(const char *claim, const char *value)
{
	json_t *claims = json_pack("{ss ss sb si sI sI}",
	    "uid", "550e8400-e29b-41d4-a716-446655440000", "sub", "admin",
	    "adm", 1, "ver", 7, "iat", (json_int_t)NOW - 10,
	    "exp", (json_int_t)NOW + 890);
	const char *why;
	char *json;

	json_object_del(claims, claim);
	if (value)
		json_object_set_new(claims, claim,
		    json_loads(value, JSON_DECODE_ANY, NULL));
	json = json_dumps(claims, 0);
	why = check(json, JWT_ALG_HS256, SECRET);
	free(json);
	json_decref(claims);
	return why;
}

static void
what_is_issued_is_accepted(struct arena *arena)
{
	struct claims in = { .version = 3, .issued_at = NOW,
		.expires_at = NOW + 900 };
	struct claims out = { 0 };
	struct text token;

	memcpy(in.user, USER, sizeof USER);
	token = token_issue(arena, &in, TEXT("\"J\xC3\xBCrgen\"\n"), true);
	CHECK(!token_check(token, NOW, &out));
	CHECK(memcmp(out.user, USER, sizeof USER) == 0);
	CHECK_INTEGER(out.version, 3);
	CHECK_INTEGER(out.issued_at, NOW);
	CHECK_INTEGER(out.expires_at, NOW + 900);
	CHECK(!token_check(token, NOW + 899, &out));
	CHECK(token_check(token, NOW + 900, &out));
	CHECK(!token_check(token, NOW - TOKEN_LEEWAY_SECONDS, &out));
	CHECK(token_check(token, NOW - TOKEN_LEEWAY_SECONDS - 1, &out));
}

/* No byte of a token can be another one, be missing, or be added. */
static void
what_is_altered_is_refused(struct arena *arena)
{
	struct claims claims = { .version = 3, .issued_at = NOW,
		.expires_at = NOW + 900 };
	struct text token = token_issue(arena, &claims, TEXT("x"), false);
	char *copy = arena_string(arena, token);
	bool refused = true;

	for (size_t i = 0; i < token.n; i++) {
		copy[i] = token.p[i] == 'A' ? 'B' : 'A';
		refused &= token_check(text_of(copy), NOW, &claims) != NULL;
		copy[i] = token.p[i];
		refused &= token_check((struct text){ token.p, i }, NOW,
		    &claims) != NULL;
	}
	CHECK(refused);
	CHECK(!token_check(text_of(copy), NOW, &claims));
	CHECK(token_check(text_of(arena_printf(arena, "%s=", copy)), NOW,
	    &claims));
	CHECK(token_check(text_of(arena_printf(arena, "%s.", copy)), NOW,
	    &claims));
	CHECK(token_check((struct text){ copy, token.n + 1 }, NOW, &claims));
}

static void
other_algorithms_and_keys_are_refused(void)
{
	static const char claims[] =
	    "{\"uid\":\"550e8400-e29b-41d4-a716-446655440000\",\"ver\":1,"
	    "\"iat\":1800000000,\"exp\":1800000900}";

	CHECK(!check(claims, JWT_ALG_HS256, SECRET));
	CHECK(check(claims, JWT_ALG_NONE, NULL));
	CHECK_STRING(check(claims, JWT_ALG_HS384, SECRET),
	    "the algorithm is not HS256");
	CHECK_STRING(check(claims, JWT_ALG_HS512, SECRET),
	    "the algorithm is not HS256");
	CHECK(check(claims, JWT_ALG_HS256,
	    "another secret of more than thirty-two bytes"));
}

/* A header of our own making: {"alg":"RS256"} and the like, HS256-signed. */
static void
other_headers_are_refused(struct arena *arena)
{
	static const char *const heads[] = {
		/* {"alg":"RS256","typ":"JWT"}, {"alg":"none"}, {"alg":"NONE"},
		 * {}, [] and nothing. */
		"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9",
		"eyJhbGciOiJub25lIn0", "eyJhbGciOiJOT05FIn0", "e30", "W10", ""
	};
	struct claims claims = { .version = 1, .issued_at = NOW,
		.expires_at = NOW + 900 };
	struct text token = token_issue(arena, &claims, TEXT("x"), false);
	const char *rest = strchr(token.p, '.');

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		const char *forged = arena_printf(arena, "%s%s", heads[i],
		    rest);
		char *unsigned_one = arena_string(arena, text_of(forged));

		CHECK(token_check(text_of(forged), NOW, &claims));
		strrchr(unsigned_one, '.')[1] = '\0';
		CHECK(token_check(text_of(unsigned_one), NOW, &claims));
	}
}

static void
each_claim_is_looked_at(void)
{
	static const struct {
		const char *claim, *value;	/* NULL: without it */
		const char *why;
	} rows[] = {
		{ "uid", NULL, "uid is not a user's id" },
		{ "uid", "17", "uid is not a user's id" },
		{ "uid", "\"admin\"", "uid is not a user's id" },
		{ "ver", NULL, "ver is not a version" },
		{ "ver", "\"7\"", "ver is not a version" },
		{ "ver", "0", "ver is not a version" },
		{ "ver", "-7", "ver is not a version" },
		{ "ver", "7.5", "ver is not a version" },
		{ "ver", "true", "ver is not a version" },
		{ "exp", NULL, "exp is not a time" },
		{ "exp", "\"1900000000\"", "exp is not a time" },
		{ "exp", "1.9e9", "exp is not a time" },
		{ "exp", "null", "exp is not a time" },
		{ "exp", "-1", "exp is not a time" },
		{ "exp", "9223372036854775807", "exp is not a time" },
		{ "exp", "1800000000", "expired" },
		{ "exp", "1", "expired" },
		{ "exp", "1800000001", NULL },
		{ "iat", NULL, "iat is not a time" },
		{ "iat", "\"1\"", "iat is not a time" },
		{ "iat", "[1]", "iat is not a time" },
		{ "iat", "1800000060", NULL },
		{ "iat", "1800000061", "issued in the future" },
		{ "nbf", NULL, NULL },
		{ "nbf", "1800000060", NULL },
		{ "nbf", "1800000061", "not valid yet" },
		{ "nbf", "\"1\"", "nbf is not a time" },
		{ "nbf", "1.5", "nbf is not a time" },
		{ "other", "{\"deep\":[1,2]}", NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *why = check_with(rows[i].claim, rows[i].value);

		CHECK_STRING(why, rows[i].why);
		if (!text_equal(text_of(why), text_of(rows[i].why)))
			fprintf(stderr, "\t%s = %s\n", rows[i].claim,
			    rows[i].value ? rows[i].value : "(absent)");
	}
}

static void
what_is_no_token_is_refused(void)
{
	static char large[TOKEN_BYTES_MAX + 1];
	static const struct text rows[] = {
		TEXT_ABSENT, TEXT(""), TEXT("."), TEXT(".."), TEXT("..."),
		TEXT("a.b"), TEXT("a.b.c"), TEXT("a.b.c.d"), TEXT("a b.c.d"),
		TEXT("\0..\0"), TEXT("e30.e30.e30"), TEXT("e30.e30."),
		TEXT("\xFF.\xFF.\xFF"), TEXT("A.A.A"), TEXT("AAAA.AAAA.AAAA"),
	};
	struct claims claims;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		CHECK(token_check(rows[i], NOW, &claims));
	memset(large, 'A', sizeof large);
	large[10] = large[20] = '.';
	CHECK_STRING(token_check((struct text){ large, sizeof large }, NOW,
	    &claims), "not a token");
	CHECK_STRING(token_check((struct text){ large, sizeof large - 1 }, NOW,
	    &claims), "the signature or the form is wrong");
}

/* libjwt, asked to check with no key, checks nothing. */
static void
without_a_secret_nothing_works(struct arena *arena)
{
	struct claims claims = { .version = 1, .issued_at = NOW,
		.expires_at = NOW + 900 };
	struct text token = token_issue(arena, &claims, TEXT("x"), false);

	settings.jwt_secret = "";
	CHECK_STOPS(token_check(token, NOW, &claims));
	CHECK_STOPS(token_issue(arena, &claims, TEXT("x"), false));
	settings.jwt_secret = SECRET;
}

int
main(void)
{
	struct arena *arena = arena_new();

	settings.jwt_secret = SECRET;
	what_is_issued_is_accepted(arena);
	what_is_altered_is_refused(arena);
	other_algorithms_and_keys_are_refused();
	other_headers_are_refused(arena);
	each_claim_is_looked_at();
	what_is_no_token_is_refused();
	without_a_secret_nothing_works(arena);
	arena_free(arena);
	return test_result();
}
