/*
 * The grammar of ids is Redis's streamGenericParseIDOrReply with string2ull,
 * accidents included: programs were written against it.
 */
#include "handlers/plates/entry_id.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/must.h"

/* Longer ones are no ids to Redis. */
enum { ID_BYTES_MAX = 127 };

/*
 * What strtoull takes, whole, but no plain negative number. Others it may
 * negate: "-0", " -1", "-01", and what is less than INT64_MIN. So an id may
 * end in "4--18446744073709551615".
 */
static bool
read_number(const char *p, uint64_t *number)
{
	unsigned long long n;
	char *end;

	errno = 0;
	if (p[0] == '-' && p[1] >= '1' && p[1] <= '9' &&
	    strtoll(p, NULL, 10) < 0 && !errno)
		return false;
	errno = 0;
	n = strtoull(p, &end, 10);
	if (errno || end == p || *end)
		return false;
	*number = n;
	return true;
}

bool
entry_id_read(struct text text, uint64_t missing_seq, struct entry_id *id)
{
	char copy[ID_BYTES_MAX + 1], *dash;
	struct entry_id read = { 0, missing_seq };

	if (!text.n || text.n > ID_BYTES_MAX || memchr(text.p, '\0', text.n))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	dash = strchr(copy, '-');
	if (dash)
		*dash = '\0';
	if (!read_number(copy, &read.ms) ||
	    (dash && !read_number(dash + 1, &read.seq)))
		return false;
	*id = read;
	return true;
}

int
entry_id_compare(struct entry_id a, struct entry_id b)
{
	if (a.ms != b.ms)
		return a.ms < b.ms ? -1 : 1;
	return (a.seq > b.seq) - (a.seq < b.seq);
}

bool
entry_id_next(struct entry_id *id)
{
	if (id->ms == UINT64_MAX && id->seq == UINT64_MAX)
		return false;
	if (++id->seq == 0)
		id->ms++;
	return true;
}

bool
entry_id_previous(struct entry_id *id)
{
	if (!id->ms && !id->seq)
		return false;
	if (id->seq-- == 0)
		id->ms--;
	return true;
}

static void
put(unsigned char *to, uint64_t number)
{
	for (int i = 7; i >= 0; i--, number >>= 8)
		to[i] = (unsigned char)number;
}

static uint64_t
get(const unsigned char *from)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | from[i];
	return number;
}

struct text
entry_id_pack(struct arena *arena, struct entry_id id)
{
	unsigned char *bytes = arena_alloc_raw(arena, ENTRY_ID_BYTES);

	put(bytes, id.ms);
	put(bytes + 8, id.seq);
	return (struct text){ (char *)bytes, ENTRY_ID_BYTES };
}

struct entry_id
entry_id_unpack(struct text bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;

	must(bytes.n == ENTRY_ID_BYTES);
	return (struct entry_id){ get(p), get(p + 8) };
}

struct text
entry_id_text(struct arena *arena, struct entry_id id)
{
	char *p = arena_alloc_raw(arena, ENTRY_ID_TEXT_MAX + 1);
	int n = snprintf(p, ENTRY_ID_TEXT_MAX + 1, "%" PRIu64 "-%" PRIu64,
	    id.ms, id.seq);

	return (struct text){ p, (size_t)n };
}
