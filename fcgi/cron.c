/*
 * Reading schedules: each field becomes bits, one for each of its values.
 * The first complaint is kept, with the name of the field that it is about.
 */
#include "fcgi/cron.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fcgi/limits.h"

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

#define CRON_ZONES "/usr/share/zoneinfo/"

static const char month_names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
static const char weekday_names[] = "sunmontuewedthufrisat";

static const struct field {
	const char *name;
	int low, high;
	const char *names;	/* of three letters each, from `low` on */
} fields[FIELDS] = {
	[MINUTE] = { "minute", 0, 59, "" },
	[HOUR] = { "hour", 0, 23, "" },
	[DAY] = { "day of month", 1, 31, "" },
	[MONTH] = { "month", 1, 12, month_names },
	[WEEKDAY] = { "day of week", 0, 6, weekday_names },
};

static const struct {
	struct text name;
	struct text meaning;
} words[] = {
	{ TEXT("@yearly"), TEXT("0 0 1 1 *") },
	{ TEXT("@annually"), TEXT("0 0 1 1 *") },
	{ TEXT("@monthly"), TEXT("0 0 1 * *") },
	{ TEXT("@weekly"), TEXT("0 0 * * 0") },
	{ TEXT("@daily"), TEXT("0 0 * * *") },
	{ TEXT("@midnight"), TEXT("0 0 * * *") },
	{ TEXT("@hourly"), TEXT("0 * * * *") },
};

/* What is read now, and where the first complaint goes. */
struct reading {
	const struct field *field;
	char *why;
	bool failed;
};

static void
complain(struct reading *r, struct text about, const char *what)
{
	about = text_cut(about, NAME_SHOWN_BYTES);
	if (!r->failed)
		snprintf(r->why, CRON_WHY_BYTES, "%s%s%.*s%s",
		    r->field ? r->field->name : "", r->field ? ": " : "",
		    TEXT_ARG(about), what);
	r->failed = true;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct text
from(struct text t, size_t n)
{
	return (struct text){ t.p + n, t.n - n };
}

static struct text
trim(struct text t)
{
	while (t.n > 0 && is_blank(*t.p))
		t = from(t, 1);
	while (t.n > 0 && is_blank(t.p[t.n - 1]))
		t.n--;
	return t;
}

/* Cut off what stands before the first blank, or `stop`; false: no stop. */
static bool
cut(struct text *t, char stop, struct text *head)
{
	size_t n = 0;

	while (n < t->n && (stop == ' ' ? !is_blank(t->p[n]) :
	    t->p[n] != stop))
		n++;
	*head = (struct text){ t->p, n };
	if (n == t->n) {
		*t = from(*t, n);
		return false;
	}
	*t = from(*t, n + 1);
	return true;
}

static bool
all_digits(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.p[i] < '0' || t.p[i] > '9')
			return false;
	return t.n > 0;
}

/* Too large a number is as good as a million. */
static int
number_of(struct text digits)
{
	int n = 0;

	for (size_t i = 0; i < digits.n; i++)
		n = n < 100000 ? n * 10 + (digits.p[i] - '0') : 1000000;
	return n;
}

/* A number or a name of this field's. */
static int
read_value(struct reading *r, struct text t)
{
	const struct field *f = r->field;
	char range[48];
	int n;

	if (!all_digits(t)) {
		for (n = 0; t.n == 3 && f->names[3 * n]; n++)
			if (strncasecmp(t.p, &f->names[3 * n], 3) == 0)
				return f->low + n;
		complain(r, t, t.n == 0 ? "a number is missing" : *f->names ?
		    " is neither a number nor a name" : " is not a number");
		return f->low;
	}
	n = number_of(t);
	if (n >= f->low && n <= f->high)
		return n;
	snprintf(range, sizeof(range), " is not between %d and %d%s", f->low,
	    f->high, f->low == 0 && *f->names ? ", 0 is Sunday" : "");
	complain(r, t, range);
	return f->low;
}

static int
read_step(struct reading *r, struct text t)
{
	int n = all_digits(t) ? number_of(t) : 0;

	if (n < 1 || n > r->field->high)
		complain(r, t, " is not a step");
	return n < 1 ? 1 : n;
}

/* One element of a field's list; *every when it stands for all there is. */
static uint64_t
read_element(struct reading *r, struct text t, bool *every)
{
	const struct field *f = r->field;
	struct text range, low;
	bool stepped = cut(&t, '/', &range), ranged, star;
	int step = stepped ? read_step(r, t) : 1;
	int first = f->low, last = f->high;
	struct text high = range;
	uint64_t bits = 0;

	star = text_equal(range, TEXT("*")) || (text_equal(range, TEXT("?")) &&
	    (f == &fields[DAY] || f == &fields[WEEKDAY]));
	if (!star) {
		ranged = cut(&high, '-', &low);
		first = read_value(r, low);
		if (ranged)
			last = read_value(r, high);
		else if (!stepped)
			last = first;
	}
	if (first > last)
		complain(r, range, " ends before it begins");
	if (star && step == 1)
		*every = true;
	for (int n = first; n <= last; n += step)
		bits |= UINT64_C(1) << n;
	return bits;
}

static uint64_t
read_field(struct reading *r, struct text t, bool *every)
{
	struct text element;
	uint64_t bits = 0;
	bool more;

	*every = false;
	do {
		more = cut(&t, ',', &element);
		bits |= read_element(r, element, every);
	} while (more);
	return bits;
}

static void
read_fields(struct reading *r, struct text t, struct cron *cron)
{
	struct text word[FIELDS];
	uint64_t bits[FIELDS];
	bool every[FIELDS];
	char count[64];
	int n = 0;

	for (t = trim(t); t.n > 0; t = trim(t)) {
		struct text next;

		(void)cut(&t, ' ', &next); /* blanks are trimmed anyway */
		if (n < FIELDS)
			word[n] = next;
		n++;
	}
	if (n != FIELDS) {
		snprintf(count, sizeof(count), "%d fields where five are "
		    "expected", n);
		complain(r, TEXT(""), count);
		return;
	}
	for (n = 0; n < FIELDS; n++) {
		r->field = &fields[n];
		bits[n] = read_field(r, word[n], &every[n]);
	}
	r->field = NULL;
	cron->minutes = bits[MINUTE];
	cron->hours = (uint32_t)bits[HOUR];
	cron->days = (uint32_t)bits[DAY];
	cron->months = (uint32_t)bits[MONTH];
	cron->weekdays = (uint32_t)bits[WEEKDAY];
	cron->every_day = every[DAY];
	cron->every_weekday = every[WEEKDAY];
}

/* The digits and points at the beginning of t, cut off from it. */
static struct text
take_number(struct text *t)
{
	size_t n = 0;

	while (n < t->n && ((t->p[n] >= '0' && t->p[n] <= '9') ||
	    t->p[n] == '.'))
		n++;
	*t = from(*t, n);
	return (struct text){ t->p - n, n };
}

/* "1h30m" or "1.5h", as Go writes it, in whole seconds. */
static void
read_every(struct reading *r, struct text t, struct cron *cron)
{
	/* A longer name comes before the one that it begins with. */
	static const struct {
		struct text name;
		double seconds;
	} units[] = {
		{ TEXT("h"), 3600 }, { TEXT("ms"), 1e-3 }, { TEXT("m"), 60 },
		{ TEXT("s"), 1 }, { TEXT("us"), 1e-6 },
		{ TEXT("\u00b5s"), 1e-6 }, { TEXT("\u03bcs"), 1e-6 },
		{ TEXT("ns"), 1e-9 },
	};
	enum { UNITS = sizeof(units) / sizeof(units[0]) };
	struct text whole = t;
	double total = 0;
	char digits[32], *end;

	do {
		struct text number = take_number(&t);
		int unit = 0;

		while (unit < UNITS &&
		    !text_begins_with(t, units[unit].name))
			unit++;
		if (unit == UNITS || number.n == 0 ||
		    number.n >= sizeof(digits)) {
			complain(r, whole, " is not a time such as 1h30m");
			return;
		}
		memcpy(digits, number.p, number.n);
		digits[number.n] = '\0';
		total += strtod(digits, &end) * units[unit].seconds;
		if (*end || end == digits)
			complain(r, whole, " is not a time such as 1h30m");
		t = from(t, units[unit].name.n);
	} while (t.n > 0);
	if (total < 1 || total > CRON_EVERY_SECONDS_MAX) {
		complain(r, whole, " is not between a second and a year");
		return;
	}
	cron->every_s = (int64_t)total;
}

/* Only what can be the name of a file of time zones, and nothing above. */
static void
read_zone(struct reading *r, struct text name, struct cron *cron)
{
	bool good = name.n > 0 && name.n <= CRON_ZONE_BYTES_MAX &&
	    *name.p != '/';

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		good = good && ((c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    c == '/' || c == '_' || c == '+' || c == '-');
	}
	if (!good)
		complain(r, name, " is not a time zone");
	cron->zone = name;
}

bool
cron_parse(struct text schedule, struct cron *cron, char why[CRON_WHY_BYTES])
{
	static const struct text every = TEXT("@every ");
	struct reading r = { .why = why };
	struct text t = trim(schedule), zone;
	size_t i, known = sizeof(words) / sizeof(words[0]);

	memset(cron, 0, sizeof(*cron));
	if (schedule.n > CRON_BYTES_MAX) {
		complain(&r, TEXT(""), "longer than CRON_BYTES_MAX");
		return false;
	}
	if (text_begins_with(t, TEXT("TZ=")) ||
	    text_begins_with(t, TEXT("CRON_TZ="))) {
		(void)cut(&t, '=', &zone);
		(void)cut(&t, ' ', &zone); /* nothing behind: no fields */
		read_zone(&r, zone, cron);
		t = trim(t);
	}
	for (i = 0; i < known && !text_equal(t, words[i].name); i++)
		;
	if (i < known)
		read_fields(&r, words[i].meaning, cron);
	else if (text_begins_with(t, every))
		read_every(&r, trim(from(t, every.n)), cron);
	else if (text_begins_with(t, TEXT("@")))
		complain(&r, t, " is not known");
	else
		read_fields(&r, t, cron);
	return !r.failed;
}

bool
cron_zone_known(const struct cron *cron)
{
	char path[sizeof(CRON_ZONES) + CRON_ZONE_BYTES_MAX], magic[4];
	bool known;
	FILE *file;

	if (!cron->zone.p || text_equal(cron->zone, TEXT("UTC")))
		return true;
	snprintf(path, sizeof(path), CRON_ZONES "%.*s", TEXT_ARG(cron->zone));
	file = fopen(path, "re");
	if (!file)
		return false;
	known = fread(magic, 1, sizeof(magic), file) == sizeof(magic) &&
	    memcmp(magic, "TZif", sizeof(magic)) == 0;
	(void)fclose(file); /* it was only read */
	return known;
}
