/*
 * Framing: whatever the sizes, and wherever a write stopped, the bytes that
 * nginx gets are the records of the content and of the end.
 */
#include <stdlib.h>

#include "fcgi/must.h"
#include "fcgi/records.h"
#include "tests/unit/test.h"

enum { MAX = 400000 };

static unsigned char sent[MAX + 1000];
static char content[MAX], unframed[MAX];
static size_t sent_bytes;

/* Send all of it, at most so many bytes at a time. */
static void
send_in_parts(struct records *r, size_t part)
{
	unsigned char frames[RECORD_PIECES][RECORD_HEAD_BYTES];
	struct iovec v[RECORD_PIECES];

	sent_bytes = 0;
	while (records_left(r)) {
		size_t room = part;
		int n = records_gather(r, v, frames);

		must(n > 0);
		for (int i = 0; i < n && room; i++) {
			size_t taken = v[i].iov_len < room ? v[i].iov_len :
			    room;

			must(taken && sent_bytes + taken <= sizeof(sent));
			memcpy(sent + sent_bytes, v[i].iov_base, taken);
			sent_bytes += taken;
			room -= taken;
		}
		r->sent = sent_bytes;
	}
}

/* The content of all records of request 513; SIZE_MAX if there is a fault. */
static size_t
unframe(bool ends)
{
	size_t n = 0, at = 0;
	bool eof = false, ended = false;

	while (at < sent_bytes) {
		const unsigned char *head = sent + at;
		size_t bytes = (size_t)(head[4] << 8 | head[5]);

		if (ended || sent_bytes - at < 8 + bytes || head[0] != 1 ||
		    head[2] != 2 || head[3] != 1 || head[6] || head[7])
			return SIZE_MAX;
		at += 8 + bytes;
		if (head[1] == 3) {
			ended = eof && bytes == 8 &&
			    memcmp(head + 8, "\0\0\0\0\0\0\0\0", 8) == 0;
			if (!ended)
				return SIZE_MAX;
			continue;
		}
		if (head[1] != 6 || eof || (bytes == 0 && !ends))
			return SIZE_MAX;
		eof = bytes == 0;
		memcpy(unframed + n, head + 8, bytes);
		n += bytes;
	}
	return ended == ends ? n : SIZE_MAX;
}

static bool
arrives(size_t head, size_t body, bool ends, size_t part)
{
	struct records r = { .head = { content, head },
		.body = { content + head, body }, .ends = ends, .id = 513 };

	send_in_parts(&r, part);
	return unframe(ends) == head + body &&
	    memcmp(unframed, content, head + body) == 0;
}

int
main(void)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 100, 65527, 65528, 65529,
		65536, 131055, 131056, 131057, 300000 };
	static const size_t parts[] = { 1, 7, 8, 9, 1000, 65535, 65536, 65537,
		MAX };

	for (size_t i = 0; i < MAX; i++)
		content[i] = (char)(i * 31 + i / 251);
	for (size_t b = 0; b < sizeof sizes / sizeof *sizes; b++)
		for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
			CHECK(arrives(0, sizes[b], true, parts[p]));
			CHECK(arrives(0, sizes[b], false, parts[p]));
			CHECK(arrives(137, sizes[b], true, parts[p]));
			CHECK(arrives(65530, sizes[b], false, parts[p]));
		}
	return test_result();
}
