/*
 * The ten bits are drawn once a process. Two processes that drew the same and
 * make a message of one topic in the same microsecond meet in the primary
 * key, and the turn is run again with new numbers.
 */
#include "sql/message_seq.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/random.h>

#include "fcgi/clock.h"
#include "fcgi/must.h"

#define SEQ_EPOCH_UNIX_US 1704067200000000LL

static _Atomic int64_t last_us;
static int64_t lane;
static pthread_once_t lane_once = PTHREAD_ONCE_INIT;

static void
draw_lane(void)
{
	uint16_t bits;

	must(getrandom(&bits, sizeof(bits), 0) == sizeof(bits));
	lane = bits % MESSAGE_SEQ_STEP;
}

int64_t
message_seq_at(int64_t wall_us)
{
	return (wall_us - SEQ_EPOCH_UNIX_US) * MESSAGE_SEQ_STEP;
}

int64_t
message_seq_take(int n)
{
	int64_t before = atomic_load(&last_us), first;

	pthread_once(&lane_once, draw_lane);
	do {
		first = clock_wall_us();
		if (first <= before)
			first = before + 1;
	} while (!atomic_compare_exchange_weak(&last_us, &before,
	    first + n - 1));
	return message_seq_at(first) | lane;
}
