/*
 * The gate: who is let in, and that a "no" is never said on the word of the
 * cache.
 */
#include <stdlib.h>

#include "auth/token.h"
#include "fcgi/clock.h"
#include "fcgi/settings.h"
#include "tests/unit/gate.h"

static const struct route open_route = { .access = ACCESS_OPEN };

/* A request with the user's token of that version. */
static struct request *
request_of(const struct route *route, int64_t version)
{
	struct request *r = test_request();
	int64_t now = clock_wall_us() / 1000000;
	struct claims claims = { .user = { 1, 2, 3 }, .version = version,
		.issued_at = now, .expires_at = now + 900 };
	struct text token = token_issue(r->arena, &claims, TEXT("x"), true);

	r->route = route;
	r->authorization = text_of(arena_printf(r->arena, "Bearer %.*s",
	    TEXT_ARG(token)));
	return r;
}

static struct request *
request_with(const char *authorization)
{
	return request_to(&user_route, authorization);
}

static void
headers_without_a_good_token(void)
{
	static const char missing[] =
	    "401 unauthenticated missing authorization header";
	static const char unsupported[] =
	    "401 unauthenticated unsupported auth scheme";
	static const char invalid[] =
	    "401 bad_token invalid or expired token";
	struct request *r = request_with(NULL);

	start();
	CHECK_REFUSED(r, missing);
	CHECK_STRING(test_header(r, "WWW-Authenticate"), "Bearer");
	CHECK_REFUSED(request_with(""), missing);
	CHECK_REFUSED(request_with("Basic YTpi"), unsupported);
	CHECK_REFUSED(request_with("Bearer"), unsupported);
	CHECK_REFUSED(request_with("Bearerx.y.z"), unsupported);
	CHECK_REFUSED(request_with("x"), unsupported);
	r = request_with("Bearer x.y.z");
	CHECK_REFUSED(r, invalid);
	CHECK_STRING(test_header(r, "WWW-Authenticate"),
	    "Bearer error=\"invalid_token\"");
	CHECK_REFUSED(request_with("Bearer "), invalid);
	CHECK_INTEGER(reads, 0);
}

static void
a_token_in_any_case_of_its_scheme(void)
{
	struct request *r = request_of(&user_route, 1);

	start();
	CHECK(gate(r));
	CHECK_TEXT(r->who->name, "somebody");
	CHECK_INTEGER(r->who->user[2], 3);
	CHECK(r->token_expires_us > clock_monotonic_us() + 890 * 1000000LL);
	CHECK(r->token_expires_us <= clock_monotonic_us() + 900 * 1000000LL);
	r = request_of(&user_route, 1);
	memcpy((char *)r->authorization.p, "bEaReR", 6);
	CHECK(gate(r));
	r = request_of(&user_route, 1);
	r->authorization = text_of(arena_printf(r->arena, "BEARER   %s",
	    r->authorization.p + 7));
	CHECK(gate(r));
}

static void
admin_routes(void)
{
	struct request *r = request_of(&admin_route, 1);

	start();
	CHECK_REFUSED(r, "403 admin_only admin access required");
	CHECK_INTEGER(reads, 1);

	/* A promotion works at once, though the cache does not know of it. */
	user.is_admin = true;
	CHECK(gate(request_of(&admin_route, 1)));
	CHECK_INTEGER(reads, 2);
	CHECK(gate(request_of(&admin_route, 1)));
	CHECK_INTEGER(reads, 2);

	/* A demotion when the epoch has moved, for waiting ones too. */
	user.is_admin = false;
	CHECK(gate(request_of(&admin_route, 1)));
	r = request_of(&admin_route, 1);
	CHECK(gate(r));
	principals_forget();
	CHECK_INTEGER(wakes, 1);
	CHECK_REFUSED(r, "403 admin_only admin access required");
	CHECK(gate(request_of(&user_route, 1)));
}

static void
deleted_users_are_out(void)
{
	struct request *r = request_of(&user_route, 1);

	start();
	CHECK(gate(r));
	user.exists = false;
	principals_forget();
	CHECK_REFUSED(r, "401 bad_token user no longer exists");
	CHECK(!r->who);
}

static void
passwords_end_older_tokens(void)
{
	start();
	CHECK(gate(request_of(&user_route, 1)));
	CHECK_INTEGER(reads, 1);

	/* Changed elsewhere. The new token is good before the epoch moves. */
	user.version = 2;
	CHECK(gate(request_of(&user_route, 2)));
	CHECK_INTEGER(reads, 2);
	CHECK_REFUSED(request_of(&user_route, 1),
	    "401 bad_token invalid or expired token");
	CHECK_INTEGER(reads, 3);
	CHECK_REFUSED(request_of(&user_route, 3),
	    "401 bad_token invalid or expired token");
}

static void
tokens_end_while_waiting(void)
{
	struct request *r = request_of(&user_route, 1);

	start();
	CHECK(gate(r));
	CHECK(gate(r));
	r->token_expires_us = clock_monotonic_us();
	CHECK_REFUSED(r, "401 bad_token invalid or expired token");
}

static void
topics_need_grants(void)
{
	static const char no[] = "403 forbidden insufficient permissions";
	struct request *r;

	start();
	grant("read", "orders*");
	grant("write", "stream:*");
	grant("dance", "*");
	r = request_of(&grant_route, 1);
	CHECK(gate(r));
	CHECK(allow_topic(r, ACTION_READ, TEXT("orders.dlq")));
	CHECK(!allow_topic(r, ACTION_READ, TEXT("invoices")));
	CHECK_STRING(test_reply(r), no);
	CHECK_INTEGER(reads, 1);

	r = request_of(&grant_route, 1);
	CHECK(gate(r));
	CHECK(!allow_topic(r, ACTION_WRITE, TEXT("stream:x")));
	CHECK_INTEGER(reads, 2);
	/* The database was asked already: the second "no" is free. */
	CHECK(!allow_topic(r, ACTION_ADMIN, TEXT("orders")));
	CHECK_INTEGER(reads, 2);

	/* One of many is told apart from the request as a whole. */
	r = request_of(&grant_route, 1);
	CHECK(gate(r));
	CHECK(!topic_allowed(r, ACTION_READ, TEXT("invoices")));
	CHECK(!request_failed(r));
	CHECK(topic_allowed(r, ACTION_READ, TEXT("orders")));
	CHECK_INTEGER(reads, 3);

	/* A new grant works at once. */
	grant("write", "orders");
	r = request_of(&grant_route, 1);
	CHECK(gate(r));
	CHECK(allow_topic(r, ACTION_WRITE, TEXT("orders")));
	CHECK(allow_topic(r, ACTION_CONSUME, TEXT("orders")));
	CHECK_INTEGER(reads, 4);

	r = request_of(&grant_route, 1);
	CHECK(gate(r));
	CHECK(!allow_every_topic(r, ACTION_READ));
	CHECK_STRING(test_reply(r), no);
	user.pattern[0] = "*";
	r = request_of(&grant_route, 1);
	CHECK(gate(r));
	CHECK(allow_every_topic(r, ACTION_READ));
}

/* The user is deleted after a "yes" and before the check of a grant. */
static void
what_ends_in_the_middle_of_a_call(void)
{
	struct request *r;

	start();
	CHECK(gate(request_of(&user_route, 1)));
	r = request_of(&grant_route, 1);
	CHECK(gate(r));
	user.exists = false;
	CHECK(!allow_topic(r, ACTION_READ, TEXT("x")));
	CHECK_STRING(test_reply(r), "401 bad_token user no longer exists");
	/* Who asks on is told the same, and the first answer stands. */
	CHECK(!topic_allowed(r, ACTION_READ, TEXT("y")));
	CHECK(!allow_every_topic(r, ACTION_READ));
	CHECK_INTEGER(r->who->grants, 0);
	CHECK_STRING(test_reply(r), "401 bad_token user no longer exists");

	start();
	CHECK(gate(request_of(&user_route, 1)));
	r = request_of(&grant_route, 1);
	CHECK(gate(r));
	away = true;
	CHECK(!allow_every_topic(r, ACTION_READ));
	CHECK_INTEGER(r->reply.status, 503);
	away = false;
}

static void
the_database_is_away(void)
{
	start();
	away = true;
	CHECK_REFUSED(request_of(&user_route, 1), "503 database_away "
	    "the database is not reachable; try again");
	away = false;
	CHECK(gate(request_of(&user_route, 1)));
}

static void
open_routes_ask_nothing(void)
{
	struct request *r = request_with("Bearer nonsense");

	start();
	r->route = &open_route;
	CHECK(gate(r));
	CHECK(!r->who);
	CHECK_INTEGER(reads, 0);
}

static void
without_authentication(void)
{
	struct request *r = request_with(NULL);

	start();
	settings.auth = false;
	r->route = &admin_route;
	CHECK(gate(r));
	CHECK_TEXT(r->who->name, "anonymous");
	CHECK(allow_topic(r, ACTION_ADMIN, TEXT("x")));
	CHECK(allow_every_topic(r, ACTION_READ));
	CHECK_INTEGER(reads, 0);
	CHECK_INTEGER(r->token_expires_us, 0);
	settings.auth = true;
}

#define KEY "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01"

/* A request to the plate "shop". */
static struct request *
to_plate(const char *authorization)
{
	struct request *r = request_with(authorization);

	r->route = &plate_route;
	r->param[0] = TEXT("shop");
	return r;
}

static void
keys_open_their_plate(void)
{
	static const char denied[] = "401 bad_token authorization denied";
	struct request *r;

	start();
	r = to_plate(KEY);
	CHECK(gate(r));
	CHECK(allow_plate(r, ACTION_WRITE, TEXT("shop/events")));
	CHECK(!allow_plate(r, ACTION_READ, TEXT("shopping/events")));
	CHECK_STRING(test_reply(r), "403 forbidden insufficient permissions");
	CHECK_INTEGER(r->token_expires_us, 0);
	CHECK(gate(to_plate("bEARER " KEY)));
	CHECK_INTEGER(reads, 1);
	CHECK_REFUSED(to_plate("Basic " KEY), denied);
	CHECK_REFUSED(to_plate(KEY "2"), denied);
	CHECK_REFUSED(to_plate(""),
	    "401 unauthenticated authorization header is required");
	CHECK_INTEGER(reads, 1);

	/* Revoked, also while the request waits. */
	r = to_plate(KEY);
	CHECK(gate(r));
	plate.exists = false;
	CHECK(gate(r));
	principals_forget();
	CHECK_REFUSED(r, denied);

	/* Elsewhere it opens nothing. */
	r = request_with("Bearer " KEY);
	CHECK_REFUSED(r, "401 bad_token invalid or expired token");
}

static void
tokens_open_plates_by_grants(void)
{
	struct request *r;

	start();
	grant("read", "plate:shop/*");
	r = request_of(&plate_route, 1);
	r->param[0] = TEXT("shop");
	CHECK(gate(r));
	CHECK(allow_plate(r, ACTION_READ, TEXT("shop/events")));
	CHECK(!allow_plate(r, ACTION_WRITE, TEXT("shop/events")));

	/* No such plate: told to who may know. */
	plate.exists = false;
	principals_forget();
	r = request_of(&plate_route, 1);
	r->param[0] = TEXT("shop");
	CHECK(gate(r));
	CHECK(!allow_plate(r, ACTION_WRITE, TEXT("shop/events")));
	CHECK_STRING(test_reply(r), "403 forbidden insufficient permissions");
	r = request_of(&plate_route, 1);
	r->param[0] = TEXT("shop");
	CHECK(gate(r));
	CHECK(!allow_plate(r, ACTION_READ, TEXT("shop/events")));
	CHECK_STRING(test_reply(r), "404 not_found there is no such plate");

	user.is_admin = true;
	principals_forget();
	r = request_of(&plate_route, 1);
	r->param[0] = TEXT("shop");
	CHECK_REFUSED(r, "404 not_found there is no such plate");

	settings.auth = false;
	CHECK_REFUSED(to_plate(NULL), "404 not_found there is no such plate");
	plate.exists = true;
	CHECK(gate(to_plate(NULL)));
	settings.auth = true;
}

int
main(void)
{
	route_table(test_no_routes, &test_door);
	settings.auth = true;
	settings.jwt_secret = "a secret of more than thirty-two bytes";
	headers_without_a_good_token();
	a_token_in_any_case_of_its_scheme();
	admin_routes();
	deleted_users_are_out();
	passwords_end_older_tokens();
	tokens_end_while_waiting();
	topics_need_grants();
	what_ends_in_the_middle_of_a_call();
	keys_open_their_plate();
	tokens_open_plates_by_grants();
	the_database_is_away();
	open_routes_ask_nothing();
	without_authentication();
	arena_reset(test_request()->arena);
	return test_result();
}
