/*
 * UUIDs and what is kept in them: message ids, topic ids.
 */
#include "fcgi/name_id.h"
#include "fcgi/uuid.h"
#include "tests/unit/test.h"

static void
one_form_is_read(void)
{
	static const struct text bad[] = {
		TEXT(""), TEXT("12345678-9abc-8def-a345-6789abcdef0"),
		TEXT("12345678-9abc-8def-a345-6789abcdef012"),
		TEXT("123456789abc8defa3456789abcdef01"),
		TEXT("{2345678-9abc-8def-a345-6789abcdef0}"),
		TEXT("12345678-9abc-8def-a345-6789abcdefg1"),
		TEXT("12345678-9abc-8def-a345-6789abcdef0\0"),
		TEXT("1234567-89abc-8def-a345-6789abcdef01"),
		TEXT("12345678--abc-8def-a345-6789abcdef01"),
		TEXT("12345678-9abc-8def-a345 6789abcdef01"),
		TEXT("@2345678-9abc-8def-a345-6789abcdef01"),
		TEXT("1234567`-9abc-8def-a345-6789abcdef01"),
		TEXT("\x10\x32\x34\x35\x36\x37\x38\x39-9abc-8def-a345-"
		    "6789abcdef01"),
		TEXT_ABSENT,
	};
	uint8_t uuid[UUID_BYTES] = { 42 };
	char text[UUID_TEXT_BYTES + 1];

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!uuid_parse(bad[i], uuid));
	CHECK_INTEGER(uuid[0], 42);
	CHECK(uuid_parse(TEXT("12345678-9aBC-8DEf-A345-6789ABCDEF01"), uuid));
	CHECK(memcmp(uuid, "\x12\x34\x56\x78\x9a\xbc\x8d\xef\xa3\x45\x67\x89"
	    "\xab\xcd\xef\x01", UUID_BYTES) == 0);
	uuid_print(uuid, text);
	CHECK_STRING(text, "12345678-9abc-8def-a345-6789abcdef01");
}

static void
random_ones_are_of_version_4(void)
{
	uint8_t one[UUID_BYTES], other[UUID_BYTES], seen[UUID_BYTES] = { 0 };

	uuid_random(one);
	for (int i = 0; i < 1000; i++) {
		uuid_random(other);
		CHECK(other[6] >> 4 == 4 && other[8] >> 6 == 2);
		CHECK(memcmp(one, other, UUID_BYTES) != 0);
		for (int k = 0; k < UUID_BYTES; k++)
			seen[k] |= other[k] ^ one[k];
	}
	/* Every bit but the six fixed ones has changed. */
	for (int k = 0; k < UUID_BYTES; k++)
		CHECK_INTEGER(seen[k], k == 6 ? 0x0F : k == 8 ? 0x3F : 0xFF);
}

static void
message_ids_go_there_and_back(void)
{
	static const struct {
		int64_t topic_id, seq;
		const char *id;
	} vectors[] = {
		{ 0, 0, "00000000-0000-8000-8000-000000000000" },
		{ TOPIC_ID_MAX, MESSAGE_SEQ_MAX,
		  "ffffffff-ffff-8fff-bfff-ffffffffffff" },
		{ 0x123456789abcdef, 0x23456789abcdef01,
		  "12345678-9abc-8def-a345-6789abcdef01" },
		{ 0xFFF, 1, "00000000-0000-8fff-8000-000000000001" },
		{ 0x1000, 1, "00000000-0001-8000-8000-000000000001" },
		{ 126497359735365774, 80703129600000512,
		  "1c168adb-00d2-808e-811e-b7119c120200" },
	};
	uint8_t uuid[UUID_BYTES];
	char text[UUID_TEXT_BYTES + 1];
	int64_t topic_id, seq;

	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		uuid_from_message(uuid, vectors[i].topic_id, vectors[i].seq);
		uuid_print(uuid, text);
		CHECK_STRING(text, vectors[i].id);
		CHECK(uuid_to_message(uuid, &topic_id, &seq));
		CHECK_INTEGER(topic_id, vectors[i].topic_id);
		CHECK_INTEGER(seq, vectors[i].seq);
	}
	for (int bit = 0; bit < 60; bit++) {
		uuid_from_message(uuid, (int64_t)1 << bit, (int64_t)3 << bit);
		CHECK(uuid_to_message(uuid, &topic_id, &seq));
		CHECK_INTEGER(topic_id, (int64_t)1 << bit);
		CHECK_INTEGER(seq, (int64_t)3 << bit);
	}
}

static void
other_versions_are_no_messages(void)
{
	uint8_t uuid[UUID_BYTES];
	int64_t topic_id = 42, seq = 42;
	int messages = 0;

	for (int byte = 0; byte < 256; byte++) {
		uuid_from_message(uuid, 1, 1);
		uuid[6] = (uint8_t)byte;
		messages += uuid_to_message(uuid, &topic_id, &seq);
		uuid_from_message(uuid, 1, 1);
		uuid[8] = (uint8_t)byte;
		messages += uuid_to_message(uuid, &topic_id, &seq);
	}
	CHECK_INTEGER(messages, 16 + 64);
	topic_id = seq = 42;
	uuid_random(uuid);
	CHECK(!uuid_to_message(uuid, &topic_id, &seq));
	CHECK(topic_id == 42 && seq == 42);
}

static void
ids_sort_by_age(void)
{
	uint8_t older[UUID_BYTES], newer[UUID_BYTES];

	for (int bit = 1; bit < 62; bit++) {
		uuid_from_message(older, 77, ((int64_t)1 << bit) - 1);
		uuid_from_message(newer, 77, (int64_t)1 << bit);
		CHECK(memcmp(older, newer, UUID_BYTES) < 0);
	}
}

static void
topic_ids(void)
{
	CHECK_INTEGER(topic_id_of(TEXT("")), 1025426827051516353);
	CHECK_INTEGER(topic_id_of(TEXT_ABSENT), 1025426827051516353);
	CHECK_INTEGER(topic_id_of(TEXT("orders")), 126497359735365774);
	CHECK_INTEGER(topic_id_of(TEXT("orders.eu")), 1042954924877106973);
	CHECK_INTEGER(topic_id_of(TEXT("a/b")), 870546972820333753);
	CHECK_INTEGER(topic_id_of(TEXT("Gr\xC3\xBC\xC3\x9F" "e")),
	    1117983669972919379);
}

static void
stream_ids(void)
{
	CHECK_INTEGER(stream_id(TEXT("")), -2039914840885289964);
	CHECK_INTEGER(stream_id(TEXT_ABSENT), -2039914840885289964);
	CHECK_INTEGER(stream_id(TEXT("orders")), 2023957755765852388);
	CHECK_INTEGER(stream_id(TEXT("shop/events")), -7695484851948493005);
}

int
main(void)
{
	uint8_t uuid[UUID_BYTES];

	one_form_is_read();
	random_ones_are_of_version_4();
	message_ids_go_there_and_back();
	other_versions_are_no_messages();
	ids_sort_by_age();
	topic_ids();
	stream_ids();
	CHECK_STOPS(uuid_from_message(uuid, -1, 0));
	CHECK_STOPS(uuid_from_message(uuid, TOPIC_ID_MAX + 1, 0));
	CHECK_STOPS(uuid_from_message(uuid, 0, -1));
	CHECK_STOPS(uuid_from_message(uuid, 0, MESSAGE_SEQ_MAX + 1));
	return test_result();
}
