/*
 * UTF-8 and whole numbers: what is one, what is not.
 */
#include <limits.h>

#include "fcgi/error.h"
#include "fcgi/text.h"
#include "tests/unit/test.h"

/* Every scalar value encodes, and nothing else of up to four bytes does. */
static void
every_character_is_utf8(void)
{
	long good = 0;
	bool right = true;

	for (unsigned c = 0; c <= 0x10FFFF; c++) {
		char s[4];
		size_t n;

		if (c < 0x80) {
			n = 1;
			s[0] = (char)c;
		} else if (c < 0x800) {
			n = 2;
			s[0] = (char)(0xC0 | c >> 6);
		} else if (c < 0x10000) {
			n = 3;
			s[0] = (char)(0xE0 | c >> 12);
		} else {
			n = 4;
			s[0] = (char)(0xF0 | c >> 18);
		}
		for (size_t i = 1; i < n; i++)
			s[i] = (char)(0x80 | (c >> 6 * (n - 1 - i) & 0x3F));
		if (c >= 0xD800 && c <= 0xDFFF) {
			right &= text_character_bytes(s, n) == 0;
			continue;
		}
		right &= text_character_bytes(s, n) == n;
		right &= n == 1 || text_character_bytes(s, n - 1) == 0;
		good++;
	}
	CHECK(right);
	CHECK_INTEGER(good, 0x110000 - 0x800);
}

/* Of all runs of two bytes, exactly these many are two-byte characters. */
static void
no_other_pair_is_utf8(void)
{
	int characters = 0;

	for (int a = 0x80; a < 256; a++)
		for (int b = 0; b < 256; b++) {
			char s[2] = { (char)a, (char)b };

			characters += text_is_utf8((struct text){ s, 2 });
		}
	CHECK_INTEGER(characters, 0x800 - 0x80);
}

static void
bad_sequences_are_not_utf8(void)
{
	static const struct text bad[] = {
		TEXT("\x80"), TEXT("\xBF"), TEXT("\xC0\x80"),
		TEXT("\xC1\xBF"), TEXT("\xE0\x80\x80"),
		TEXT("\xE0\x9F\xBF"), TEXT("\xED\xA0\x80"),
		TEXT("\xED\xBF\xBF"), TEXT("\xF0\x80\x80\x80"),
		TEXT("\xF0\x8F\xBF\xBF"), TEXT("\xF4\x90\x80\x80"),
		TEXT("\xF5\x80\x80\x80"), TEXT("\xF8\x88\x80\x80\x80"),
		TEXT("\xFE"), TEXT("\xFF"), TEXT("\xC3"), TEXT("\xE2\x82"),
		TEXT("\xF0\x9F\x98"), TEXT("\xE2\x28\xA1"),
		TEXT("\xE2\x82\x28"), TEXT("\xF0\x9F\x28\x80"),
		TEXT("12345678\x80"), TEXT("1234567\xC3"),
		TEXT("1234567\xC3(234567890"), TEXT("\xC3\xA4\xC3"),
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(!text_is_utf8(bad[i]));
	CHECK(text_is_utf8(TEXT("")));
	CHECK(text_is_utf8(TEXT_ABSENT));
	CHECK(text_is_utf8(TEXT("\0")));
	CHECK(text_is_utf8(TEXT("1234567\xC3\xA4" "12345678\xF0\x9F\x98\x80")));
}

static void
whole_numbers(void)
{
	static const struct {
		const char *text;
		long long value;
	} good[] = {
		{ "0", 0 }, { "-0", 0 }, { "+0", 0 }, { "007", 7 },
		{ "42", 42 }, { "+42", 42 }, { "-42", -42 },
		{ "9223372036854775807", LLONG_MAX },
		{ "-9223372036854775808", LLONG_MIN },
		{ "-9223372036854775807", LLONG_MIN + 1 },
		{ "0000000000000000000000001", 1 },
	};
	static const struct text bad[] = {
		TEXT(""), TEXT("+"), TEXT("-"), TEXT(" 1"), TEXT("1 "),
		TEXT("1.0"), TEXT("1e3"), TEXT("0x10"), TEXT("--1"),
		TEXT("+-1"), TEXT("1-"), TEXT("9223372036854775808"),
		TEXT("-9223372036854775809"), TEXT("92233720368547758070"),
		TEXT("99999999999999999999999"), TEXT("1\0"), TEXT("\0"),
		TEXT("1,000"), TEXT("\xD9\xA1"), TEXT("NaN"), TEXT("/"),
		TEXT(":"), TEXT_ABSENT,
	};

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		long long value = 77;

		CHECK(text_to_integer(text_of(good[i].text), &value));
		CHECK_INTEGER(value, good[i].value);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		long long value = 77;

		CHECK(!text_to_integer(bad[i], &value));
		CHECK_INTEGER(value, 77);
	}
}

static void
control_characters(void)
{
	static const struct text having[] = {
		TEXT("\0"), TEXT("a\n"), TEXT("\x1F"), TEXT("\x7F"),
		TEXT("a\xC2\x80"), TEXT("\xC2\x9F" "b"),
	};
	static const struct text without[] = {
		TEXT(""), TEXT_ABSENT, TEXT(" ~"), TEXT("\xC2\xA0"),
		TEXT("\xC3\x80"), TEXT("\xE2\x80\x8B"),
	};

	for (size_t i = 0; i < sizeof having / sizeof *having; i++)
		CHECK(text_has_controls(having[i]));
	for (size_t i = 0; i < sizeof without / sizeof *without; i++)
		CHECK(!text_has_controls(without[i]));
}

static void
texts_are_cut_between_characters(void)
{
	static const char s[] = "a\xC3\xA4\xF0\x9F\x98\x80z";
	static const size_t kept[] = { 0, 1, 1, 3, 3, 3, 3, 7, 8, 8 };

	for (size_t n = 0; n < sizeof kept / sizeof *kept; n++)
		CHECK_INTEGER(text_cut(TEXT(s), n).n, kept[n]);
	CHECK(text_cut(TEXT_ABSENT, 5).p == NULL);
	/* Not even UTF-8: it ends all the same. */
	CHECK_INTEGER(text_cut(TEXT("\x80\x80\x80"), 2).n, 0);
}

static void
comparisons(void)
{
	CHECK(text_equal(TEXT("a\0b"), (struct text){ "a\0b", 3 }));
	CHECK(!text_equal(TEXT("a\0b"), TEXT("a\0c")));
	CHECK(!text_equal(TEXT("ab"), TEXT("abc")));
	CHECK(text_equal(TEXT(""), TEXT_ABSENT));
	CHECK(text_compare(TEXT("a"), TEXT("b")) < 0);
	CHECK(text_compare(TEXT("b"), TEXT("ab")) > 0);
	CHECK(text_compare(TEXT("a"), TEXT("a\0")) < 0);
	CHECK(text_compare(TEXT("\xC3\xA4"), TEXT("z")) > 0);
	CHECK(text_compare(TEXT("a\0b"), TEXT("a\0b")) == 0);
	CHECK(text_compare(TEXT_ABSENT, TEXT("")) == 0);
	CHECK(text_compare(TEXT("a"), TEXT_ABSENT) > 0);
	CHECK(text_begins_with(TEXT("plate:x"), TEXT("plate:")));
	CHECK(!text_begins_with(TEXT("plat"), TEXT("plate")));
	CHECK(!text_begins_with(TEXT("xplate"), TEXT("plate")));
	CHECK(text_begins_with(TEXT_ABSENT, TEXT("")));
	CHECK(text_ends_with(TEXT("orders.dlq"), TEXT(".dlq")));
	CHECK(!text_ends_with(TEXT("dlq"), TEXT(".dlq")));
	CHECK(text_ends_with(TEXT("x"), TEXT("")));
	CHECK(text_ends_with(TEXT_ABSENT, TEXT("")));
}

static void
the_error_catalogue_is_sane(void)
{
	for (int e = E_NONE + 1; e < ERRORS; e++) {
		const struct error_facts *facts = error_facts((enum error)e);

		CHECK(facts->status >= 400 && facts->status < 600);
		CHECK(*facts->sentence);
		for (int other = E_NONE + 1; other < e; other++)
			CHECK(strcmp(facts->code,
			    error_facts((enum error)other)->code) != 0);
	}
	CHECK_STOPS(error_facts(ERRORS));
}

int
main(void)
{
	every_character_is_utf8();
	no_other_pair_is_utf8();
	bad_sequences_are_not_utf8();
	whole_numbers();
	control_characters();
	texts_are_cut_between_characters();
	comparisons();
	the_error_catalogue_is_sane();
	return test_result();
}
