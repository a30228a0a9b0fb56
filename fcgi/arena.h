/*
 * The memory of one request. Everything a request allocates lives in its
 * arena and dies with it: nobody frees piecemeal. Foreign objects (a jwt_t,
 * a PGresult) join the clean-up list on the line after their birth.
 *
 * An arena belongs to one thread at a time. Allocation does not fail: the
 * sizes are bounded by fcgi/limits.h before they get here, and a machine
 * without memory stops the process loudly.
 */
#ifndef FCGI_ARENA_H
#define FCGI_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "fcgi/text.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *take_arena);

/* Run the clean-ups, newest first, and keep one small chunk for reuse. */
void arena_reset(struct arena *arena);

/*
 * A moment to go back to: arena_rewind runs the clean-ups of what was deferred
 * after it, newest first, and gives back what was allocated after it.
 */
struct arena_mark {
	char *at, *end;
	struct chunk *chunks;
	struct cleanup *cleanups;
	size_t next_chunk_bytes;
};

struct arena_mark arena_mark(const struct arena *arena);
void arena_rewind(struct arena *arena, struct arena_mark mark);

/* Zeroed, aligned for any type, alive until the reset. */
void *arena_alloc(struct arena *arena, size_t bytes);

/* As much, but the bytes are not zeroed. */
void *arena_alloc_raw(struct arena *arena, size_t bytes);

/* A copy with a NUL behind it. */
char *arena_string(struct arena *arena, struct text text);
struct text arena_text(struct arena *arena, struct text text);

char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0), nonnull(2)));

/* Call drop(object) at the reset; a NULL object is let be. */
void arena_defer(struct arena *arena, void (*drop)(void *), void *object);

/* Bytes taken from the system, for tests. */
size_t arena_bytes(const struct arena *arena);

#endif
