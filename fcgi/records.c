/*
 * Where in the framed bytes we are follows from how many were sent: all
 * records but the last have the same size. So a write that took only a part
 * needs no other memory than that number.
 */
#include "fcgi/records.h"

#include <string.h>

enum {
	FCGI_VERSION = 1,
	TYPE_END_REQUEST = 3,
	TYPE_STDOUT = 6,
	/* At most 65535; a multiple of eight needs no padding. */
	CONTENT_BYTES = 65528,
	RECORD_BYTES = RECORD_HEAD_BYTES + CONTENT_BYTES,
	END_BYTES = 3 * RECORD_HEAD_BYTES
};

static size_t
content_bytes(const struct records *r)
{
	return r->head.n + r->body.n;
}

/* The content and its frames. */
static size_t
framed_bytes(const struct records *r)
{
	size_t n = content_bytes(r);

	return n + (n + CONTENT_BYTES - 1) / CONTENT_BYTES * RECORD_HEAD_BYTES;
}

size_t
records_left(const struct records *r)
{
	return framed_bytes(r) + (r->ends ? END_BYTES : 0) - r->sent;
}

static void
make_frame(unsigned char *to, int type, uint16_t id, size_t n)
{
	to[0] = FCGI_VERSION;
	to[1] = (unsigned char)type;
	to[2] = (unsigned char)(id >> 8);
	to[3] = (unsigned char)id;
	to[4] = (unsigned char)(n >> 8);
	to[5] = (unsigned char)n;
	to[6] = to[7] = 0;
}

/* What follows the content, in three parts: application status 0, complete. */
static struct iovec
end_piece(const struct records *r, size_t at, unsigned char *frame)
{
	size_t skip = at % RECORD_HEAD_BYTES;

	if (at < RECORD_HEAD_BYTES)
		make_frame(frame, TYPE_STDOUT, r->id, 0);
	else if (at < 2 * RECORD_HEAD_BYTES)
		make_frame(frame, TYPE_END_REQUEST, r->id, RECORD_HEAD_BYTES);
	else
		memset(frame, 0, RECORD_HEAD_BYTES);
	return (struct iovec){ frame + skip, RECORD_HEAD_BYTES - skip };
}

/* The run that begins at that one of all bytes. */
static struct iovec
piece(const struct records *r, size_t at, unsigned char *frame)
{
	size_t record = at / RECORD_BYTES, skip = at % RECORD_BYTES;
	size_t begins = record * CONTENT_BYTES, ends = begins + CONTENT_BYTES;
	struct text from = r->head;

	if (at >= framed_bytes(r))
		return end_piece(r, at - framed_bytes(r), frame);
	if (ends > content_bytes(r))
		ends = content_bytes(r);
	if (skip < RECORD_HEAD_BYTES) {
		make_frame(frame, TYPE_STDOUT, r->id, ends - begins);
		return (struct iovec){ frame + skip, RECORD_HEAD_BYTES - skip };
	}
	begins += skip - RECORD_HEAD_BYTES;
	if (begins >= r->head.n) {
		begins -= r->head.n;
		ends -= r->head.n;
		from = r->body;
	}
	if (ends > from.n)
		ends = from.n;
	return (struct iovec){ (char *)from.p + begins, ends - begins };
}

int
records_gather(const struct records *r, struct iovec v[RECORD_PIECES],
    unsigned char frames[RECORD_PIECES][RECORD_HEAD_BYTES])
{
	size_t at = r->sent, end = r->sent + records_left(r);
	int n = 0;

	for (; n < RECORD_PIECES && at < end; n++) {
		v[n] = piece(r, at, frames[n]);
		at += v[n].iov_len;
	}
	return n;
}
