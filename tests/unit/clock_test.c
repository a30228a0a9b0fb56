/*
 * Times as RFC 3339 writes them.
 */
#include "fcgi/clock.h"
#include "tests/unit/test.h"

static void
times_are_read(void)
{
	static const struct {
		const char *text;
		int64_t us;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "1970-01-01t00:00:00z", 0 },
		{ "1969-12-31T23:59:59Z", -1000000 },
		{ "2024-02-29T12:34:56.789Z", 1709210096789000 },
		{ "2024-02-29 12:34:56.7890019Z", 1709210096789001 },
		{ "2024-02-29T14:34:56+02:00", 1709210096000000 },
		{ "2024-02-29T00:04:56-12:30", 1709210096000000 },
		{ "2016-12-31T23:59:60Z", 1483228799000000 },
		{ "0000-01-01T00:00:00Z", -62167219200000000 },
		{ "9999-12-31T23:59:59.999999Z", 253402300799999999 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t us = 42;

		CHECK(clock_parse(text_of(rows[i].text), &us));
		CHECK_INTEGER(us, rows[i].us);
	}
}

static void
nothing_else_is(void)
{
	static const char *const rows[] = {
		"", "now", "2024", "2024-02-29", "2024-02-30T00:00:00Z",
		"2023-02-29T00:00:00Z", "2024-00-01T00:00:00Z",
		"2024-13-01T00:00:00Z", "2024-01-00T00:00:00Z",
		"2024-01-32T00:00:00Z", "2024-01-01T24:00:00Z",
		"2024-01-01T00:60:00Z", "2024-01-01T00:00:61Z",
		"2024-01-01T00:00:00", "2024-01-01T00:00:00.Z",
		"2024-01-01T00:00:00.1", "2024-01-01T00:00:00Z ",
		" 2024-01-01T00:00:00Z", "2024-1-01T00:00:00Z",
		"2024-01-01T00:00:00+1:00", "2024-01-01T00:00:00+01",
		"2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+00:60",
		"2024-01-01T00:00:00+00:0x", "-024-01-01T00:00:00Z",
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t us = 42;

		CHECK(!clock_parse(text_of(rows[i]), &us));
		CHECK_INTEGER(us, 42);
	}
	CHECK(!clock_parse(TEXT_ABSENT, &(int64_t){ 0 }));
}

static void
what_is_printed_is_read(void)
{
	for (int64_t us = -62167219200000000; us < 253402300799999999;
	    us += 86399999999 * 97) {
		char text[CLOCK_TEXT_BYTES + 1];
		int64_t read = us + 1;

		clock_print(us, text);
		if (!clock_parse(text_of(text), &read) || read != us)
			CHECK_STRING(text, "another");
	}
}

int
main(void)
{
	times_are_read();
	nothing_else_is();
	what_is_printed_is_read();
	return test_result();
}
