/*
 * Notes between processes: what is written is read, the rest is refused.
 */
#include <stdlib.h>

#include "sql/wake_note.h"
#include "tests/unit/test.h"

static const struct wake_entry entries[] = {
	{ { 1, 0 }, 0, 0 },
	{ { 1, 42 }, 1, 1700000000000000 },
	{ { 2, ~INT64_C(42) }, WAKE_ALL, 0 },
	{ { UINT32_MAX, INT64_MAX }, WAKE_ALL, INT64_MAX },
	{ { UINT32_MAX, INT64_MIN }, WAKE_ALL, INT64_MAX },
};
enum { ENTRIES = sizeof(entries) / sizeof(entries[0]) };

static bool
same(const struct wake_entry *a, const struct wake_entry *b)
{
	return a->key.kind == b->key.kind && a->key.id == b->key.id &&
	    a->count == b->count && a->due_wall_us == b->due_wall_us;
}

static void
what_is_written_is_read(uint64_t sender, uint64_t number, bool waiting, int n)
{
	char text[(ENTRIES + 1) * WAKE_ENTRY_BYTES_MAX];
	int length = wake_note_head(text, sizeof(text), sender, number,
	    waiting), i;
	struct wake_entry entry;
	struct wake_note note;

	CHECK(length < WAKE_ENTRY_BYTES_MAX);
	for (i = 0; i < n; i++) {
		int more = wake_note_entry(text + length,
		    sizeof(text) - (size_t)length, &entries[i]);

		CHECK(more < WAKE_ENTRY_BYTES_MAX);
		length += more;
	}
	CHECK(wake_note_read(&note, text));
	CHECK(note.sender == sender);
	CHECK(note.number == number);
	CHECK_INTEGER(note.waiting, waiting);
	for (i = 0; wake_note_next(&note, &entry); i++)
		CHECK(i < n && same(&entry, &entries[i]));
	CHECK_INTEGER(i, n);
	CHECK_INTEGER(*note.entries, '\0');
}

static void
what_is_no_note_is_refused(void)
{
	static const char *const texts[] = { "", " ", "1", "1 ", "1 2", "1 2 ",
		"1 2 0", "1 2 -1 ", "-1 2 0 ", " 1 2 0 ", "1  2 0 ", "+1 2 0 ",
		"0x1 2 0 ", "1\t2\t0\t", "one two three ", "1.2.0." };
	struct wake_note note;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		CHECK(!wake_note_read(&note, texts[i]));
		if (wake_note_read(&note, texts[i]))
			fprintf(stderr, "\t\"%s\"\n", texts[i]);
	}
}

/* Entries are read up to the first that is none. */
static void
what_is_no_entry_ends_the_note(void)
{
	static const char *const texts[] = { "1", "1.2", "1.2.3", "1.2.3.4",
		"1.2.3.4,", ".2.3.4;", "1..3.4;", "1.2.-3.4;", "1.2.3.-4;",
		"-1.2.3.4;", "1.--2.3.4;", "1.2.3.4.5;", "4294967296.2.3.4;",
		"1.9223372036854775808.3.4;", "1.-9223372036854775809.3.4;",
		"1.2.3.9223372036854775808;", "1.99999999999999999999.3.4;" };
	struct wake_entry entry;
	struct wake_note note;
	char text[200];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(text, sizeof(text), "1 2 0 5.6.7.8;%s", texts[i]);
		CHECK(wake_note_read(&note, text));
		CHECK(wake_note_next(&note, &entry));
		CHECK(entry.key.kind == 5 && entry.key.id == 6 &&
		    entry.count == 7 && entry.due_wall_us == 8);
		CHECK(!wake_note_next(&note, &entry));
	}
	/* More than everybody is everybody. */
	CHECK(wake_note_read(&note, "1 2 0 1.2.99999999999.0;"));
	CHECK(wake_note_next(&note, &entry));
	CHECK(entry.count == WAKE_ALL);
}

/* What sql/fn/append_entries.sql writes; its test has the same text. */
static void
a_note_of_a_transaction_is_read(void)
{
	struct wake_entry entry;
	struct wake_note note;

	CHECK(wake_note_read(&note,
	    "0 0 0 3.-7695484851948493005.4294967295.0;"));
	CHECK(note.sender == WAKE_SENDER_NOBODY);
	CHECK(note.number == 0 && !note.waiting);
	CHECK(wake_note_next(&note, &entry));
	CHECK_INTEGER(entry.key.kind, CHANNEL_STREAM);
	CHECK(entry.key.id == INT64_C(-7695484851948493005));
	CHECK(entry.count == WAKE_ALL && entry.due_wall_us == 0);
	CHECK(!wake_note_next(&note, &entry) && *note.entries == '\0');
}

int
main(void)
{
	a_note_of_a_transaction_is_read();
	what_is_written_is_read(1, 1, false, ENTRIES);
	what_is_written_is_read(UINT64_MAX, UINT64_MAX, true, ENTRIES);
	what_is_written_is_read(7, 0, true, 0);
	what_is_no_note_is_refused();
	what_is_no_entry_ends_the_note();
	return test_result();
}
