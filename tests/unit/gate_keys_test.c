/*
 * The gate and API keys: a key is its user for as long as it is good, in all
 * places where a token is.
 */
#include "fcgi/clock.h"
#include "fcgi/settings.h"
#include "tests/unit/gate.h"

#define KEY "sluice_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL"
#define OTHER "sluice_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKM"

static const char invalid[] = "401 bad_token invalid or expired token";
static const char no[] = "403 forbidden insufficient permissions";

static const struct route self_route = { .access = ACCESS_SELF };

static void
a_key_is_its_user(void)
{
	struct request *r;

	start();
	r = request_to(&user_route, "Bearer " KEY);
	CHECK(gate(r));
	CHECK_TEXT(r->who->name, "somebody");
	CHECK_INTEGER(r->who->user[0], 0xC);
	CHECK(gate_by_key(r));
	/* Its own end is none, whatever the version of the password. */
	CHECK_INTEGER(r->token_expires_us, 0);
	CHECK(gate(request_to(&user_route, "bEaReR   " KEY)));
	CHECK_INTEGER(reads, 1);
	CHECK(gate(request_to(&user_route, "Bearer " OTHER)));
	CHECK_INTEGER(reads, 2);
	CHECK_REFUSED(request_to(&user_route, KEY),
	    "401 unauthenticated unsupported auth scheme");
	CHECK_REFUSED(request_to(&user_route, "Bearer " KEY "x"), invalid);
	CHECK_INTEGER(reads, 2);
}

static void
it_may_what_its_user_may(void)
{
	struct request *r;

	start();
	CHECK_REFUSED(request_to(&admin_route, "Bearer " KEY),
	    "403 admin_only admin access required");
	r = request_to(&grant_route, "Bearer " KEY);
	CHECK(gate(r));
	CHECK(!allow_topic(r, ACTION_READ, TEXT("orders")));
	CHECK_STRING(test_reply(r), no);

	/* Given now, good now. */
	key.action[0] = "read";
	key.pattern[0] = "orders*";
	key.grants = 1;
	r = request_to(&grant_route, "Bearer " KEY);
	CHECK(gate(r));
	CHECK(allow_topic(r, ACTION_READ, TEXT("orders")));
	key.is_admin = true;
	CHECK(gate(request_to(&admin_route, "Bearer " KEY)));
}

static void
revoked_keys_are_out(void)
{
	struct request *r;

	start();
	r = request_to(&user_route, "Bearer " KEY);
	CHECK(gate(r));
	key.exists = false;
	CHECK(gate(r));
	/* The word of it is what ends who waits, too. */
	principals_forget();
	CHECK_REFUSED(r, invalid);
	CHECK_REFUSED(request_to(&user_route, "Bearer " KEY), invalid);

	/* In the middle of a call. */
	start();
	CHECK(gate(request_to(&grant_route, "Bearer " KEY)));
	r = request_to(&grant_route, "Bearer " KEY);
	CHECK(gate(r));
	key.exists = false;
	CHECK(!allow_topic(r, ACTION_READ, TEXT("x")));
	CHECK_STRING(test_reply(r), invalid);
}

static void
keys_expire(void)
{
	struct request *r;

	start();
	key.expires_us = clock_wall_us() + 900 * INT64_C(1000000);
	r = request_to(&user_route, "Bearer " KEY);
	CHECK(gate(r));
	CHECK(r->token_expires_us > clock_monotonic_us() + 890 * 1000000LL);
	CHECK(r->token_expires_us <= clock_monotonic_us() + 900 * 1000000LL);
	r->token_expires_us = clock_monotonic_us();
	CHECK_REFUSED(r, invalid);

	start();
	key.expires_us = clock_wall_us();
	CHECK_REFUSED(request_to(&user_route, "Bearer " KEY), invalid);
	/* The cache has it, and it is no better for that. */
	CHECK_REFUSED(request_to(&user_route, "Bearer " KEY), invalid);
	CHECK_INTEGER(reads, 1);
}

static void
what_is_a_users_own(void)
{
	struct request *r;

	start();
	r = request_to(&self_route, "Bearer " KEY);
	r->param[0] = TEXT("0c000000-0000-0000-0000-000000000000");
	CHECK(gate(r));
	r = request_to(&self_route, "Bearer " KEY);
	r->param[0] = TEXT("0d000000-0000-0000-0000-000000000000");
	CHECK_REFUSED(r, no);
	r = request_to(&self_route, "Bearer " KEY);
	r->param[0] = TEXT("nobody");
	CHECK_REFUSED(r, no);
	key.is_admin = true;
	r = request_to(&self_route, "Bearer " KEY);
	r->param[0] = TEXT("nobody");
	CHECK(gate(r));
}

static void
before_a_plate_no_scheme_is_needed(void)
{
	struct request *r;

	start();
	key.action[0] = "write";
	key.pattern[0] = "plate:shop/*";
	key.grants = 1;
	for (int i = 0; i < 2; i++) {
		r = request_to(&plate_route, i ? KEY : "Bearer " KEY);
		r->param[0] = TEXT("shop");
		CHECK(gate(r));
		CHECK_INTEGER(r->who->user[0], 0xC);
		CHECK(allow_plate(r, ACTION_WRITE, TEXT("shop/events")));
		CHECK(!allow_plate(r, ACTION_READ, TEXT("shop/events")));
	}
	key.exists = false;
	principals_forget();
	r = request_to(&plate_route, KEY);
	r->param[0] = TEXT("shop");
	CHECK_REFUSED(r, "401 bad_token authorization denied");
}

static void
the_database_is_away(void)
{
	start();
	away = true;
	CHECK_REFUSED(request_to(&user_route, "Bearer " KEY),
	    "503 database_away the database is not reachable; try again");
	away = false;
	CHECK(gate(request_to(&user_route, "Bearer " KEY)));
}

int
main(void)
{
	route_table(test_no_routes, &test_door);
	settings.auth = true;
	settings.jwt_secret = "a secret of more than thirty-two bytes";
	a_key_is_its_user();
	it_may_what_its_user_may();
	revoked_keys_are_out();
	keys_expire();
	what_is_a_users_own();
	before_a_plate_no_scheme_is_needed();
	the_database_is_away();
	arena_reset(test_request()->arena);
	return test_result();
}
