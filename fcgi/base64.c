/*
 * OpenSSL writes it, straight into the buffer.
 */
#include "fcgi/base64.h"

#include <openssl/evp.h>

#include "fcgi/must.h"

void
base64_add(struct buffer *out, struct text bytes)
{
	size_t room = (bytes.n + 2) / 3 * 4 + 1; /* and a NUL */
	int n = EVP_EncodeBlock((unsigned char *)buffer_reserve(out, room),
	    (const unsigned char *)bytes.p, (int)bytes.n);

	must(n >= 0 && (size_t)n < room);
	out->n += (size_t)n;
}
