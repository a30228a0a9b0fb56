/*
 * The text of a notification: "sender number waiting entries", where an entry
 * is "kind.id.count.due;". Numbers are decimal; `waiting` is 1 when somebody
 * waits at the sender, due is Unix microseconds and 0 when there is none.
 *
 * The sender 0 is a transaction of somebody's own (sql/fn/append_entries.sql):
 * no process, and its notes are not counted. The database delivers each of
 * them to all that listen, and who listens anew looks anew.
 */
#ifndef SQL_WAKE_NOTE_H
#define SQL_WAKE_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/lot.h"

struct wake_entry {
	struct channel_key key;
	uint32_t count;
	int64_t due_wall_us;
};

struct wake_note {
	uint64_t sender;
	uint64_t number;	/* of this note, from 1; an announcement repeats
				 * the last */
	bool waiting;
	const char *entries;	/* where the entries begin in the text */
};

/* Room that any entry fits in. */
enum { WAKE_ENTRY_BYTES_MAX = 80 };

/* Who sends notes that are not counted. */
enum { WAKE_SENDER_NOBODY = 0 };

int wake_note_head(char *to, size_t room, uint64_t sender, uint64_t number,
    bool waiting);
int wake_note_entry(char *to, size_t room, const struct wake_entry *entry);

/* False for what is not a note. */
bool wake_note_read(struct wake_note *note, const char *text);

/* The next entry; false at the end or at what is not one. */
bool wake_note_next(struct wake_note *note, struct wake_entry *entry);

#endif
