/*
 * Bytes that grow at the end. The storage is the arena's; when it moves, the
 * old run stays there until the reset, so growth doubles.
 */
#ifndef FCGI_BUFFER_H
#define FCGI_BUFFER_H

#include <stddef.h>

#include "fcgi/arena.h"

struct buffer {
	struct arena *arena;
	char *p;
	size_t n;
	size_t room;
};

void buffer_init(struct buffer *b, struct arena *arena);
void buffer_add(struct buffer *b, const void *bytes, size_t n);
void buffer_add_byte(struct buffer *b, char byte);
void buffer_add_text(struct buffer *b, struct text t);
void buffer_printf(struct buffer *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Make room for n more bytes and give their address; add them with n += k. */
char *buffer_reserve(struct buffer *b, size_t n);

#endif
