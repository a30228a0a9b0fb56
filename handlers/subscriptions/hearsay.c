/*
 * All of it is guarded by one lock. Streams that concern nobody are known by
 * their ids, so that their entries, however many, wake no one here.
 */
#include "handlers/subscriptions/hearsay.h"

#include <pthread.h>
#include <string.h>

enum { NOBODYS = 1 << 15 /* a power of two */ };

static struct {
	pthread_mutex_t lock;
	void (*stir)(void);
	bool stopped;
	bool due;
	bool gap;
	int64_t heard[HEARD_MAX];
	int heard_count;
	/* Was anything forgotten since the streams were taken? */
	bool forgot;
	int64_t nobodys[NOBODYS];	/* the last of each place */
} hearsay = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
hearsay_start(void (*stir)(void))
{
	pthread_mutex_lock(&hearsay.lock);
	hearsay.stir = stir;
	pthread_mutex_unlock(&hearsay.lock);
}

/* With the lock; the place where it stands if it concerns nobody. */
static int64_t *
place_of(int64_t stream)
{
	return &hearsay.nobodys[(uint64_t)stream & (NOBODYS - 1)];
}

/* With the lock. True when it is news. */
static bool
note_stream(int64_t stream)
{
	if (*place_of(stream) == stream && stream)
		return false;
	for (int i = 0; i < hearsay.heard_count; i++)
		if (hearsay.heard[i] == stream)
			return false;
	if (hearsay.heard_count == HEARD_MAX)
		hearsay.gap = true;
	else
		hearsay.heard[hearsay.heard_count++] = stream;
	return true;
}

/* With the lock. */
static bool
note_due(bool concerns)
{
	hearsay.due = true;
	if (concerns) {
		memset(hearsay.nobodys, 0, sizeof hearsay.nobodys);
		hearsay.forgot = true;
	}
	return true;
}

/* With the lock. */
static bool
note_gap(void)
{
	hearsay.gap = true;
	return note_due(true);
}

void
hearsay_note(const struct channel_key *key)
{
	bool news = false;

	if (key && key->kind != CHANNEL_STREAM &&
	    key->kind != CHANNEL_SUBSCRIPTIONS)
		return;
	pthread_mutex_lock(&hearsay.lock);
	if (!key)
		news = note_gap();
	else if (key->kind == CHANNEL_SUBSCRIPTIONS)
		news = note_due(key->id == CONCERNS);
	else
		news = note_stream(key->id);
	/* What is noted before there is a dispatcher waits for it. */
	if (news && hearsay.stir && !hearsay.stopped)
		hearsay.stir();
	pthread_mutex_unlock(&hearsay.lock);
}

void
hearsay_missed(void)
{
	pthread_mutex_lock(&hearsay.lock);
	note_gap();
	pthread_mutex_unlock(&hearsay.lock);
}

void
hearsay_stop(void)
{
	pthread_mutex_lock(&hearsay.lock);
	hearsay.stir();
	hearsay.stopped = true;
	pthread_mutex_unlock(&hearsay.lock);
}

bool
hearsay_stopped(void)
{
	bool stopped;

	pthread_mutex_lock(&hearsay.lock);
	stopped = hearsay.stopped;
	pthread_mutex_unlock(&hearsay.lock);
	return stopped;
}

static bool
take(bool *flag)
{
	bool was;

	pthread_mutex_lock(&hearsay.lock);
	was = *flag;
	*flag = false;
	pthread_mutex_unlock(&hearsay.lock);
	return was;
}

bool
hearsay_take_due(void)
{
	return take(&hearsay.due);
}

bool
hearsay_take_gap(void)
{
	return take(&hearsay.gap);
}

int
hearsay_take_streams(int64_t streams[HEARD_MAX])
{
	int n;

	pthread_mutex_lock(&hearsay.lock);
	n = hearsay.heard_count;
	memcpy(streams, hearsay.heard, (size_t)n * sizeof streams[0]);
	hearsay.heard_count = 0;
	hearsay.forgot = false;
	pthread_mutex_unlock(&hearsay.lock);
	return n;
}

void
hearsay_nobodys(const int64_t *streams, int n)
{
	pthread_mutex_lock(&hearsay.lock);
	/* They may have been asked about before there were others. */
	for (int i = 0; !hearsay.forgot && i < n; i++)
		*place_of(streams[i]) = streams[i];
	pthread_mutex_unlock(&hearsay.lock);
}

void
hearsay_left(bool *gap, bool *streams)
{
	pthread_mutex_lock(&hearsay.lock);
	*gap = hearsay.gap;
	*streams = hearsay.heard_count > 0;
	pthread_mutex_unlock(&hearsay.lock);
}
