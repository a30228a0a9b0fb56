/*
 * The two clocks of clock.h, and the calendar.
 */
#include "fcgi/clock.h"

#include <stdio.h>
#include <time.h>

#include "fcgi/must.h"

static const int64_t US_PER_SECOND = 1000000;
static const int64_t SECONDS_PER_DAY = 86400;
/* 0000-01-01T00:00:00Z and the last microsecond of 9999. */
static const int64_t YEAR_0_US = -62167219200 * 1000000;
static const int64_t YEAR_9999_END_US = 253402300800 * 1000000 - 1;

static int64_t
read_us(clockid_t clock)
{
	struct timespec now;

	must(clock_gettime(clock, &now) == 0);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_monotonic_us(void)
{
	return read_us(CLOCK_MONOTONIC);
}

int64_t
clock_wall_us(void)
{
	return read_us(CLOCK_REALTIME);
}

/*
 * Days since 1970-01-01 to a date of the Gregorian calendar. Years are
 * counted from March, so that the leap day is the last one of its year; an
 * era is 400 years, after which the calendar repeats. (gmtime_r would do,
 * but glibc takes a lock of the whole process there.)
 */
static void
date_of_days(int64_t days, int *year, int *month, int *day)
{
	int64_t since_era_0 = days + 719468; /* 0000-03-01 */
	int64_t era = (since_era_0 >= 0 ? since_era_0 : since_era_0 - 146096) /
	    146097;
	int64_t of_era = since_era_0 - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 -
	    of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 -
	    year_of_era / 100);
	int64_t march_month = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * march_month + 2) / 5 + 1);
	*month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	*year = (int)(year_of_era + era * 400 + (*month <= 2));
}

void
clock_print(int64_t unix_us, char text[CLOCK_TEXT_BYTES + 1])
{
	int64_t us, seconds, days, of_day;
	int year, month, day, n;

	if (unix_us < YEAR_0_US)
		unix_us = YEAR_0_US;
	if (unix_us > YEAR_9999_END_US)
		unix_us = YEAR_9999_END_US;

	/* C rounds towards zero; times before 1970 need the floor. */
	us = (unix_us % US_PER_SECOND + US_PER_SECOND) % US_PER_SECOND;
	seconds = (unix_us - us) / US_PER_SECOND;
	of_day = (seconds % SECONDS_PER_DAY + SECONDS_PER_DAY) %
	    SECONDS_PER_DAY;
	days = (seconds - of_day) / SECONDS_PER_DAY;
	date_of_days(days, &year, &month, &day);

	n = snprintf(text, CLOCK_TEXT_BYTES + 1,
	    "%04d-%02d-%02dT%02d:%02d:%02d", year, month, day,
	    (int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60));
	if (us)
		n += snprintf(text + n, CLOCK_TEXT_BYTES + 1 - (size_t)n,
		    ".%06d", (int)us);
	must(n < CLOCK_TEXT_BYTES);
	text[n] = 'Z';
	text[n + 1] = '\0';
}
