/*
 * Bytes that grow at the end, in the arena. See buffer.h for why they double.
 */
#include "fcgi/buffer.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "fcgi/must.h"

enum { FIRST_ROOM_BYTES = 256 };

void
buffer_init(struct buffer *b, struct arena *arena)
{
	*b = (struct buffer){ .arena = arena };
}

char *
buffer_reserve(struct buffer *b, size_t n)
{
	size_t room = b->room ? b->room : FIRST_ROOM_BYTES;
	char *p;

	if (n <= b->room - b->n)
		return b->p + b->n;

	must(n <= SIZE_MAX / 4 - b->n);
	while (room < b->n + n)
		room *= 2;
	p = arena_alloc_raw(b->arena, room);
	if (b->n)
		memcpy(p, b->p, b->n);
	b->p = p;
	b->room = room;
	return b->p + b->n;
}

void
buffer_add(struct buffer *b, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	memcpy(buffer_reserve(b, n), bytes, n);
	b->n += n;
}

void
buffer_add_byte(struct buffer *b, char byte)
{
	*buffer_reserve(b, 1) = byte;
	b->n++;
}

void
buffer_add_text(struct buffer *b, struct text t)
{
	buffer_add(b, t.p, t.n);
}

void
buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	must(n >= 0);

	/* vsnprintf ends with a NUL, which needs room but is not kept. */
	buffer_reserve(b, (size_t)n + 1);
	va_start(args, format);
	must(vsnprintf(b->p + b->n, (size_t)n + 1, format, args) == n);
	va_end(args);
	b->n += (size_t)n;
}
