/*
 * A wake's token: birth, generation, and an HMAC of them and the
 * subscription's id.
 */
#include "auth/wake_token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/base64url.h"
#include "fcgi/limits.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"

enum { BIRTH_BYTES = 16, GENERATION_BYTES = 8, MAC_BYTES = 32,
	SAID_BYTES = BIRTH_BYTES + GENERATION_BYTES,
	RAW_BYTES = SAID_BYTES + MAC_BYTES };

/* The secret signs other things, too: what is signed here begins otherwise. */
static const struct text label = TEXT("sluice wake token\n");

static void
sign(const uint8_t said[SAID_BYTES], struct text subscription,
    uint8_t mac[MAC_BYTES])
{
	uint8_t text[64 + SAID_BYTES + SUBSCRIPTION_ID_BYTES_MAX];
	size_t n = label.n + SAID_BYTES + subscription.n;
	unsigned written = 0;

	must(n <= sizeof text && *settings.jwt_secret);
	memcpy(text, label.p, label.n);
	memcpy(text + label.n, said, SAID_BYTES);
	memcpy(text + label.n + SAID_BYTES, subscription.p, subscription.n);
	must(HMAC(EVP_sha256(), settings.jwt_secret,
	    (int)strlen(settings.jwt_secret), text, n, mac, &written));
	must(written == MAC_BYTES);
}

void
wake_token_issue(const struct wake_token *token, struct text subscription,
    char text[WAKE_TOKEN_BYTES + 1])
{
	uint8_t raw[RAW_BYTES];

	_Static_assert(BASE64URL_BYTES(RAW_BYTES) == WAKE_TOKEN_BYTES, "");
	memcpy(raw, token->birth, BIRTH_BYTES);
	for (int i = 0; i < GENERATION_BYTES; i++)
		raw[BIRTH_BYTES + i] =
		    (uint8_t)(token->generation >> (56 - 8 * i));
	sign(raw, subscription, raw + SAID_BYTES);
	base64url_print(raw, sizeof raw, text);
}

bool
wake_token_check(struct text text, struct text subscription,
    struct wake_token *token)
{
	uint8_t raw[RAW_BYTES], mac[MAC_BYTES];
	uint64_t generation = 0;

	if (subscription.n > SUBSCRIPTION_ID_BYTES_MAX ||
	    !base64url_parse(text, raw, sizeof raw))
		return false;
	sign(raw, subscription, mac);
	if (CRYPTO_memcmp(mac, raw + SAID_BYTES, sizeof mac) != 0)
		return false;
	memcpy(token->birth, raw, BIRTH_BYTES);
	for (int i = 0; i < GENERATION_BYTES; i++)
		generation = generation << 8 | raw[BIRTH_BYTES + i];
	token->generation = (int64_t)generation;
	return true;
}
