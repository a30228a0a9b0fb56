/*
 * A program for the JSON writer, one byte an instruction, together with a
 * tree of jansson's that says what should come out. Whatever the program,
 * what was written must parse and be equal to the tree.
 */
#include <jansson.h>

#include "fcgi/json_writer.h"
#include "fcgi/must.h"

enum { DEPTH_MAX = JSON_WRITER_DEPTH_MAX - 1 };

struct machine {
	struct text program;
	struct arena *arena;
	struct json_writer w;
	json_t *open[JSON_WRITER_DEPTH_MAX];	/* [0] is the page */
	int depth;
	struct text name;	/* of the next value, if in an object */
};

static unsigned
next(struct machine *m)
{
	if (m->program.n == 0)
		return 0;
	m->program.n--;
	return (unsigned char)*m->program.p++;
}

/* Up to 31 bytes of the program itself, whatever they are. */
static struct text
next_text(struct machine *m)
{
	size_t n = next(m) & 31;
	struct text t = { m->program.p, n };

	if (t.n > m->program.n)
		t.n = m->program.n;
	m->program.p += t.n;
	m->program.n -= t.n;
	return t;
}

/* The text as it must arrive: U+FFFD for each byte that is no UTF-8. */
static struct text
mended(struct machine *m, struct text t)
{
	struct buffer b;

	buffer_init(&b, m->arena);
	buffer_reserve(&b, 1);
	for (size_t i = 0; i < t.n;) {
		size_t bytes = text_character_bytes(t.p + i, t.n - i);

		if (bytes)
			buffer_add(&b, t.p + i, bytes);
		else
			buffer_add_text(&b, TEXT("\xEF\xBF\xBD"));
		i += bytes ? bytes : 1;
	}
	return (struct text){ b.p, b.n };
}

static void
before(struct machine *m)
{
	if (!json_is_object(m->open[m->depth]))
		return;
	m->name = next_text(m);
	/* jansson cannot keep NUL in a name. */
	if (m->name.n)
		m->name.n = strnlen(m->name.p, m->name.n);
	json_name_text(&m->w, m->name);
	m->name = mended(m, m->name);
}

static void
expect(struct machine *m, json_t *take_value)
{
	json_t *parent = m->open[m->depth];

	if (json_is_object(parent))
		must(json_object_setn_new(parent, m->name.p, m->name.n,
		    take_value) == 0);
	else
		must(json_array_append_new(parent, take_value) == 0);
}

static void
open_level(struct machine *m, bool object)
{
	json_t *value = object ? json_object() : json_array();

	before(m);
	if (object)
		json_open_object(&m->w);
	else
		json_open_array(&m->w);
	expect(m, value);
	m->open[++m->depth] = value;
}

static void
close_level(struct machine *m)
{
	if (json_is_object(m->open[m->depth]))
		json_close_object(&m->w);
	else
		json_close_array(&m->w);
	m->depth--;
}

static int64_t
next_number(struct machine *m)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | next(m);
	return (int64_t)number;
}

static void
scalar(struct machine *m, unsigned instruction)
{
	struct text text;
	int64_t number;

	before(m);
	switch (instruction & 7) {
	case 0:
		json_null_value(&m->w);
		expect(m, json_null());
		break;
	case 1:
		json_bool(&m->w, instruction & 8);
		expect(m, json_boolean(instruction & 8));
		break;
	case 2:
		number = next_number(m);
		json_number(&m->w, number);
		expect(m, json_integer(number));
		break;
	case 3:
		json_raw(&m->w, TEXT("[1, {\"x\": \"y\"}]"));
		expect(m, json_pack("[i, {s:s}]", 1, "x", "y"));
		break;
	default:
		text = next_text(m);
		json_text(&m->w, text);
		text = mended(m, text);
		expect(m, json_stringn(text.p, text.n));
		break;
	}
}

/* RFC 3339 sorts as text, and the writer must keep that order. */
static void
check_times(struct machine *m)
{
	char text[2][64];
	int64_t us[2];

	for (int i = 0; i < 2; i++) {
		struct json_writer w;
		struct buffer b;

		us[i] = next_number(m);
		buffer_init(&b, m->arena);
		json_start(&w, &b);
		json_time(&w, us[i]);
		must(b.n < sizeof text[i]);
		memcpy(text[i], b.p, b.n);
		text[i][b.n] = '\0';
		must(us[i] == INT64_MIN ? strcmp(text[i], "null") == 0 :
		    strspn(text[i], "\"0123456789-:.TZ") == b.n);
	}
	if (us[0] == INT64_MIN || us[1] == INT64_MIN)
		return;
	/* '.' and 'Z' differ in order: compare what is before them, too. */
	if (us[0] < us[1])
		must(strncmp(text[0], text[1], 20) <= 0);
	else
		must(strncmp(text[0], text[1], 20) >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct machine m = { .program = { (const char *)data, size } };
	struct buffer out;
	json_t *seen;

	m.arena = arena_new();
	m.open[0] = json_array();
	buffer_init(&out, m.arena);
	json_start(&m.w, &out);
	open_level(&m, false);
	while (m.program.n) {
		unsigned instruction = next(&m);

		if (instruction >= 0xF0)
			check_times(&m);
		else if (instruction >= 0xC0 && m.depth > 1)
			close_level(&m);
		else if (instruction >= 0x80 && m.depth < DEPTH_MAX)
			open_level(&m, instruction & 1);
		else
			scalar(&m, instruction);
	}
	while (m.depth > 0)
		close_level(&m);

	must(text_is_utf8((struct text){ out.p, out.n }));
	seen = json_loadb(out.p, out.n, JSON_ALLOW_NUL, NULL);
	must(seen);
	must(json_equal(seen, json_array_get(m.open[0], 0)));
	json_decref(seen);
	json_decref(m.open[0]);
	arena_free(m.arena);
	return 0;
}
