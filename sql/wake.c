/*
 * The waking thread. What other threads leave for it (the notes, the word to
 * stop) is guarded by its lock; `waiting` they may read. All else that changes
 * here is the thread's own.
 */
#include "sql/wake.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "fcgi/clock.h"
#include "fcgi/metrics.h"
#include "fcgi/must.h"
#include "sql/db.h"
#include "sql/group_lines.h"
#include "sql/tails.h"
#include "sql/wake_hold.h"
#include "sql/wake_note.h"
#include "sql/wake_peers.h"

enum {
	NOTES_MAX = 1024,
	EPOCHS_MAX = 8,
	EPOCH_INTERVAL_MS = 500,
	ANNOUNCE_INTERVAL_MS = 1000,
	/* Waiters come and go; a process counts as waiting for a while. */
	WAITING_LINGERS_MS = 5000
};

struct epoch {
	char name[32];
	int64_t value;
};

static struct {
	const struct wake_hooks *hooks;
	pthread_t thread;
	int event_fd;

	pthread_mutex_t lock;
	struct wake_entry note[NOTES_MAX];
	int notes;
	bool overflowed; /* more than fit: everybody is to look */
	bool stopping;

	struct db *db;
	uint64_t listening; /* db_opened() of where LISTEN was sent */
	uint64_t sender, sent;
	_Atomic bool waiting;	/* as told to the peers */
	void (*_Atomic heard)(const struct channel_key *key);
	int64_t waited_us;	/* when somebody waited here last */
	struct epoch epoch[EPOCHS_MAX];
	int epochs;
	int64_t send_after_us, epochs_after_us, announce_after_us;
} waker = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void
stir_waker(void)
{
	/* A full counter means that it is stirred already. */
	(void)!write(waker.event_fd, &(uint64_t){ 1 }, 8);
}

/* Somebody waits in the empty lot: the peers are to know at once. */
static void
first_waits(void)
{
	if (!waker.waiting)
		stir_waker();
}

/* Remember to tell; the same channel's notes become one. */
static void
leave_note(struct channel_key key, uint32_t count, int64_t due_wall_us)
{
	struct wake_entry *e = waker.note;
	bool first;
	int i;

	pthread_mutex_lock(&waker.lock);
	first = waker.notes == 0;
	for (i = waker.notes - 1; i >= 0; i--)
		if (e[i].key.id == key.id && e[i].key.kind == key.kind)
			break;
	if (i < 0 && waker.notes == NOTES_MAX) {
		waker.overflowed = true;
	} else if (i < 0) {
		e[waker.notes++] =
		    (struct wake_entry){ key, count, due_wall_us };
	} else {
		e[i].count += count > WAKE_ALL - e[i].count ?
		    WAKE_ALL - e[i].count : count;
		if (due_wall_us && (!e[i].due_wall_us ||
		    due_wall_us < e[i].due_wall_us))
			e[i].due_wall_us = due_wall_us;
	}
	pthread_mutex_unlock(&waker.lock);
	if (first)
		stir_waker();
}

/* With NULL: of whatever there may have been. */
static void
tell_overhearer(const struct channel_key *key)
{
	void (*heard)(const struct channel_key *) = atomic_load(&waker.heard);

	if (heard)
		heard(key);
}

void
wake_overhear(void (*heard)(const struct channel_key *key))
{
	atomic_store(&waker.heard, heard);
	stir_waker(); /* the peers are to know */
}

/* What is known of the stream is stale before anybody looks. */
static uint32_t
wake_here(struct channel_key key, uint32_t count)
{
	if (key.kind == CHANNEL_STREAM) {
		tails_moved(key.id);
		group_lines_moved(key.id);
	}
	tell_overhearer(&key);
	return lot_wake(key, count);
}

/* Notes were missed. Who waits at a stream is woken if it has moved. */
static void
wake_everyone_here(void)
{
	tails_may_have_moved();
	lot_wake_everyone();
	tell_overhearer(NULL);
}

void
wake(struct channel_key key, uint32_t count)
{
	uint32_t woken;

	if (wake_held(key, count))
		return;
	woken = wake_here(key, count);
	/* Competing consumers: whom we woke here needs no waking elsewhere. */
	if (woken < count)
		leave_note(key, count == WAKE_ALL ? count : count - woken, 0);
}

/* One whom we woke has no use for it, and nobody else waits here. */
static void
unused_here(struct channel_key key)
{
	if (key.kind == CHANNEL_TOPIC || key.kind == CHANNEL_DELIVERIES)
		leave_note(key, 1, 0);
}

void
wake_due_elsewhere(struct channel_key key, int64_t wall_us)
{
	leave_note(key, 0, wall_us);
}

static bool
notify(const char *text)
{
	struct arena *arena = arena_new();
	struct params p;
	PGresult *result;
	enum db_outcome outcome;

	params_init(&p, arena);
	param_text(&p, text_of(text));
	outcome = db_run(waker.db, STATEMENT_wake_notify, &p, &result);
	PQclear(result);
	arena_free(arena);
	return outcome == DB_DONE;
}

/* Send up to one notification's worth of notes; the number taken. */
static int
send_some(const struct wake_entry *entries, int n)
{
	char text[WAKE_NOTE_BYTES_MAX + WAKE_ENTRY_BYTES_MAX];
	int length = wake_note_head(text, sizeof(text), waker.sender,
	    ++waker.sent, waker.waiting), i;

	for (i = 0; i < n && length < WAKE_NOTE_BYTES_MAX -
	    WAKE_ENTRY_BYTES_MAX; i++)
		length += wake_note_entry(text + length,
		    sizeof(text) - (size_t)length, &entries[i]);
	/* Should it fail, peers see the gap in the count. */
	if (notify(text))
		metric_add(METRIC_wake_notes_sent, 1);
	return i;
}

static void
send_notes(int64_t now)
{
	static struct wake_entry entries[NOTES_MAX];
	int n, done = 0;
	bool overflowed;

	if (now < waker.send_after_us)
		return;
	pthread_mutex_lock(&waker.lock);
	n = waker.notes;
	memcpy(entries, waker.note, (size_t)n * sizeof(entries[0]));
	waker.notes = 0;
	overflowed = waker.overflowed;
	waker.overflowed = false;
	pthread_mutex_unlock(&waker.lock);
	if (overflowed)
		waker.sent++; /* a gap: everybody looks */
	while (done < n && peers_wait())
		done += send_some(entries + done, n - done);
	if (n)
		waker.send_after_us = clock_monotonic_us() +
		    WAKE_NOTE_INTERVAL * 1000;
}

/* Once a second, and at once when somebody begins to wait here. */
static void
announce(int64_t now)
{
	char text[WAKE_ENTRY_BYTES_MAX];
	bool waits = lot_parked() > 0 || waker.heard, told = waker.waiting;

	if (waits)
		waker.waited_us = now;
	waker.waiting = waits || (told &&
	    now < waker.waited_us + WAITING_LINGERS_MS * 1000);
	/* Who parked since we looked may have read that we know of some. */
	if (!waker.waiting && lot_parked() > 0)
		waker.waiting = true;
	if (now < waker.announce_after_us && waker.waiting == told)
		return;
	waker.announce_after_us = now + ANNOUNCE_INTERVAL_MS * 1000;
	wake_note_head(text, sizeof(text), waker.sender, waker.sent,
	    waker.waiting);
	notify(text);
}

/* If the peer waits from now on, what we did not send it before it has to look
 * for; and so have we for what we have missed. */
static void
heard_from(const struct wake_note *note, int64_t now)
{
	struct peer_news news = peers_heard(note, now);

	if (news.missed)
		wake_everyone_here();
	if (news.waits) {
		waker.sent++;
		waker.announce_after_us = now;
	}
}

static void
receive(const char *text, int64_t now)
{
	struct wake_note note;
	struct wake_entry entry;

	if (!wake_note_read(&note, text) || note.sender == waker.sender)
		return;
	if (note.sender != WAKE_SENDER_NOBODY)
		heard_from(&note, now);
	metric_add(METRIC_wake_notes_received, *note.entries != '\0');
	while (wake_note_next(&note, &entry)) {
		if (entry.count)
			wake_here(entry.key, entry.count);
		if (entry.due_wall_us)
			waker.hooks->due(entry.key, entry.due_wall_us);
	}
}

static void
receive_all(PGconn *connection, int64_t now)
{
	PGnotify *n;

	/* A lost connection shows itself at the next statement. */
	if (!connection || !PQconsumeInput(connection))
		return;
	while ((n = PQnotifies(connection))) {
		receive(n->extra, now);
		PQfreemem(n);
	}
}

static void
compare_epoch(struct text name, int64_t value)
{
	struct epoch *e = waker.epoch;
	int i;

	for (i = 0; i < waker.epochs; i++)
		if (text_equal(text_of(e[i].name), name))
			break;
	/* An epoch that is not watched is a cache that is never dropped. */
	must(i < EPOCHS_MAX && name.n < sizeof(e[i].name));
	if (i == waker.epochs) {
		memcpy(e[i].name, name.p, name.n);
		waker.epochs++;
	} else if (e[i].value == value) {
		return;
	}
	e[i].value = value;
	waker.hooks->epoch_moved(e[i].name);
}

static void
read_epochs(int64_t now)
{
	PGresult *rows;

	if (now < waker.epochs_after_us)
		return;
	waker.epochs_after_us = now + EPOCH_INTERVAL_MS * 1000;
	if (db_run(waker.db, STATEMENT_epochs_read, NULL, &rows) != DB_DONE)
		return;
	for (int i = 0; i < PQntuples(rows); i++)
		compare_epoch(row_text(rows, i, 0), row_bigint(rows, i, 1));
	PQclear(rows);
	waker.hooks->epochs_known(now);
}

/* LISTEN on a connection opened anew. What came between was missed. */
static PGconn *
listen_connection(void)
{
	PGconn *connection = db_connection(waker.db);

	if (!connection || db_opened(waker.db) == waker.listening)
		return connection;
	if (!db_command(waker.db, "listen sluice_wake"))
		return NULL;
	waker.listening = db_opened(waker.db);
	peers_forget();
	wake_everyone_here();
	return connection;
}

static void
pause_until_something(PGconn *connection, int64_t now)
{
	struct pollfd p[2] = { { waker.event_fd, POLLIN, 0 },
		{ connection ? PQsocket(connection) : -1, POLLIN, 0 } };
	int64_t next = waker.epochs_after_us < waker.announce_after_us ?
	    waker.epochs_after_us : waker.announce_after_us;
	int64_t ms = next > now ? (next - now + 999) / 1000 : 0;
	uint64_t count;

	if (now < waker.send_after_us) {
		/* Notes may wait; let more of them gather. */
		p[0].fd = -1;
		ms = (waker.send_after_us - now + 999) / 1000;
	}
	must(poll(p, 2, connection ? (int)ms : 100) >= 0 || errno == EINTR);
	if (p[0].revents)
		(void)!read(waker.event_fd, &count, sizeof(count));
}

static bool
stopping(void)
{
	bool stop;

	pthread_mutex_lock(&waker.lock);
	stop = waker.stopping;
	pthread_mutex_unlock(&waker.lock);
	return stop;
}

static void *
waker_main(void *unused)
{
	(void)unused; /* pthread's signature */
	waker.db = db_open("sluice wake", true);
	while (!stopping()) {
		PGconn *connection = listen_connection();
		int64_t now = clock_monotonic_us();

		if (connection) {
			send_notes(now);
			read_epochs(now);
			announce(now);
			if (peers_fell_silent(now))
				wake_everyone_here();
			tails_tick(waker.db, now);
			/* Last: the calls above may have brought some in. */
			connection = db_connection(waker.db);
			receive_all(connection, now);
		}
		if (!connection || !tails_hurry())
			pause_until_something(connection, now);
	}
	send_notes(INT64_MAX);
	db_close(waker.db);
	return NULL;
}

void
wake_start(const struct wake_hooks *hooks)
{
	waker.hooks = hooks;
	while (waker.sender == WAKE_SENDER_NOBODY)
		must(getrandom(&waker.sender, sizeof(waker.sender), 0) ==
		    sizeof(waker.sender));
	waker.event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	must(waker.event_fd >= 0);
	lot_on_first(first_waits);
	lot_on_unused(unused_here);
	must(pthread_create(&waker.thread, NULL, waker_main, NULL) == 0);
}

void
wake_stop(void)
{
	pthread_mutex_lock(&waker.lock);
	waker.stopping = true;
	pthread_mutex_unlock(&waker.lock);
	stir_waker();
	must(pthread_join(waker.thread, NULL) == 0);
	close(waker.event_fd);
}
