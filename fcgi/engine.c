/*
 * The loop: it accepts connections and arms them in the threads' epoll
 * (fcgi/ready.h), wakes what is due and starts the drain. What a thread does
 * with a connection is in fcgi/serving.c.
 *
 * Draining. FastCGI has no way to say that a connection ends: closing a kept
 * one, idle or just answered, breaks the request that nginx may be sending on
 * it. So nginx closes them all. It uses a connection again only while that is
 * younger than FRONT_REUSES_MS; a draining process accepts what is in the
 * backlog, then no more, answers what comes, and ends when the last one is
 * closed. Who waits is called for the last time when nginx will not reuse its
 * connection: earlier it would come back here, in a circle. New connections
 * wait in the backlog, or are our successor's already.
 */
#define _GNU_SOURCE /* accept4 */
#include "fcgi/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fcgi/clock.h"
#include "fcgi/fastcgi.h"
#include "fcgi/log.h"
#include "fcgi/lot_private.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "fcgi/ready.h"
#include "fcgi/serving.h"

enum {
	ACCEPTS_IN_A_ROW = 64,
	ACCEPT_PAUSE_MS = 100,
	COMPLAINT_PAUSE_MS = 10000
};

static struct {
	const struct engine_hooks *hooks;
	int listen_fd, epoll_fd, event_fd, signal_fd;
	_Atomic bool draining;
	int64_t drain_until_us;
	int64_t accept_after_us; /* 0: the listener is watched */
	int64_t complain_after_us; /* that we cannot accept */
} engine;

bool
engine_draining(void)
{
	return atomic_load(&engine.draining);
}

static void
stir_loop(void)
{
	/* A full counter means the loop is stirred already. */
	(void)!write(engine.event_fd, &(uint64_t){ 1 }, 8);
}

/* The last one that goes ends the drain. */
static void
connection_gone(void)
{
	if (engine_draining())
		stir_loop();
}

static void *
thread_main(void *argument)
{
	struct db *db = engine.hooks->open((int)(intptr_t)argument);
	struct connection *c;

	metric_add(METRIC_threads, 1);
	while ((c = ready_take())) {
		metric_add(METRIC_threads_busy, 1);
		serving_take_up(c, db);
		metric_add(METRIC_threads_busy, -1);
	}
	metric_add(METRIC_threads, -1);
	engine.hooks->close(db);
	return NULL;
}

static void
watch(int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	must(fd >= 0);
	must(epoll_ctl(engine.epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0);
}

static void
take_connection(int fd)
{
	struct connection *c = connection_open(fd);

	ready_arm(c, true, READY_FOR_REQUEST);
	if (lot_move(c, CONNECTION_IDLE))
		return;
	must(lot_move(c, CONNECTION_READY));
	ready_put(c);
}

static void
unwatch_listener(void)
{
	must(epoll_ctl(engine.epoll_fd, EPOLL_CTL_DEL, engine.listen_fd,
	    NULL) == 0);
}

/*
 * With too many open we leave the rest in the backlog, and look again a little
 * later: epoll would report them at once and for ever.
 */
static void
pause_accepting(const char *why)
{
	int64_t now = clock_monotonic_us();

	unwatch_listener();
	engine.accept_after_us = now + ACCEPT_PAUSE_MS * 1000;
	if (now < engine.complain_after_us)
		return;
	engine.complain_after_us = now + COMPLAINT_PAUSE_MS * 1000;
	log_warn("accept: %s, with %u connections open", why,
	    connections_open());
}

/* Accept what waits, a few at a time; true if there may be more. */
static bool
accept_some(void)
{
	for (int i = 0; i < ACCEPTS_IN_A_ROW; i++) {
		bool full = connections_open() >= CONNECTIONS_MAX;
		int fd = full ? -1 : accept4(engine.listen_fd, NULL, NULL,
		    SOCK_CLOEXEC);

		if (fd >= 0) {
			take_connection(fd);
		} else if (full) {
			pause_accepting("CONNECTIONS_MAX");
			return false;
		} else if (errno == EAGAIN) {
			return false;
		} else if (errno != EINTR && errno != ECONNABORTED) {
			pause_accepting(strerror(errno));
			return false;
		}
	}
	return true;
}

/* After such a pause; gives the time of the loop's next look. */
static int64_t
accept_again(int64_t next_us)
{
	if (!engine.accept_after_us)
		return next_us;
	if (clock_monotonic_us() >= engine.accept_after_us) {
		engine.accept_after_us = 0;
		watch(engine.listen_fd);
		return next_us;
	}
	return engine.accept_after_us < next_us ? engine.accept_after_us :
	    next_us;
}

static void
start_draining(void)
{
	if (engine_draining())
		return;
	while (!engine.accept_after_us && accept_some())
		;
	if (!engine.accept_after_us)
		unwatch_listener();
	engine.accept_after_us = 0;
	log_info("draining %u connections", connections_open());
	engine.drain_until_us = clock_monotonic_us() + DRAIN_MS_MAX * 1000;
	atomic_store(&engine.draining, true);
	lot_wake_everyone();
}

static void
handle(const struct epoll_event *event)
{
	struct signalfd_siginfo signal;
	uint64_t count;

	if (event->data.fd == engine.listen_fd)
		(void)accept_some(); /* the rest comes with the next event */
	else if (event->data.fd == engine.event_fd)
		(void)!read(engine.event_fd, &count, sizeof(count));
	else if (read(engine.signal_fd, &signal, sizeof(signal)) ==
	    sizeof(signal))
		start_draining();
}

static int
milliseconds_until(int64_t next_us)
{
	int64_t ms;

	if (next_us == INT64_MAX)
		return -1;
	ms = (next_us - clock_monotonic_us() + 999) / 1000;
	return ms < 0 ? 0 : ms > 60000 ? 60000 : (int)ms;
}

/* While draining: is it over? Also says when to look again. */
static bool
drained(int64_t *next_us)
{
	if (!engine_draining())
		return false;
	if (engine.drain_until_us < *next_us)
		*next_us = engine.drain_until_us;
	return connections_open() == 0 ||
	    clock_monotonic_us() >= engine.drain_until_us;
}

static void
loop(void)
{
	struct epoll_event event;
	int64_t next_us = INT64_MAX;

	while (!drained(&next_us)) {
		int n = epoll_wait(engine.epoll_fd, &event, 1,
		    milliseconds_until(next_us));

		must(n >= 0 || errno == EINTR);
		if (n == 1)
			handle(&event);
		next_us = accept_again(lot_tick(clock_monotonic_us()));
	}
}

static sigset_t
stop_signals(void)
{
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	return stop;
}

void
engine_block_signals(void)
{
	sigset_t stop = stop_signals();

	must(pthread_sigmask(SIG_BLOCK, &stop, NULL) == 0);
}

void
engine_run(int listen_fd, int threads, const struct engine_hooks *hooks)
{
	pthread_t thread[THREADS_MAX];
	sigset_t stop = stop_signals();

	must(threads >= 1 && threads <= THREADS_MAX);
	must(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	fastcgi_start();
	engine.hooks = hooks;
	engine.listen_fd = listen_fd;
	must(fcntl(listen_fd, F_SETFL, O_NONBLOCK) == 0);
	engine.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	must(engine.epoll_fd >= 0);
	engine.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	engine.signal_fd = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	watch(engine.listen_fd);
	watch(engine.event_fd);
	watch(engine.signal_fd);
	lot_start(stir_loop);
	ready_start();
	serving_start(hooks, connection_gone);

	for (int i = 0; i < threads; i++)
		must(pthread_create(&thread[i], NULL, thread_main,
		    (void *)(intptr_t)i) == 0);
	loop();
	ready_end();
	for (int i = 0; i < threads; i++)
		must(pthread_join(thread[i], NULL) == 0);
	ready_stop();
	lot_stop();
	connections_free();
	log_flush();
	close(engine.epoll_fd);
	close(engine.event_fd);
	close(engine.signal_fd);
}
