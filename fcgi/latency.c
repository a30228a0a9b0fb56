/*
 * What a request waited for a message or an entry to come is left out: a
 * long-poll of 20 s is no slow one. Pauses of our own (a stream that is busy,
 * a password hash in line) count.
 */
#include "fcgi/latency.h"

#include <inttypes.h>

#include "fcgi/clock.h"
#include "fcgi/family.h"
#include "fcgi/metrics_file.h"
#include "fcgi/route.h"

static const int32_t bounds_us[] = {
#define BUCKET(us, seconds) us,
#include "fcgi/latency.def"
#undef BUCKET
};

static const char *const bounds[] = {
#define BUCKET(us, seconds) seconds,
#include "fcgi/latency.def"
#undef BUCKET
	"+Inf"
};

static const char *const classes[LATENCY_CLASSES] = {
	"2xx", "3xx", "4xx", "5xx"
};

static int
bucket_of(int64_t us)
{
	int b = 0;

	while (b < LATENCY_BUCKETS - 1 && us > bounds_us[b])
		b++;
	return b;
}

void
latency_add(const struct request *r)
{
	int64_t us = clock_monotonic_us() - r->started_us - r->waited_us;
	int class = r->reply.status / 100 - 2;
	struct latency *l;

	if (class < 0 || class >= LATENCY_CLASSES)
		return;
	metric_add(METRIC_requests_2xx + (enum metric)class, 1);
	l = &metrics_file()->latency[r->route ?
	    1 + route_number(r->route) : 0][class];
	metrics_count(&l->bucket[bucket_of(us)], 1);
	metrics_count(&l->sum_us, us);
}

static void
write_one(struct buffer *out, const struct latency *l, const char *route,
    const char *class)
{
	struct text labels[] = { text_of(route), text_of(class) };
	int64_t in[LATENCY_BUCKETS], count = 0;

	for (int b = 0; b < LATENCY_BUCKETS; b++)
		count += in[b] = metrics_value(&l->bucket[b]);
	if (!count)
		return;
	count = 0;
	for (int b = 0; b < LATENCY_BUCKETS; b++) {
		count += in[b];
		family_open(out, FAMILY_request_duration, "_bucket", labels,
		    "le", text_of(bounds[b]));
		buffer_printf(out, "%" PRId64 "\n", count);
	}
	family_open(out, FAMILY_request_duration, "_sum", labels, NULL,
	    TEXT_ABSENT);
	print_seconds(out, metrics_value(&l->sum_us));
	family_open(out, FAMILY_request_duration, "_count", labels, NULL,
	    TEXT_ABSENT);
	buffer_printf(out, "%" PRId64 "\n", count);
}

void
latency_write(struct buffer *out)
{
	const struct metrics_file *file = metrics_file();

	family_begin(out, FAMILY_request_duration);
	for (int i = -1; i < 0 || route_at(i); i++)
		for (int class = 0; class < LATENCY_CLASSES; class++)
			write_one(out, &file->latency[1 + i][class],
			    i < 0 ? "none" : route_at(i)->name,
			    classes[class]);
}
