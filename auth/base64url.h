/*
 * Base 64 with the alphabet for URLs, and no padding (RFC 4648, section 5).
 */
#ifndef AUTH_BASE64URL_H
#define AUTH_BASE64URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/text.h"

#define BASE64URL_BYTES(n) (((n) * 4 + 2) / 3)

/* Writes BASE64URL_BYTES(n) characters and a NUL. */
void base64url_print(const uint8_t *bytes, size_t n, char *text);

/* Exactly n bytes, in the one way to write them; or false. */
bool base64url_parse(struct text text, uint8_t *bytes, size_t n);

#endif
