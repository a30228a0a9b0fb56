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
 * after the last fork and before its first thread, and knows its routes by
 * then: they are part of the layout.
 */
bool metrics_open(const char *directory);

/* This process is the worker of that number: its figures are shown. */
void metrics_worker(int number);

/* Any thread. A gauge takes negative numbers too. */
void metric_add(enum metric metric, int64_t n);

/* The sum over all living processes. */
int64_t metric_read(enum metric metric);

/* All of them, in Prometheus' text format. */
void metrics_write(struct buffer *out);

/* What living workers use of the machine, each by its number. */
void processes_write(struct buffer *out);

#endif
