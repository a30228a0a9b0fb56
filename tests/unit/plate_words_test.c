/*
 * Words that several commands have: ids, intervals, what XREAD begins with,
 * and what is to be trimmed.
 */
#include "handlers/plates/trim.h"
#include "handlers/plates/words.h"
#include "tests/unit/request.h"
#include "tests/unit/test.h"

enum { WORDS_MAX = 24 };

static struct request *r;
static struct text word[WORDS_MAX];
static struct command command;

/* The command whose words stand in the line. */
static struct command *
of(const char *line)
{
	command = (struct command){ .word = word };
	while (*line) {
		size_t n = strcspn(line, " ");

		word[command.words++] = (struct text){ line, n };
		line += n + (line[n] == ' ');
	}
	return &command;
}

static void
check_id(const char *text, bool good, uint64_t ms, uint64_t seq)
{
	struct entry_id id = ENTRY_ID_MIN;

	CHECK(command_id(r, of(text), 0, 7, &id) == good);
	CHECK(id.ms == ms && id.seq == seq);
	CHECK(good ? !command.error.p :
	    text_equal(command.error, TEXT(ERR_ID)));
}

static void
ids(void)
{
	check_id("5-1", true, 5, 1);
	check_id("5", true, 5, 7);
	check_id("-", false, 0, 0);
	check_id("+", false, 0, 0);
	check_id("(5-1", false, 0, 0);
	check_id("$", false, 0, 0);
}

static void
check_ends(const char *text, struct entry_id low, struct entry_id high)
{
	struct entry_id id;

	CHECK(command_interval_start(r, of(text), 0, &id));
	CHECK(entry_id_compare(id, low) == 0);
	CHECK(command_interval_end(r, of(text), 0, &id));
	CHECK(entry_id_compare(id, high) == 0);
}

#define ID(ms, seq) ((struct entry_id){ ms, seq })

static void
intervals(void)
{
	struct entry_id id;

	check_ends("-", ENTRY_ID_MIN, ENTRY_ID_MIN);
	check_ends("+", ENTRY_ID_MAX, ENTRY_ID_MAX);
	check_ends("5", ID(5, 0), ID(5, UINT64_MAX));
	check_ends("5-3", ID(5, 3), ID(5, 3));
	check_ends("(5-3", ID(5, 4), ID(5, 2));
	check_ends("(5", ID(5, 1), ID(5, UINT64_MAX - 1));
	CHECK(!command_interval_start(r, of("("), 0, &id));
	CHECK(!command_interval_start(r, of("(-"), 0, &id));
	CHECK(!command_interval_end(r, of("(+"), 0, &id));
	CHECK(!command_interval_start(r,
	    of("(18446744073709551615-18446744073709551615"), 0, &id));
	CHECK_TEXT(command.error, "ERR invalid start ID for the interval");
	CHECK(!command_interval_end(r, of("(0-0"), 0, &id));
	CHECK_TEXT(command.error, "ERR invalid end ID for the interval");
}

static void
reading(void)
{
	struct read_words read;

	CHECK(command_read_words(r, of("XREAD STREAMS a b 0 0"), false,
	    &read));
	CHECK(read.first == 2 && read.streams == 2 && read.count == 0 &&
	    read.block_ms == -1 && !read.group.p && !read.noack);
	CHECK(command_read_words(r,
	    of("XREAD count 3 BLOCK 0 COUNT -4 streams STREAMS 0"), false,
	    &read));
	CHECK(read.first == 8 && read.streams == 1 && read.count == 0 &&
	    read.block_ms == 0);
	CHECK(command_read_words(r,
	    of("XREADGROUP NOACK GROUP STREAMS BLOCK STREAMS a >"), true,
	    &read));
	CHECK_TEXT(read.group, "STREAMS");
	CHECK_TEXT(read.member, "BLOCK");
	CHECK(read.noack && read.first == 6 && read.streams == 1);
}

static void
check_refused(const char *line, bool grouped, const char *error)
{
	struct read_words read;

	CHECK(!command_read_words(r, of(line), grouped, &read));
	CHECK_TEXT(command.error, error);
}

static void
reading_refused(void)
{
	check_refused("XREAD COUNT", false, ERR_SYNTAX);
	check_refused("XREAD COUNT 1", false, ERR_SYNTAX);
	check_refused("XREAD COUNT x STREAMS a 0", false, ERR_INTEGER);
	check_refused("XREAD BLOCK 1.5 STREAMS a 0", false,
	    "ERR timeout is not an integer or out of range");
	check_refused("XREAD BLOCK 9223372036854775807 STREAMS a 0", false,
	    "ERR timeout is out of range");
	check_refused("XREAD STREAMS", false, ERR_SYNTAX);
	check_refused("XREADGROUP STREAMS a b 0", true,
	    "ERR Unbalanced 'xreadgroup' list of streams: for each stream "
	    "key an ID or '>' must be specified.");
	check_refused("XREADGROUP COUNT 1 STREAMS a 0", true,
	    "ERR Missing GROUP option for XREADGROUP");
}

static const struct plate_trim *
trims(const char *line, bool adds)
{
	static struct trim_words read;

	return trim_words_read(r, of(line), adds, &read) &&
	    trim_words_check(r, &command, adds, &read) ? &read.trim : NULL;
}

static void
trimming(void)
{
	const struct plate_trim *trim = trims("XTRIM k MAXLEN 5", false);

	CHECK(trim && trim->by == TRIM_TO_LENGTH && trim->length == 5 &&
	    !trim->nodes && trim->limit == 0);
	trim = trims("XTRIM k minid ~ 5 LIMIT 0", false);
	CHECK(trim && trim->by == TRIM_TO_ID && trim->nodes &&
	    trim->limit == 0 && trim->id.n == ENTRY_ID_BYTES);
	trim = trims("XTRIM k LIMIT 7 MAXLEN ~ 5", false);
	CHECK(trim && trim->limit == 7);
	trim = trims("XADD k MAXLEN ~ 5 * a b", true);
	CHECK(trim && trim->limit == 10000);
	trim = trims("XADD k NOMKSTREAM 5 a b", true);
	CHECK(trim && trim->by == TRIM_NOTHING);
	CHECK(!trims("XTRIM k LIMIT 1", false));
	CHECK(!trims("XTRIM k NOMKSTREAM MAXLEN 1", false));
	CHECK(!trims("XTRIM k MAXLEN = 5 LIMIT 0", false));
	CHECK(!trims("XTRIM k MAXLEN ~ ~ 5", false));
	CHECK(!trims("XTRIM k MAXLEN 5 MAXLEN 5", false));
	/* A sign that is the last word is a number, and none. */
	CHECK(!trims("XTRIM k MAXLEN ~", false));
	CHECK_TEXT(command.error, ERR_INTEGER);
}

int
main(void)
{
	r = test_request();
	ids();
	intervals();
	reading();
	reading_refused();
	trimming();
	return test_result();
}
