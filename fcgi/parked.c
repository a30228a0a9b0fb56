/*
 * A gauge for each kind of channel, and one for those who wait for nothing but
 * a time.
 */
#include "fcgi/parked.h"

#include "fcgi/channel.h"
#include "fcgi/clock.h"
#include "fcgi/metrics.h"

/* What a request waits for is the kind of the channel it named first. */
static enum metric
parked_for(const struct connection *c)
{
	static const enum metric metrics[] = {
		[CHANNEL_TOPIC] = METRIC_parked_for_topic,
		[CHANNEL_HASH] = METRIC_parked_for_hash,
		[CHANNEL_STREAM] = METRIC_parked_for_stream,
		[CHANNEL_SUBSCRIPTIONS] = METRIC_parked_for_subscription,
		[CHANNEL_GROUP] = METRIC_parked_for_group,
		[CHANNEL_DELIVERIES] = METRIC_parked_for_deliveries,
		[CHANNEL_SCRAPE] = METRIC_parked_for_metrics,
	};
	uint32_t kind;

	if (!c->listenings)
		return METRIC_parked_for_time;
	kind = c->listening[0].channel->key.kind;
	return kind < sizeof(metrics) / sizeof(metrics[0]) && metrics[kind] ?
	    metrics[kind] : METRIC_parked_for_other;
}

/* Not our slowness: there is nothing to answer yet. */
static bool
waits_for_news(enum metric parked_for)
{
	return parked_for != METRIC_parked_for_time &&
	    parked_for != METRIC_parked_for_hash &&
	    parked_for != METRIC_parked_for_metrics;
}

void
parked_begin(struct connection *c)
{
	c->parked_us = clock_monotonic_us();
	c->parked_for = parked_for(c);
	metric_add(c->parked_for, 1);
}

void
parked_end(struct connection *c)
{
	metric_add(c->parked_for, -1);
	if (waits_for_news(c->parked_for))
		c->request.waited_us += clock_monotonic_us() - c->parked_us;
}
