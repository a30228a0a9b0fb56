/*
 * Any bytes as a schema and a payload, a NUL between them: each is taken or
 * refused in words, by ours and, if ours takes it, by Avro's own library. A
 * library that is built without its checks is tried hard here: whatever
 * reaches it must leave it in order.
 */
#include <stdint.h>

#include "fcgi/must.h"
#include "fcgi/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void
check_sentence(const char *why)
{
	must(why && *why && text_is_utf8(text_of(why)));
}

/* A payload that fits leaves nothing behind. */
static void
check_payload(const struct schema_type *type, struct arena *arena,
    struct text payload)
{
	struct arena_mark before = arena_mark(arena);
	const char *why = schema_misfit(type, arena, payload);

	if (why)
		check_sentence(why);
	else
		must(arena_mark(arena).at == before.at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct arena *keep = arena_new(), *arena = arena_new();
	const char *end = n ? memchr(bytes, '\0', n) : NULL, *why;
	/* A copy, so that what is kept of it shows. */
	struct text schema = { (const char *)bytes,
		end ? (size_t)(end - (const char *)bytes) : n };
	char *copy = arena_string(arena, schema);
	const struct schema_type *type = schema_read(keep, arena,
	    (struct text){ copy, schema.n }, &why);

	must(!type == !!why);
	if (!type)
		check_sentence(why);
	if (type && (why = schema_doubt(arena, schema)))
		check_sentence(why);
	arena_reset(arena);
	if (type && end)
		check_payload(type, arena, (struct text){ end + 1,
			n - schema.n - 1 });
	arena_free(arena);
	arena_free(keep);
	return 0;
}
