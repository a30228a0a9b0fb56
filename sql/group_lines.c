/*
 * A hash table of lines, by stream: a wake-up knows no groups. The lock is not
 * held while anybody is woken.
 */
#include "sql/group_lines.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/must.h"
#include "fcgi/name_id.h"

enum { BUCKETS = 1 << 12 };

struct group_line {
	int64_t stream_id;
	struct channel_key key;
	struct group_line *next; /* in its bucket */
	uint32_t users;
};

static struct {
	pthread_mutex_t lock;
	struct group_line *bucket[BUCKETS];
} lines = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* No name holds a NUL, so no other two names are written like this. */
struct channel_key
group_channel(struct text stream, struct text group)
{
	size_t n = stream.n + 1 + group.n;
	char *both = malloc(n);
	int64_t id;

	must(both);
	memcpy(both, stream.p, stream.n);
	both[stream.n] = '\0';
	memcpy(both + stream.n + 1, group.p, group.n);
	id = stream_id((struct text){ both, n });
	free(both);
	return (struct channel_key){ CHANNEL_GROUP, id };
}

static struct group_line **
bucket_of(int64_t stream_id)
{
	uint64_t hash = (uint64_t)stream_id * 0x9e3779b97f4a7c15u;

	return &lines.bucket[(hash ^ hash >> 29) % BUCKETS];
}

struct group_line *
group_line_join(int64_t stream_id, struct channel_key key)
{
	struct group_line **slot = bucket_of(stream_id), *line;

	pthread_mutex_lock(&lines.lock);
	while (*slot && ((*slot)->stream_id != stream_id ||
	    (*slot)->key.id != key.id))
		slot = &(*slot)->next;
	if (!*slot) {
		*slot = calloc(1, sizeof(**slot));
		must(*slot);
		(*slot)->stream_id = stream_id;
		(*slot)->key = key;
	}
	line = *slot;
	line->users++;
	pthread_mutex_unlock(&lines.lock);
	return line;
}

void
group_line_leave(struct group_line *take_line)
{
	struct group_line **slot = bucket_of(take_line->stream_id);
	bool last;

	pthread_mutex_lock(&lines.lock);
	last = --take_line->users == 0;
	if (last) {
		while (*slot != take_line)
			slot = &(*slot)->next;
		*slot = take_line->next;
	}
	pthread_mutex_unlock(&lines.lock);
	if (last)
		free(take_line);
}

/* The stream's lines; the array is the caller's. Lock held. */
static int
keys_of(int64_t stream_id, struct channel_key **key)
{
	const struct group_line *line, *first = *bucket_of(stream_id);
	int n = 0;

	for (line = first; line; line = line->next)
		n += line->stream_id == stream_id;
	*key = n ? malloc((size_t)n * sizeof(**key)) : NULL;
	must(*key || !n);
	n = 0;
	for (line = first; line; line = line->next)
		if (line->stream_id == stream_id)
			(*key)[n++] = line->key;
	return n;
}

void
group_lines_moved(int64_t stream_id)
{
	struct channel_key *key;
	int n;

	pthread_mutex_lock(&lines.lock);
	n = keys_of(stream_id, &key);
	pthread_mutex_unlock(&lines.lock);
	for (int i = 0; i < n; i++)
		lot_wake(key[i], 1);
	free(key);
}
