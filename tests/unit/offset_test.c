/*
 * Offsets: the vectors of the protocol's first server, and what is refused.
 */
#include "handlers/streams/offset.h"
#include "tests/unit/test.h"

static const struct {
	int32_t incarnation;
	int64_t seq;
	const char *text;
} vectors[] = {
	{ 0, 0, "00000000000000000000000000" },
	{ 0, 1, "0000000000000000000G000000" },
	{ 0, 2, "00000000000000000010000000" },
	{ 0, 3, "0000000000000000001G000000" },
	{ 0, 32, "000000000000000000G0000000" },
	{ 0, 1000, "00000000000000000FM0000000" },
	{ 0, 4294967296, "00000000000020000000000000" },
	{ 0, 9007199254740992, "00000000400000000000000000" },
	{ 1, 1, "0000008000000000000G000000" },
	{ INT32_MAX, INT64_MAX, "FZZZZZVZZZZZZZZZZZZG000000" },
};

static void
vectors_both_ways(void)
{
	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		struct offset offset = { vectors[i].incarnation,
			vectors[i].seq }, read = { 42, 42 };
		char text[OFFSET_DIGITS + 1];

		offset_print(offset, text);
		CHECK_STRING(text, vectors[i].text);
		CHECK(offset_parse(text_of(vectors[i].text), &read));
		CHECK_INTEGER(read.incarnation, offset.incarnation);
		CHECK_INTEGER(read.seq, offset.seq);
	}
}

static void
spellings(void)
{
	struct offset offset;

	CHECK(offset_parse(TEXT("oOoO00000000000000iLg00000"
	    "0"), &offset) == false);
	CHECK(offset_parse(TEXT("oOoO0000000000000FM0000000"), &offset));
	CHECK_INTEGER(offset.seq, 1000);
	CHECK(offset_parse(TEXT("00000000000000000fm0000000"), &offset));
	CHECK_INTEGER(offset.seq, 1000);
	CHECK(offset_parse(TEXT("000000000000000000I0000000"), &offset));
	CHECK_INTEGER(offset.seq, 2);
	CHECK(offset_parse(TEXT("000000000000000000l0000000"), &offset));
	CHECK_INTEGER(offset.seq, 2);
}

static void
what_is_none(void)
{
	static const struct text bad[] = {
		TEXT(""), TEXT("0"), TEXT("-1"), TEXT("now"),
		TEXT("0000000000000000000G00000"),
		TEXT("0000000000000000000G0000000"),
		TEXT("0000000000000000000U000000"),
		TEXT("0000000000000000000 000000"),
		TEXT("0000000000000000000\0000000"),
		/* The two bits behind the last, and those inside an entry. */
		TEXT("0000000000000000000G000001"),
		TEXT("0000000000000000000G000004"),
		/* Signs. */
		TEXT("G0000000000000000000000000"),
		TEXT("0000007ZZZZZZZZZZZZG000000"),
		TEXT("ZZZZZZZZZZZZZZZZZZZZZZZZZZ"),
		TEXT_ABSENT,
	};
	struct offset offset = { 42, 42 };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!offset_parse(bad[i], &offset));
	CHECK(offset.incarnation == 42 && offset.seq == 42);
}

static void
they_sort_as_they_follow(void)
{
	char before[OFFSET_DIGITS + 1] = "", text[OFFSET_DIGITS + 1];

	for (int32_t life = 0; life < 3; life++)
		for (int64_t seq = 0; seq < 100000; seq += seq / 3 + 1) {
			offset_print((struct offset){ life, seq }, text);
			if (strcmp(before, text) >= 0)
				CHECK_STRING(text, before);
			strcpy(before, text);
		}
	CHECK(*before);
}

int
main(void)
{
	vectors_both_ways();
	spellings();
	what_is_none();
	they_sort_as_they_follow();
	return test_result();
}
