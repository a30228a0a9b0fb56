/*
 * 26 digits hold 130 bits, so each digit is five bits of a number that is
 * shifted through: no digit falls on a boundary of the fields.
 */
#include "handlers/streams/offset.h"

#include <ctype.h>

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum { DIGIT_BITS = 5, FIRST_DIGIT_AT = 123, TEXT_SHIFT = 2 };

void
offset_print(struct offset offset, char text[OFFSET_DIGITS + 1])
{
	unsigned __int128 bits = (unsigned __int128)offset.incarnation << 96 |
	    (unsigned __int128)offset.seq << 32;

	for (int i = 0, at = FIRST_DIGIT_AT; i < OFFSET_DIGITS;
	    i++, at -= DIGIT_BITS)
		text[i] = digits[(at >= 0 ? bits >> at :
		    bits << TEXT_SHIFT) & 31];
	text[OFFSET_DIGITS] = '\0';
}

static int
digit_value(char c)
{
	const char *at;

	c = (char)toupper((unsigned char)c);
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

bool
offset_parse(struct text text, struct offset *offset)
{
	unsigned __int128 bits = 0;
	uint64_t seq;
	int value = 0;

	if (text.n != OFFSET_DIGITS)
		return false;
	for (size_t i = 0; i < OFFSET_DIGITS; i++) {
		value = digit_value(text.p[i]);
		if (value < 0)
			return false;
		if (i < OFFSET_DIGITS - 1)
			bits = bits << DIGIT_BITS | (unsigned)value;
	}
	/* The last digit: three bits, then the two zeros. */
	if (value & ((1 << TEXT_SHIFT) - 1))
		return false;
	bits = bits << (DIGIT_BITS - TEXT_SHIFT) |
	    (unsigned)value >> TEXT_SHIFT;
	seq = (uint64_t)(bits >> 32);
	if ((uint32_t)bits || seq > INT64_MAX || bits >> 127)
		return false;
	offset->incarnation = (int32_t)(bits >> 96);
	offset->seq = (int64_t)seq;
	return true;
}
