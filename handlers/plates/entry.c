/*
 * The fields lie in the data as JSON, {"field":"value",...} or
 * [["field","value"],...]. Both are the same row of strings, and these are
 * copied as they are escaped: nothing is parsed into a tree.
 */
#include "handlers/plates/entry.h"

#include <inttypes.h>
#include <stdio.h>

void
entry_id_write(struct json_writer *w, struct entry_id id)
{
	char text[ENTRY_ID_TEXT_MAX + 1];

	snprintf(text, sizeof(text), "%" PRIu64 "-%" PRIu64, id.ms, id.seq);
	json_cstring(w, text);
}

/* The next string from *at on, with its quotes; absent if there is none. */
static struct text
next_string(struct text data, size_t *at)
{
	size_t begin, end = *at;

	while (end < data.n && data.p[end] != '"')
		end++;
	if (end == data.n)
		return TEXT_ABSENT;
	for (begin = end++; end < data.n && data.p[end] != '"'; end++)
		end += data.p[end] == '\\';
	if (end >= data.n)
		return TEXT_ABSENT;
	*at = end + 1;
	return (struct text){ data.p + begin, *at - begin };
}

void
entry_write(struct json_writer *w, struct entry_id id, bool has_fields,
    struct text data)
{
	struct text string;
	size_t at = 0;

	json_open_array(w);
	entry_id_write(w, id);
	if (!data.p) {
		json_null_value(w);
		json_close_array(w);
		return;
	}
	json_open_array(w);
	if (has_fields) {
		while ((string = next_string(data, &at)).p)
			json_raw(w, string);
	} else {
		json_cstring(w, "data");
		json_text(w, data);
	}
	json_close_array(w);
	json_close_array(w);
}
