/*
 * A direct-mapped table, as sql/claims.c has one: what is lost there costs a
 * count.
 */
#include "sql/depth.h"

#include <pthread.h>

#include "fcgi/clock.h"
#include "fcgi/limits.h"

enum { BUDGET_MS = 1000 };

struct budget {
	int64_t topic_id;
	int64_t left;
	int64_t until_us; /* monotonic */
};

static struct {
	pthread_mutex_t lock;
	struct budget budget[CLAIM_HINTS];
} depth = { .lock = PTHREAD_MUTEX_INITIALIZER };

static struct budget *
budget_of(int64_t topic_id)
{
	return &depth.budget[(uint64_t)topic_id % CLAIM_HINTS];
}

bool
depth_spend(int64_t topic_id, int n)
{
	struct budget *b = budget_of(topic_id);
	bool enough;

	pthread_mutex_lock(&depth.lock);
	enough = b->topic_id == topic_id && b->left >= n &&
	    clock_monotonic_us() < b->until_us;
	if (enough)
		b->left -= n;
	pthread_mutex_unlock(&depth.lock);
	return enough;
}

void
depth_counted(int64_t topic_id, int64_t room)
{
	struct budget *b = budget_of(topic_id);

	pthread_mutex_lock(&depth.lock);
	*b = (struct budget){ topic_id, room / PROCESSES_MAX,
		clock_monotonic_us() + BUDGET_MS * 1000 };
	pthread_mutex_unlock(&depth.lock);
}
