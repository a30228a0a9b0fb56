/*
 * Avro's own C library has the second word on whether a schema is valid.
 *
 * It is built without regard to threads, keeps what it has to say of a fault
 * in static memory, never frees records that hold themselves, and leaks after
 * some faults: so one thread asks at a time, and whatever it has allocated is
 * taken from it when it has answered. What it takes and the specification
 * does not, such as unions in unions, schema_read.c has refused.
 *
 * It does not look at defaults, but jansson, which reads for it, refuses some
 * that are good: a U+0000, and numbers that it has no type for.
 */
#include <avro.h>
#include <pthread.h>
#include <stdlib.h>

#include "fcgi/must.h"
#include "fcgi/schema.h"

/* Memory of the library's, in a list of all of it. */
struct block {
	struct block *next, **from;
	_Alignas(max_align_t) char bytes[];
};

/* The lock guards the library, and the list. */
static struct {
	pthread_mutex_t lock;
	struct block *blocks;
} library = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
drop(struct block *block)
{
	*block->from = block->next;
	if (block->next)
		block->next->from = block->from;
	free(block);
}

static void *
allocate(void *context, void *old, size_t old_bytes, size_t bytes)
{
	struct block *block = NULL;

	(void)context; /* there is one list */
	if (bytes) {
		block = malloc(sizeof(*block) + bytes);
		must(block);
		*block = (struct block){ library.blocks, &library.blocks };
		if (block->next)
			block->next->from = &block->next;
		library.blocks = block;
	}
	if (old) {
		if (block)
			memcpy(block->bytes, old,
			    old_bytes < bytes ? old_bytes : bytes);
		drop((struct block *)((char *)old -
		    offsetof(struct block, bytes)));
	}
	return block ? block->bytes : NULL;
}

/* Behind the string that begins at s; U+0000 becomes U+0001. */
static char *
behind_string(char *s, const char *end)
{
	for (s++; s < end && *s != '"'; s++)
		if (*s == '\\' && end - s > 5 &&
		    memcmp(s + 1, "u0000", 5) == 0)
			s[5] = '1';
		else if (*s == '\\')
			s++;
	return s + 1;
}

/* Behind the number that begins at s; 0 if it is long or has an exponent,
 * which a size, the one number that counts, has not. */
static char *
behind_number(char *s, const char *end)
{
	char *first = s;
	bool odd = false;

	for (; s < end && memchr("+-.0123456789eE", *s, 15); s++)
		odd |= *s == 'e' || *s == 'E' || s - first > 16;
	if (odd) {
		memset(first, ' ', (size_t)(s - first));
		*first = '0';
	}
	return s;
}

/* The same schema in JSON that jansson takes. The text is JSON. */
static struct text
readable(struct arena *arena, struct text schema)
{
	char *copy = arena_string(arena, schema), *s = copy;
	const char *end = copy + schema.n;

	while (s < end)
		if (*s == '"')
			s = behind_string(s, end);
		else if (*s == '-' || (*s >= '0' && *s <= '9'))
			s = behind_number(s, end);
		else
			s++;
	return (struct text){ copy, schema.n };
}

const char *
schema_doubt(struct arena *arena, struct text schema)
{
	struct text text = readable(arena, schema);
	const char *why = NULL;
	avro_schema_t answer;

	pthread_mutex_lock(&library.lock);
	avro_set_allocator(allocate, NULL);
	if (avro_schema_from_json_length(text.p, text.n, &answer))
		why = arena_string(arena, text_of(avro_strerror()));
	while (library.blocks)
		drop(library.blocks);
	pthread_mutex_unlock(&library.lock);
	return why;
}
