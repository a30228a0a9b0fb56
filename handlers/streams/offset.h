/*
 * Offsets as the streams door writes them: the 128 bits incarnation (32), seq
 * of the next entry (64) and zeros (32), with two more zeros behind them, as
 * 26 digits of Crockford's base 32. They sort as they follow each other.
 *
 * An offset names the last entry that was read; to read on is to read from
 * the seq behind it. The empty beginning of a stream's first life is 26 zeros.
 * Source: streams-2-details, section 3.
 */
#ifndef HANDLERS_STREAMS_OFFSET_H
#define HANDLERS_STREAMS_OFFSET_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/text.h"

enum { OFFSET_DIGITS = 26 };

struct offset {
	int32_t incarnation;
	int64_t seq;	/* of the first entry after it */
};

void offset_print(struct offset offset, char text[OFFSET_DIGITS + 1]);

/*
 * Digits in either case; o is 0, i and l are 1. False for anything else, for
 * what no stream can have, and for an offset inside of an entry.
 */
bool offset_parse(struct text text, struct offset *offset);

#endif
