/*
 * The checks that yajl leaves to us. Those of the text come first: what yajl
 * sees then is UTF-8, and it need not look itself.
 */
#include "fcgi/json_yajl.h"

#include "fcgi/limits.h"
#include "fcgi/must.h"

size_t
json_run_at(const struct json_run *run)
{
	return run->yajl ? yajl_get_bytes_consumed(run->yajl) : 0;
}

int
json_run_complain(struct json_run *run, enum json_fault fault,
    struct text name)
{
	*run->complaint = (struct json_complaint){ fault, json_run_at(run),
		name };
	return 0;
}

int
json_run_bad_syntax(struct json_run *run)
{
	return json_run_complain(run, JSON_FAULT_SYNTAX, TEXT_ABSENT);
}

int
json_run_open(struct json_run *run)
{
	if (run->depth == JSON_DEPTH_MAX)
		return json_run_complain(run, JSON_FAULT_DEPTH, TEXT_ABSENT);
	run->depth++;
	return 1;
}

void
json_run_shut(struct json_run *run)
{
	if (!--run->depth)
		run->end = json_run_at(run);
}

/* The unit of UTF-16 behind "\u" at s, or -1. */
static int
read_unit(const char *s, const char *end)
{
	int value = 0;

	if (end - s < 6 || s[0] != '\\' || s[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char c = s[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value = value << 4 | ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	return value;
}

/*
 * Do surrogates among the escapes come in pairs? yajl makes a question mark
 * of half a pair, or bytes that are no UTF-8. Backslashes that stand where
 * none may are its own business.
 */
static bool
surrogates_are_paired(struct text text)
{
	const char *s = text.p, *end = text.p + text.n;

	while ((s = memchr(s, '\\', (size_t)(end - s)))) {
		int unit = read_unit(s, end), second;

		if (unit >= 0xD800 && unit < 0xDC00) {
			second = read_unit(s + 6, end);
			if (second < 0xDC00 || second >= 0xE000)
				return false;
			s += 12;
		} else if (unit >= 0xDC00 && unit < 0xE000) {
			return false;
		} else {
			s += end - s < 2 ? 1 : 2;
		}
	}
	return true;
}

/* yajl also takes vertical tabs and form feeds for blanks, and has a loose
 * idea of UTF-8. */
static bool
is_strict(struct text text)
{
	return text.n && !memchr(text.p, '\v', text.n) &&
	    !memchr(text.p, '\f', text.n) && text_is_utf8(text) &&
	    surrogates_are_paired(text);
}

bool
json_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* yajl lets pass a token behind the value that has no end. */
static bool
ends_there(const struct json_run *run)
{
	for (size_t i = run->end; i < run->text.n; i++)
		if (!json_is_blank(run->text.p[i]))
			return false;
	return run->end > 0;
}

bool
json_run(struct json_run *run, const yajl_callbacks *events, void *context,
    bool brackets)
{
	static const unsigned char open[] = "[", close[] = "]";
	yajl_status status = yajl_status_ok;

	if (!is_strict(run->text))
		return json_run_bad_syntax(run);
	run->yajl = yajl_alloc(events, NULL, context);
	must(run->yajl);
	yajl_config(run->yajl, yajl_dont_validate_strings, 1);
	if (brackets)
		status = yajl_parse(run->yajl, open, 1);
	if (status == yajl_status_ok)
		status = yajl_parse(run->yajl,
		    (const unsigned char *)run->text.p, run->text.n);
	/* The bracket may be closed already, with half a token behind. */
	if (status == yajl_status_ok && brackets)
		status = run->depth == 1 ? yajl_parse(run->yajl, close, 1) :
		    yajl_status_error;
	if (status == yajl_status_ok)
		status = yajl_complete_parse(run->yajl);
	if (status == yajl_status_ok && !brackets && !ends_there(run))
		status = yajl_status_error;
	if (status == yajl_status_error)
		json_run_bad_syntax(run);
	yajl_free(run->yajl);
	run->yajl = NULL;
	return status == yajl_status_ok;
}
