/*
 * Any text as a notification: what can be read of it, written again, reads
 * the same.
 */
#include <stdlib.h>

#include "fcgi/must.h"
#include "sql/wake_note.h"

static void
check_entry(const struct wake_entry *entry)
{
	char text[2 * WAKE_ENTRY_BYTES_MAX];
	struct wake_entry again;
	struct wake_note note = { .entries = text };
	int n = wake_note_entry(text, sizeof(text), entry);

	must(n > 0 && n < WAKE_ENTRY_BYTES_MAX);
	must(entry->due_wall_us >= 0);
	must(wake_note_next(&note, &again));
	must(again.key.kind == entry->key.kind);
	must(again.key.id == entry->key.id);
	must(again.count == entry->count);
	must(again.due_wall_us == entry->due_wall_us);
	must(note.entries == text + n);
}

static void
check_head(const struct wake_note *note)
{
	char text[WAKE_ENTRY_BYTES_MAX];
	struct wake_note again;

	wake_note_head(text, sizeof(text), note->sender, note->number,
	    note->waiting);
	must(wake_note_read(&again, text));
	must(again.sender == note->sender && again.number == note->number);
	must(again.waiting == note->waiting);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* Of its own size, so that reading past the end is found. */
	char *text = malloc(size + 1);
	struct wake_entry entry;
	struct wake_note note;

	must(text);
	for (size_t i = 0; i < size; i++)
		text[i] = (char)data[i];
	text[size] = '\0';
	if (wake_note_read(&note, text)) {
		check_head(&note);
		while (wake_note_next(&note, &entry))
			check_entry(&entry);
		must(note.entries <= text + size);
	}
	free(text);
	return 0;
}
