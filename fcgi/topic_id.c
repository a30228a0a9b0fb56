/*
 * Topic ids, by libcrypto's SHA-256.
 */
#include "fcgi/topic_id.h"

#include <openssl/sha.h>

#include "fcgi/must.h"

int64_t
topic_id_of(struct text base_name)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	uint64_t id = 0;

	must(SHA256((const unsigned char *)base_name.p, base_name.n, digest));
	for (int i = 0; i < 8; i++)
		id = id << 8 | digest[i];
	return (int64_t)(id >> 4);
}
