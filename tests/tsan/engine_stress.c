/*
 * The engine under load, for builds that watch for data races, for memory
 * misused and for memory lost. A crowd of clients waits for tokens; bursts of
 * tokens come from several connections at once, while clients hang up and
 * others come. After each burst there must not be a token left for which
 * somebody waits: that would be a lost wake-up. In the end the server drains,
 * and everybody must have an answer.
 */
#include <errno.h>
#include <sys/epoll.h>

#include "tests/tsan/token_server.h"
#include "tests/unit/fastcgi_client.h"
#include "tests/unit/test.h"

enum {
	THREADS = 4,
	DUEL_TOPIC = TOPICS - 1, /* not the crowd's */
	CROWD = 3300,
	CALLERS = 12,	/* connections that bring tokens */
	ROUNDS = 12,
	CALLS_A_ROUND = 600,
	DUELS = 1500,
	PATIENCE_US = 15000000
};

struct client {
	int fd;			/* -1: not connected */
	bool waits;		/* for the answer to a request */
	int status;		/* of the last answer; 0: the server closed */
	unsigned char head[8];	/* of a record, as far as it has come */
	size_t n;
	size_t skip;		/* bytes that belong to it */
	bool last;		/* it ends the reply */
};

static struct server server;
static struct client crowd[CROWD], callers[CALLERS], duelists[2];
static int crowd_size = CROWD, epoll_fd;

static void
client_open(struct client *c)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };

	*c = (struct client){ .fd = client_connect(server.path) };
	must(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event) == 0);
}

static void
client_close(struct client *c)
{
	close(c->fd);
	c->fd = -1;
	c->waits = false;
}

static void
client_ask(struct client *c, const char *verb, int topic, int n)
{
	char uri[40];

	snprintf(uri, sizeof(uri), "/%s/%d/%d", verb, topic, n);
	must(client_send(c->fd, uri));
	c->waits = true;
	c->status = 0;
	c->n = c->skip = 0;
	c->last = false;
}

/* Take a part of the reply; true when its last record has ended. */
static bool
client_take(struct client *c, const unsigned char *p, size_t n)
{
	while (n) {
		size_t taken = n < c->skip ? n : c->skip;

		if (c->skip && !c->status)
			c->status = atoi((const char *)p +
			    strlen("Status: "));
		c->skip -= taken;
		p += taken;
		n -= taken;
		while (n && !c->skip && c->n < sizeof(c->head)) {
			c->head[c->n++] = *p++;
			n--;
		}
		if (c->n == sizeof(c->head) && !c->skip) {
			c->skip = (size_t)(c->head[4] << 8 | c->head[5]) +
			    c->head[6];
			c->n = 0;
			c->last = c->head[1] == CLIENT_END;
		}
	}
	return c->last && !c->skip;
}

static void
client_hear(struct client *c)
{
	static unsigned char bytes[1 << 16];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes) - 1, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		c->status = 0;
		client_close(c);
		return;
	}
	bytes[n] = '\0';
	if (client_take(c, bytes, (size_t)n))
		c->waits = false;
}

/* Hear what has come, waiting for it at most so long. */
static void
hear(int wait_ms)
{
	struct epoll_event events[256];
	int n = epoll_wait(epoll_fd, events, 256, wait_ms);

	for (int i = 0; i < n; i++)
		client_hear(events[i].data.ptr);
}

static int
waiting_clients(void)
{
	int n = 0;

	for (int i = 0; i < crowd_size; i++)
		n += crowd[i].waits;
	return n;
}

/* One client asks for tokens, in one of the three ways. */
static void
ask_for_token(struct client *c, int topic, int wait_ms)
{
	static const char *const ways[] = { "take", "turn", "flow" };

	if (c->fd < 0)
		client_open(c);
	client_ask(c, ways[rand() % 3], topic, wait_ms);
}

/* It waits long, or gives up soon. */
static void
join_crowd(struct client *c, bool long_wait)
{
	ask_for_token(c, rand() % DUEL_TOPIC,
	    long_wait ? 600000 : rand() % 50);
}

static void
look(void)
{
	struct client *c = &callers[0];

	client_ask(c, "look", 0, 0);
	while (c->waits)
		hear(1000);
	must(c->status == 200);
}

/* Everybody waits who can: long waits for all, and no token is left. */
static bool
crowd_gathers(void)
{
	int64_t end_us = clock_monotonic_us() + PATIENCE_US;

	for (int i = 0; i < crowd_size; i++)
		if (!crowd[i].waits)
			join_crowd(&crowd[i], true);
	do {
		hear(10);
		for (int i = 0; i < crowd_size; i++)
			if (!crowd[i].waits)
				join_crowd(&crowd[i], true);
		look();
	} while ((int)shared->parked < crowd_size &&
	    clock_monotonic_us() < end_us);
	return (int)shared->parked == crowd_size;
}

/* Tokens from all callers at once; meanwhile clients come and go. */
static void
burst(void)
{
	int calls = 0, busy = 0;

	while (calls < CALLS_A_ROUND || busy) {
		struct client *gone = &crowd[rand() % crowd_size];

		busy = 0;
		for (int i = 0; i < CALLERS; i++) {
			struct client *c = &callers[i];

			if (c->fd < 0)
				client_open(c);
			if (!c->waits && calls < CALLS_A_ROUND) {
				client_ask(c, "bring", rand() % DUEL_TOPIC,
				    1 + rand() % 3);
				calls++;
			}
			busy += c->waits;
		}
		if (rand() % 3 == 0 && gone->fd >= 0)
			client_close(gone);
		if (rand() % 3 == 0 && !gone->waits)
			join_crowd(gone, false);
		hear(busy ? 1 : 0);
	}
}

/* Is there, at last, no token for which somebody waits? */
static bool
nobody_waits_in_vain(void)
{
	int64_t end_us = clock_monotonic_us() + PATIENCE_US;
	int in_vain;

	do {
		hear(1);
		look();
		in_vain = 0;
		for (int t = 0; t < TOPICS; t++)
			in_vain += shared->tokens[t] > 0 &&
			    shared->waiting[t] > 0;
	} while (in_vain && clock_monotonic_us() < end_us);
	return !in_vain;
}

/*
 * One or two that wait for one token, which comes while they begin to wait
 * or, often, the first hangs up. What is left over is there for the next duel.
 */
static bool
duel(void)
{
	struct client *first = &duelists[0], *second = &duelists[1];

	if (!first->waits)
		ask_for_token(first, DUEL_TOPIC, 600000);
	if (rand() % 2)
		look(); /* so that it is there */
	if (!second->waits && rand() % 2)
		ask_for_token(second, DUEL_TOPIC, 600000);
	client_ask(&callers[1], "bring", DUEL_TOPIC, 1);
	if (rand() % 2)
		client_close(first);
	while (callers[1].waits)
		hear(1);
	return nobody_waits_in_vain();
}

/* SIGTERM: who waits gets an answer; as nginx does, we close behind it. */
static void
drain(void)
{
	int64_t end_us = clock_monotonic_us() + PATIENCE_US;
	int waited = waiting_clients(), answered = 0;

	kill(server.pid, SIGTERM);
	for (int i = 0; i < CALLERS; i++)
		client_close(&callers[i]);
	while (answered < waited && clock_monotonic_us() < end_us) {
		hear(10);
		for (int i = 0; i < crowd_size; i++)
			if (crowd[i].fd >= 0 && !crowd[i].waits) {
				answered += crowd[i].status == 204 ||
				    crowd[i].status == 200; /* a stream */
				client_close(&crowd[i]);
			}
	}
	CHECK_INTEGER(answered, waited);
	CHECK_INTEGER(server_stop(&server), 0);
}

/* As many files as we may have; the crowd is smaller where that is few. */
static void
raise_descriptor_limit(void)
{
	struct rlimit limit;

	must(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = limit.rlim_max;
	must(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	if (limit.rlim_max < CROWD + 100)
		crowd_size = (int)limit.rlim_max - 100;
}

/* All of them, until one goes wrong. */
static bool
duels(void)
{
	for (int i = 0; i < DUELS; i++)
		if (!duel())
			return false;
	for (int i = 0; i < 2; i++)
		if (duelists[i].fd >= 0)
			client_close(&duelists[i]);
	return true;
}

static bool
rounds(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (!crowd_gathers())
			return false;
		shared->noise = i % 3 == 2;
		burst();
		shared->noise = false;
		if (!nobody_waits_in_vain())
			return false;
	}
	return crowd_gathers();
}

int
main(void)
{
	raise_descriptor_limit();
	shared = server_shared_memory(sizeof(*shared));
	server_start(&server, THREADS, &token_hooks, 0);
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	must(epoll_fd >= 0);
	for (int i = 0; i < CROWD; i++)
		crowd[i].fd = -1;
	duelists[0].fd = duelists[1].fd = -1;
	for (int i = 0; i < CALLERS; i++)
		client_open(&callers[i]);
	srand(1);
	CHECK(duels());
	CHECK(rounds());
	CHECK(shared->taken > 0);
	fprintf(stderr, "%d clients wait, %lld tokens were taken\n",
	    waiting_clients(), (long long)shared->taken);
	drain();
	return test_result();
}
