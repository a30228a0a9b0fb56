/*
 * Ed25519 by way of OpenSSL.
 */
#include "auth/webhook_key.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>

#include "auth/base64url.h"
#include "fcgi/buffer.h"
#include "fcgi/must.h"

enum { SIGNATURE_BYTES = 64 };

/* The columns of webhook_key_list. */
enum { KEY_ID, PRIVATE_KEY, PUBLIC_KEY, SIGNS };

/* "ds_" and the key's thumbprint (RFC 7638, RFC 8037). */
static void
name_key(struct webhook_key *key)
{
	char x[BASE64URL_BYTES(WEBHOOK_KEY_BYTES) + 1], json[128];
	uint8_t digest[SHA256_DIGEST_LENGTH];
	int n;

	base64url_print(key->public, WEBHOOK_KEY_BYTES, x);
	n = snprintf(json, sizeof json,
	    "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", x);
	must(n > 0 && (size_t)n < sizeof json);
	must(SHA256((unsigned char *)json, (size_t)n, digest));
	memcpy(key->id, "ds_", 3);
	base64url_print(digest, sizeof digest, key->id + 3);
}

void
webhook_key_make(struct webhook_key *key)
{
	EVP_PKEY *pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	size_t private = WEBHOOK_KEY_BYTES, public = WEBHOOK_KEY_BYTES;

	must(pair);
	must(EVP_PKEY_get_raw_private_key(pair, key->private, &private) == 1);
	must(EVP_PKEY_get_raw_public_key(pair, key->public, &public) == 1);
	must(private == WEBHOOK_KEY_BYTES && public == WEBHOOK_KEY_BYTES);
	EVP_PKEY_free(pair);
	name_key(key);
}

static void
drop_rows(void *rows)
{
	rows_free(rows);
}

static void
read_key(const struct pg_result *rows, int row, struct webhook_key *key)
{
	struct text private = row_text(rows, row, PRIVATE_KEY);
	struct text public = row_text(rows, row, PUBLIC_KEY);

	must(private.n == WEBHOOK_KEY_BYTES && public.n == WEBHOOK_KEY_BYTES);
	memcpy(key->private, private.p, private.n);
	memcpy(key->public, public.p, public.n);
	name_key(key);
}

static enum db_outcome
make_and_keep(struct db *db, struct arena *arena)
{
	struct webhook_key key;
	struct pg_result *rows;
	enum db_outcome outcome;
	struct params p;

	webhook_key_make(&key);
	params_init(&p, arena);
	param_text(&p, text_of(key.id));
	param_text(&p, (struct text){ (const char *)key.private,
	    WEBHOOK_KEY_BYTES });
	param_text(&p, (struct text){ (const char *)key.public,
	    WEBHOOK_KEY_BYTES });
	outcome = db_run(db, STATEMENT_webhook_key_add, &p, &rows);
	rows_free(rows);
	return outcome;
}

enum db_outcome
webhook_keys_get(struct db *db, struct arena *arena, struct webhook_key *key,
    int max, int *count)
{
	struct pg_result *rows;
	enum db_outcome outcome;

	for (;;) {
		outcome = db_run(db, STATEMENT_webhook_key_list, NULL, &rows);
		arena_defer(arena, drop_rows, rows);
		if (outcome != DB_DONE ||
		    (row_count(rows) && row_bool(rows, 0, SIGNS)))
			break;
		/* Whoever else makes one now: one of us is the first. */
		outcome = make_and_keep(db, arena);
		if (outcome != DB_DONE)
			return outcome;
	}
	*count = 0;
	for (int i = 0; outcome == DB_DONE && i < row_count(rows) && i < max;
	    i++)
		read_key(rows, i, &key[(*count)++]);
	return outcome;
}

enum db_outcome
webhook_key_get(struct db *db, struct arena *arena, struct webhook_key *key)
{
	int count;

	return webhook_keys_get(db, arena, key, 1, &count);
}

const char *
webhook_sign(const struct webhook_key *key, struct arena *arena, int64_t at,
    struct text body)
{
	EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
	    key->private, WEBHOOK_KEY_BYTES);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	uint8_t signature[SIGNATURE_BYTES];
	char text[BASE64URL_BYTES(SIGNATURE_BYTES) + 1];
	size_t n = sizeof signature;
	struct buffer said;

	buffer_init(&said, arena);
	buffer_printf(&said, "%" PRId64 ".", at);
	buffer_add_text(&said, body);
	must(pair && context);
	must(EVP_DigestSignInit(context, NULL, NULL, NULL, pair) == 1);
	must(EVP_DigestSign(context, signature, &n,
	    (const unsigned char *)said.p, said.n) == 1);
	must(n == sizeof signature);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(pair);
	base64url_print(signature, sizeof signature, text);
	return arena_printf(arena, "t=%" PRId64 ",kid=%s,ed25519=%s", at,
	    key->id, text);
}
