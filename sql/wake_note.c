/*
 * Anybody who may NOTIFY can send us anything, so a note is read with care:
 * what does not parse is dropped, and a wrong hint costs one look in vain.
 */
#include "sql/wake_note.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int
wake_note_head(char *to, size_t room, uint64_t sender, uint64_t number,
    bool waiting)
{
	return snprintf(to, room, "%" PRIu64 " %" PRIu64 " %d ", sender,
	    number, waiting);
}

int
wake_note_entry(char *to, size_t room, const struct wake_entry *entry)
{
	return snprintf(to, room, "%" PRIu32 ".%" PRId64 ".%" PRIu32
	    ".%" PRId64 ";", entry->key.kind, entry->key.id, entry->count,
	    entry->due_wall_us);
}

static bool
read_unsigned(const char **at, char end, uint64_t *value)
{
	char *stop;

	if (**at < '0' || **at > '9')
		return false;
	*value = strtoull(*at, &stop, 10);
	if (*stop != end)
		return false;
	*at = stop + 1;
	return true;
}

static bool
read_signed(const char **at, char end, int64_t *value)
{
	bool minus = **at == '-';
	uint64_t magnitude;

	*at += minus;
	if (!read_unsigned(at, end, &magnitude) ||
	    magnitude > (uint64_t)INT64_MAX + minus)
		return false;
	*value = (int64_t)(minus ? -magnitude : magnitude);
	return true;
}

bool
wake_note_read(struct wake_note *note, const char *text)
{
	uint64_t waiting;

	note->entries = text;
	if (!read_unsigned(&note->entries, ' ', &note->sender) ||
	    !read_unsigned(&note->entries, ' ', &note->number) ||
	    !read_unsigned(&note->entries, ' ', &waiting))
		return false;
	note->waiting = waiting != 0;
	return true;
}

bool
wake_note_next(struct wake_note *note, struct wake_entry *entry)
{
	uint64_t kind, count;

	if (!read_unsigned(&note->entries, '.', &kind) ||
	    !read_signed(&note->entries, '.', &entry->key.id) ||
	    !read_unsigned(&note->entries, '.', &count) ||
	    !read_signed(&note->entries, ';', &entry->due_wall_us) ||
	    kind > UINT32_MAX || entry->due_wall_us < 0)
		return false;
	entry->key.kind = (uint32_t)kind;
	entry->count = count > WAKE_ALL ? WAKE_ALL : (uint32_t)count;
	return true;
}
