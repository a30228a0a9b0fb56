/*
 * Any bytes as the JSON body of an append. What is cut must be what jansson
 * takes, value by value, and the cuts must lie one behind the other in the
 * text, with nothing but blanks and commas between.
 */
#include <jansson.h>
#include <stdint.h>

#include "fcgi/json.h"
#include "fcgi/must.h"

enum { JANSSON_FLAGS = JSON_DECODE_ANY | JSON_ALLOW_NUL };

struct cuts {
	struct text text;
	const char *end;	/* of the value before */
	size_t count;
};

static bool
is_between(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' ||
	    c == '[';
}

/* jansson is stricter with numbers only: it wants to hold them. */
static bool
jansson_takes(struct text text)
{
	json_error_t why;
	json_t *value = json_loadb(text.p, text.n, JANSSON_FLAGS, &why);
	bool takes = value ||
	    json_error_code(&why) == json_error_numeric_overflow;

	json_decref(value);
	return takes;
}

static bool
take(void *context, struct text value)
{
	struct cuts *cuts = context;

	must(value.n > 0 && value.p >= cuts->end &&
	    value.p + value.n <= cuts->text.p + cuts->text.n);
	for (const char *p = cuts->end; p < value.p; p++)
		must(is_between(*p));
	must(jansson_takes(value));
	cuts->end = value.p + value.n;
	cuts->count++;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text text = { (const char *)data, size };
	struct cuts cuts = { .text = text, .end = text.p };
	struct json_complaint why;
	json_error_t error;
	json_t *whole;
	bool done;

	done = json_split(text, take, &cuts, &why);
	if (memchr(data, '\0', size)) {
		must(!done); /* jansson overlooks one behind a number */
		return 0;
	}
	whole = json_loadb(text.p, text.n, JANSSON_FLAGS, &error);
	if (whole) {
		must(done || why.fault == JSON_FAULT_DEPTH);
		if (done)
			must(cuts.count == (json_is_array(whole) ?
			    json_array_size(whole) : 1));
	} else if (done) {
		must(json_error_code(&error) == json_error_numeric_overflow);
	}
	json_decref(whole);
	return 0;
}
