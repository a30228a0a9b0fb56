/*
 * Ids of entries: what Redis takes for one, by its grammar or by accident.
 */
#include "handlers/plates/entry_id.h"
#include "tests/unit/test.h"

enum { MISSING = 7 };

static const struct {
	const char *text;
	uint64_t ms, seq;
} ids[] = {
	{ "0-0", 0, 0 },
	{ "1526919030474-55", 1526919030474, 55 },
	{ "5", 5, MISSING },
	{ "18446744073709551615-18446744073709551615", UINT64_MAX, UINT64_MAX },
	{ "18446744073709551615", UINT64_MAX, MISSING },
	/* What strtoull takes. */
	{ " 1-1", 1, 1 },
	{ "\t1- 1", 1, 1 },
	{ "+1-1", 1, 1 },
	{ "1-+1", 1, 1 },
	{ "01-001", 1, 1 },
	{ "+5", 5, MISSING },
	/* It negates, too; Redis refuses only what is plainly negative. */
	{ "4--18446744073709551615", 4, 1 },
	{ "4--9223372036854775809", 4, INT64_MAX },
	{ "4- -1", 4, UINT64_MAX },
	{ "4--01", 4, UINT64_MAX },
	{ "4--0", 4, 0 },
};

static void
what_is_an_id(void)
{
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		struct entry_id id = { 42, 42 };
		bool taken = entry_id_read(text_of(ids[i].text), MISSING, &id);

		CHECK(taken);
		if (!taken || id.ms != ids[i].ms || id.seq != ids[i].seq) {
			CHECK(!"the id");
			fprintf(stderr, "\tof %s\n", ids[i].text);
		}
	}
}

static void
what_is_none(void)
{
	static const struct text bad[] = {
		TEXT(""), TEXT("-"), TEXT("+"), TEXT("$"), TEXT(">"),
		TEXT("*"), TEXT("1-*"), TEXT("(1-1"), TEXT("x"), TEXT("1-x"),
		TEXT("x-1"), TEXT("1-"), TEXT("-1"), TEXT("-1-1"),
		TEXT("1-1-1"), TEXT("1-1 "), TEXT("1 -1"), TEXT("1.5"),
		TEXT("0x1"), TEXT("1-1\0"), TEXT("1\0-1"), TEXT("4---1"),
		TEXT("18446744073709551616"), TEXT("1-18446744073709551616"),
		TEXT("4--18446744073709551616"), TEXT("4--1"),
		TEXT("4--9223372036854775808"), TEXT("- 1"),
	};
	struct entry_id id = { 42, 42 };

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		bool taken = entry_id_read(bad[i], MISSING, &id);

		CHECK(!taken);
		if (taken)
			fprintf(stderr, "\tit took '%.*s'\n", (int)bad[i].n,
			    bad[i].p);
	}
	CHECK(id.ms == 42 && id.seq == 42);
}

/* An id has 127 bytes at most, zeros in front of it included. */
static void
how_long_they_are(void)
{
	char text[128];
	struct entry_id id;

	memset(text, '0', sizeof text);
	memcpy(text + 124, "1-2", 3);
	CHECK(entry_id_read((struct text){ text, 127 }, 0, &id));
	CHECK(id.ms == 1 && id.seq == 2);
	memcpy(text + 124, "01-2", 4);
	CHECK(!entry_id_read((struct text){ text, 128 }, 0, &id));
}

static const struct entry_id ordered[] = {
	{ 0, 0 }, { 0, 1 }, { 0, UINT64_MAX }, { 1, 0 }, { 255, 256 },
	{ 256, 255 }, { INT64_MAX, 1 }, { (uint64_t)INT64_MAX + 1, 0 },
	{ UINT64_MAX, 0 }, { UINT64_MAX, UINT64_MAX },
};

enum { ORDERED = sizeof ordered / sizeof *ordered };

/* As numbers and as bytes, and packed they are as they were. */
static void
how_they_compare(struct arena *arena)
{
	for (int a = 0; a < ORDERED; a++) {
		struct text packed = entry_id_pack(arena, ordered[a]);
		struct entry_id again = entry_id_unpack(packed);

		CHECK_INTEGER(packed.n, ENTRY_ID_BYTES);
		CHECK(entry_id_compare(again, ordered[a]) == 0);
		for (int b = 0; b < ORDERED; b++) {
			int order = entry_id_compare(ordered[a], ordered[b]);
			int bytes = memcmp(packed.p, entry_id_pack(arena,
			    ordered[b]).p, ENTRY_ID_BYTES);

			CHECK((order > 0) == (a > b) && (order < 0) == (a < b));
			CHECK((bytes > 0) == (a > b) && (bytes < 0) == (a < b));
		}
	}
	CHECK_STOPS(entry_id_unpack(TEXT("0123456789abcde")));
	CHECK_STOPS(entry_id_unpack(TEXT_ABSENT));
}

static void
neighbours(void)
{
	struct entry_id id = { 3, UINT64_MAX };

	CHECK(entry_id_next(&id) && id.ms == 4 && id.seq == 0);
	CHECK(entry_id_next(&id) && id.ms == 4 && id.seq == 1);
	CHECK(entry_id_previous(&id) && id.ms == 4 && id.seq == 0);
	CHECK(entry_id_previous(&id) && id.ms == 3 && id.seq == UINT64_MAX);

	id = ENTRY_ID_MAX;
	CHECK(!entry_id_next(&id));
	CHECK(entry_id_compare(id, ENTRY_ID_MAX) == 0);
	CHECK(entry_id_previous(&id) && id.ms == UINT64_MAX &&
	    id.seq == UINT64_MAX - 1);

	id = ENTRY_ID_MIN;
	CHECK(!entry_id_previous(&id));
	CHECK(entry_id_compare(id, ENTRY_ID_MIN) == 0);
	CHECK(entry_id_next(&id) && id.ms == 0 && id.seq == 1);
}

static void
how_they_are_written(struct arena *arena)
{
	CHECK_TEXT(entry_id_text(arena, ENTRY_ID_MIN), "0-0");
	CHECK_TEXT(entry_id_text(arena, ENTRY_ID_MAX),
	    "18446744073709551615-18446744073709551615");
	CHECK_INTEGER(entry_id_text(arena, ENTRY_ID_MAX).n, ENTRY_ID_TEXT_MAX);
	CHECK_TEXT(entry_id_text(arena, (struct entry_id){ 1526919030474, 5 }),
	    "1526919030474-5");
}

int
main(void)
{
	struct arena *arena = arena_new();

	what_is_an_id();
	what_is_none();
	how_long_they_are();
	how_they_compare(arena);
	neighbours();
	how_they_are_written(arena);
	arena_free(arena);
	return test_result();
}
