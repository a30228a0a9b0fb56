/*
 * The next time of a schedule. The days of the local calendar are walked,
 * counted in seconds as if there were no zones ("wall" below), and libc is
 * asked what real times a wall time has: one, or two when the clock is put
 * back, or none when it is put forward.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "fcgi/cron.h"
#include "fcgi/limits.h"
#include "fcgi/must.h"

enum { DAY_S = 24 * 3600, HOURS_ALL = (1 << 24) - 1 };

/* From one 29th of February to the next there may be eight years. */
enum { DAYS_LOOKED_AT = 9 * 366 };

/* What is to be added to a real time for the wall time. */
static int64_t
offset_at(int64_t at)
{
	time_t t = at;
	struct tm tm;

	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

static bool
has_day(const struct cron *cron, int64_t day)
{
	time_t t = day * DAY_S;
	bool is_day, is_weekday;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !(cron->months >> (tm.tm_mon + 1) & 1))
		return false;
	is_day = cron->days >> tm.tm_mday & 1;
	is_weekday = cron->weekdays >> tm.tm_wday & 1;
	return cron->every_day || cron->every_weekday ?
	    is_day && is_weekday : is_day || is_weekday;
}

/* A day's part of the search: the best so far, and what it has to exceed. */
struct search {
	const struct cron *cron;
	int64_t after, best;
	bool found;
};

static void
consider(struct search *s, int64_t at)
{
	if (at > s->after && (!s->found || at < s->best)) {
		s->best = at;
		s->found = true;
	}
}

/* When the clock jumps; `low` is before it, `high` is not. */
static int64_t
jump_between(int64_t low, int64_t high)
{
	int64_t before = offset_at(low);

	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;

		if (offset_at(middle) == before)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* A wall time near which the offset goes from `before` to `later`. */
static void
consider_wall(struct search *s, int64_t wall, int64_t before, int64_t later)
{
	bool every_hour = s->cron->hours == HOURS_ALL;
	bool was = offset_at(wall - before) == before;
	bool will_be = offset_at(wall - later) == later;

	if (was)
		consider(s, wall - before);
	if (will_be && (!was || every_hour))
		consider(s, wall - later);
	if (!was && !will_be && !every_hour)
		consider(s, jump_between(wall - later, wall - before));
}

static void
search_day(struct search *s, int64_t day)
{
	int64_t midnight = day * DAY_S;
	/* No zone is further from UTC than 26 hours are from either end. */
	int64_t before = offset_at(midnight - 26 * 3600);
	int64_t later = offset_at(midnight + 50 * 3600);

	for (int hour = 0; hour < 24; hour++)
		for (int minute = 0; minute < 60; minute++) {
			int64_t wall = midnight + hour * 3600 + minute * 60;

			if (!(s->cron->hours >> hour & 1) ||
			    !(s->cron->minutes >> minute & 1))
				continue;
			if (before == later)
				consider(s, wall - later);
			else
				consider_wall(s, wall, before, later);
		}
}

/* In the time zone that the environment says now. */
static bool
search(struct search *s)
{
	int64_t wall = s->after + offset_at(s->after);
	int64_t today = wall / DAY_S - (wall % DAY_S < 0);
	int64_t end = today + DAYS_LOOKED_AT;

	/* Where the clock is put back at midnight, a day's time may come after
	 * one of the next: so both days are looked at. */
	for (int64_t day = today - 1; day < end; day++) {
		if (s->found && end > day + 1)
			end = day + 1;
		if (has_day(s->cron, day))
			search_day(s, day);
	}
	return s->found;
}

bool
cron_next(const struct cron *cron, int64_t after, int64_t *next)
{
	struct search s = { .cron = cron, .after = after };
	char zone[CRON_ZONE_BYTES_MAX + 2], *own;

	if (cron->every_s) {
		*next = after + cron->every_s;
		return true;
	}
	if (!cron->zone.p) {
		tzset();
		(void)search(&s); /* s.found says it, too */
	} else {
		own = getenv("TZ");
		if (own) {
			own = strdup(own);
			must(own);
		}
		snprintf(zone, sizeof(zone), ":%.*s", TEXT_ARG(cron->zone));
		must(setenv("TZ", zone, 1) == 0);
		tzset();
		(void)search(&s);
		must((own ? setenv("TZ", own, 1) : unsetenv("TZ")) == 0);
		tzset();
		free(own);
	}
	*next = s.best;
	return s.found;
}
