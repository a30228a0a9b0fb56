/*
 * What a process may enqueue without counting.
 */
#include <pthread.h>

#include "fcgi/clock.h"
#include "fcgi/limits.h"
#include "sql/depth.h"
#include "tests/unit/test.h"

enum { TOPIC = 7, THREADS = 4 };

static void
nothing_before_a_count(void)
{
	CHECK(!depth_spend(TOPIC, 1));
}

static void
a_share_of_the_room_after_it(void)
{
	depth_counted(TOPIC, 10 * PROCESSES_MAX);
	CHECK(!depth_spend(TOPIC, 11));
	CHECK(depth_spend(TOPIC, 7));
	CHECK(!depth_spend(TOPIC, 4));
	CHECK(depth_spend(TOPIC, 3));
	CHECK(!depth_spend(TOPIC, 1));
}

/* There each enqueue counts. */
static void
nothing_near_the_limit(void)
{
	depth_counted(TOPIC, PROCESSES_MAX - 1);
	CHECK(!depth_spend(TOPIC, 1));
	depth_counted(TOPIC, 0);
	CHECK(!depth_spend(TOPIC, 1));
	depth_counted(TOPIC, -10 * PROCESSES_MAX);
	CHECK(!depth_spend(TOPIC, 1));
}

static void
topics_do_not_share(void)
{
	depth_counted(TOPIC, 10 * PROCESSES_MAX);
	CHECK(!depth_spend(TOPIC + 1, 1));
	CHECK(!depth_spend(TOPIC + CLAIM_HINTS, 1));
	CHECK(depth_spend(TOPIC, 1));
	/* Two in one place: the older one has to count again. */
	depth_counted(TOPIC + CLAIM_HINTS, 10 * PROCESSES_MAX);
	CHECK(!depth_spend(TOPIC, 1));
	CHECK(depth_spend(TOPIC + CLAIM_HINTS, 1));
}

static void
a_count_is_good_for_a_second(void)
{
	int64_t before = clock_monotonic_us(), after;

	depth_counted(TOPIC, INT64_C(1000000000) * PROCESSES_MAX);
	while (depth_spend(TOPIC, 1))
		usleep(1000);
	after = clock_monotonic_us();
	CHECK(after - before >= 1000000);
	CHECK(after - before < 5000000);
}

static void *
spend_all(void *spent)
{
	while (depth_spend(TOPIC, 1))
		++*(int *)spent;
	return NULL;
}

static void
threads_spend_it_once(void)
{
	pthread_t thread[THREADS];
	int spent[THREADS] = { 0 }, sum = 0;

	depth_counted(TOPIC, 20000 * PROCESSES_MAX);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&thread[i], NULL, spend_all, &spent[i])
		    == 0);
	for (int i = 0; i < THREADS; i++) {
		CHECK(pthread_join(thread[i], NULL) == 0);
		sum += spent[i];
	}
	CHECK_INTEGER(sum, 20000);
}

int
main(void)
{
	nothing_before_a_count();
	a_share_of_the_room_after_it();
	nothing_near_the_limit();
	topics_do_not_share();
	a_count_is_good_for_a_second();
	threads_spend_it_once();
	return test_result();
}
