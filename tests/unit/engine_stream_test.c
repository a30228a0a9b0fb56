/*
 * Replies without an end, and replies that are not taken: the server has one
 * thread, so that whatever holds it is seen.
 */
#include <stdatomic.h>

#include "fcgi/clock.h"
#include "fcgi/connection.h"
#include "fcgi/lot.h"
#include "fcgi/metrics.h"
#include "tests/unit/engine_server.h"
#include "tests/unit/fastcgi_client.h"
#include "tests/unit/test.h"

enum {
	LONG_US = 60000000, PATIENCE_S = 10,
	FLOOD_BYTES = 4 << 20,	/* more than sockets hold */
	LOOK_BYTES = 100000,	/* what a look allocates */
	STALL_MS = 300
};

enum order { WRITE, FLOOD, FLOOD_AND_END, ASK_TURN, BREAK, END };

static const struct channel_key channel = { 100, 1 };

/* What the server is told to do, and what it has seen. */
static struct {
	_Atomic int order;
	_Atomic uint32_t calls, drops, arena_bytes;
	_Atomic uint32_t parked, connections, hang_ups;
} *shared;

static struct server server;

static void
count_drop(void *unused)
{
	(void)unused; /* what matters is when */
	shared->drops++;
}

/* A look allocates, and defers something. */
static void
look(struct request *r)
{
	shared->calls++;
	shared->arena_bytes = (uint32_t)arena_bytes(r->arena);
	arena_alloc(r->arena, LOOK_BYTES);
	arena_defer(r->arena, count_drop, shared);
}

struct stream_state {
	int calls;
	struct turn_item *turn;
};

static void
flood(struct buffer *b)
{
	memset(buffer_reserve(b, FLOOD_BYTES), 'x', FLOOD_BYTES);
	b->n += FLOOD_BYTES;
}

static enum verdict
serve_stream(struct request *r)
{
	struct stream_state *state = r->state;
	struct buffer *b = &r->reply.body;

	if (!state) {
		state = r->state = arena_alloc(r->arena, sizeof(*state));
		state->turn = arena_alloc(r->arena, 1);
		lot_listen(r, channel);
		request_keep(r);
		reply_stream(r, 200, "text/event-stream");
	}
	if (r->turn) {
		r->turn = NULL;
		buffer_printf(b, "turned\n");
		return PARK;
	}
	look(r);
	buffer_printf(b, "call %d\n", ++state->calls);
	r->deadline_us = r->started_us + LONG_US;
	if (r->last_call) {
		buffer_printf(b, "bye\n");
		return DONE;
	}
	switch ((enum order)shared->order) {
	case WRITE:
		break;
	case FLOOD:
		flood(b);
		break;
	case FLOOD_AND_END:
		flood(b);
		return DONE;
	case ASK_TURN:
		r->turn = state->turn;
		return TURN;
	case BREAK:
		return fail(r, E_BUSY, FAIL_SENTENCE);
	case END:
		return DONE;
	}
	return PARK;
}

static enum verdict
serve_vain(struct request *r)
{
	lot_listen(r, channel);
	look(r);
	r->deadline_us = r->started_us + LONG_US;
	/* Whose memory goes with each look but the first. */
	if (r->state && !text_equal(query_text(r, "x"), TEXT("y")))
		return reply_empty(r, 500);
	r->state = r;
	reply_header(r, "X-In-Vain", "%d", 1);
	return shared->order == END ? reply_empty(r, 200) : PARK;
}

static enum verdict
serve_large(struct request *r)
{
	flood(reply_body(r, 200, "text/plain"));
	return DONE;
}

static void
submit(struct request *r, struct db *db)
{
	engine_resume(r, db);
}

static enum verdict
serve(struct request *r)
{
	if (text_equal(r->path, TEXT("/stream")))
		return serve_stream(r);
	if (text_equal(r->path, TEXT("/vain")))
		return serve_vain(r);
	if (text_equal(r->path, TEXT("/large")))
		return serve_large(r);
	if (text_equal(r->path, TEXT("/wake")))
		lot_wake(channel, WAKE_ALL);
	shared->parked = lot_parked();
	shared->connections = connections_open();
	shared->hang_ups = (uint32_t)metric_read(METRIC_hang_ups);
	return reply_empty(r, 200);
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

/* Wake all streams, and tell them what to do. */
static void
order(enum order what)
{
	int fd = connect_to_server();

	shared->order = (int)what;
	CHECK_INTEGER(client_call(fd, "/wake"), 200);
	close(fd);
}

/* Read content until it ends in that; how much it was, 0 if it never does. */
static size_t
read_until(int fd, const char *end)
{
	struct text content;
	size_t n = 0;

	while (client_record(fd, &content) == CLIENT_STDOUT && content.n) {
		n += content.n;
		if (text_ends_with(content, text_of(end)))
			return n;
	}
	return 0;
}

/* How much more content there is before the end; 0 if there is none. */
static size_t
client_content(int fd)
{
	enum client_record record;
	struct text content;
	size_t n = 0;

	while ((record = client_record(fd, &content)) == CLIENT_STDOUT)
		n += content.n;
	return record == CLIENT_END ? n : 0;
}

/* No content any more, but the end; and the connection can be used again. */
static void
check_end(int fd)
{
	struct text content;

	CHECK_INTEGER(client_record(fd, &content), CLIENT_STDOUT);
	CHECK_TEXT(content, "");
	CHECK_INTEGER(client_record(fd, &content), CLIENT_END);
	CHECK_INTEGER(client_call(fd, "/look"), 200);
	close(fd);
}

/* One that has come to its first wait. */
static int
streaming(void)
{
	int fd = connect_to_server();

	shared->order = WRITE;
	CHECK(client_send(fd, "/stream"));
	CHECK(read_until(fd, "call 1\n"));
	CHECK(becomes(&shared->parked, 1));
	return fd;
}

/* One whose client has stopped reading. */
static int
flooded(void)
{
	int fd = streaming();
	uint32_t calls = shared->calls;

	order(FLOOD);
	CHECK(becomes(&shared->calls, calls + 1));
	CHECK(becomes(&shared->parked, 0));
	shared->order = WRITE;
	return fd;
}

static void
a_stream_comes_piece_by_piece(void)
{
	int fd = connect_to_server();
	struct text content;

	shared->order = WRITE;
	CHECK(client_send(fd, "/stream"));
	CHECK_INTEGER(client_record(fd, &content), CLIENT_STDOUT);
	CHECK_TEXT(content, "Status: 200 OK\r\n"
	    "X-Accel-Buffering: no\r\n"
	    "X-Door: test\r\n"
	    "Content-Type: text/event-stream\r\n\r\n"
	    "call 1\n");
	CHECK(becomes(&shared->parked, 1));
	order(WRITE);
	CHECK_INTEGER(client_record(fd, &content), CLIENT_STDOUT);
	CHECK_TEXT(content, "call 2\n");
	order(ASK_TURN);
	CHECK_INTEGER(client_record(fd, &content), CLIENT_STDOUT);
	CHECK_TEXT(content, "call 3\nturned\n");
	order(END);
	CHECK_INTEGER(client_record(fd, &content), CLIENT_STDOUT);
	CHECK_TEXT(content, "call 4\n");
	check_end(fd);
}

static void
a_head_has_no_stream(void)
{
	static struct client_bytes request;
	int fd = connect_to_server();

	shared->order = WRITE;
	client_request_as(&request, "HEAD", "/stream", TEXT_ABSENT, 0);
	CHECK(client_write(fd, &request));
	CHECK(read_until(fd, "Content-Type: text/event-stream\r\n\r\n"));
	check_end(fd);
}

static void
a_failure_ends_a_stream_without_a_word(void)
{
	int fd = streaming();

	order(BREAK);
	check_end(fd);
	/* One that has not begun is an error like any other. */
	fd = connect_to_server();
	CHECK_INTEGER(client_call(fd, "/stream"), 503);
	close(fd);
}

/* Not a thread, and no call until it has taken what there is. */
static void
a_slow_reader_holds_nothing(void)
{
	int fd = flooded(), other = connect_to_server();
	uint32_t calls = shared->calls;

	for (int i = 0; i < 3; i++) {
		order(WRITE);
		CHECK_INTEGER(client_call(other, "/large"), 200);
	}
	CHECK_INTEGER(shared->calls, calls);
	/* All three wake-ups are one more look. */
	CHECK_INTEGER(read_until(fd, "call 3\n"),
	    strlen("call 2\n") + FLOOD_BYTES + strlen("call 3\n"));
	CHECK(becomes(&shared->parked, 1));
	CHECK_INTEGER(shared->calls, calls + 1);
	order(END);
	CHECK(read_until(fd, "call 4\n"));
	check_end(fd);
	close(other);
}

static void
the_rest_of_a_stream_waits_for_its_reader_too(void)
{
	int fd = streaming();

	order(FLOOD_AND_END);
	CHECK(becomes(&shared->parked, 0));
	CHECK_INTEGER(client_content(fd), strlen("call 2\n") + FLOOD_BYTES);
	CHECK_INTEGER(client_call(fd, "/look"), 200);
	close(fd);
}

/* So is a reply with an end. */
static void
a_large_reply_holds_no_thread(void)
{
	int fd = connect_to_server(), other = connect_to_server();
	struct text content;
	const char *body;

	CHECK(client_send(fd, "/large"));
	CHECK_INTEGER(client_call(other, "/look"), 200);
	CHECK_INTEGER(client_record(fd, &content), CLIENT_STDOUT);
	body = strstr(content.p, "\r\n\r\n");
	CHECK(strstr(content.p, "\r\nContent-Length: 4194304\r\n"));
	CHECK_INTEGER(client_call(other, "/look"), 200);
	CHECK_INTEGER(client_content(fd) + content.n,
	    FLOOD_BYTES + (size_t)(body - content.p) + 4);
	CHECK_INTEGER(client_call(fd, "/look"), 200);
	close(fd);
	close(other);
}

/* Also in its half: nginx closes both at once. */
static void
a_hang_up_in_the_middle_is_noticed(void)
{
	uint32_t before = shared->hang_ups;
	int fd = flooded();

	close(fd);
	CHECK(becomes(&shared->hang_ups, before + 1));
	fd = flooded();
	shutdown(fd, SHUT_WR);
	CHECK(becomes(&shared->hang_ups, before + 2));
	close(fd);
	CHECK(becomes(&shared->connections, 1));
}

/* However often it looks, what its looks allocate does not add up. */
static void
looks_leave_nothing_behind(const char *uri, bool before_the_first_too)
{
	uint32_t first, drops = shared->drops, calls;
	int fd = connect_to_server();

	shared->order = WRITE;
	CHECK(client_send(fd, uri));
	CHECK(becomes(&shared->parked, 1));
	first = shared->arena_bytes;
	calls = shared->calls;
	for (uint32_t i = 1; i <= 100; i++) {
		order(WRITE);
		CHECK(becomes(&shared->calls, calls + i));
		CHECK(becomes(&shared->parked, 1));
		if (i == 1 && !before_the_first_too)
			first = shared->arena_bytes;
	}
	CHECK_INTEGER(shared->arena_bytes, first);
	CHECK_INTEGER(shared->drops - drops, 100 + before_the_first_too);
	shared->order = END;
	order(END);
	CHECK_INTEGER(client_receive(fd), 200);
	CHECK(becomes(&shared->drops, drops + 102));
	close(fd);
}

/* What is on its way arrives, then the stream ends itself. */
static void
a_draining_server_ends_its_streams(void)
{
	int fd = flooded(), other = streaming();

	kill(server.pid, SIGTERM);
	CHECK(read_until(other, "bye\n"));
	close(other);
	CHECK_INTEGER(read_until(fd, "call 3\nbye\n"), strlen("call 2\n") +
	    FLOOD_BYTES + strlen("call 3\nbye\n"));
	close(fd);
	CHECK_INTEGER(server_stop(&server), 0);
}

static void
who_takes_nothing_is_hung_up_on(void)
{
	struct engine_hooks impatient = hooks;
	int fd;

	impatient.send_stall_ms = STALL_MS;
	server_start(&server, 1, &impatient, 0);
	fd = flooded();
	CHECK(becomes(&shared->hang_ups, 1));
	CHECK(becomes(&shared->connections, 1));
	close(fd);
	CHECK_INTEGER(server_stop(&server), 0);
}

int
main(void)
{
	shared = server_shared_memory(sizeof(*shared));
	server_start(&server, 1, &hooks, 0);
	a_stream_comes_piece_by_piece();
	a_head_has_no_stream();
	a_failure_ends_a_stream_without_a_word();
	a_slow_reader_holds_nothing();
	the_rest_of_a_stream_waits_for_its_reader_too();
	a_large_reply_holds_no_thread();
	a_hang_up_in_the_middle_is_noticed();
	looks_leave_nothing_behind("/stream", true);
	looks_leave_nothing_behind("/vain?x=y", false);
	a_draining_server_ends_its_streams();
	who_takes_nothing_is_hung_up_on();
	return test_result();
}
