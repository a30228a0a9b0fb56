/*
 * The two clocks of clock.h, and the calendar.
 */
#include "fcgi/clock.h"

#include <string.h>
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

/* The number in so many digits; the address behind them. */
static char *
print_digits(char *to, int64_t number, int digits)
{
	for (int i = digits; i-- > 0; number /= 10)
		to[i] = (char)('0' + number % 10);
	return to + digits;
}

static char *
print_three(char *to, const int64_t number[3], int first_digits, char between)
{
	to = print_digits(to, number[0], first_digits);
	*to++ = between;
	to = print_digits(to, number[1], 2);
	*to++ = between;
	return print_digits(to, number[2], 2);
}

/* By hand: each message that is delivered shows three. */
void
clock_print(int64_t unix_us, char text[CLOCK_TEXT_BYTES + 1])
{
	int64_t us, seconds, days, of_day;
	int year, month, day;

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

	text = print_three(text, (int64_t[]){ year, month, day }, 4, '-');
	*text++ = 'T';
	text = print_three(text, (int64_t[]){ of_day / 3600, of_day / 60 % 60,
		of_day % 60 }, 2, ':');
	if (us) {
		*text++ = '.';
		text = print_digits(text, us, 6);
	}
	strcpy(text, "Z");
}

/* So many digits at the start of *t, which moves on; -1 if they are not. */
static int64_t
read_digits(struct text *t, int digits)
{
	int64_t number = 0;

	if (t->n < (size_t)digits)
		return -1;
	for (int i = 0; i < digits; i++) {
		if (t->p[i] < '0' || t->p[i] > '9')
			return -1;
		number = number * 10 + t->p[i] - '0';
	}
	t->p += digits;
	t->n -= (size_t)digits;
	return number;
}

/* One of these characters at the start of *t, which moves on; 0 if not. */
static char
read_one_of(struct text *t, const char *set)
{
	char c = t->n ? *t->p : '\0';

	if (!c || !strchr(set, c))
		return '\0';
	t->p++;
	t->n--;
	return c;
}

static bool
read_three(struct text *t, int64_t number[3], int first_digits,
    const char *between)
{
	number[0] = read_digits(t, first_digits);
	if (number[0] < 0 || !read_one_of(t, between))
		return false;
	number[1] = read_digits(t, 2);
	if (number[1] < 0 || !read_one_of(t, between))
		return false;
	number[2] = read_digits(t, 2);
	return number[2] >= 0;
}

/* Of the digits behind a point, of which there is one at least. */
static bool
read_microseconds(struct text *t, int64_t *us)
{
	int64_t unit = US_PER_SECOND / 10, digit = read_digits(t, 1);

	for (*us = 0; digit >= 0; digit = read_digits(t, 1), unit /= 10)
		*us += digit * unit;
	return t->p[-1] != '.';
}

/* Z, or an offset in seconds. */
static bool
read_offset(struct text *t, int64_t *seconds)
{
	char sign = read_one_of(t, "Zz+-");
	int64_t hours, minutes;

	*seconds = 0;
	if (sign != '+' && sign != '-')
		return sign != '\0';
	hours = read_digits(t, 2);
	if (hours < 0 || hours > 23 || !read_one_of(t, ":"))
		return false;
	minutes = read_digits(t, 2);
	*seconds = (hours * 3600 + minutes * 60) * (sign == '-' ? -1 : 1);
	return minutes >= 0 && minutes < 60;
}

bool
clock_parse(struct text text, int64_t *unix_us)
{
	int64_t date[3], time[3], us = 0, offset;
	struct tm tm, seen;
	time_t seconds;

	if (!read_three(&text, date, 4, "-") || !read_one_of(&text, "Tt ") ||
	    !read_three(&text, time, 2, ":"))
		return false;
	if (read_one_of(&text, ".") && !read_microseconds(&text, &us))
		return false;
	if (!read_offset(&text, &offset) || text.n)
		return false;
	tm = (struct tm){ .tm_year = (int)date[0] - 1900,
		.tm_mon = (int)date[1] - 1, .tm_mday = (int)date[2],
		.tm_hour = (int)time[0], .tm_min = (int)time[1],
		/* A leap second is the last of its minute once more. */
		.tm_sec = time[2] == 60 ? 59 : (int)time[2] };
	seen = tm;
	seconds = timegm(&seen); /* carries over what does not exist */
	if (seen.tm_mon != tm.tm_mon || seen.tm_mday != tm.tm_mday ||
	    seen.tm_hour != tm.tm_hour || seen.tm_min != tm.tm_min ||
	    seen.tm_sec != tm.tm_sec)
		return false;
	*unix_us = ((int64_t)seconds - offset) * US_PER_SECOND + us;
	return true;
}
