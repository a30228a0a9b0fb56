/*
 * Metrics: shared by processes, surviving a killed one, gauges excepted.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fcgi/clock.h"
#include "fcgi/metrics.h"
#include "fcgi/settings.h"
#include "tests/unit/request.h"
#include "tests/unit/test.h"

static char directory[] = "/tmp/sluice-metrics-XXXXXX";

static char *
path_of(const char *name)
{
	static char path[100];

	snprintf(path, sizeof path, "%s/%s", directory, name);
	return path;
}

/* A process that opens the counters, adds, says so, and waits to be killed. */
static pid_t
start_worker(void)
{
	int ready[2];
	char byte = 'n';
	pid_t pid;

	if (pipe(ready) < 0)
		abort();
	pid = fork();
	if (pid == 0) {
		bool good = metrics_open(directory);

		metric_add(METRIC_turns, 3);
		metric_add(METRIC_parked, 10);
		metric_add(METRIC_connections, 5);
		metric_add(METRIC_connections, -1);
		if (write(ready[1], good ? "y" : "n", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	CHECK(read(ready[0], &byte, 1) == 1 && byte == 'y');
	close(ready[0]);
	return pid;
}

static void
kill_worker(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* A process opens the counters once, so each step has one of its own. */
static void
in_a_process(void (*step)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		test_passed = test_failed = 0;
		step();
		_exit(test_failed || !test_passed);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
alone_it_counts_too(void)
{
	metric_add(METRIC_turns, 2);
	metric_add(METRIC_parked, 7);
	metric_add(METRIC_parked, -3);
	CHECK_INTEGER(metric_read(METRIC_turns), 2);
	CHECK_INTEGER(metric_read(METRIC_parked), 4);
	settings.log_level = 3;
	CHECK(!metrics_open("/nowhere/at/all"));
	metric_add(METRIC_turns, 1);
	CHECK_INTEGER(metric_read(METRIC_turns), 3);
}

static void
the_living_count_together(void)
{
	CHECK(metrics_open(directory));
	CHECK_INTEGER(metric_read(METRIC_turns), 6);
	CHECK_INTEGER(metric_read(METRIC_parked), 20);
	CHECK_INTEGER(metric_read(METRIC_connections), 8);
	metric_add(METRIC_parked, 1);
	CHECK_INTEGER(metric_read(METRIC_parked), 21);
}

/* Its share has gone; whoever has its slot now begins at zero. */
static void
a_killed_one_counts_no_more(void)
{
	CHECK(metrics_open(directory));
	CHECK_INTEGER(metric_read(METRIC_turns), 6);
	CHECK_INTEGER(metric_read(METRIC_parked), 10);
	CHECK_INTEGER(metric_read(METRIC_connections), 4);
}

static void
counters_survive_everyone(void)
{
	CHECK(metrics_open(directory));
	CHECK_INTEGER(metric_read(METRIC_turns), 6);
	CHECK_INTEGER(metric_read(METRIC_parked), 0);
}

/* Another version, a torn file, an empty one: a new one takes its place. */
static void
spoil_and_check(off_t at, off_t length)
{
	struct stat before, after;
	int fd = open(path_of("counters"), O_RDWR);

	CHECK(fd >= 0);
	if (at >= 0)
		CHECK(pwrite(fd, "\xFF\xFF\xFF", 3, at) == 3);
	if (length >= 0)
		CHECK(ftruncate(fd, length) == 0);
	CHECK(fstat(fd, &before) == 0);
	kill_worker(start_worker());
	CHECK(stat(path_of("counters"), &after) == 0);
	CHECK(before.st_ino != after.st_ino);
	CHECK((after.st_mode & 0777) == 0600);
	close(fd);
	CHECK(access(path_of("counters.new"), F_OK) < 0 && errno == ENOENT);
}

static void
it_begins_anew(void)
{
	CHECK(metrics_open(directory));
	CHECK_INTEGER(metric_read(METRIC_turns), 3);
	CHECK_INTEGER(metric_read(METRIC_parked), 0);
}

/* Many that start together end up with one file. */
static void
starting_together(void)
{
	enum { TOGETHER = 20 };
	pid_t pids[TOGETHER];
	int status;

	CHECK(unlink(path_of("counters")) == 0);
	for (int i = 0; i < TOGETHER; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			if (!metrics_open(directory))
				_exit(1);
			for (int n = 0; n < 10000; n++)
				metric_add(METRIC_turns, 1);
			_exit(0);
		}
	}
	for (int i = 0; i < TOGETHER; i++) {
		waitpid(pids[i], &status, 0);
		CHECK_INTEGER(status, 0);
	}
	CHECK(metrics_open(directory));
	CHECK_INTEGER(metric_read(METRIC_turns), TOGETHER * 10000);
}

static void
prometheus_can_read_it(void)
{
	struct request *r = test_request();
	struct buffer out;
	char *page;

	CHECK(metrics_open(directory));
	metric_add(METRIC_request_us, -metric_read(METRIC_request_us));
	metric_add(METRIC_request_us, 12345678);
	metric_add(METRIC_messages_acked, 42);
	buffer_init(&out, r->arena);
	metrics_write(&out);
	page = arena_string(r->arena, (struct text){ out.p, out.n });
	CHECK(strstr(page, "# HELP sluice_request_duration_seconds Time "));
	CHECK(strstr(page, "\n# TYPE sluice_request_duration_seconds summary\n"
	    "sluice_request_duration_seconds_sum 12.345678\n"
	    "sluice_request_duration_seconds_count 0\n# HELP "));
	CHECK(strstr(page, "\n# TYPE sluice_queue_messages_total counter\n"));
	CHECK(strstr(page,
	    "\nsluice_queue_messages_total{event=\"acked\"} 42\n"));
	CHECK(strstr(page, "\n# TYPE sluice_parked_requests gauge\n"
	    "sluice_parked_requests 0\n"));
	CHECK(page[out.n - 1] == '\n');
	/* Each family has one head, so its rows stand together. */
	for (char *head = page; (head = strstr(head, "# TYPE "));) {
		size_t bytes = strcspn(head, "\n");
		char *line = arena_printf(r->arena, "%.*s\n", (int)bytes,
		    head);

		CHECK(strstr(head + bytes, line) == NULL);
		head += bytes;
	}
}

static void
requests_are_counted_by_class(void)
{
	static const int statuses[] = { 200, 204, 304, 400, 404, 499, 503 };
	struct request *r = test_request();

	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		r->started_us = clock_monotonic_us() - 1000;
		reply_empty(r, statuses[i]);
		metric_add_request(r);
	}
	CHECK_INTEGER(metric_read(METRIC_requests_2xx), 2);
	CHECK_INTEGER(metric_read(METRIC_requests_3xx), 1);
	CHECK_INTEGER(metric_read(METRIC_requests_4xx), 3);
	CHECK_INTEGER(metric_read(METRIC_requests_5xx), 1);
	CHECK_INTEGER(metric_read(METRIC_request_count), 7);
	CHECK(metric_read(METRIC_request_us) >= 7000);
	CHECK(metric_read(METRIC_request_us) < 7000000);
}

int
main(void)
{
	pid_t one, other;

	if (!mkdtemp(directory))
		return 1;
	in_a_process(alone_it_counts_too);
	one = start_worker();
	other = start_worker();
	in_a_process(the_living_count_together);
	kill_worker(one);
	in_a_process(a_killed_one_counts_no_more);
	kill_worker(other);
	in_a_process(counters_survive_everyone);
	spoil_and_check(0, -1);
	in_a_process(it_begins_anew);
	spoil_and_check(8, -1);
	spoil_and_check(-1, 0);
	spoil_and_check(-1, 100);
	in_a_process(it_begins_anew);
	in_a_process(starting_together);
	in_a_process(requests_are_counted_by_class);
	unlink(path_of("counters"));
	in_a_process(prometheus_can_read_it);
	unlink(path_of("counters"));
	CHECK(rmdir(directory) == 0);
	return test_result();
}
