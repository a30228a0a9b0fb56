/*
 * Metrics: shared by processes, surviving a killed one, gauges excepted; of
 * routes, topics and workers.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fcgi/clock.h"
#include "fcgi/latency.h"
#include "fcgi/metrics.h"
#include "fcgi/metrics_file.h"
#include "fcgi/settings.h"
#include "fcgi/topic_counts.h"
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
		metric_add(METRIC_parked_for_topic, 10);
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
	metric_add(METRIC_parked_for_topic, 7);
	metric_add(METRIC_parked_for_topic, -3);
	CHECK_INTEGER(metric_read(METRIC_turns), 2);
	CHECK_INTEGER(metric_read(METRIC_parked_for_topic), 4);
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
	CHECK_INTEGER(metric_read(METRIC_parked_for_topic), 20);
	CHECK_INTEGER(metric_read(METRIC_connections), 8);
	metric_add(METRIC_parked_for_topic, 1);
	CHECK_INTEGER(metric_read(METRIC_parked_for_topic), 21);
}

/* Its share has gone; whoever has its slot now begins at zero. */
static void
a_killed_one_counts_no_more(void)
{
	CHECK(metrics_open(directory));
	CHECK_INTEGER(metric_read(METRIC_turns), 6);
	CHECK_INTEGER(metric_read(METRIC_parked_for_topic), 10);
	CHECK_INTEGER(metric_read(METRIC_connections), 4);
}

static void
counters_survive_everyone(void)
{
	CHECK(metrics_open(directory));
	CHECK_INTEGER(metric_read(METRIC_turns), 6);
	CHECK_INTEGER(metric_read(METRIC_parked_for_topic), 0);
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
	CHECK_INTEGER(metric_read(METRIC_parked_for_topic), 0);
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

static char *
page_of(void (*write)(struct buffer *out))
{
	struct request *r = test_request();
	struct buffer out;

	buffer_init(&out, r->arena);
	write(&out);
	CHECK(out.n > 0 && out.p[out.n - 1] == '\n');
	return arena_string(r->arena, (struct text){ out.p, out.n });
}

static void
prometheus_can_read_it(void)
{
	char *page;

	CHECK(metrics_open(directory));
	metric_add(METRIC_turn_us, -metric_read(METRIC_turn_us));
	metric_add(METRIC_turn_us, 12345678);
	metric_add(METRIC_messages_acked, 42);
	page = page_of(metrics_write);
	CHECK(strstr(page, "# HELP sluice_turn_seconds_total Time "));
	CHECK(strstr(page, "\n# TYPE sluice_turn_seconds_total counter\n"
	    "sluice_turn_seconds_total 12.345678\n# HELP "));
	CHECK(strstr(page, "\n# TYPE sluice_queue_messages_total counter\n"));
	CHECK(strstr(page,
	    "\nsluice_queue_messages_total{event=\"acked\"} 42\n"));
	CHECK(strstr(page, "\n# TYPE sluice_parked_requests gauge\n"
	    "sluice_parked_requests{for=\"time\"} 0\n"));
	/* Each family has one head, so its rows stand together. */
	for (char *head = page; (head = strstr(head, "# TYPE "));) {
		size_t bytes = strcspn(head, "\n");
		char line[200];

		snprintf(line, sizeof line, "%.*s\n", (int)bytes, head);
		CHECK(strstr(head + bytes, line) == NULL);
		head += bytes;
	}
}

static void
answer(const struct route *route, int status, int64_t took_us,
    int64_t waited_us)
{
	struct request *r = test_request();

	r->route = route;
	r->started_us = clock_monotonic_us() - took_us;
	r->waited_us = waited_us;
	reply_empty(r, status);
	latency_add(r);
}

static void
requests_are_counted_by_class(void)
{
	static const int statuses[] = { 200, 204, 304, 400, 404, 499, 503 };

	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
		answer(NULL, statuses[i], 1000, 0);
	CHECK_INTEGER(metric_read(METRIC_requests_2xx), 2);
	CHECK_INTEGER(metric_read(METRIC_requests_3xx), 1);
	CHECK_INTEGER(metric_read(METRIC_requests_4xx), 3);
	CHECK_INTEGER(metric_read(METRIC_requests_5xx), 1);
}

#define SLOW "sluice_request_duration_seconds"

/* What was waited for does not make it slow. */
static void
latencies_fall_into_buckets(void)
{
	static const struct route routes[] = {
		{ .name = "one", .pattern = "/one", .door = &test_door },
		{ .name = "slow", .pattern = "/slow", .door = &test_door },
		{ .name = NULL } };
	char *page;

	route_table(routes, &test_door);
	CHECK(metrics_open(directory));
	answer(&routes[1], 200, 3000000, 0);
	answer(&routes[1], 204, 20000000, 18000000);
	answer(&routes[1], 200, 3600000000, 0);
	answer(&routes[1], 503, 0, 0);
	answer(NULL, 404, 0, 0);
	page = page_of(latency_write);
	CHECK(strstr(page, "# TYPE " SLOW " histogram\n"));
	CHECK(!strstr(page, "route=\"one\""));
	CHECK(strstr(page, SLOW
	    "_bucket{route=\"slow\",status=\"2xx\",le=\"1\"} 0\n"));
	CHECK(strstr(page, SLOW
	    "_bucket{route=\"slow\",status=\"2xx\",le=\"2.5\"} 1\n"));
	CHECK(strstr(page, SLOW
	    "_bucket{route=\"slow\",status=\"2xx\",le=\"5\"} 2\n"));
	CHECK(strstr(page, SLOW
	    "_bucket{route=\"slow\",status=\"2xx\",le=\"10\"} 2\n"));
	CHECK(strstr(page, SLOW
	    "_bucket{route=\"slow\",status=\"2xx\",le=\"+Inf\"} 3\n"));
	CHECK(strstr(page, SLOW
	    "_count{route=\"slow\",status=\"2xx\"} 3\n"));
	CHECK(strstr(page, SLOW "_sum{route=\"slow\",status=\"2xx\"} 3605."));
	CHECK(strstr(page, SLOW
	    "_count{route=\"slow\",status=\"5xx\"} 1\n"));
	CHECK(strstr(page, SLOW
	    "_count{route=\"none\",status=\"4xx\"} 1\n"));
}

/* Other routes are another layout: figures would be another route's. */
static void
other_routes_begin_anew(void)
{
	static const struct route routes[] = {
		{ .name = "slow", .pattern = "/slow", .door = &test_door },
		{ .name = "one", .pattern = "/one", .door = &test_door },
		{ .name = NULL } };

	route_table(routes, &test_door);
	CHECK(metrics_open(directory));
	CHECK(!strstr(page_of(latency_write), "{route="));
}

static void
write_topics(struct buffer *out)
{
	const struct text names[] = { TEXT("b\\c\"d\n"), TEXT("five") };
	int64_t ids[3] = { 0 };

	CHECK_INTEGER(topics_counted(ids, 3), 3);
	CHECK(ids[0] == 9 && ids[1] == 5 && ids[2] == 5 + TOPICS_COUNTED_MAX);
	topic_counts_write(out, names, 2);
}

/* In the order in which they came; ids that fall into one place, too. */
static void
topics_are_counted_each(void)
{
	char *page;

	CHECK(metrics_open(directory));
	topic_count(9, TOPIC_messages_enqueued, 2);
	topic_count(5, TOPIC_messages_acked, 1);
	topic_count(5 + TOPICS_COUNTED_MAX, TOPIC_messages_acked, 10);
	topic_count(9, TOPIC_messages_enqueued, 3);
	topic_count(9, TOPIC_nacks_retry, 7);
	topic_count(9, TOPIC_messages_acked, 0);
	topic_count(77, TOPIC_messages_acked, 0);
	page = page_of(write_topics);
	CHECK(strstr(page, "sluice_topic_messages_total"
	    "{topic=\"b\\\\c\\\"d\\n\",event=\"enqueued\"} 5\n"
	    "sluice_topic_messages_total{topic=\"five\",event=\"acked\"} 1\n"));
	CHECK(strstr(page, "\",outcome=\"retry\"} 7\n"));
	CHECK(strstr(page, "\nsluice_topics_uncounted 1\n"));
	CHECK_INTEGER(metric_read(METRIC_messages_acked), 11);
	CHECK_INTEGER(metric_read(METRIC_messages_enqueued), 5);
}

/* Who was killed while he placed one of these topics hides no other. */
static void
a_topic_half_placed_hides_none(void)
{
	int64_t ids[3];

	CHECK(metrics_open(directory));
	metrics_file()->topic_order[1] = 0;
	CHECK_INTEGER(topics_counted(ids, 3), 3);
	CHECK(ids[0] == 9 && ids[1] == 0 && ids[2] == 5 + TOPICS_COUNTED_MAX);
}

/* When there is no room, the sums go on. */
static void
topics_find_no_room(void)
{
	static int64_t ids[TOPICS_COUNTED_MAX + 1];

	CHECK(metrics_open(directory));
	for (int64_t id = 1; id <= TOPICS_COUNTED_MAX + 100; id++)
		topic_count(id, TOPIC_messages_replayed, 1);
	CHECK_INTEGER(metric_read(METRIC_messages_replayed),
	    TOPICS_COUNTED_MAX + 100);
	CHECK_INTEGER(metric_read(METRIC_topic_events_unplaced), 100);
	CHECK_INTEGER(topics_counted(ids, TOPICS_COUNTED_MAX + 1),
	    TOPICS_COUNTED_MAX);
}

/* Of two workers with a number, the younger is shown. */
static void
processes_are_shown(void)
{
	char *page;

	CHECK(metrics_open(directory));
	CHECK(!strstr(page_of(processes_write), "{worker="));
	metrics_worker(3);
	page = page_of(processes_write);
	CHECK(strstr(page,
	    "\nsluice_worker_threads{worker=\"3\"} 1\n"));
	page = strstr(page, "sluice_worker_resident_memory_bytes{");
	CHECK(page && atoll(strchr(page, ' ')) > 100000);
	page = page_of(processes_write);
	page = strstr(page, "sluice_worker_open_fds{");
	CHECK(page && atoll(strchr(page, ' ')) >= 4);
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
	in_a_process(topics_are_counted_each);
	in_a_process(a_topic_half_placed_hides_none);
	in_a_process(topics_find_no_room);
	in_a_process(processes_are_shown);
	in_a_process(latencies_fall_into_buckets);
	in_a_process(other_routes_begin_anew);
	unlink(path_of("counters"));
	CHECK(rmdir(directory) == 0);
	return test_result();
}
