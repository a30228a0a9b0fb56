/*
 * Keys: what they look like, that no two are the same, and their hash.
 */
#include "auth/key.h"
#include "tests/unit/test.h"

static void
each_kind_has_its_looks(void)
{
	char plate[PLATE_KEY_BYTES + 1], api[API_KEY_BYTES + 1];

	for (int i = 0; i < 10; i++) {
		plate_key_make(plate);
		api_key_make(api);
		CHECK_INTEGER(strlen(plate), PLATE_KEY_BYTES);
		CHECK_INTEGER(strlen(api), API_KEY_BYTES);
		CHECK(plate_key_like(text_of(plate)));
		CHECK(api_key_like(text_of(api)));
		CHECK(!plate_key_like(text_of(api)));
		CHECK(!api_key_like(text_of(plate)));
	}
	CHECK(memcmp(api, "sluice_", 7) == 0);
	CHECK(!strchr(plate, '_'));
}

static void
what_looks_otherwise(void)
{
	char api[API_KEY_BYTES + 2], good[API_KEY_BYTES + 1];

	api_key_make(good);
	CHECK(!api_key_like(TEXT("")));
	CHECK(!api_key_like(TEXT("sluice_")));
	CHECK(!api_key_like((struct text){ good, API_KEY_BYTES - 1 }));
	snprintf(api, sizeof(api), "%sx", good);
	CHECK(!api_key_like(text_of(api)));
	for (size_t i = 0; i < API_KEY_BYTES; i++) {
		memcpy(api, good, sizeof(good));
		api[i] = '-';
		CHECK(!api_key_like(text_of(api)));
	}
	memcpy(api, good, sizeof(good));
	api[0] = 'S';
	CHECK(!api_key_like(text_of(api)));
}

static void
no_two_are_the_same(void)
{
	enum { MANY = 300 };
	char keys[MANY][API_KEY_BYTES + 1];
	bool used[256] = { false };
	int letters = 0, same = 0;

	for (int i = 0; i < MANY; i++) {
		api_key_make(keys[i]);
		for (int j = 0; j < i; j++)
			same += strcmp(keys[i], keys[j]) == 0;
		for (char *c = keys[i] + 7; *c; c++)
			used[(unsigned char)*c] = true;
	}
	for (int c = 0; c < 256; c++)
		letters += used[c];
	CHECK_INTEGER(same, 0);
	CHECK_INTEGER(letters, 62);
}

/* printf abc | sha256sum */
static void
the_hash_is_sha256(void)
{
	static const uint8_t wanted[KEY_HASH_BYTES] = {
		0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
		0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
		0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
		0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad,
	};
	uint8_t hash[KEY_HASH_BYTES];

	key_hash(TEXT("abc"), hash);
	CHECK(memcmp(hash, wanted, sizeof(wanted)) == 0);
}

int
main(void)
{
	each_kind_has_its_looks();
	what_looks_otherwise();
	no_two_are_the_same();
	the_hash_is_sha256();
	return test_result();
}
