/*
 * Base 64 for URLs, six bits at a time.
 */
#include "auth/base64url.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789-_";

void
base64url_print(const uint8_t *bytes, size_t n, char *text)
{
	uint32_t held = 0;
	int bits = 0;

	for (size_t i = 0; i < n; i++) {
		held = held << 8 | bytes[i];
		for (bits += 8; bits >= 6; bits -= 6)
			*text++ = digits[held >> (bits - 6) & 63];
	}
	if (bits)
		*text++ = digits[held << (6 - bits) & 63];
	*text = '\0';
}

bool
base64url_parse(struct text text, uint8_t *bytes, size_t n)
{
	uint32_t held = 0;
	int bits = 0;

	if (text.n != BASE64URL_BYTES(n))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		const char *digit = text.p[i] ?
		    strchr(digits, text.p[i]) : NULL;

		if (!digit)
			return false;
		held = held << 6 | (uint32_t)(digit - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*bytes++ = (uint8_t)(held >> bits);
		}
	}
	/* What is left over must be nothing. */
	return (held & ((1u << bits) - 1)) == 0;
}
