/*
 * Numbers of messages: by time, strictly increasing, also over threads.
 */
#include <pthread.h>
#include <stdlib.h>

#include "fcgi/clock.h"
#include "fcgi/uuid.h"
#include "sql/message_seq.h"
#include "tests/unit/test.h"

enum { THREADS = 4, CALLS = 20000 };

struct range {
	int64_t first;
	int n;
};

static struct range ranges[THREADS][CALLS];

static void
a_number_tells_its_moment(void)
{
	int64_t before = clock_wall_us(), seq, after, first;

	seq = message_seq_take(1);
	after = clock_wall_us();
	CHECK(seq > 0 && seq <= MESSAGE_SEQ_MAX);
	first = seq - seq % MESSAGE_SEQ_STEP;
	CHECK(first >= message_seq_at(before));
	CHECK(first <= message_seq_at(after));
	/* The epoch is the beginning of 2024; a microsecond is a step. */
	CHECK_INTEGER(message_seq_at(1704067200000000), 0);
	CHECK_INTEGER(message_seq_at(1704067200000001), MESSAGE_SEQ_STEP);
	CHECK_INTEGER(message_seq_at(1704067201000000),
	    1000000 * MESSAGE_SEQ_STEP);
}

/* The process's own bits are the same in all of them. */
static void
a_process_has_its_lane(void)
{
	int64_t lane = message_seq_take(1) % MESSAGE_SEQ_STEP;
	int others = 0;

	for (int i = 0; i < 1000; i++)
		others += message_seq_take(2) % MESSAGE_SEQ_STEP != lane;
	CHECK_INTEGER(others, 0);
}

static void *
take_many(void *argument)
{
	struct range *mine = argument;

	for (int i = 0; i < CALLS; i++) {
		mine[i].n = 1 + i % 5;
		mine[i].first = message_seq_take(mine[i].n);
	}
	return NULL;
}

static int
by_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

static int
overlaps(const struct range *r, int count)
{
	int found = 0;

	for (int i = 1; i < count; i++)
		found += r[i].first <
		    r[i - 1].first + r[i - 1].n * MESSAGE_SEQ_STEP;
	return found;
}

static void
no_number_is_given_twice(void)
{
	pthread_t thread[THREADS];

	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&thread[i], NULL, take_many, ranges[i])
		    == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(thread[i], NULL) == 0);
	/* Each thread saw them grow; together they are all different. */
	for (int i = 0; i < THREADS; i++)
		CHECK_INTEGER(overlaps(ranges[i], CALLS), 0);
	qsort(ranges, THREADS * CALLS, sizeof(ranges[0][0]), by_first);
	CHECK_INTEGER(overlaps(ranges[0], THREADS * CALLS), 0);
}

int
main(void)
{
	a_number_tells_its_moment();
	a_process_has_its_lane();
	no_number_is_given_twice();
	return test_result();
}
