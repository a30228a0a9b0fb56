/*
 * token_check takes anything without harm, and accepts only what it should.
 * The input is taken twice: as a token as it is, and, cut at its first line
 * feed, as the header and the claims of a token that we sign properly, so
 * that the fuzzer gets behind the signature. What is accepted is looked at
 * once more, with jansson alone.
 */
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <strings.h>

#include "auth/token.h"
#include "fcgi/buffer.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"

static const char SECRET[] = "a secret of more than thirty-two bytes";
static const int64_t NOW = 1800000000;

static void
add_base64url(struct buffer *b, const void *bytes, size_t n)
{
	char *p = buffer_reserve(b, n / 3 * 4 + 5);
	int encoded = EVP_EncodeBlock((unsigned char *)p, bytes, (int)n);

	while (encoded > 0 && p[encoded - 1] == '=')
		encoded--;
	for (int i = 0; i < encoded; i++)
		p[i] = p[i] == '+' ? '-' : p[i] == '/' ? '_' : p[i];
	b->n += (size_t)encoded;
}

/* libjwt reads as far as a zero byte; whoever signs may put one there. */
static json_t *
parse(struct text json)
{
	return json_loadb(json.p, strnlen(json.p, json.n), 0, NULL);
}

static void
check_accepted(struct text head, struct text body, const struct claims *claims)
{
	json_t *header = parse(head);
	json_t *document = parse(body);
	const char *algorithm = json_string_value(
	    json_object_get(header, "alg"));

	must(algorithm && strcasecmp(algorithm, "HS256") == 0);
	must(json_is_integer(json_object_get(document, "exp")));
	must(json_is_integer(json_object_get(document, "iat")));
	must(json_is_integer(json_object_get(document, "ver")));
	must(json_is_string(json_object_get(document, "uid")));
	must(claims->expires_at > NOW);
	must(claims->issued_at <= NOW + TOKEN_LEEWAY_SECONDS);
	must(claims->version > 0);
	json_decref(header);
	json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text raw = { (const char *)data, size };
	const char *feed = size > 0 ? memchr(data, '\n', size) : NULL;
	unsigned char signature[EVP_MAX_MD_SIZE];
	unsigned int signature_bytes;
	struct claims claims;
	struct text head, body;
	struct arena *arena;
	struct buffer token;

	settings.jwt_secret = SECRET;
	must(token_check(raw, NOW, &claims));
	if (!feed)
		return 0;
	head = (struct text){ raw.p, (size_t)(feed - raw.p) };
	body = (struct text){ feed + 1, size - head.n - 1 };

	arena = arena_new();
	buffer_init(&token, arena);
	add_base64url(&token, head.p, head.n);
	buffer_add_byte(&token, '.');
	add_base64url(&token, body.p, body.n);
	HMAC(EVP_sha256(), SECRET, sizeof SECRET - 1,
	    (const unsigned char *)token.p, token.n, signature,
	    &signature_bytes);
	buffer_add_byte(&token, '.');
	add_base64url(&token, signature, signature_bytes);
	if (!token_check((struct text){ token.p, token.n }, NOW, &claims))
		check_accepted(head, body, &claims);
	arena_free(arena);
	return 0;
}
