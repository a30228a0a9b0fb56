/*
 * Making keys, and their hashes, by way of OpenSSL.
 */
#include "auth/plate_key.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "fcgi/must.h"

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

enum { LETTERS = sizeof(alphabet) - 1 };

/* Bytes above the last whole alphabet are thrown away, or its first letters
 * would be drawn more often. */
void
plate_key_make(char key[PLATE_KEY_BYTES + 1])
{
	uint8_t random[PLATE_KEY_BYTES];
	int n = 0;

	while (n < PLATE_KEY_BYTES) {
		must(RAND_bytes(random, sizeof(random)) == 1);
		for (size_t i = 0; i < sizeof(random) && n < PLATE_KEY_BYTES;
		     i++)
			if (random[i] < 256 / LETTERS * LETTERS)
				key[n++] = alphabet[random[i] % LETTERS];
	}
	key[n] = '\0';
}

bool
plate_key_like(struct text text)
{
	for (size_t i = 0; i < text.n; i++)
		if (!memchr(alphabet, text.p[i], LETTERS))
			return false;
	return text.n == PLATE_KEY_BYTES;
}

void
plate_key_hash(struct text key, uint8_t hash[PLATE_KEY_HASH_BYTES])
{
	must(SHA256((const unsigned char *)key.p, key.n, hash));
}
