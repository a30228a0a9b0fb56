/*
 * How long requests take, by route and class of status: histograms in the
 * file of counters. fcgi/latency.def has the buckets.
 */
#ifndef FCGI_LATENCY_H
#define FCGI_LATENCY_H

#include "fcgi/buffer.h"
#include "fcgi/request.h"

/* Count an answered request: its status and how long it took. */
void latency_add(const struct request *r);

/* All of them that have counted something, in Prometheus' text format. */
void latency_write(struct buffer *out);

#endif
