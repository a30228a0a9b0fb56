/*
 * Connections that no thread has are in one epoll, in which all threads wait: a
 * request goes from the socket to its thread without passing through another,
 * which under load is one system call instead of a handful and a switch of
 * threads. Events are one-shot, so a connection is reported to one thread.
 *
 * What the lot makes READY (a wake-up, a deadline) is in no epoll event; it
 * stands in a line of its own, and an eventfd in the same epoll says so.
 */
#include "fcgi/ready.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fcgi/fastcgi.h"
#include "fcgi/log.h"
#include "fcgi/lot_private.h"
#include "fcgi/must.h"

static struct {
	int epoll_fd;
	int line_fd;	/* counts what was put into the line */
	pthread_mutex_t lock;
	struct connection *first, *last;
	_Atomic bool ended;
} ready = { .lock = PTHREAD_MUTEX_INITIALIZER };

void
ready_start(void)
{
	struct epoll_event event = { .events = EPOLLIN };

	ready.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	ready.line_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	must(ready.epoll_fd >= 0 && ready.line_fd >= 0);
	must(epoll_ctl(ready.epoll_fd, EPOLL_CTL_ADD, ready.line_fd,
	    &event) == 0);
	ready.ended = false;
}

void
ready_stop(void)
{
	close(ready.epoll_fd);
	close(ready.line_fd);
}

void
ready_arm(struct connection *c, bool new, enum ready_for what)
{
	static const uint32_t events[] = {
		[READY_FOR_REQUEST] = EPOLLIN,
		[READY_FOR_END] = 0,
		[READY_FOR_ROOM] = EPOLLOUT
	};
	struct epoll_event event = {
		.events = events[what] | EPOLLRDHUP | EPOLLONESHOT,
		.data.ptr = c
	};

	must(epoll_ctl(ready.epoll_fd, new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD,
	    fastcgi_fd(c->fastcgi), &event) == 0);
}

void
ready_put(struct connection *take_chain)
{
	struct connection *last = take_chain;
	uint64_t n = 1;

	for (; last->next; last = last->next)
		n++;
	pthread_mutex_lock(&ready.lock);
	*(ready.last ? &ready.last->next : &ready.first) = take_chain;
	ready.last = last;
	pthread_mutex_unlock(&ready.lock);
	must(write(ready.line_fd, &n, sizeof(n)) == sizeof(n));
}

static struct connection *
line_take(void)
{
	struct connection *c;

	pthread_mutex_lock(&ready.lock);
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

/* The next event. Before the thread sleeps it has a moment for the log. */
static void
wait_for_event(struct epoll_event *event)
{
	int n = epoll_wait(ready.epoll_fd, event, 1, 0);

	if (n == 0) {
		log_flush();
		n = epoll_wait(ready.epoll_fd, event, 1, -1);
	}
	must(n == 1 || errno == EINTR);
	if (n != 1)
		event->data.ptr = NULL;
}

struct connection *
ready_take(void)
{
	struct epoll_event event;
	struct connection *c = NULL;
	uint64_t one;

	while (!c && !ready.ended) {
		wait_for_event(&event);
		c = event.data.ptr;
		if (c && lot_stir(c))
			c->has_bytes = event.events == EPOLLIN;
		else if (c)
			c = NULL;
		else if (!c && read(ready.line_fd, &one, sizeof(one)) > 0)
			c = line_take();
	}
	return c;
}

void
ready_end(void)
{
	ready.ended = true;
	/* More than all threads can read, so it wakes every one. */
	must(write(ready.line_fd, &(uint64_t){ UINT32_MAX }, 8) == 8);
}
