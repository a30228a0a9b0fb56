/*
 * The cache of principals: when it answers, when the database is asked, and
 * that nothing old stays in it.
 */
#include "auth/principals.h"
#include "fcgi/clock.h"
#include "tests/unit/one_user.h"
#include "tests/unit/request.h"
#include "tests/unit/test.h"

static const uint8_t ID_A[16] = { 0xA };
static const uint8_t ID_B[16] = { 0xB };

/* Was the answer from the cache? */
static bool
cached(struct request *r, const uint8_t id[16])
{
	bool from_cache = true;
	const struct principal *who = principals_take(r, id, &from_cache);

	must(who && memcmp(who->user, id, 16) == 0);
	principals_give_back(who);
	return from_cache;
}

static void
the_database_is_asked_once_each(void)
{
	struct request *r = test_request();
	const struct principal *who;
	bool from_cache = false;

	start();
	CHECK(!cached(r, ID_A));
	CHECK(!cached(r, ID_B));
	CHECK(cached(r, ID_A));
	CHECK(cached(r, ID_B));
	CHECK_INTEGER(reads, 2);

	/* Unless somebody wants to know for sure; all learn from that. */
	user.is_admin = true;
	principals_give_back(principals_take(r, ID_A, &from_cache));
	CHECK(!from_cache);
	CHECK_INTEGER(reads, 3);
	from_cache = true;
	who = principals_take(r, ID_A, &from_cache);
	CHECK(who->is_admin);
	CHECK(from_cache);
	principals_give_back(who);
	CHECK_INTEGER(wakes, 0);
}

static void
without_news_nothing_is_trusted(void)
{
	struct request *r = test_request();

	start();
	CHECK(!cached(r, ID_A));
	CHECK(cached(r, ID_A));
	principals_fresh_until(clock_monotonic_us());
	CHECK(!cached(r, ID_A));
	CHECK(!cached(r, ID_A));
	principals_fresh_until(INT64_MAX);
	CHECK(cached(r, ID_A));
}

static void
forgetting_wakes_and_asks_again(void)
{
	struct request *r = test_request();
	const struct principal *old;
	bool from_cache = true;

	start();
	old = principals_take(r, ID_A, &from_cache);
	user.is_admin = true;
	principals_forget();
	CHECK_INTEGER(wakes, 1);
	CHECK(!cached(r, ID_A));

	/* Who holds the old one still can read it. */
	CHECK(!old->is_admin);
	CHECK_TEXT(old->name, "somebody");
	principals_give_back(old);
	principals_give_back(NULL);
}

/*
 * A read that began before a change is answered after it: what it saw may
 * serve the request that asked, but must not stay in the cache.
 */
static void
old_news_is_not_kept(void)
{
	struct request *r = test_request();

	start();
	during_read = principals_forget;
	CHECK(!cached(r, ID_A));
	during_read = NULL;
	CHECK(!cached(r, ID_A));
	CHECK(cached(r, ID_A));
	CHECK_INTEGER(reads, 2);
}

static void
nobody_is_not_kept_either(void)
{
	struct request *r = test_request();
	bool from_cache = true;

	start();
	user.exists = false;
	CHECK(!principals_take(r, ID_A, &from_cache));
	CHECK(!from_cache);
	CHECK(!request_failed(r));
	away = true;
	CHECK(!principals_take(r, ID_A, &from_cache));
	CHECK(request_failed(r));
	away = false;
	user.exists = true;
	r = test_request();
	CHECK(!cached(r, ID_A));
	CHECK(cached(r, ID_A));
}

static void
grants_have_an_action_a_realm_and_a_pattern(void)
{
	struct request *r = test_request();
	const struct principal *who;
	bool from_cache = true;

	start();
	grant("consume", "orders*");
	grant("write", "stream:*");
	grant("dance", "*");
	grant("admin", "*");
	who = principals_take(r, ID_A, &from_cache);
	CHECK_INTEGER(who->grants, 3);
	CHECK_INTEGER(who->grant[0].action, ACTION_CONSUME);
	CHECK_INTEGER(who->grant[0].realm, REALM_TOPIC);
	CHECK_TEXT(who->grant[0].pattern, "orders*");
	CHECK_INTEGER(who->grant[1].action, ACTION_WRITE);
	CHECK_INTEGER(who->grant[1].realm, REALM_STREAM);
	CHECK_TEXT(who->grant[1].pattern, "*");
	CHECK_INTEGER(who->grant[2].action, ACTION_ADMIN);
	CHECK_TEXT(who->grant[2].pattern, "*");
	principals_give_back(who);
}

static void
more_users_than_fit(void)
{
	struct request *r = test_request();
	uint8_t id[16] = { 0 };
	bool all = true;

	start();
	for (int i = 0; i <= PRINCIPALS_CACHED_MAX; i++) {
		id[0] = (uint8_t)i;
		id[1] = (uint8_t)(i >> 8);
		all &= !cached(r, id) && cached(r, id);
	}
	CHECK(all);
	CHECK_INTEGER(reads, PRINCIPALS_CACHED_MAX + 1);
	/* The one too many pushed the others out. */
	id[0] = id[1] = 0;
	CHECK(!cached(r, id));
}

int
main(void)
{
	route_table(test_no_routes, &test_door);
	the_database_is_asked_once_each();
	without_news_nothing_is_trusted();
	forgetting_wakes_and_asks_again();
	old_news_is_not_kept();
	nobody_is_not_kept_either();
	grants_have_an_action_a_realm_and_a_pattern();
	more_users_than_fit();
	return test_result();
}
