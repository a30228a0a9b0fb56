/*
 * Who the peers are nobody knows beforehand: one is known from its first note
 * on. Should there be more than fit, the rest are heard, but not counted.
 */
#include "sql/wake_peers.h"

enum { PEERS_MAX = 256, PEER_SILENT_MS = 5000 };

static struct peer {
	uint64_t sender;
	uint64_t number;	/* of its last note */
	bool waiting;
	int64_t heard_us;
} peer[PEERS_MAX];
static int peers;

static struct peer *
find(uint64_t sender)
{
	for (int i = 0; i < peers; i++)
		if (peer[i].sender == sender)
			return &peer[i];
	return NULL;
}

struct peer_news
peers_heard(const struct wake_note *note, int64_t now_us)
{
	struct peer *from = find(note->sender);
	bool announcement = *note->entries == '\0', new = !from;
	struct peer_news news;

	if (new && peers < PEERS_MAX) {
		from = &peer[peers++];
		*from = (struct peer){ .sender = note->sender };
	}
	if (!from)
		return (struct peer_news){ false, false };
	/* A peer may have known us, and we not yet it. */
	news.missed = new || note->number != from->number + !announcement;
	news.waits = note->waiting && !from->waiting;
	from->number = note->number;
	from->waiting = note->waiting;
	from->heard_us = now_us;
	return news;
}

bool
peers_wait(void)
{
	for (int i = 0; i < peers; i++)
		if (peer[i].waiting)
			return true;
	return false;
}

bool
peers_fell_silent(int64_t now_us)
{
	int before = peers;

	for (int i = 0; i < peers; i++)
		if (now_us - peer[i].heard_us >= PEER_SILENT_MS * 1000)
			peer[i--] = peer[--peers];
	return peers < before;
}

void
peers_forget(void)
{
	peers = 0;
}
