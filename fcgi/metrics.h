/*
 * Figures about this host, counted together by all its processes: the worker
 * that is asked for /metrics answers for all of them, and a killed worker
 * takes no count with it. fcgi/metrics.def is the table.
 *
 * Until metrics_open() a process counts for itself, which is what tests and
 * short-lived commands do.
 */
#ifndef FCGI_METRICS_H
#define FCGI_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/buffer.h"
#include "fcgi/request.h"

enum metric {
#define METRIC(name, kind, family, label, help) METRIC_##name,
#include "fcgi/metrics.def"
#undef METRIC
	METRICS
};

/*
 * Share the file `counters` in that directory; it is made when there is none,
 * or one of another version. False, said in the log, when that fails: then
 * the process goes on counting for itself. Each process calls it itself, once,
 * after the last fork and before its first thread.
 */
bool metrics_open(const char *directory);

/* Any thread. A gauge takes negative numbers too. */
void metric_add(enum metric metric, int64_t n);

/* Count an answered request: its status and how long it took. */
void metric_add_request(const struct request *r);

/* The sum over all living processes. */
int64_t metric_read(enum metric metric);

/* All of them, in Prometheus' text format. */
void metrics_write(struct buffer *out);

#endif
