/*
 * The whole test framework. A test program is a main() that runs CHECKs and
 * returns test_result(), which says `N passed, N failed`. A check that fails
 * says where, what it saw and what it wanted, and the rest goes on.
 */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fcgi/text.h"

static int test_passed, test_failed;

static inline void
test_check(int ok, const char *what, const char *file, int line)
{
	if (ok) {
		test_passed++;
		return;
	}
	test_failed++;
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
}

#define CHECK(condition) \
	test_check(!!(condition), #condition, __FILE__, __LINE__)

static inline void
test_check_integer(long long seen, long long wanted, const char *what,
    const char *file, int line)
{
	test_check(seen == wanted, what, file, line);
	if (seen != wanted)
		fprintf(stderr, "\tsaw %lld, wanted %lld\n", seen, wanted);
}

#define CHECK_INTEGER(seen, wanted) \
	test_check_integer((seen), (wanted), #seen " == " #wanted, __FILE__, \
	    __LINE__)

static inline void
test_check_text(struct text seen, struct text wanted, const char *what,
    const char *file, int line)
{
	int ok = text_equal(seen, wanted) && !seen.p == !wanted.p;

	test_check(ok, what, file, line);
	if (!ok)
		fprintf(stderr, "\tsaw    %s%.*s\n\twanted %s%.*s\n",
		    seen.p ? "" : "(absent)", (int)seen.n,
		    seen.p ? seen.p : "", wanted.p ? "" : "(absent)",
		    (int)wanted.n, wanted.p ? wanted.p : "");
}

/* Of a struct text and a C string. */
#define CHECK_TEXT(seen, wanted) \
	test_check_text((seen), text_of(wanted), #seen " is " #wanted, \
	    __FILE__, __LINE__)
/* Of two C strings. */
#define CHECK_STRING(seen, wanted) \
	test_check_text(text_of(seen), text_of(wanted), #seen " is " #wanted, \
	    __FILE__, __LINE__)

/* Does the statement stop the process, as a broken must() does? */
#define CHECK_STOPS(statement) \
	do { \
		int test_status = 0; \
		pid_t test_child = fork(); \
		if (test_child == 0) { \
			if (!freopen("/dev/null", "w", stderr)) \
				_exit(2); \
			statement; \
			_exit(0); \
		} \
		waitpid(test_child, &test_status, 0); \
		test_check(WIFSIGNALED(test_status), "stops: " #statement, \
		    __FILE__, __LINE__); \
	} while (0)

static inline int
test_result(void)
{
	printf("%d passed, %d failed\n", test_passed, test_failed);
	return test_failed || !test_passed;
}

#endif
