/*
 * An open-addressed table in the file of counters. A place that is taken is
 * never given up, so a look needs no lock: whoever finds a free place tries to
 * put his topic there, and whoever was quicker has it.
 *
 * The order in which places were taken is kept: a scrape that shows a part of
 * them shows the same ones each time, or rates would jump.
 */
#include "fcgi/topic_counts.h"

#include "fcgi/family.h"
#include "fcgi/metrics_file.h"

static const struct event {
	enum metric metric;
	enum family family;
	const char *label;
} events[] = {
#define TOPIC_EVENT(metric, family, label) \
	{ METRIC_##metric, FAMILY_##family, label },
#include "fcgi/topic_events.def"
#undef TOPIC_EVENT
};

/* So many places from its own one on may hold a topic. */
enum { PROBES = 64 };

/* A topic's id is a hash: it needs no other. */
static struct topic_counts *
place_of(struct metrics_file *file, int64_t topic_id)
{
	for (uint64_t i = 0; i < PROBES; i++) {
		uint64_t at = ((uint64_t)topic_id + i) % TOPICS_COUNTED_MAX;
		struct topic_counts *place = &file->topic[at];
		int64_t owner = atomic_load(&place->topic_id);

		if (!owner && atomic_compare_exchange_strong(&place->topic_id,
		    &owner, topic_id)) {
			int64_t n = atomic_fetch_add(&file->topics, 1);

			atomic_store(&file->topic_order[n], (int32_t)at + 1);
			return place;
		}
		if (owner == topic_id)
			return place;
	}
	return NULL;
}

void
topic_count(int64_t topic_id, enum topic_event event, int64_t n)
{
	struct topic_counts *place;

	if (!n)
		return;
	metric_add(events[event].metric, n);
	place = place_of(metrics_file(), topic_id);
	if (place)
		metrics_count(&place->event[event], n);
	else
		metric_add(METRIC_topic_events_unplaced, n);
}

/* The nth place that was taken; NULL while that is under way, and for ever if
 * who did it was killed meanwhile. */
static const struct topic_counts *
nth_place(const struct metrics_file *file, int n)
{
	int32_t at = atomic_load((_Atomic int32_t *)(uintptr_t)
	    &file->topic_order[n]);

	return at ? &file->topic[at - 1] : NULL;
}

int
topics_counted(int64_t *ids, int n)
{
	struct metrics_file *file = metrics_file();
	int64_t taken = atomic_load(&file->topics);
	int k = 0;

	for (; k < n && k < taken; k++) {
		const struct topic_counts *place = nth_place(file, k);

		ids[k] = place ? metrics_value(&place->topic_id) : 0;
	}
	return k;
}

static void
write_family(struct buffer *out, enum family family,
    const struct text *names, int n)
{
	const struct metrics_file *file = metrics_file();

	family_begin(out, family);
	for (int i = 0; i < n; i++)
		for (int e = 0; names[i].p && e < TOPIC_EVENTS; e++) {
			struct text labels[] = { names[i],
				text_of(events[e].label) };
			int64_t count = metrics_value(
			    &nth_place(file, i)->event[e]);

			if (count && events[e].family == family)
				family_integer(out, family, labels, count);
		}
}

void
topic_counts_write(struct buffer *out, const struct text *names, int n)
{
	int64_t taken = atomic_load(&metrics_file()->topics);

	write_family(out, FAMILY_topic_messages, names, n);
	write_family(out, FAMILY_topic_nacks, names, n);
	family_begin(out, FAMILY_topics_uncounted);
	family_integer(out, FAMILY_topics_uncounted, NULL, taken - n);
}
