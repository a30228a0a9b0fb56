/*
 * When a live read looks though nobody wakes it.
 */
#include "handlers/streams/live.h"

#include "fcgi/clock.h"
#include "tests/unit/test.h"

static const int64_t HOUR_US = (int64_t)3600 * 1000000;

static struct live_read
expires_in(int64_t us)
{
	return (struct live_read){ .ttl_ms = NO_TTL,
		.expires_us = clock_wall_us() + us };
}

static void
it_looks_when_the_stream_expires(void)
{
	int64_t until_us = clock_monotonic_us() + HOUR_US;
	struct live_read never = { .ttl_ms = NO_TTL, .expires_us = INT64_MIN };
	struct live_read soon = expires_in(HOUR_US / 2);
	struct live_read later = expires_in(2 * HOUR_US);
	struct live_read slides = { .ttl_ms = 1, .expires_us = INT64_MIN,
		.renew_us = until_us - 1 };

	CHECK_INTEGER(live_deadline(&never, until_us), until_us);
	CHECK(live_deadline(&soon, until_us) < until_us);
	CHECK(live_deadline(&soon, until_us) > until_us - HOUR_US);
	CHECK_INTEGER(live_deadline(&later, until_us), until_us);
	CHECK_INTEGER(live_deadline(&slides, until_us), until_us - 1);
}

/* By our clock it has expired; by the database's, which decides, it has not. */
static void
a_clock_that_is_behind_is_not_asked_without_a_pause(void)
{
	struct live_read past = expires_in(-HOUR_US);
	int64_t now_us = clock_monotonic_us();

	CHECK(live_deadline(&past, now_us + HOUR_US) >= now_us + 5000);
	CHECK(live_deadline(&past, now_us + HOUR_US) < now_us + HOUR_US / 2);
	CHECK_INTEGER(live_deadline(&past, now_us), now_us);
}

int
main(void)
{
	it_looks_when_the_stream_expires();
	a_clock_that_is_behind_is_not_asked_without_a_pause();
	return test_result();
}
