/*
 * The words of commands that come in arrays.
 */
#include "handlers/plates/arguments.h"

#include <strings.h>

bool
arguments_block(struct text name)
{
	static const struct text blocking[] = { TEXT("XREAD"),
		TEXT("XREADGROUP") };

	for (size_t i = 0; i < sizeof(blocking) / sizeof(blocking[0]); i++)
		if (name.n == blocking[i].n &&
		    strncasecmp(name.p, blocking[i].p, name.n) == 0)
			return true;
	return false;
}

bool
arguments_allow(struct request *r, struct text name, bool blocking)
{
	struct text shown = text_cut(name, NAME_SHOWN_BYTES);
	char *upper = arena_string(r->arena, shown);

	if (command_exists(name) && (blocking || !arguments_block(name)))
		return true;
	for (size_t i = 0; i < shown.n; i++)
		if (upper[i] >= 'a' && upper[i] <= 'z')
			upper[i] -= 'a' - 'A';
	fail(r, E_UNSUPPORTED, "command %s is not allowed on this endpoint",
	    upper);
	return false;
}

bool
arguments_read(struct request *r, struct command *c, const struct json *array,
    const char *where)
{
	int place = 0;

	JSON_EACH(arg, array) {
		if (arg->kind != JSON_KIND_STRING &&
		    arg->kind != JSON_KIND_NUMBER) {
			fail(r, E_BAD_ARGUMENT,
			    "%s[%d] must be a string or a number", where,
			    place);
			return false;
		}
		c->word[c->words++] = arg->string;
		place++;
	}
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text
text_trim(struct text text)
{
	while (text.n && is_blank(text.p[text.n - 1]))
		text.n--;
	while (text.n && is_blank(*text.p)) {
		text.p++;
		text.n--;
	}
	return text;
}
