/*
 * JSON, written as it is said. The writer keeps one small record for each
 * open bracket, which is all that commas and colons need; level[0] is the
 * page itself, which takes exactly one value.
 */
#include "fcgi/json_writer.h"

#include "fcgi/must.h"

static const int64_t US_PER_SECOND = 1000000;
static const int64_t SECONDS_PER_DAY = 86400;
/* 0000-01-01T00:00:00Z and the last microsecond of 9999. */
static const int64_t YEAR_0_US = -62167219200 * 1000000;
static const int64_t YEAR_9999_END_US = 253402300800 * 1000000 - 1;

void
json_start(struct json_writer *w, struct buffer *out)
{
	*w = (struct json_writer){ .out = out };
}

/* A value comes now: check that it may, and write the comma before it. */
static void
before_value(struct json_writer *w)
{
	if (w->level[w->depth].object) {
		must(w->level[w->depth].named);
		w->level[w->depth].named = false;
		return;
	}
	if (w->level[w->depth].filled) {
		must(w->depth > 0);
		buffer_add_byte(w->out, ',');
	}
	w->level[w->depth].filled = true;
}

static void
open_level(struct json_writer *w, bool object)
{
	before_value(w);
	must(w->depth + 1 < JSON_WRITER_DEPTH_MAX);
	w->depth++;
	w->level[w->depth].object = object;
	w->level[w->depth].filled = false;
	w->level[w->depth].named = false;
	buffer_add_byte(w->out, object ? '{' : '[');
}

static void
close_level(struct json_writer *w, bool object)
{
	must(w->depth > 0);
	must(w->level[w->depth].object == object);
	must(!w->level[w->depth].named);
	w->depth--;
	buffer_add_byte(w->out, object ? '}' : ']');
}

void
json_open_object(struct json_writer *w)
{
	open_level(w, true);
}

void
json_close_object(struct json_writer *w)
{
	close_level(w, true);
}

void
json_open_array(struct json_writer *w)
{
	open_level(w, false);
}

void
json_close_array(struct json_writer *w)
{
	close_level(w, false);
}

static void
add_escape(struct buffer *out, unsigned char byte)
{
	static const char hex[] = "0123456789abcdef";
	static const char letter[256] = {
		['"'] = '"', ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
		['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};
	char longest[6] = { '\\', 'u', '0', '0', hex[byte >> 4],
		hex[byte & 15] };

	if (letter[byte]) {
		longest[1] = letter[byte];
		buffer_add(out, longest, 2);
	} else {
		buffer_add(out, longest, sizeof longest);
	}
}

static bool
is_plain(unsigned char byte)
{
	return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

static void
add_quoted(struct buffer *out, struct text t)
{
	size_t from = 0, i = 0;

	buffer_reserve(out, t.n + 2);
	buffer_add_byte(out, '"');
	while (i < t.n) {
		unsigned char byte = (unsigned char)t.p[i];
		size_t bytes;

		if (is_plain(byte)) {
			i++;
			continue;
		}
		bytes = text_character_bytes(t.p + i, t.n - i);
		if (bytes > 1) {
			i += bytes;
			continue;
		}
		/* What may not stand as it is: the run before it goes first. */
		buffer_add(out, t.p + from, i - from);
		if (bytes == 1)
			add_escape(out, byte);
		else
			buffer_add_text(out, TEXT("\xEF\xBF\xBD"));
		from = ++i;
	}
	buffer_add(out, t.p + from, i - from);
	buffer_add_byte(out, '"');
}

void
json_name(struct json_writer *w, const char *name)
{
	json_name_text(w, text_of(name));
}

void
json_name_text(struct json_writer *w, struct text name)
{
	must(w->level[w->depth].object);
	must(!w->level[w->depth].named);
	if (w->level[w->depth].filled)
		buffer_add_byte(w->out, ',');
	w->level[w->depth].filled = true;
	w->level[w->depth].named = true;
	add_quoted(w->out, name);
	buffer_add_byte(w->out, ':');
}

void
json_text(struct json_writer *w, struct text value)
{
	before_value(w);
	add_quoted(w->out, value);
}

void
json_text_or_null(struct json_writer *w, struct text value)
{
	if (value.p)
		json_text(w, value);
	else
		json_null_value(w);
}

void
json_cstring(struct json_writer *w, const char *value)
{
	json_text(w, text_of(value));
}

void
json_number(struct json_writer *w, int64_t value)
{
	before_value(w);
	buffer_printf(w->out, "%lld", (long long)value);
}

void
json_bool(struct json_writer *w, bool value)
{
	before_value(w);
	buffer_add_text(w->out, value ? TEXT("true") : TEXT("false"));
}

void
json_null_value(struct json_writer *w)
{
	before_value(w);
	buffer_add_text(w->out, TEXT("null"));
}

void
json_raw(struct json_writer *w, struct text value)
{
	must(value.n > 0);
	before_value(w);
	buffer_add_text(w->out, value);
}

/*
 * Days since 1970-01-01 to a date of the Gregorian calendar. Years are
 * counted from March, so that the leap day is the last one of its year; an
 * era is 400 years, after which the calendar repeats. (gmtime_r would do,
 * but glibc takes a lock of the whole process there.)
 */
static void
date_of_days(int64_t days, int *year, int *month, int *day)
{
	int64_t since_era_0 = days + 719468; /* 0000-03-01 */
	int64_t era = (since_era_0 >= 0 ? since_era_0 : since_era_0 - 146096) /
	    146097;
	int64_t of_era = since_era_0 - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 -
	    of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 -
	    year_of_era / 100);
	int64_t march_month = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * march_month + 2) / 5 + 1);
	*month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

void
json_time(struct json_writer *w, int64_t unix_us)
{
	int64_t us, seconds, days, of_day;
	int year, month, day;

	if (unix_us == INT64_MIN) {
		json_null_value(w);
		return;
	}
	/* RFC 3339 has four digits for the year: what is past them is cut. */
	if (unix_us < YEAR_0_US)
		unix_us = YEAR_0_US;
	if (unix_us > YEAR_9999_END_US)
		unix_us = YEAR_9999_END_US;

	/* C rounds towards zero; times before 1970 need the floor. */
	us = (unix_us % US_PER_SECOND + US_PER_SECOND) % US_PER_SECOND;
	seconds = (unix_us - us) / US_PER_SECOND;
	of_day = (seconds % SECONDS_PER_DAY + SECONDS_PER_DAY) %
	    SECONDS_PER_DAY;
	days = (seconds - of_day) / SECONDS_PER_DAY;
	date_of_days(days, &year, &month, &day);

	before_value(w);
	buffer_printf(w->out, "\"%04d-%02d-%02dT%02d:%02d:%02d", year, month,
	    day, (int)(of_day / 3600), (int)(of_day / 60 % 60),
	    (int)(of_day % 60));
	if (us)
		buffer_printf(w->out, ".%06d", (int)us);
	buffer_add_text(w->out, TEXT("Z\""));
}
