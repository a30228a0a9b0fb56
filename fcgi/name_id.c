/*
 * Ids made of names, by libcrypto's SHA-256. It is fetched once: SHA256()
 * looks for an implementation in each call, which takes longer than to hash
 * a name.
 */
#include "fcgi/name_id.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pthread.h>

#include "fcgi/must.h"

static pthread_once_t fetched = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;

static void
fetch(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(sha256);
}

/* The digest's first 8 bytes, big-endian. */
static uint64_t
hash(struct text name)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	uint64_t id = 0;

	must(pthread_once(&fetched, fetch) == 0);
	must(EVP_Digest(name.p, name.n, digest, NULL, sha256, NULL));
	for (int i = 0; i < 8; i++)
		id = id << 8 | digest[i];
	return id;
}

int64_t
topic_id_of(struct text base_name)
{
	return (int64_t)(hash(base_name) >> 4);
}

int64_t
stream_id(struct text name)
{
	return (int64_t)hash(name);
}
