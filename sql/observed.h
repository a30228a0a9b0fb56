/*
 * Figures that only the database knows, for /metrics: depths, reapers, its own
 * health. They are looked up once for all who ask at about the same time, and
 * kept for a while, so that no number of scrapes is a load.
 */
#ifndef SQL_OBSERVED_H
#define SQL_OBSERVED_H

#include "fcgi/request.h"

/*
 * Look up what is out of date. False when another request is at what nobody
 * knows yet: PARK then, and call again; that request listens already.
 */
bool observed_look(struct request *r);

/* What is known, in Prometheus' text format. */
void observed_write(struct buffer *out);

#endif
