/*
 * The engine, seen from nginx's side of its socket: requests of every size,
 * hang-ups, wake-ups at awkward moments, too few descriptors, the end.
 */
#include <stdatomic.h>
#include <time.h>

#include "fcgi/clock.h"
#include "fcgi/connection.h"
#include "fcgi/lot.h"
#include "fcgi/metrics.h"
#include "tests/unit/engine_server.h"
#include "tests/unit/fastcgi_client.h"
#include "tests/unit/test.h"

/* Longer than any test has patience, and as short as one can tell. */
enum { LONG_US = 60000000, BRIEF_US = 1000000, PATIENCE_S = 10 };

static const struct channel_key channel = { 100, 1 };

/* What the server's /look tells. */
static struct {
	_Atomic uint32_t parked, connections, hang_ups;
} *seen;

static struct server server;

/* What waiters wait for. */
static _Atomic int tokens;

static bool
take_token(void)
{
	int n = tokens;

	while (n > 0)
		if (atomic_compare_exchange_weak(&tokens, &n, n - 1))
			return true;
	return false;
}

static enum verdict
take_or_park(struct request *r)
{
	if (take_token())
		return reply_empty(r, 200);
	if (r->last_call || clock_monotonic_us() >= r->deadline_us)
		return reply_empty(r, 204);
	return PARK;
}

static enum verdict
serve_wait(struct request *r)
{
	r->deadline_us = r->started_us + LONG_US;
	lot_listen(r, channel);
	return take_or_park(r);
}

static enum verdict
serve_brief(struct request *r)
{
	r->deadline_us = r->started_us + BRIEF_US;
	return take_or_park(r);
}

/* It parks, and fails when it is called again. */
static enum verdict
serve_fail(struct request *r)
{
	if (r->deadline_us)
		return fail(r, E_BUSY, FAIL_SENTENCE);
	return serve_wait(r);
}

/* A turn that finds nothing; but meanwhile a token comes. */
static enum verdict
serve_turn(struct request *r)
{
	static int turn;

	if (!r->state) {
		r->state = r;
		lot_listen(r, channel);
		r->turn = (struct turn_item *)&turn;
		return TURN;
	}
	if (r->turn) {
		r->turn = NULL;
		r->deadline_us = r->started_us + LONG_US;
		return PARK;
	}
	return take_or_park(r);
}

static void
submit(struct request *r, struct db *db)
{
	tokens++;
	lot_wake(channel, 1);
	engine_resume(r, db);
}

static enum verdict
serve_look(struct request *r)
{
	seen->parked = lot_parked();
	seen->connections = connections_open();
	seen->hang_ups = (uint32_t)metric_read(METRIC_hang_ups);
	return reply_empty(r, 200);
}

static enum verdict
serve_wake(struct request *r)
{
	tokens++;
	lot_wake(channel, 1);
	return reply_empty(r, 200);
}

static enum verdict
serve_everyone(struct request *r)
{
	tokens += 2;
	lot_wake_everyone();
	return reply_empty(r, 200);
}

static enum verdict
serve_now(struct request *r)
{
	return reply_empty(r, r->body.n < 2 || r->body.p[0] == '{' ? 200 : 400);
}

static enum verdict
serve(struct request *r)
{
	static const struct {
		struct text path;
		enum verdict (*serve)(struct request *r);
	} paths[] = {
		{ TEXT("/now"), serve_now },
		{ TEXT("/wait"), serve_wait },
		{ TEXT("/brief"), serve_brief },
		{ TEXT("/fail"), serve_fail },
		{ TEXT("/turn"), serve_turn },
		{ TEXT("/look"), serve_look },
		{ TEXT("/wake"), serve_wake },
		{ TEXT("/everyone"), serve_everyone },
	};

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (text_equal(r->path, paths[i].path))
			return paths[i].serve(r);
	return reply_empty(r, 404);
}

static const struct engine_hooks hooks = {
	.open = server_open,
	.close = server_close,
	.serve = serve,
	.submit = submit,
};

static int
connect_to_server(void)
{
	int fd = client_connect(server.path);

	client_patience(fd, PATIENCE_S);
	return fd;
}

/* Look until `what` has that value; false if it never does. */
static bool
becomes(_Atomic uint32_t *what, uint32_t value)
{
	int64_t end_us = clock_monotonic_us() + PATIENCE_S * 1000000;
	int fd = connect_to_server();
	bool is = false;

	while (!is && clock_monotonic_us() < end_us &&
	    client_call(fd, "/look") == 200)
		is = *what == value;
	close(fd);
	return is;
}

/* A connection whose request waits in the lot. */
static int
waiting(const char *uri, uint32_t parked)
{
	int fd = connect_to_server();

	CHECK(client_send(fd, uri));
	CHECK(becomes(&seen->parked, parked));
	return fd;
}

/*
 * libfcgi reads 8192 bytes at a time. Wherever they end, in the last record
 * of a request too, the next request on the connection is understood.
 */
static void
requests_of_any_size_leave_nothing_behind(void)
{
	static struct client_bytes request;
	static const char body[9000] = "{";
	const struct text bodies[] = { TEXT_ABSENT, TEXT("{}"),
		{ body, sizeof(body) - 1 } };
	int fd = connect_to_server(), answered = 0, sent = 0;

	for (size_t b = 0; b < sizeof(bodies) / sizeof(bodies[0]); b++)
		for (size_t n = 7900; n < 8250; n++, sent++) {
			client_request(&request, "/now", bodies[b], n);
			if (client_write(fd, &request) &&
			    client_receive(fd) == 200) {
				answered++;
				continue;
			}
			close(fd);
			fd = connect_to_server();
		}
	CHECK_INTEGER(answered, sent);
	close(fd);
}

static void
a_hang_up_is_noticed_at_once(void)
{
	uint32_t before = seen->hang_ups;

	close(waiting("/wait", 1));
	CHECK(becomes(&seen->hang_ups, before + 1));
	CHECK(becomes(&seen->parked, 0));
}

/* Also when it left bytes behind, which nobody is going to read. */
static void
a_hang_up_with_bytes_is_noticed_too(void)
{
	uint32_t before = seen->hang_ups;
	int fd = waiting("/wait", 1);

	CHECK(client_send(fd, "/now"));
	close(fd);
	CHECK(becomes(&seen->hang_ups, before + 1));
	CHECK(becomes(&seen->parked, 0));
}

static void
a_wake_up_during_a_turn_is_another_look(void)
{
	int fd = connect_to_server();

	CHECK_INTEGER(client_call(fd, "/turn"), 200);
	close(fd);
}

static void
first_come_is_first_served(void)
{
	int one = waiting("/wait", 1), two = waiting("/wait", 2);
	int fd = connect_to_server();

	CHECK_INTEGER(client_call(fd, "/wake"), 200);
	CHECK_INTEGER(client_receive(one), 200);
	CHECK(becomes(&seen->parked, 1));
	CHECK_INTEGER(client_call(fd, "/wake"), 200);
	CHECK_INTEGER(client_receive(two), 200);
	close(one);
	close(two);
	close(fd);
}

/* Whoever is woken and fails has not used what it was woken for. */
static void
a_wake_up_that_failed_is_the_next_ones(void)
{
	int one = waiting("/fail", 1), two = waiting("/wait", 2);
	int fd = connect_to_server();

	CHECK_INTEGER(client_call(fd, "/wake"), 200);
	CHECK_INTEGER(client_receive(one), 503);
	CHECK_INTEGER(client_receive(two), 200);
	close(one);
	close(two);
	close(fd);
}

static void
everyone_is_called(void)
{
	int one = waiting("/wait", 1), two = waiting("/wait", 2);
	int fd = connect_to_server();

	CHECK_INTEGER(client_call(fd, "/everyone"), 200);
	CHECK_INTEGER(client_receive(one), 200);
	CHECK_INTEGER(client_receive(two), 200);
	close(one);
	close(two);
	close(fd);
}

static void
a_deadline_ends_the_wait(void)
{
	int fd = connect_to_server();
	int64_t before = clock_monotonic_us();

	CHECK_INTEGER(client_call(fd, "/brief"), 204);
	CHECK(clock_monotonic_us() - before >= BRIEF_US);
	close(fd);
}

/* A kept connection that nginx drops, before a request and after one. */
static void
connections_that_end_are_forgotten(void)
{
	int fd = connect_to_server();

	close(fd);
	fd = connect_to_server();
	CHECK_INTEGER(client_call(fd, "/now"), 200);
	close(fd);
	CHECK(becomes(&seen->connections, 1));
	/* In the middle of a request. */
	fd = connect_to_server();
	CHECK(send(fd, "\1\1\0\1\0\10\0\0\0\1\1", 11, 0) == 11);
	close(fd);
	CHECK(becomes(&seen->connections, 1));
}

/* The end: what is begun is answered, what waits is told, and that is all. */
static void
a_draining_server_answers_and_ends(void)
{
	int fd = waiting("/wait", 1), idle = connect_to_server();

	CHECK_INTEGER(client_call(idle, "/now"), 200);
	kill(server.pid, SIGTERM);
	/* Nothing is accepted any more, but a kept connection goes on. */
	CHECK_INTEGER(client_call(idle, "/now"), 200);
	CHECK_INTEGER(client_receive(fd), 204);
	CHECK_INTEGER(client_call(idle, "/now"), 200);
	close(fd);
	close(idle);
	CHECK_INTEGER(server_stop(&server), 0);
}

static int64_t
cpu_us(clockid_t clock)
{
	struct timespec used;

	must(clock_gettime(clock, &used) == 0);
	return (int64_t)used.tv_sec * 1000000 + used.tv_nsec / 1000;
}

/*
 * Out of descriptors: what cannot be accepted waits in the backlog, the loop
 * meanwhile sleeps, and when there are descriptors again all are served.
 */
static void
too_few_descriptors_cost_no_cpu(void)
{
	enum { CLIENTS = 60, DESCRIPTORS = 40 };
	int fd[CLIENTS], served = 0;
	clockid_t clock;
	int64_t before;

	server_start(&server, 2, &hooks, DESCRIPTORS);
	must(clock_getcpuclockid(server.pid, &clock) == 0);
	for (int i = 0; i < CLIENTS; i++)
		fd[i] = connect_to_server();
	before = cpu_us(clock);
	CHECK_INTEGER(client_call(fd[0], "/brief"), 204);
	CHECK(cpu_us(clock) - before < BRIEF_US / 10);
	for (int i = 0; i < CLIENTS; i++) {
		served += client_call(fd[i], "/now") == 200;
		close(fd[i]);
	}
	CHECK_INTEGER(served, CLIENTS);
	CHECK_INTEGER(server_stop(&server), 0);
}

int
main(void)
{
	seen = server_shared_memory(sizeof(*seen));
	server_start(&server, 2, &hooks, 0);
	requests_of_any_size_leave_nothing_behind();
	a_hang_up_is_noticed_at_once();
	a_hang_up_with_bytes_is_noticed_too();
	a_wake_up_during_a_turn_is_another_look();
	first_come_is_first_served();
	a_wake_up_that_failed_is_the_next_ones();
	everyone_is_called();
	a_deadline_ends_the_wait();
	connections_that_end_are_forgotten();
	a_draining_server_answers_and_ends();
	too_few_descriptors_cost_no_cpu();
	return test_result();
}
