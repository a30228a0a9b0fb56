/*
 * A list, its lock and a signal. Nobody is signalled who is not asleep: under
 * load threads find their next connection without a system call.
 */
#include "fcgi/ready.h"

#include <pthread.h>

#include "fcgi/log.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t came;
	struct connection *first, *last;
	int sleepers;
	bool ended;
} ready = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.came = PTHREAD_COND_INITIALIZER,
};

void
ready_put(struct connection *take_chain)
{
	struct connection *last = take_chain;
	int n = 1;

	for (; last->next; last = last->next)
		n++;
	pthread_mutex_lock(&ready.lock);
	*(ready.last ? &ready.last->next : &ready.first) = take_chain;
	ready.last = last;
	if (n > ready.sleepers)
		n = ready.sleepers;
	pthread_mutex_unlock(&ready.lock);
	while (n-- > 0)
		pthread_cond_signal(&ready.came);
}

/* Nothing to do: a moment to write the log. Lock held before and after. */
static void
write_log(void)
{
	pthread_mutex_unlock(&ready.lock);
	log_flush();
	pthread_mutex_lock(&ready.lock);
}

struct connection *
ready_take(void)
{
	struct connection *c;

	pthread_mutex_lock(&ready.lock);
	if (!ready.first)
		write_log();
	while (!ready.first && !ready.ended) {
		ready.sleepers++;
		pthread_cond_wait(&ready.came, &ready.lock);
		ready.sleepers--;
	}
	c = ready.first;
	if (c) {
		ready.first = c->next;
		if (!c->next)
			ready.last = NULL;
		c->next = NULL;
	}
	pthread_mutex_unlock(&ready.lock);
	return c;
}

void
ready_end(void)
{
	pthread_mutex_lock(&ready.lock);
	ready.ended = true;
	pthread_cond_broadcast(&ready.came);
	pthread_mutex_unlock(&ready.lock);
}
