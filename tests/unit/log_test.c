/*
 * Log lines: escaped, whole, and silent below their level.
 */
#include <pthread.h>

#include "fcgi/clock.h"
#include "fcgi/log.h"
#include "fcgi/settings.h"
#include "tests/unit/request.h"
#include "tests/unit/test.h"

static FILE *captured;
static int real_stderr;

static void
capture(void)
{
	captured = tmpfile();
	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	dup2(fileno(captured), STDERR_FILENO);
}

/* What was logged since capture(), without "at=... level=... pid=...". */
static const char *
logged(void)
{
	static char all[1 << 20];
	size_t n;

	log_flush();
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	rewind(captured);
	n = fread(all, 1, sizeof all - 1, captured);
	all[n] = '\0';
	fclose(captured);
	return all;
}

static const char *
without_head(const char *line)
{
	const char *pid = strstr(line, " pid=");

	return pid ? pid + 5 + strspn(pid + 5, "0123456789") : line;
}

static void
a_line_has_a_head(void)
{
	const char *line;
	char wanted[80];

	capture();
	log_warn("disk %d%% full", 93);
	line = logged();
	CHECK(strncmp(line, "at=20", 5) == 0);
	snprintf(wanted, sizeof wanted, "Z level=warn pid=%d msg=\"disk 93%% "
	    "full\"\n", (int)getpid());
	CHECK(strstr(line, wanted));
	CHECK(strstr(line, wanted) - line < 40);
}

static void
values_cannot_forge(void)
{
	static const struct {
		const char *said, *wanted;
	} cases[] = {
		{ "a\nat=x level=info", " msg=\"a\\nat=x level=info\"\n" },
		{ "x\" user=\"root", " msg=\"x\\\" user=\\\"root\"\n" },
		{ "back\\slash", " msg=\"back\\\\slash\"\n" },
		{ "\r\t\x1b[2J\x7F", " msg=\"\\x0d\\x09\\x1b[2J\\x7f\"\n" },
		{ "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80",
		  " msg=\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80\"\n" },
		{ "\xC2\x9B" "31m\xC2\x85",
		  " msg=\"\\xc2\\x9b31m\\xc2\\x85\"\n" },
		{ "\xC2\xA0", " msg=\"\xC2\xA0\"\n" },
		{ "\xFF\xC3", " msg=\"\\xff\\xc3\"\n" },
		{ "ends so\n\n", " msg=\"ends so\"\n" },
		{ "", " msg=\"\"\n" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		capture();
		log_error("%s", cases[i].said);
		CHECK_STRING(without_head(logged()), cases[i].wanted);
	}
}

static void
long_values_are_cut(void)
{
	static char evil[20000];
	const char *line;

	memset(evil, '\x01', sizeof evil - 1);
	capture();
	log_info("%s", evil);
	line = logged();
	CHECK(strlen(line) <= LOG_LINE_BYTES_MAX);
	CHECK(strcmp(line + strlen(line) - 9, "\\x01...\"\n") == 0);
	CHECK(strchr(line, '\n') == line + strlen(line) - 1);
}

static struct request *
answered(void)
{
	struct request *r = test_request();

	r->path = TEXT("/api/topics/a%0Ab\"\n");
	r->query = TEXT("token=SECRET");
	r->authorization = TEXT("Bearer SECRET");
	r->body = TEXT("{\"password\":\"SECRET\"}");
	r->method = METHOD_PUT;
	r->client = TEXT("127.0.0.1");
	r->started_us = clock_monotonic_us() - 5000000;
	return r;
}

static void
requests(void)
{
	struct request *r = answered();
	const char *line;

	buffer_add_text(reply_body(r, 200, "text/plain"), TEXT("12345"));
	capture();
	log_request(r);
	line = logged();
	CHECK(strstr(line, " level=info "));
	CHECK(strstr(line, " msg=request id=\"test\" method=PUT path=\""
	    "/api/topics/a%0Ab\\\"\\n\" status=200 bytes=5 us=5"));
	CHECK(strstr(line, " client=\"127.0.0.1\"\n"));
	CHECK(!strstr(line, "SECRET"));

	r = answered();
	r->user = TEXT("al\"ice");
	fail(r, E_DATABASE_AWAY, FAIL_SENTENCE);
	capture();
	log_request(r);
	line = logged();
	CHECK(strstr(line, " level=warn "));
	CHECK(strstr(line, " user=\"al\\\"ice\" error=database_away\n"));
}

static void
the_longest_request_line_fits(void)
{
	static char evil[PATH_BYTES_MAX];
	struct request *r = answered();
	const char *line;

	memset(evil, '\x01', sizeof evil - 1);
	r->path = r->client = r->user = (struct text){ evil, sizeof evil };
	r->id = evil;
	fail(r, E_OUTCOME_UNKNOWN, FAIL_SENTENCE);
	capture();
	log_request(r);
	line = logged();
	CHECK(strlen(line) <= LOG_LINE_BYTES_MAX);
	CHECK(strstr(line, " status=503 "));
	CHECK(strstr(line, "...\" error=outcome_unknown\n"));
}

static void
levels(void)
{
	settings.log_level = LOG_LEVEL_WARN;
	capture();
	log_debug("no");
	log_info("no");
	log_request(answered());
	CHECK_STRING(logged(), "");
	settings.log_level = LOG_LEVEL_INFO;
	capture();
	log_debug("no");
	log_info("yes");
	CHECK_STRING(without_head(logged()), " msg=\"yes\"\n");
	settings.log_level = LOG_LEVEL_DEBUG;
	capture();
	log_debug("yes");
	CHECK_STRING(without_head(logged()), " msg=\"yes\"\n");
}

/* How many bytes have been written, not just gathered? */
static off_t
written(void)
{
	return lseek(STDERR_FILENO, 0, SEEK_END);
}

static void
lines_of_requests_gather(void)
{
	struct request *r = answered();
	const char *line;
	int lines = 0;

	reply_empty(r, 204);
	capture();
	log_request(r);
	CHECK_INTEGER(written(), 0);
	log_info("next");
	line = logged();
	CHECK(strstr(line, " msg=request "));
	CHECK(strstr(line, " msg=\"next\"\n") > strstr(line, " msg=request "));

	/* None is lost when there are more than fit. */
	capture();
	for (int i = 0; i < 1000; i++)
		log_request(r);
	CHECK(written() > 0);
	for (line = logged(); *line; line = strchr(line, '\n') + 1)
		lines += strncmp(line, "at=20", 5) == 0;
	CHECK_INTEGER(lines, 1000);

	/* Our own faults do not wait. */
	fail(r, E_INTERNAL, FAIL_SENTENCE);
	capture();
	log_request(r);
	CHECK(written() > 0);
	logged();
}

enum { WRITERS = 8, LINES = 200 };

static void *
write_lines(void *letter)
{
	for (int i = 0; i < LINES; i++)
		log_info("%s%s%s%s", (char *)letter, (char *)letter,
		    (char *)letter, (char *)letter);
	return NULL;
}

static void
threads_do_not_mix(void)
{
	static char letters[WRITERS][100];
	pthread_t thread[WRITERS];
	const char *line;
	int whole = 0;

	capture();
	for (int i = 0; i < WRITERS; i++) {
		memset(letters[i], 'a' + i, sizeof letters[i] - 1);
		pthread_create(&thread[i], NULL, write_lines, letters[i]);
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(thread[i], NULL);
	line = logged();
	for (; *line; line = strchr(line, '\n') + 1) {
		const char *msg = strstr(line, " msg=\"");
		size_t same = strspn(msg + 6, (char[]){ msg[6], '\0' });

		whole += same == 4 * 99 && msg[6 + same] == '"' &&
		    msg[7 + same] == '\n';
	}
	CHECK_INTEGER(whole, WRITERS * LINES);
}

int
main(void)
{
	route_table(test_no_routes, &test_door);
	a_line_has_a_head();
	values_cannot_forge();
	long_values_are_cut();
	requests();
	the_longest_request_line_fits();
	levels();
	lines_of_requests_gather();
	threads_do_not_mix();
	return test_result();
}
