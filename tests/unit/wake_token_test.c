/*
 * A wake's token says what it was made of, and nobody else can make one.
 */
#include "auth/base64url.h"
#include "auth/wake_token.h"
#include "fcgi/limits.h"
#include "fcgi/settings.h"
#include "tests/unit/test.h"

static const struct wake_token made = { { 1, 2, 3, [15] = 0xFF },
	INT64_C(0x0123456789ABCDEF) };

static bool
good(struct text token, const char *subscription)
{
	struct wake_token read = { 0 };
	bool ok = wake_token_check(token, text_of(subscription), &read);

	if (ok) {
		CHECK(memcmp(read.birth, made.birth, 16) == 0);
		CHECK_INTEGER(read.generation, made.generation);
	}
	return ok;
}

static void
a_token_is_good_for_its_subscription(void)
{
	char token[WAKE_TOKEN_BYTES + 1], longer[WAKE_TOKEN_BYTES + 2];
	struct text text;

	wake_token_issue(&made, TEXT("orders"), token);
	text = text_of(token);
	CHECK_INTEGER(text.n, WAKE_TOKEN_BYTES);
	CHECK(good(text, "orders"));
	CHECK(!good(text, "order"));
	CHECK(!good(text, "orders2"));
	CHECK(!good(text, ""));
	CHECK(!good((struct text){ token, text.n - 1 }, "orders"));
	snprintf(longer, sizeof longer, "%sA", token);
	CHECK(!good(text_of(longer), "orders"));
	CHECK(!good(TEXT(""), "orders"));
	for (size_t i = 0; i < text.n; i++) {
		char kept = token[i];

		token[i] = kept == 'A' ? 'B' : 'A';
		CHECK(!good(text, "orders"));
		token[i] = '\0';
		CHECK(!good(text, "orders"));
		token[i] = kept;
	}
	settings.jwt_secret = "another secret, of as many bytes as it takes";
	CHECK(!good(text, "orders"));
}

static void
ids_have_their_limit(void)
{
	char id[SUBSCRIPTION_ID_BYTES_MAX + 1], token[WAKE_TOKEN_BYTES + 1];
	struct wake_token read;

	memset(id, 'x', sizeof id);
	wake_token_issue(&made, (struct text){ id, sizeof id - 1 }, token);
	CHECK(wake_token_check(text_of(token),
	    (struct text){ id, sizeof id - 1 }, &read));
	CHECK(!wake_token_check(text_of(token), (struct text){ id, sizeof id },
	    &read));
}

/* RFC 4648, section 10, without the padding. */
static void
base64_has_no_padding(void)
{
	static const struct {
		const char *bytes, *text;
	} rows[] = {
		{ "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" },
		{ "foobar", "Zm9vYmFy" }, { "\xFB\xFF\xBF", "-_-_" },
	};
	uint8_t bytes[8];
	char text[16];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n = strlen(rows[i].bytes);

		base64url_print((const uint8_t *)rows[i].bytes, n, text);
		CHECK_TEXT(text_of(text), rows[i].text);
		CHECK_INTEGER(strlen(text), BASE64URL_BYTES(n));
		CHECK(base64url_parse(text_of(text), bytes, n));
		CHECK(memcmp(bytes, rows[i].bytes, n) == 0);
		CHECK(!base64url_parse(text_of(text), bytes, n + 1));
	}
	CHECK(!base64url_parse(TEXT("Zh"), bytes, 1));
	CHECK(!base64url_parse(TEXT("Zm9"), bytes, 2));
	CHECK(!base64url_parse(TEXT("Z="), bytes, 1));
	CHECK(!base64url_parse(TEXT("Z+"), bytes, 1));
}

int
main(void)
{
	settings.jwt_secret = "a secret that is thirty-two bytes";
	base64_has_no_padding();
	ids_have_their_limit();
	a_token_is_good_for_its_subscription();
	return test_result();
}
