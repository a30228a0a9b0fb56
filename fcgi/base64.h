/*
 * Base 64 as most know it (RFC 4648, section 4), padding included.
 */
#ifndef FCGI_BASE64_H
#define FCGI_BASE64_H

#include "fcgi/buffer.h"
#include "fcgi/text.h"

/* Append it, without a NUL behind it; at most 1 GiB. */
void base64_add(struct buffer *out, struct text bytes);

#endif
