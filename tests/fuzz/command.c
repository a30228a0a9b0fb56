/*
 * Any words, one a line, as a command of Redis: it begins, or it says in
 * Redis's words why not. Each word as an id, too; and all of them as the
 * fields of an entry, which must come back as they were.
 */
#include "fcgi/must.h"
#include "handlers/plates/command.h"
#include "handlers/plates/entry.h"
#include "handlers/plates/entry_id.h"
#include "handlers/plates/fields.h"
#include "tests/unit/request.h"

enum { WORDS_MAX = 64 };

static int
split(struct text line, struct text word[WORDS_MAX])
{
	const char *end = line.p + line.n, *newline;
	int n = 0;

	for (; n < WORDS_MAX; line.p = newline + 1) {
		newline = memchr(line.p, '\n', (size_t)(end - line.p));
		word[n++] = (struct text){ line.p,
			(size_t)((newline ? newline : end) - line.p) };
		if (!newline)
			break;
	}
	return n;
}

static void
check_command(struct text *word, int words)
{
	static const struct principal admin = { .is_admin = true };
	struct request *r = test_request();
	struct command c = { .plate = TEXT("shop"), .word = word,
		.words = words };

	r->who = &admin;
	if (command_begin(r, &c)) {
		must(c.facts && !c.error.p && !request_failed(r));
		return;
	}
	must(c.error.p && !request_failed(r));
	must(text_is_utf8(c.error));
	must(c.error.n > 4 && *c.error.p >= 'A' && *c.error.p <= 'Z');
	must(command_reply(r, &c) == DONE);
	must(r->reply.status >= 400 && r->reply.status < 500);
}

static void
check_id(struct text word)
{
	struct request *r = test_request();
	struct entry_id id = { 1, 2 }, again = { 3, 4 };

	if (!entry_id_read(word, 5, &id)) {
		must(id.ms == 1 && id.seq == 2);
		return;
	}
	must(entry_id_read(entry_id_text(r->arena, id), 0, &again));
	must(entry_id_compare(id, again) == 0);
	again = entry_id_unpack(entry_id_pack(r->arena, id));
	must(entry_id_compare(id, again) == 0);
	must(!entry_id_next(&again) || (entry_id_compare(id, again) < 0 &&
	    entry_id_previous(&again) && entry_id_compare(id, again) == 0));
}

static void
check_fields(const struct text *word, int pairs)
{
	struct request *r = test_request();
	struct text data = fields_json(r->arena, word, pairs);
	struct json_writer w;
	struct buffer seen, wanted;

	buffer_init(&seen, r->arena);
	json_start(&w, &seen);
	entry_write(&w, ENTRY_ID_MIN, true, data);

	buffer_init(&wanted, r->arena);
	json_start(&w, &wanted);
	json_open_array(&w);
	json_cstring(&w, "0-0");
	json_open_array(&w);
	for (int i = 0; i < 2 * pairs; i++)
		json_text(&w, word[i]);
	json_close_array(&w);
	json_close_array(&w);
	must(text_equal((struct text){ seen.p, seen.n },
	    (struct text){ wanted.p, wanted.n }));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text word[WORDS_MAX];
	struct text all = { (const char *)data, size };
	int words;

	/* They come as JSON, so that is what they are. */
	if (!size || !text_is_utf8(all))
		return 0;
	route_table(test_no_routes, &test_door);
	words = split(all, word);
	check_command(word, words);
	for (int i = 0; i < words; i++)
		check_id(word[i]);
	if (words > 1)
		check_fields(word, words / 2);
	return 0;
}
