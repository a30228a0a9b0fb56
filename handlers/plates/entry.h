/*
 * Entries as the replies of commands have them: ["1-0",["field","value",...]].
 */
#ifndef HANDLERS_PLATES_ENTRY_H
#define HANDLERS_PLATES_ENTRY_H

#include "fcgi/json_writer.h"
#include "handlers/plates/entry_id.h"

/* "1526919030474-55", as a JSON string. */
void entry_id_write(struct json_writer *w, struct entry_id id);

/*
 * An entry of the database. Its data are fields and values as XADD was given
 * them, or somebody's JSON, which is one field, `data`. Absent data is that of
 * an entry that is gone: ["1-0",null].
 */
void entry_write(struct json_writer *w, struct entry_id id, bool has_fields,
    struct text data);

#endif
