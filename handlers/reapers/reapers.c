/*
 * The table of the reapers, a step of a run, and the note at its end.
 */
#include "handlers/reapers/reapers.h"

#include "fcgi/settings.h"

static const struct reaper_facts reapers[] = {
#define REAPER(name, schedule, step, what)	{ #name, what, step },
#include "handlers/reapers/reapers.def"
#undef REAPER
};

const struct reaper_facts *
reaper_facts(enum reaper reaper)
{
	return &reapers[reaper];
}

void
reapers_print(FILE *out)
{
	for (size_t i = 0; i < sizeof(reapers) / sizeof(reapers[0]); i++)
		fprintf(out, "%s %s\n", reapers[i].name, reapers[i].what);
}

const char *
reaper_schedule(enum reaper reaper)
{
	const char *const schedules[] = {
#define REAPER(name, schedule, step, what)	schedule,
#include "handlers/reapers/reapers.def"
#undef REAPER
	};

	return schedules[reaper];
}

bool
reaper_find(struct text name, enum reaper *reaper)
{
	for (int i = 0; i < REAPERS; i++)
		if (text_equal(name, text_of(reapers[i].name))) {
			*reaper = (enum reaper)i;
			return true;
		}
	return false;
}

enum db_outcome
reaper_step(struct reaping *run)
{
	return reapers[run->reaper].step(run);
}

static const char *
sentence(enum db_outcome outcome)
{
	switch (outcome) {
	case DB_DONE:
		return "";
	case DB_AWAY:
		return "the database was away";
	case DB_UNKNOWN:
		return "the connection to the database was lost";
	case DB_BUSY:
		return "the database was busy";
	case DB_FAILED:
		break;
	}
	return "a statement failed: the log says which";
}

enum db_outcome
reaper_note(const struct reaping *run, struct text holder,
    enum db_outcome outcome, int64_t took_us, int64_t done_until_us)
{
	struct pg_result *rows;
	struct params p;

	params_init(&p, run->arena);
	param_text(&p, text_of(reapers[run->reaper].name));
	param_text(&p, holder);
	param_bigint(&p, run->done);
	param_bigint(&p, took_us / 1000);
	param_text(&p, text_of(sentence(outcome)));
	if (done_until_us)
		param_time_or_beginning(&p, done_until_us);
	else
		param_null(&p);
	outcome = db_run(run->db, STATEMENT_reaper_end, &p, &rows);
	rows_free(rows);
	return outcome;
}
