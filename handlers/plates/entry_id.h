/*
 * Entry ids as Redis writes them: "1526919030474-55", two unsigned 64-bit
 * numbers. In the database they are 16 bytes that compare as the ids do
 * (migrations/0007_plates.sql).
 */
#ifndef HANDLERS_PLATES_ENTRY_ID_H
#define HANDLERS_PLATES_ENTRY_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/arena.h"
#include "fcgi/text.h"

struct entry_id {
	uint64_t ms, seq;
};

enum {
	ENTRY_ID_BYTES = 16,
	ENTRY_ID_TEXT_MAX = 41	/* "ms-seq" */
};

#define ENTRY_ID_MIN ((struct entry_id){ 0, 0 })
#define ENTRY_ID_MAX ((struct entry_id){ UINT64_MAX, UINT64_MAX })

/*
 * "ms-seq", or "ms" alone, which then has that seq. Numbers are taken as
 * Redis's strtoull takes them: with leading blanks, '+' or zeros. False for
 * anything else, such as "-", "+", "$" or "(1-1".
 */
bool entry_id_read(struct text text, uint64_t missing_seq,
    struct entry_id *id);

/* < 0, 0 or > 0, as memcmp. */
int entry_id_compare(struct entry_id a, struct entry_id b);

/* The next one, or the one before. False, and *id untouched, at the end. */
bool entry_id_next(struct entry_id *id);
bool entry_id_previous(struct entry_id *id);

/* As the database has it; and back from such bytes. */
struct text entry_id_pack(struct arena *arena, struct entry_id id);
struct entry_id entry_id_unpack(struct text bytes);

/* "ms-seq", in the arena. */
struct text entry_id_text(struct arena *arena, struct entry_id id);

#endif
