/*
 * Schedules: what is one, what is not and why, and when each is next. Times
 * are given in UTC; the zone is that of the test, or the schedule's own.
 */
#include <stdlib.h>
#include <time.h>

#include "fcgi/clock.h"
#include "fcgi/cron.h"
#include "tests/unit/test.h"

static const struct {
	const char *schedule, *why;
} bad[] = {
	{ "", "0 fields where five are expected" },
	{ " ", "0 fields where five are expected" },
	{ "* * * *", "4 fields where five are expected" },
	{ "0 * * * * *", "6 fields where five are expected" },
	{ "60 * * * *", "minute: 60 is not between 0 and 59" },
	{ "-1 * * * *", "minute: a number is missing" },
	{ "1- * * * *", "minute: a number is missing" },
	{ "1,,2 * * * *", "minute: a number is missing" },
	{ "x * * * *", "minute: x is not a number" },
	{ "1.5 * * * *", "minute: 1.5 is not a number" },
	{ "+1 * * * *", "minute: +1 is not a number" },
	{ "? * * * *", "minute: ? is not a number" },
	{ "* 24 * * *", "hour: 24 is not between 0 and 23" },
	{ "* 9-5 * * *", "hour: 9-5 ends before it begins" },
	{ "* 1-2-3 * * *", "hour: 2-3 is not a number" },
	{ "*/0 * * * *", "minute: 0 is not a step" },
	{ "*/ * * * *", "minute:  is not a step" },
	{ "*/60 * * * *", "minute: 60 is not a step" },
	{ "*/2/2 * * * *", "minute: 2/2 is not a step" },
	{ "*-5 * * * *", "minute: * is not a number" },
	{ "** * * * *", "minute: ** is not a number" },
	{ "99999999999999999999 * * * *", "minute: "
		"99999999999999999999 is not between 0 and 59" },
	{ "0 0 0 * *", "day of month: 0 is not between 1 and 31" },
	{ "0 0 32 * *", "day of month: 32 is not between 1 and 31" },
	{ "0 0 mon * *", "day of month: mon is not a number" },
	{ "0 0 1 13 *", "month: 13 is not between 1 and 12" },
	{ "0 0 1 0 *", "month: 0 is not between 1 and 12" },
	{ "0 0 1 foo *", "month: foo is neither a number nor a name" },
	{ "0 0 1 january *",
		"month: january is neither a number nor a name" },
	{ "0 0 1 ? *", "month: ? is neither a number nor a name" },
	{ "0 0 * * 7", "day of week: 7 is not between 0 and 6, "
		"0 is Sunday" },
	{ "0 0 * * sat-mon",
		"day of week: sat-mon ends before it begins" },
	{ "0 0 * * unm",
		"day of week: unm is neither a number nor a name" },
	{ "@", "@ is not known" },
	{ "@Daily", "@Daily is not known" },
	{ "@reboot", "@reboot is not known" },
	{ "@daily 5", "@daily 5 is not known" },
	{ "@every", "@every is not known" },
	{ "@every x", "x is not a time such as 1h30m" },
	{ "@every 5", "5 is not a time such as 1h30m" },
	{ "@every h", "h is not a time such as 1h30m" },
	{ "@every 1h5", "1h5 is not a time such as 1h30m" },
	{ "@every 1.2.3h", "1.2.3h is not a time such as 1h30m" },
	{ "@every .h", ".h is not a time such as 1h30m" },
	{ "@every -1h", "-1h is not a time such as 1h30m" },
	{ "@every 1h 5m", "1h 5m is not a time such as 1h30m" },
	{ "@every 0s", "0s is not between a second and a year" },
	{ "@every 999ms", "999ms is not between a second and a year" },
	{ "@every 9000h", "9000h is not between a second and a year" },
	{ "TZ=", " is not a time zone" },
	{ "TZ=Europe/Berlin", "0 fields where five are expected" },
	{ "TZ=../../etc/passwd * * * * *",
		"../../etc/passwd is not a time zone" },
	{ "CRON_TZ=/etc/localtime * * * * *",
		"/etc/localtime is not a time zone" },
	{ "TZ=UTC TZ=UTC * * * *", "minute: TZ=UTC is not a number" },
};

static void
refused(void)
{
	static const char much[] = "0 0 * * *"
		"                                                            "
		"                                                            "
		"                                                            "
		"                                                            "
		"                                                            ";
	char why[CRON_WHY_BYTES];
	struct cron cron;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(!cron_parse(text_of(bad[i].schedule), &cron, why));
		CHECK_STRING(why, bad[i].why);
	}
	CHECK(!cron_parse(TEXT(much), &cron, why));
	CHECK_STRING(why, "longer than CRON_BYTES_MAX");
	CHECK(!cron_parse(TEXT("0 0 * * \0"), &cron, why));
}

/* After that time, the next ones, as RFC 3339 writes them in UTC. */
static const struct {
	const char *zone, *schedule, *after, *next[4];
} cases[] = {
	{ "UTC", "* * * * *", "2024-02-29T12:34:56Z",
		{ "2024-02-29T12:35:00Z", "2024-02-29T12:36:00Z" } },
	{ "UTC", "*/15 * * * *", "2024-01-01T00:00:00Z",
		{ "2024-01-01T00:15:00Z", "2024-01-01T00:30:00Z",
			"2024-01-01T00:45:00Z", "2024-01-01T01:00:00Z" } },
	{ "UTC", "50/4 * * * *", "2024-01-01T00:00:00Z",
		{ "2024-01-01T00:50:00Z", "2024-01-01T00:54:00Z",
			"2024-01-01T00:58:00Z", "2024-01-01T01:50:00Z" } },
	{ "UTC", " 1,5-7,30-40/5\t2 * * * ", "2024-01-01T02:01:00Z",
		{ "2024-01-01T02:05:00Z", "2024-01-01T02:06:00Z",
			"2024-01-01T02:07:00Z", "2024-01-01T02:30:00Z" } },
	{ "UTC", "0 2 * * *", "2024-12-31T02:00:00Z",
		{ "2025-01-01T02:00:00Z", "2025-01-02T02:00:00Z" } },
	{ "UTC", "0 0 * * MON-wed,Fri", "2024-01-03T00:00:00Z",
		{ "2024-01-05T00:00:00Z", "2024-01-08T00:00:00Z",
			"2024-01-09T00:00:00Z", "2024-01-10T00:00:00Z" } },
	{ "UTC", "0 0 1 feb,DEC *", "2024-02-01T00:00:00Z",
		{ "2024-12-01T00:00:00Z", "2025-02-01T00:00:00Z" } },
	/* Either day will do where both are given, */
	{ "UTC", "0 0 13 * 5", "2024-09-01T00:00:00Z",
		{ "2024-09-06T00:00:00Z", "2024-09-13T00:00:00Z",
			"2024-09-20T00:00:00Z" } },
	{ "UTC", "0 0 13 * */6", "2024-09-08T00:00:00Z",
		{ "2024-09-13T00:00:00Z", "2024-09-14T00:00:00Z" } },
	/* both are asked for where one is any. */
	{ "UTC", "0 0 13 * ?", "2024-09-01T00:00:00Z",
		{ "2024-09-13T00:00:00Z", "2024-10-13T00:00:00Z" } },
	{ "UTC", "0 0 ? * 5", "2024-09-12T00:00:00Z",
		{ "2024-09-13T00:00:00Z", "2024-09-20T00:00:00Z" } },
	{ "UTC", "0 0 */1 * 5", "2024-09-12T00:00:00Z",
		{ "2024-09-13T00:00:00Z", "2024-09-20T00:00:00Z" } },
	{ "UTC", "0 0 31 * *", "2024-01-31T00:00:00Z",
		{ "2024-03-31T00:00:00Z", "2024-05-31T00:00:00Z" } },
	{ "UTC", "0 0 29 2 *", "2024-02-29T00:00:00Z",
		{ "2028-02-29T00:00:00Z" } },
	{ "UTC", "0 0 29 2 *", "2096-03-01T00:00:00Z",
		{ "2104-02-29T00:00:00Z" } },
	{ "UTC", "0 0 31 2 *", "2024-01-01T00:00:00Z", { NULL } },
	{ "UTC", "@hourly", "2024-01-01T00:00:00Z",
		{ "2024-01-01T01:00:00Z" } },
	{ "UTC", "@daily", "2024-01-01T00:00:00Z",
		{ "2024-01-02T00:00:00Z" } },
	{ "UTC", " @midnight ", "2024-01-01T23:59:59Z",
		{ "2024-01-02T00:00:00Z" } },
	{ "UTC", "@weekly", "2024-01-01T00:00:00Z",
		{ "2024-01-07T00:00:00Z" } },
	{ "UTC", "@monthly", "2024-01-01T00:00:00Z",
		{ "2024-02-01T00:00:00Z" } },
	{ "UTC", "@yearly", "2024-01-01T00:00:00Z",
		{ "2025-01-01T00:00:00Z" } },
	{ "UTC", "@annually", "2024-01-01T00:00:00Z",
		{ "2025-01-01T00:00:00Z" } },
	{ "UTC", "@every 1h30m", "2024-01-01T00:00:05Z",
		{ "2024-01-01T01:30:05Z", "2024-01-01T03:00:05Z" } },
	{ "UTC", "@every 1.5h", "2024-01-01T00:00:05Z",
		{ "2024-01-01T01:30:05Z" } },
	{ "UTC", "@every 90000ms", "2024-01-01T00:00:00Z",
		{ "2024-01-01T00:01:30Z" } },
	{ "UTC", "@every 2s1000000us", "2024-01-01T00:00:00Z",
		{ "2024-01-01T00:00:03Z" } },
	{ "UTC", "TZ=America/New_York 0 2 * * *", "2024-01-01T00:00:00Z",
		{ "2024-01-01T07:00:00Z" } },
	{ "America/New_York", "CRON_TZ=UTC 0 2 * * *",
		"2024-01-01T00:00:00Z", { "2024-01-01T02:00:00Z" } },
	{ "Asia/Kolkata", "0 0 * * *", "2024-01-01T00:00:00Z",
		{ "2024-01-01T18:30:00Z", "2024-01-02T18:30:00Z" } },
	{ "Pacific/Kiritimati", "0 0 1 1 *", "2024-06-01T00:00:00Z",
		{ "2024-12-31T10:00:00Z" } },
	/* 2024-03-31, 2:00 is 3:00 there, */
	{ "Europe/Berlin", "30 2 * * *", "2024-03-30T00:00:00Z",
		{ "2024-03-30T01:30:00Z", "2024-03-31T01:00:00Z",
			"2024-04-01T00:30:00Z" } },
	{ "Europe/Berlin", "10,50 2 * * *", "2024-03-30T12:00:00Z",
		{ "2024-03-31T01:00:00Z", "2024-04-01T00:10:00Z" } },
	{ "Europe/Berlin", "0 3 * * *", "2024-03-30T12:00:00Z",
		{ "2024-03-31T01:00:00Z", "2024-04-01T01:00:00Z" } },
	{ "Europe/Berlin", "30 * * * *", "2024-03-31T00:00:00Z",
		{ "2024-03-31T00:30:00Z", "2024-03-31T01:30:00Z" } },
	/* and 2024-10-27, 3:00 is 2:00. */
	{ "Europe/Berlin", "30 2 * * *", "2024-10-26T12:00:00Z",
		{ "2024-10-27T00:30:00Z", "2024-10-28T01:30:00Z" } },
	{ "Europe/Berlin", "30 * * * *", "2024-10-26T23:45:00Z",
		{ "2024-10-27T00:30:00Z", "2024-10-27T01:30:00Z",
			"2024-10-27T02:30:00Z" } },
	/* Midnight itself may be skipped, and a day of the calendar. */
	{ "America/Havana", "0 0 * * *", "2024-03-09T12:00:00Z",
		{ "2024-03-10T05:00:00Z", "2024-03-11T04:00:00Z" } },
	{ "Pacific/Apia", "0 12 * * *", "2011-12-29T00:00:00Z",
		{ "2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z",
			"2011-12-30T22:00:00Z" } },
};

static void
next_times(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char why[CRON_WHY_BYTES] = "", text[CLOCK_TEXT_BYTES + 1];
		int64_t us, at = 0;
		struct cron cron;
		size_t n;

		setenv("TZ", cases[i].zone, 1);
		CHECK(cron_parse(text_of(cases[i].schedule), &cron, why));
		CHECK_STRING(why, "");
		CHECK(cron_zone_known(&cron));
		CHECK(clock_parse(text_of(cases[i].after), &us));
		at = us / 1000000;
		for (n = 0; n < 4 && cases[i].next[n]; n++) {
			CHECK(cron_next(&cron, at, &at));
			clock_print(at * 1000000, text);
			CHECK_STRING(text, cases[i].next[n]);
		}
		CHECK(n > 0 || !cron_next(&cron, at, &at));
		CHECK_STRING(getenv("TZ"), cases[i].zone);
	}
}

static void
zones(void)
{
	static const char *const unknown[] = { "Europe/Nowhere", "Europe",
		"tzdata.zi", "" };
	struct cron cron = { 0 };

	CHECK(cron_zone_known(&cron));
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		cron.zone = text_of(unknown[i]);
		CHECK(!cron_zone_known(&cron));
	}
	cron.zone = TEXT("UTC");
	CHECK(cron_zone_known(&cron));
}

/* Against one who looks at each minute of a year. */
static void
every_minute_of_a_year(void)
{
	struct cron cron;
	char why[CRON_WHY_BYTES];
	int64_t at = 1704067199, next;	/* the last second of 2023 */
	int wanted = 0, found = 0;

	setenv("TZ", "UTC", 1);
	CHECK(cron_parse(TEXT("7-59/13 1,2,5-23/4 */10 * 2"), &cron, why));
	for (time_t t = 1704067200; t < 1704067200 + 366 * 86400; t += 60) {
		struct tm tm;

		gmtime_r(&t, &tm);
		if (tm.tm_min < 7 || (tm.tm_min - 7) % 13 ||
		    !(tm.tm_hour == 1 || tm.tm_hour == 2 ||
		    (tm.tm_hour >= 5 && (tm.tm_hour - 5) % 4 == 0)) ||
		    !((tm.tm_mday - 1) % 10 == 0 || tm.tm_wday == 2))
			continue;
		wanted++;
		found += cron_next(&cron, at, &next) && next == t;
		at = t;
	}
	CHECK(wanted > 3000);
	CHECK_INTEGER(found, wanted);
}

int
main(void)
{
	refused();
	next_times();
	zones();
	every_minute_of_a_year();
	return test_result();
}
