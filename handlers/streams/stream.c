/*
 * Reading headers takes the request's word for nothing.
 */
#include "handlers/streams/stream.h"

#include <ctype.h>
#include <strings.h>
#include <time.h>

#include "fcgi/clock.h"
#include "fcgi/limits.h"

static const struct text reserved = { "__ds", 4 };

struct text
stream_name(struct request *r, enum action action)
{
	struct text name = r->param[0];

	if (name.n >= reserved.n &&
	    memcmp(name.p, reserved.p, reserved.n) == 0 &&
	    (name.n == reserved.n || name.p[reserved.n] == '/')) {
		fail(r, E_BAD_VALUE, "__ds and what begins with __ds/ are "
		    "reserved names");
		return TEXT_ABSENT;
	}
	return allow_stream(r, action, name) ? name : TEXT_ABSENT;
}

struct text
header_text(struct request *r, const char *cgi_name)
{
	return request_variable(r, cgi_name);
}

struct text
header_value(struct request *r, const char *cgi_name, const char *name,
    int bytes_max, const char *limit)
{
	struct text value = header_text(r, cgi_name);

	if (!value.p || request_failed(r))
		return TEXT_ABSENT;
	if (!value.n)
		fail(r, E_BAD_VALUE, "%s must not be empty", name);
	else if (value.n > (size_t)bytes_max)
		fail(r, E_BAD_VALUE, "%s must have at most %s (%d) bytes",
		    name, limit, bytes_max);
	else if (!text_is_utf8(value))
		fail(r, E_BAD_VALUE, "%s must be UTF-8", name);
	return request_failed(r) ? TEXT_ABSENT : value;
}

bool
header_is_true(struct request *r, const char *cgi_name)
{
	struct text value = header_text(r, cgi_name);

	return value.n == 4 && strncasecmp(value.p, "true", 4) == 0;
}

bool
count_read(struct text text, int64_t *count)
{
	long long value;

	if (!text.n || !isdigit((unsigned char)*text.p) ||
	    (*text.p == '0' && text.n > 1) || !text_to_integer(text, &value))
		return false;
	*count = value;
	return true;
}

bool
duration_read(struct text text, int64_t unit_ms, int64_t *ms)
{
	const struct {
		struct text suffix;
		int64_t ms;
	} units[] = {
		{ TEXT("ms"), 1 },
		{ TEXT("s"), 1000 },
		{ TEXT("m"), 60 * 1000 },
		{ TEXT("h"), 3600 * 1000 },
		{ TEXT("d"), 24 * 3600 * 1000 },
		{ TEXT(""), unit_ms },
	};
	size_t i = 0;
	int64_t count;

	while (!text_ends_with(text, units[i].suffix))
		i++;
	text.n -= units[i].suffix.n;
	return count_read(text, &count) &&
	    !__builtin_mul_overflow(count, units[i].ms, ms);
}

bool
time_read(struct text text, int64_t *unix_us)
{
	long long ns;

	if (text.n && isdigit((unsigned char)*text.p) &&
	    text_to_integer(text, &ns)) {
		*unix_us = ns / 1000;
		return true;
	}
	return clock_parse(text, unix_us);
}

/* UTF-8 without control characters: it will be a header of replies. */
static bool
is_line(struct text text)
{
	for (size_t i = 0; i < text.n; i++)
		if (iscntrl((unsigned char)text.p[i]) && text.p[i] != '\t')
			return false;
	return text_is_utf8(text);
}

struct text
media_type_of(struct request *r, struct text content_type)
{
	struct text type = content_type;
	char *lower;

	for (size_t i = 0; i < type.n; i++)
		if (type.p[i] == ';')
			type.n = i;
	while (type.n && (type.p[type.n - 1] == ' ' ||
	    type.p[type.n - 1] == '\t'))
		type.n--;
	if (content_type.n > MEDIA_TYPE_BYTES_MAX || !type.n ||
	    !is_line(content_type)) {
		fail(r, E_BAD_VALUE, "Content-Type must be a media type of at "
		    "most MEDIA_TYPE_BYTES_MAX (%d) bytes",
		    MEDIA_TYPE_BYTES_MAX);
		return TEXT_ABSENT;
	}
	lower = arena_string(r->arena, type);
	for (size_t i = 0; i < type.n; i++)
		lower[i] = (char)tolower((unsigned char)lower[i]);
	return (struct text){ lower, type.n };
}

enum verdict
stream_come_again(struct request *r, int *pause_ms)
{
	int64_t now_us = clock_monotonic_us();
	int next_ms = *pause_ms ? *pause_ms * 2 : 1;

	if (now_us > r->started_us + APPEND_WAIT * 1000)
		return fail(r, E_BUSY, "the stream's row is locked by somebody "
		    "else; try again");
	*pause_ms = next_ms < APPEND_PAUSE_MAX ? next_ms : APPEND_PAUSE_MAX;
	r->deadline_us = now_us + *pause_ms * 1000;
	return PARK;
}

enum verdict
stream_attempt(struct request *r, enum verdict (*attempt)(struct request *r))
{
	enum verdict verdict;
	struct timespec pause;
	int64_t left_us;

	while ((verdict = attempt(r)) == PARK && r->last_call) {
		left_us = r->deadline_us - clock_monotonic_us();
		if (left_us < 0)
			left_us = 0;
		pause.tv_sec = left_us / 1000000;
		pause.tv_nsec = left_us % 1000000 * 1000;
		(void)nanosleep(&pause, NULL); /* a shorter one does, too */
	}
	return verdict;
}

void
reply_offset(struct request *r, const char *name, int32_t incarnation,
    int64_t next_seq)
{
	char text[OFFSET_DIGITS + 1];

	offset_print((struct offset){ incarnation, next_seq }, text);
	reply_header(r, name, "%s", text);
}
