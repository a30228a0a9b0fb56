/*
 * What happens to the messages of each topic, counted by all processes of the
 * host together. The first TOPICS_COUNTED_MAX topics have figures of their
 * own; all of them are in the sums of fcgi/metrics.def.
 */
#ifndef FCGI_TOPIC_COUNTS_H
#define FCGI_TOPIC_COUNTS_H

#include <stdint.h>

#include "fcgi/buffer.h"

enum topic_event {
#define TOPIC_EVENT(metric, family, label) TOPIC_##metric,
#include "fcgi/topic_events.def"
#undef TOPIC_EVENT
};

/* Count it for the topic and in the sum. Any thread. */
void topic_count(int64_t topic_id, enum topic_event event, int64_t n);

/*
 * The topics that have figures of their own, in the order in which they got
 * them: at most n ids; how many. It only grows while the host runs. One that is
 * being placed is 0, which no topic is.
 */
int topics_counted(int64_t *ids, int n);

/*
 * In Prometheus' text format, for as many of them as there are names. An
 * absent name is left out.
 */
void topic_counts_write(struct buffer *out, const struct text *names, int n);

#endif
