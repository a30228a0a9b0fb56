/*
 * What Sluice says of schemas and payloads, for compare.js beside it: a line
 * "S..." is a schema, a line "P..." a payload of the last one. Each is answered
 * with a line: "ok", or "no" and the sentence.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fcgi/schema.h"

static const char *
judge_schema(struct arena *arena, struct text text,
    const struct schema_type **type)
{
	const char *why;

	arena_reset(arena);
	*type = schema_read(arena, arena, text, &why);
	if (*type)
		why = schema_doubt(arena, text);
	if (why)
		*type = NULL;
	return why;
}

int
main(void)
{
	struct arena *arena = arena_new();
	const struct schema_type *type = NULL;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	while ((n = getline(&line, &room, stdin)) > 1) {
		struct text text = { line + 1, (size_t)n - 2 };
		const char *why = "there is no schema";

		if (*line == 'S')
			why = judge_schema(arena, text, &type);
		else if (type)
			why = schema_misfit(type, arena, text);
		printf("%s%s\n", why ? "no " : "ok", why ? why : "");
	}
	free(line);
	arena_free(arena);
	return fflush(stdout) != 0;
}
