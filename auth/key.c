/*
 * Making keys, and their hashes, by way of OpenSSL.
 */
#include "auth/key.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "fcgi/must.h"

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

enum { LETTERS = sizeof(alphabet) - 1 };

static const struct text prefix = TEXT(API_KEY_PREFIX);

/* Bytes above the last whole alphabet are thrown away, or its first letters
 * would be drawn more often. */
static void
draw(char *key, int letters)
{
	uint8_t random[64];
	int n = 0;

	while (n < letters) {
		must(RAND_bytes(random, sizeof(random)) == 1);
		for (size_t i = 0; i < sizeof(random) && n < letters; i++)
			if (random[i] < 256 / LETTERS * LETTERS)
				key[n++] = alphabet[random[i] % LETTERS];
	}
	key[n] = '\0';
}

void
plate_key_make(char key[PLATE_KEY_BYTES + 1])
{
	draw(key, PLATE_KEY_BYTES);
}

void
api_key_make(char key[API_KEY_BYTES + 1])
{
	memcpy(key, prefix.p, prefix.n);
	draw(key + prefix.n, API_KEY_BYTES - (int)prefix.n);
}

void
password_make(char password[MADE_PASSWORD_BYTES + 1])
{
	draw(password, MADE_PASSWORD_BYTES);
}

static bool
is_drawn(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!memchr(alphabet, p[i], LETTERS))
			return false;
	return true;
}

bool
plate_key_like(struct text text)
{
	return text.n == PLATE_KEY_BYTES && is_drawn(text.p, text.n);
}

bool
api_key_like(struct text text)
{
	return text.n == API_KEY_BYTES &&
	    memcmp(text.p, prefix.p, prefix.n) == 0 &&
	    is_drawn(text.p + prefix.n, text.n - prefix.n);
}

void
key_hash(struct text key, uint8_t hash[KEY_HASH_BYTES])
{
	must(SHA256((const unsigned char *)key.p, key.n, hash));
}
