/*
 * A bump allocator over a list of chunks. The arena itself sits at the head
 * of its first chunk, which survives every reset: a request that waits, or a
 * connection between two requests, costs this chunk and no more. Further
 * chunks double up to a limit, and what is large gets one of its own, so
 * that a body of 10 MiB does not make the next chunk 20.
 */
#include "fcgi/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "fcgi/must.h"

enum {
	FIRST_CHUNK_BYTES = 2048,
	CHUNK_BYTES_MAX = 64 << 10,
	ALIGNMENT = alignof(max_align_t)
};

struct chunk {
	struct chunk *next;
	size_t bytes;
};

struct cleanup {
	struct cleanup *next;
	void (*drop)(void *);
	void *object;
};

struct arena {
	char *at;		/* next free byte of the current chunk */
	char *end;
	struct chunk *chunks;	/* all but the first; newest in front */
	struct cleanup *cleanups;
	size_t next_chunk_bytes;
	size_t bytes;
};

static size_t
aligned(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

/* As an arena is that holds nothing. */
static struct arena_mark
beginning(struct arena *arena)
{
	return (struct arena_mark){
		.at = (char *)arena + aligned(sizeof *arena),
		.end = (char *)arena + FIRST_CHUNK_BYTES,
		.next_chunk_bytes = 2 * FIRST_CHUNK_BYTES
	};
}

struct arena *
arena_new(void)
{
	struct arena *arena = malloc(FIRST_CHUNK_BYTES);

	must(arena);
	arena->chunks = NULL;
	arena->cleanups = NULL;
	arena->bytes = FIRST_CHUNK_BYTES;
	arena_reset(arena);
	return arena;
}

struct arena_mark
arena_mark(const struct arena *arena)
{
	return (struct arena_mark){ arena->at, arena->end, arena->chunks,
		arena->cleanups, arena->next_chunk_bytes };
}

void
arena_rewind(struct arena *arena, struct arena_mark mark)
{
	/* A clean-up may read what lives here, so the bytes go afterwards. */
	while (arena->cleanups != mark.cleanups) {
		struct cleanup *c = arena->cleanups;

		arena->cleanups = c->next;
		c->drop(c->object);
	}
	while (arena->chunks != mark.chunks) {
		struct chunk *c = arena->chunks;

		arena->chunks = c->next;
		arena->bytes -= c->bytes;
		free(c);
	}
	arena->at = mark.at;
	arena->end = mark.end;
	arena->next_chunk_bytes = mark.next_chunk_bytes;
}

void
arena_reset(struct arena *arena)
{
	arena_rewind(arena, beginning(arena));
}

void
arena_free(struct arena *take_arena)
{
	if (!take_arena)
		return;
	arena_reset(take_arena);
	free(take_arena);
}

/* A chunk with that much behind its head; gives the address behind it. */
static char *
add_chunk(struct arena *arena, size_t bytes)
{
	size_t head = aligned(sizeof(struct chunk));
	struct chunk *chunk = malloc(head + bytes);

	must(chunk);
	chunk->bytes = head + bytes;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->bytes += chunk->bytes;
	return (char *)chunk + head;
}

void *
arena_alloc_raw(struct arena *arena, size_t bytes)
{
	char *p;

	must(bytes <= SIZE_MAX / 2);
	bytes = aligned(bytes ? bytes : 1);
	if (bytes <= (size_t)(arena->end - arena->at)) {
		p = arena->at;
		arena->at += bytes;
		return p;
	}
	if (bytes > arena->next_chunk_bytes / 4)
		return add_chunk(arena, bytes);

	p = add_chunk(arena, arena->next_chunk_bytes);
	arena->at = p + bytes;
	arena->end = p + arena->next_chunk_bytes;
	if (arena->next_chunk_bytes < CHUNK_BYTES_MAX)
		arena->next_chunk_bytes *= 2;
	return p;
}

void *
arena_alloc(struct arena *arena, size_t bytes)
{
	return memset(arena_alloc_raw(arena, bytes), 0, bytes);
}

char *
arena_string(struct arena *arena, struct text text)
{
	char *copy = arena_alloc_raw(arena, text.n + 1);

	if (text.n)
		memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	return copy;
}

struct text
arena_text(struct arena *arena, struct text text)
{
	if (!text.p)
		return TEXT_ABSENT;
	return (struct text){ arena_string(arena, text), text.n };
}

char *
arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = arena_vprintf(arena, format, args);
	va_end(args);
	return s;
}

char *
arena_vprintf(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	char *s;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	must(n >= 0);
	s = arena_alloc_raw(arena, (size_t)n + 1);
	must(vsnprintf(s, (size_t)n + 1, format, args) == n);
	return s;
}

void
arena_defer(struct arena *arena, void (*drop)(void *), void *object)
{
	struct cleanup *c;

	if (!object)
		return;
	c = arena_alloc_raw(arena, sizeof *c);
	*c = (struct cleanup){ arena->cleanups, drop, object };
	arena->cleanups = c;
}

size_t
arena_bytes(const struct arena *arena)
{
	return arena->bytes;
}
