/*
 * Two clocks, both in microseconds. The monotonic one measures waiting and
 * never jumps; the wall clock is what goes into the database and replies.
 */
#ifndef FCGI_CLOCK_H
#define FCGI_CLOCK_H

#include <stdint.h>

int64_t clock_monotonic_us(void);
int64_t clock_wall_us(void);

#endif
