/*
 * Replies without an end, and replies that are not taken: the server has one
 * thread, so that whatever holds it is seen.
 */
#include "fcgi/clock.h"
#include "tests/unit/fastcgi_client.h"
#include "tests/unit/stream_server.h"
#include "tests/unit/test.h"

enum { PATIENCE_S = 10, STALL_MS = 300 };

static struct server server;

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
