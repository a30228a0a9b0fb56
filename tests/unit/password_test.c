/*
 * Password hashes: right, wrong and unknown ones, at the same cost; changed
 * settings; and the slots that bound how many run at once.
 */
#include <stdlib.h>

#include <time.h>

#include "auth/password.h"
#include "fcgi/clock.h"
#include "fcgi/lot.h"
#include "fcgi/settings.h"
#include "tests/unit/request.h"
#include "tests/unit/test.h"

static int listened, woken;

void
lot_listen(struct request *r, struct channel_key key)
{
	(void)r;
	listened += key.kind == CHANNEL_HASH && key.id == 0;
}

uint32_t
lot_wake(struct channel_key key, uint32_t count)
{
	woken += key.kind == CHANNEL_HASH && key.id == 0;
	return count;
}

static void
right_and_wrong(void)
{
	struct password_hash hash, again;
	struct text password = TEXT("correct horse battery staple");

	CHECK(password_hash(password, &hash));
	CHECK(strncmp(hash.encoded, "$argon2id$v=19$m=64,t=2,p=1$", 28) == 0);
	CHECK_INTEGER(password_verify(password, text_of(hash.encoded)),
	    PASSWORD_RIGHT);
	CHECK_INTEGER(password_verify(TEXT("correct horse battery stapl"),
	    text_of(hash.encoded)), PASSWORD_WRONG);
	CHECK_INTEGER(password_verify(TEXT(""), text_of(hash.encoded)),
	    PASSWORD_WRONG);
	CHECK(password_hash(password, &again));
	CHECK(strcmp(hash.encoded, again.encoded) != 0);

	CHECK(password_hash(TEXT("nul\0one"), &hash));
	CHECK_INTEGER(password_verify(TEXT("nul\0one"), text_of(hash.encoded)),
	    PASSWORD_RIGHT);
	CHECK_INTEGER(password_verify(TEXT("nul\0two"), text_of(hash.encoded)),
	    PASSWORD_WRONG);
}

static void
nobody_and_nonsense_are_wrong(void)
{
	static char long_one[1000];

	memset(long_one, 'A', sizeof long_one - 1);
	CHECK_INTEGER(password_verify(TEXT("x"), TEXT_ABSENT), PASSWORD_WRONG);
	CHECK_INTEGER(password_verify(TEXT(""), TEXT_ABSENT), PASSWORD_WRONG);
	CHECK_INTEGER(password_verify(TEXT("x"), TEXT("")), PASSWORD_WRONG);
	CHECK_INTEGER(password_verify(TEXT("x"), TEXT("plain")),
	    PASSWORD_WRONG);
	CHECK_INTEGER(password_verify(TEXT("x"), text_of(long_one)),
	    PASSWORD_WRONG);
}

static void
settings_may_change(void)
{
	struct password_hash old;

	CHECK(password_hash(TEXT("x"), &old));
	CHECK(!password_outdated(text_of(old.encoded)));
	settings.argon2_passes = 3;
	CHECK(password_outdated(text_of(old.encoded)));
	CHECK_INTEGER(password_verify(TEXT("x"), text_of(old.encoded)),
	    PASSWORD_RIGHT);
	settings.argon2_passes = 2;
	settings.argon2_memory_kib = 640;
	CHECK(password_outdated(text_of(old.encoded)));
	settings.argon2_memory_kib = 64;
	CHECK(!password_outdated(text_of(old.encoded)));
	CHECK(password_outdated(TEXT("")));
	CHECK(password_outdated(TEXT("$2a$10$bcrypt")));
}

/* What this thread computes, whatever else the machine does. */
static int64_t
computed_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* The cheapest of several, which is the least disturbed one. */
static int64_t
cost_us(struct text encoded)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < 9; i++) {
		int64_t began = computed_us(), cost;

		CHECK_INTEGER(password_verify(TEXT("wrong"), encoded),
		    PASSWORD_WRONG);
		cost = computed_us() - began;
		if (cost < best)
			best = cost;
	}
	return best;
}

static void
nobody_costs_as_much_as_somebody(void)
{
	struct password_hash hash;
	int64_t nobody, somebody;

	settings.argon2_memory_kib = 4096;
	CHECK(password_hash(TEXT("x"), &hash));
	nobody = cost_us(TEXT_ABSENT);
	somebody = cost_us(text_of(hash.encoded));
	/* A hash that is not computed costs a thousandth of one that is. */
	CHECK(nobody > somebody / 10);
	CHECK(nobody < somebody * 10);
	settings.argon2_memory_kib = 64;
}

static void
few_hash_at_once(void)
{
	struct request *r = test_request();
	enum verdict verdict = TURN;

	listened = woken = 0;
	for (int i = 0; i < HASHES_AT_ONCE; i++)
		CHECK(password_slot(r, &verdict));
	CHECK_INTEGER(verdict, TURN);

	CHECK(!password_slot(r, &verdict));
	CHECK_INTEGER(verdict, PARK);
	CHECK_INTEGER(listened, HASHES_AT_ONCE + 1);
	CHECK(r->deadline_us > clock_monotonic_us());
	CHECK(!request_failed(r));

	/* One that ends makes room, and wakes who waits. */
	password_slot_release();
	CHECK_INTEGER(woken, 1);
	CHECK(password_slot(r, &verdict));

	/* Who has waited long enough is told so. */
	r->deadline_us = 1;
	CHECK(!password_slot(r, &verdict));
	CHECK_INTEGER(verdict, DONE);
	CHECK_INTEGER(r->reply.error, E_BUSY);

	/* And so is everybody when the process ends. */
	r = test_request();
	r->last_call = true;
	CHECK(!password_slot(r, &verdict));
	CHECK_INTEGER(verdict, DONE);
	CHECK_INTEGER(r->reply.error, E_BUSY);

	for (int i = 0; i < HASHES_AT_ONCE; i++)
		password_slot_release();
	CHECK_STOPS(password_slot_release());
}

int
main(void)
{
	route_table(test_no_routes, &test_door);
	settings.argon2_memory_kib = 64;
	settings.argon2_passes = 2;
	right_and_wrong();
	nobody_and_nonsense_are_wrong();
	settings_may_change();
	nobody_costs_as_much_as_somebody();
	few_hash_at_once();
	return test_result();
}
