/*
 * Two clocks, both in microseconds. The monotonic one measures waiting and
 * never jumps; the wall clock is what goes into the database and replies.
 */
#ifndef FCGI_CLOCK_H
#define FCGI_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/text.h"

enum { CLOCK_TEXT_BYTES = 27 };	/* 2024-02-29T12:34:56.789000Z */

int64_t clock_monotonic_us(void);
int64_t clock_wall_us(void);

/*
 * A wall time as RFC 3339 writes it, in UTC, with microseconds when there are
 * any. What is outside of the years 0 to 9999 becomes the nearest in them.
 */
void clock_print(int64_t unix_us, char text[CLOCK_TEXT_BYTES + 1]);

/*
 * A time as RFC 3339 writes it, with Z or an offset; what is finer than a
 * microsecond is cut off. False, and *unix_us untouched, for anything else.
 */
bool clock_parse(struct text text, int64_t *unix_us);

#endif
