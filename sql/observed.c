/*
 * An observation is what a statement finds, as text ready to be sent. One lock
 * guards them all, and is not held while a statement runs; who runs one has
 * marked it. Each fails alone: somebody's lock on a table must not hide who
 * waits for it.
 *
 * A look that took long is not repeated soon, however short a time the
 * figures are to be kept: at most a twentieth of the time goes into looking,
 * unless they are not to be kept at all. One that fails leaves what was known,
 * which grows old.
 */
#include "sql/observed.h"

#include <pthread.h>
#include <stdlib.h>

#include "fcgi/clock.h"
#include "fcgi/family.h"
#include "fcgi/lot.h"
#include "fcgi/must.h"
#include "fcgi/settings.h"
#include "fcgi/topic_counts.h"
#include "sql/db.h"

enum { LABELS = 3, VALUE = 4, COST_TIMES = 20 };

static const struct channel_key scrapes = { CHANNEL_SCRAPE, 0 };

struct observation {
	const char *name;
	enum statement statement;
	bool limited;	/* it is told how many topics or groups to show */

	bool running;
	bool succeeded;	/* the last look did */
	int64_t looked_us, found_us, cost_us; /* monotonic; 0: never */
	char *text;
	size_t n;
};

static struct {
	pthread_mutex_t lock;
	struct observation of[5];
	/* Names of the topics that have figures of their own. */
	char *names;
	struct text *name;
	int count;
} observed = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.of = {
		{ "database", STATEMENT_metrics_database, .limited = false },
		{ "tables", STATEMENT_metrics_tables, .limited = false },
		{ "reapers", STATEMENT_metrics_reapers, .limited = false },
		{ "queue", STATEMENT_metrics_queue, .limited = true },
		{ "groups", STATEMENT_metrics_groups, .limited = true },
	}
};

enum { OBSERVATIONS = sizeof(observed.of) / sizeof(observed.of[0]) };
static struct observation *const database = &observed.of[0];

/* A row names its family; those of one family stand together. */
static void
print_rows(struct buffer *out, const struct pg_result *rows)
{
	enum family family = FAMILIES;
	struct text name = TEXT_ABSENT;

	for (int i = 0; i < row_count(rows); i++) {
		struct text labels[LABELS];

		if (!text_equal(row_text(rows, i, 0), name)) {
			name = row_text(rows, i, 0);
			family = family_find(name);
			must(family < FAMILIES);
			family_begin(out, family);
		}
		for (int k = 0; k < LABELS; k++)
			labels[k] = row_text(rows, i, 1 + k);
		family_sample(out, family, labels, row_text(rows, i, VALUE));
	}
}

static bool
run(struct request *r, const struct observation *o, struct buffer *out)
{
	struct pg_result *rows;
	struct params p;

	buffer_init(out, r->arena);
	params_init(&p, r->arena);
	if (o->limited)
		param_bigint(&p, settings.metrics_topics);
	if (db_run(r->db, o->statement, &p, &rows) != DB_DONE)
		return false;
	print_rows(out, rows);
	rows_free(rows);
	return true;
}

/* Lock held. */
static void
keep_names(const struct pg_result *rows)
{
	size_t bytes = 0;
	char *at;

	for (int i = 0; i < row_count(rows); i++)
		bytes += row_text(rows, i, 0).n;
	free(observed.names);
	free(observed.name);
	observed.count = row_count(rows);
	observed.names = at = malloc(bytes + 1);
	observed.name = calloc((size_t)observed.count + 1,
	    sizeof(*observed.name));
	must(observed.names && observed.name);
	for (int i = 0; i < observed.count; i++) {
		struct text name = row_text(rows, i, 0);

		if (!name.p)
			continue;
		memcpy(at, name.p, name.n);
		observed.name[i] = (struct text){ at, name.n };
		at += name.n;
	}
}

/* Who has had an event since is shown from now on. */
static void
learn_names(struct request *r)
{
	int n = (int)settings.metrics_topics;
	int64_t *ids = arena_alloc(r->arena, (size_t)(n + 1) * sizeof(*ids));
	struct pg_result *rows;
	struct params p;

	n = topics_counted(ids, n);
	params_init(&p, r->arena);
	param_bigints(&p, ids, NULL, n);
	if (db_run(r->db, STATEMENT_metrics_topics, &p, &rows) != DB_DONE)
		return;
	pthread_mutex_lock(&observed.lock);
	keep_names(rows);
	pthread_mutex_unlock(&observed.lock);
	rows_free(rows);
}

/* Is it to be looked up, by us? It is marked then. */
static bool
claim(struct observation *o)
{
	int64_t age_us = settings.metrics_age_ms * 1000;
	bool ours;

	pthread_mutex_lock(&observed.lock);
	if (age_us && o->cost_us * COST_TIMES > age_us)
		age_us = o->cost_us * COST_TIMES;
	ours = !o->running && (!o->looked_us ||
	    clock_monotonic_us() - o->looked_us >= age_us);
	o->running = o->running || ours;
	pthread_mutex_unlock(&observed.lock);
	return ours;
}

static void
look(struct request *r, struct observation *o)
{
	int64_t began_us = clock_monotonic_us(), now;
	struct buffer out;
	bool found;
	char *text;

	if (o->statement == STATEMENT_metrics_queue)
		learn_names(r);
	found = run(r, o, &out);
	now = clock_monotonic_us();
	text = found ? malloc(out.n + 1) : NULL;
	must(text || !found);
	if (text && out.n)
		memcpy(text, out.p, out.n);
	pthread_mutex_lock(&observed.lock);
	o->running = false;
	o->succeeded = found;
	o->looked_us = now;
	o->cost_us = now - began_us;
	if (found) {
		free(o->text);
		o->text = text;
		o->n = out.n;
		o->found_us = now;
	}
	pthread_mutex_unlock(&observed.lock);
	lot_wake(scrapes, WAKE_ALL);
}

bool
observed_look(struct request *r)
{
	bool known = true;

	lot_listen(r, scrapes);
	for (int i = 0; i < OBSERVATIONS; i++)
		if (claim(&observed.of[i]))
			look(r, &observed.of[i]);
	pthread_mutex_lock(&observed.lock);
	for (int i = 0; i < OBSERVATIONS; i++)
		known = known && (observed.of[i].looked_us != 0);
	pthread_mutex_unlock(&observed.lock);
	return known;
}

/* Lock held. */
static void
print_ages(struct buffer *out)
{
	int64_t now = clock_monotonic_us();

	family_begin(out, FAMILY_observed_age);
	for (int i = 0; i < OBSERVATIONS; i++) {
		const struct observation *o = &observed.of[i];
		struct text label = text_of(o->name);

		if (o->found_us)
			family_seconds(out, FAMILY_observed_age, &label,
			    now - o->found_us);
	}
	family_begin(out, FAMILY_observed_cost);
	for (int i = 0; i < OBSERVATIONS; i++) {
		struct text label = text_of(observed.of[i].name);

		family_seconds(out, FAMILY_observed_cost, &label,
		    observed.of[i].cost_us);
	}
}

void
observed_write(struct buffer *out)
{
	pthread_mutex_lock(&observed.lock);
	topic_counts_write(out, observed.name, observed.count);
	print_ages(out);
	for (int i = 0; i < OBSERVATIONS; i++)
		if (observed.of[i].text)
			buffer_add(out, observed.of[i].text,
			    observed.of[i].n);
	family_begin(out, FAMILY_database_up);
	family_integer(out, FAMILY_database_up, NULL, database->succeeded);
	pthread_mutex_unlock(&observed.lock);
}
