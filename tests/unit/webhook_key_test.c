/*
 * Keys and what they sign, with a pair that is known to be one.
 */
#include <openssl/evp.h>

#include "auth/base64url.h"
#include "auth/webhook_key.h"
#include "tests/unit/test.h"

/* RFC 8037, appendix A. */
static const char private_text[] =
    "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
static const char public_text[] =
    "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

static bool
verifies(const struct webhook_key *key, const char *said,
    const uint8_t signature[64])
{
	EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    key->public, WEBHOOK_KEY_BYTES);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok;

	EVP_DigestVerifyInit(context, NULL, NULL, NULL, public);
	ok = EVP_DigestVerify(context, signature, 64,
	    (const unsigned char *)said, strlen(said)) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(public);
	return ok;
}

static void
what_is_signed_can_be_verified(struct webhook_key *key)
{
	struct arena *arena = arena_new();
	const char *header = webhook_sign(key, arena, 1700000000,
	    TEXT("{\"a\":1}"));
	char head[80];
	uint8_t signature[64];
	int n = snprintf(head, sizeof head, "t=1700000000,kid=%s,ed25519=",
	    key->id);

	CHECK(strncmp(header, head, (size_t)n) == 0);
	CHECK(base64url_parse(text_of(header + n), signature, 64));
	CHECK(verifies(key, "1700000000.{\"a\":1}", signature));
	CHECK(!verifies(key, "1700000001.{\"a\":1}", signature));
	CHECK(!verifies(key, "1700000000.{\"a\":2}", signature));
	arena_free(arena);
}

/* Ed25519 says the same each time. */
static void
a_known_key_signs_as_it_should(void)
{
	struct webhook_key key = { .id = "ds_x" };
	struct arena *arena = arena_new();

	CHECK(base64url_parse(text_of(private_text), key.private, 32));
	CHECK(base64url_parse(text_of(public_text), key.public, 32));
	what_is_signed_can_be_verified(&key);
	CHECK_TEXT(text_of(webhook_sign(&key, arena, 1, TEXT("x"))),
	    webhook_sign(&key, arena, 1, TEXT("x")));
	arena_free(arena);
}

static void
keys_are_fresh_and_named(void)
{
	struct webhook_key one, other;

	webhook_key_make(&one);
	webhook_key_make(&other);
	CHECK_INTEGER(strlen(one.id), WEBHOOK_KEY_ID_BYTES);
	CHECK(strncmp(one.id, "ds_", 3) == 0);
	CHECK(strcmp(one.id, other.id) != 0);
	CHECK(memcmp(one.private, other.private, 32) != 0);
	what_is_signed_can_be_verified(&one);
}

int
main(void)
{
	a_known_key_signs_as_it_should();
	keys_are_fresh_and_named();
	return test_result();
}
