/*
 * Settings out of the environment. fcgi/settings.def is made a table of rows
 * here; one function reads each kind, and the defaults take the same way as
 * what the environment says.
 */
#include "fcgi/settings.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>

#include "fcgi/cron.h"
#include "fcgi/must.h"
#include "fcgi/text.h"

#define PREFIX "SLUICE_"

enum { RATE_WINDOW_MS_MIN = 1000, RATE_WINDOW_MS_MAX = 24 * 3600 * 1000 };

enum kind {
	KIND_TEXT,
	KIND_SECRET,
	KIND_INTEGER,
	KIND_DURATION,
	KIND_SWITCH,
	KIND_LEVEL,
	KIND_SCHEDULE,
	KIND_RATE
};

struct row {
	const char *variable;
	enum kind kind;
	size_t offset;
	const char *fallback;
	int64_t low, high;
	const char *purpose;
};

#define OFFSET_TEXT(member)	offsetof(struct settings, member)
#define OFFSET_SECRET(member)	offsetof(struct settings, member)
#define OFFSET_INTEGER(member)	offsetof(struct settings, member)
#define OFFSET_DURATION(member)	offsetof(struct settings, member)
#define OFFSET_SWITCH(member)	offsetof(struct settings, member)
#define OFFSET_LEVEL(member)	offsetof(struct settings, member)
#define OFFSET_SCHEDULE(member)	offsetof(struct settings, member)
#define OFFSET_RATE(member)	offsetof(struct settings, member##_count)

static const struct row rows[] = {
#define SETTING(name, member, kind, fallback, low, high, purpose) \
	{ PREFIX #name, KIND_##kind, OFFSET_##kind(member), fallback, low, \
	  high, purpose },
#include "fcgi/settings.def"
#undef SETTING
};

enum { ROWS = sizeof rows / sizeof *rows };

static const char *const levels[] = { "debug", "info", "warn", "error" };

static const struct {
	const char *suffix;
	int64_t ms;
} units[] = {
	{ "d", 24 * 3600 * 1000 },
	{ "h", 3600 * 1000 },
	{ "m", 60 * 1000 },
	{ "s", 1000 },
	{ "ms", 1 },
	{ "", 1000 },
};

enum { UNITS = sizeof units / sizeof *units };

extern char **environ;

struct settings settings;

static bool
in_range(const struct row *row, int64_t value)
{
	return value >= row->low && value <= row->high;
}

/* Digits only: no sign, no blanks. */
static bool
read_number(struct text text, int64_t *value)
{
	long long number;

	if (text.n == 0 || text.p[0] < '0' || text.p[0] > '9' ||
	    !text_to_integer(text, &number))
		return false;
	*value = number;
	return true;
}

static bool
read_duration(struct text text, int64_t *ms)
{
	struct text digits = { text.p, strspn(text.p, "0123456789") };
	struct text suffix = { text.p + digits.n, text.n - digits.n };
	int64_t number;

	if (!read_number(digits, &number))
		return false;
	for (int i = 0; i < UNITS; i++)
		if (text_equal(suffix, text_of(units[i].suffix)))
			return !__builtin_mul_overflow(number, units[i].ms,
			    ms);
	return false;
}

/* "10/60s": a count and the time it is for. */
static bool
read_rate(const struct row *row, const char *value, int64_t *rate)
{
	const char *slash = strchr(value, '/');

	return slash &&
	    read_number((struct text){ value, (size_t)(slash - value) },
	        &rate[0]) &&
	    in_range(row, rate[0]) &&
	    read_duration(text_of(slash + 1), &rate[1]) &&
	    rate[1] >= RATE_WINDOW_MS_MIN && rate[1] <= RATE_WINDOW_MS_MAX;
}

static bool
read_switch(const char *value, bool *on)
{
	*on = strcmp(value, "on") == 0;
	return *on || strcmp(value, "off") == 0;
}

static bool
read_level(const struct row *row, const char *value, int *level)
{
	for (*level = (int)row->low; *level <= row->high; ++*level)
		if (strcmp(value, levels[*level]) == 0)
			return true;
	return false;
}

static bool
read_schedule(const char *value)
{
	char why[CRON_WHY_BYTES];
	struct cron cron;

	return cron_parse(text_of(value), &cron, why) &&
	    cron_zone_known(&cron);
}

static bool
read_value(const struct row *row, const char *value, void *member)
{
	int64_t *number = member;

	switch (row->kind) {
	case KIND_SECRET:
		if (!*value) {
			*(const char **)member = value;
			return true;
		}
		/* fall through */
	case KIND_TEXT:
		*(const char **)member = value;
		return in_range(row, (int64_t)strlen(value)) &&
		    text_is_utf8(text_of(value));
	case KIND_INTEGER:
		return read_number(text_of(value), number) &&
		    in_range(row, *number);
	case KIND_DURATION:
		return read_duration(text_of(value), number) &&
		    in_range(row, *number);
	case KIND_SWITCH:
		return read_switch(value, member);
	case KIND_LEVEL:
		return read_level(row, value, member);
	case KIND_SCHEDULE:
		*(const char **)member = value;
		return !*value || read_schedule(value);
	case KIND_RATE:
		/* The window follows the count in struct settings. */
		return read_rate(row, value, number);
	}
	return false;
}

/* A time in the largest unit that takes it whole. */
static void
print_duration(FILE *out, int64_t ms)
{
	for (int i = 0; i < UNITS; i++)
		if (ms % units[i].ms == 0 && (ms > 0 || units[i].ms == 1000)) {
			fprintf(out, "%" PRId64 "%s", ms / units[i].ms,
			    units[i].suffix);
			return;
		}
}

/* "a whole number from 1 to 64" */
static void
print_range(FILE *out, const struct row *row)
{
	switch (row->kind) {
	case KIND_SECRET:
		fprintf(out, "nothing or ");
		/* fall through */
	case KIND_TEXT:
		fprintf(out, "%" PRId64 " to %" PRId64 " bytes of UTF-8",
		    row->low, row->high);
		break;
	case KIND_INTEGER:
		fprintf(out, "a whole number from %" PRId64 " to %" PRId64,
		    row->low, row->high);
		break;
	case KIND_DURATION:
		fprintf(out, "a time from ");
		print_duration(out, row->low);
		fprintf(out, " to ");
		print_duration(out, row->high);
		break;
	case KIND_SWITCH:
		fprintf(out, "on or off");
		break;
	case KIND_LEVEL:
		for (int i = (int)row->low; i <= row->high; i++)
			fprintf(out, "%s%s", i == row->low ? "" :
			    i == row->high ? " or " : ", ", levels[i]);
		break;
	case KIND_SCHEDULE:
		fprintf(out, "nothing or a schedule such as \"0 2 * * *\"");
		break;
	case KIND_RATE:
		fprintf(out, "a count from %" PRId64 " to %" PRId64
		    " and a time from ", row->low, row->high);
		print_duration(out, RATE_WINDOW_MS_MIN);
		fprintf(out, " to ");
		print_duration(out, RATE_WINDOW_MS_MAX);
		fprintf(out, ", as in 10/60s");
		break;
	}
}

/* The value is shown, so that a typing error is seen; a secret is not. */
static void
complain(FILE *complaints, const struct row *row, const char *value)
{
	if (row->kind == KIND_SECRET)
		fprintf(complaints, "%s must be ", row->variable);
	else
		fprintf(complaints, "%s is \"%s\" but must be ",
		    row->variable, value);
	print_range(complaints, row);
	fprintf(complaints, "\n");
}

static bool
is_setting(const char *variable, size_t bytes)
{
	for (int i = 0; i < ROWS; i++)
		if (strlen(rows[i].variable) == bytes &&
		    memcmp(rows[i].variable, variable, bytes) == 0)
			return true;
	return false;
}

/* A mistyped name would otherwise be a setting that does nothing. */
static void
mention_strangers(FILE *complaints)
{
	for (char **e = environ; *e; e++) {
		size_t bytes = strcspn(*e, "=");

		if (strncmp(*e, PREFIX, strlen(PREFIX)) == 0 &&
		    !is_setting(*e, bytes))
			fprintf(complaints, "%.*s is not a setting\n",
			    (int)bytes, *e);
	}
}

bool
settings_read(FILE *complaints)
{
	bool good = true;

	for (const struct row *row = rows; row < rows + ROWS; row++) {
		void *member = (char *)&settings + row->offset;
		const char *value = getenv(row->variable);

		/* Read first: a bad value must not leave its member unset. */
		must(read_value(row, row->fallback, member));
		if (!value || read_value(row, value, member))
			continue;
		complain(complaints, row, value);
		must(read_value(row, row->fallback, member));
		good = false;
	}
	mention_strangers(complaints);
	return good;
}

void
settings_print(FILE *out)
{
	fprintf(out,
	    "# Settings\n\n"
	    "Read once from the environment, when a process starts. Times are "
	    "written as\n500ms, 30s, 15m, 24h or 7d; a bare number is "
	    "seconds. A value that is not one of\nthose named here stops the "
	    "start, and the complaint says what it may be.\n\n"
	    "| setting | default | may be | what it is for |\n"
	    "|---|---|---|---|\n");
	for (const struct row *row = rows; row < rows + ROWS; row++) {
		fprintf(out, "| `%s` | %s%s%s | ", row->variable,
		    *row->fallback ? "`" : "", row->fallback,
		    *row->fallback ? "`" : "");
		print_range(out, row);
		fprintf(out, " | %s |\n", row->purpose);
	}
}
