/*
 * The file of counters as it is laid out, for those who count in it:
 * fcgi/metrics.c, which makes and maps it, latency.c, topic_counts.c and
 * processes.c.
 */
#ifndef FCGI_METRICS_FILE_H
#define FCGI_METRICS_FILE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "fcgi/limits.h"
#include "fcgi/metrics.h"

enum {
	/* Workers, twice over for restarts that overlap, and commands. */
	METRICS_SLOTS = 2 * PROCESSES_MAX + 16,

	LATENCY_BUCKETS = 0
#define BUCKET(us, seconds) + 1
#include "fcgi/latency.def"
#undef BUCKET
	    + 1, /* +Inf */
	LATENCY_CLASSES = 4, /* 2xx to 5xx */

	TOPIC_EVENTS = 0
#define TOPIC_EVENT(metric, family, label) + 1
#include "fcgi/topic_events.def"
#undef TOPIC_EVENT
};

struct latency {
	_Atomic int64_t bucket[LATENCY_BUCKETS];
	_Atomic int64_t sum_us;
};

/* topic_id is set once, when the slot is taken; 0 is a free one. */
struct topic_counts {
	_Atomic int64_t topic_id;
	_Atomic int64_t event[TOPIC_EVENTS];
};

/* Its owner's, while he lives. */
struct metrics_slot {
	_Atomic int64_t pid;
	_Atomic int64_t started_us;	/* wall clock */
	_Atomic int64_t worker;		/* its number; -1: no worker */
	_Atomic int64_t gauge[METRICS];
};

struct metrics_file {
	uint64_t magic;
	uint64_t layout;
	_Atomic int64_t shared[METRICS];
	struct metrics_slot slot[METRICS_SLOTS];
	/* The first for requests that no route was found for. */
	struct latency latency[1 + ROUTES_MAX][LATENCY_CLASSES];
	struct topic_counts topic[TOPICS_COUNTED_MAX];
	_Atomic int64_t topics;	/* places taken, and which ones, in order; a
				 * place is 1 and above */
	_Atomic int32_t topic_order[TOPICS_COUNTED_MAX];
};

/* The one that this process counts in. Constant once there are threads. */
struct metrics_file *metrics_file(void);

/* Does a living process own the slot? */
bool metrics_slot_lives(int slot);

static inline void
metrics_count(_Atomic int64_t *sum, int64_t n)
{
	atomic_fetch_add_explicit(sum, n, memory_order_relaxed);
}

static inline int64_t
metrics_value(const _Atomic int64_t *sum)
{
	return atomic_load_explicit((_Atomic int64_t *)(uintptr_t)sum,
	    memory_order_relaxed);
}

#endif
