/*
 * Samples are written straight into the reply: a scrape has tens of thousands
 * of them, so nothing is formatted twice.
 */
#include "fcgi/family.h"

#include <inttypes.h>
#include <string.h>

static const struct family_facts {
	const char *name, *type, *family, *labels, *help;
} families[FAMILIES] = {
#define FAMILY(name, type, family, labels, help) \
	{ #name, #type, family, labels, help },
#include "fcgi/families.def"
#undef FAMILY
};

enum family
family_find(struct text name)
{
	int f = 0;

	while (f < FAMILIES && !text_equal(name, text_of(families[f].name)))
		f++;
	return (enum family)f;
}

void
family_begin(struct buffer *out, enum family family)
{
	const struct family_facts *f = &families[family];

	buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", f->family, f->help,
	    f->family, f->type);
}

/* A label's value: what would end it is escaped. */
static void
add_escaped(struct buffer *out, struct text value)
{
	size_t from = 0;

	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (c != '\\' && c != '"' && c != '\n')
			continue;
		buffer_add(out, value.p + from, i - from);
		buffer_add_byte(out, '\\');
		buffer_add_byte(out, c == '\n' ? 'n' : c);
		from = i + 1;
	}
	buffer_add(out, value.p + from, value.n - from);
}

static void
add_label(struct buffer *out, char before, struct text name,
    struct text value)
{
	buffer_add_byte(out, before);
	buffer_add_text(out, name);
	buffer_add(out, "=\"", 2);
	add_escaped(out, value);
	buffer_add_byte(out, '"');
}

void
family_open(struct buffer *out, enum family family, const char *suffix,
    const struct text *labels, const char *more, struct text value)
{
	const struct family_facts *f = &families[family];
	const char *name = f->labels;
	char before = '{';

	buffer_add_text(out, text_of(f->family));
	buffer_add_text(out, text_of(suffix));
	for (int i = 0; *name; i++) {
		size_t n = strcspn(name, ",");

		if (labels[i].p) {
			add_label(out, before, (struct text){ name, n },
			    labels[i]);
			before = ',';
		}
		name += n + (name[n] == ',');
	}
	if (more) {
		add_label(out, before, text_of(more), value);
		before = ',';
	}
	if (before == ',')
		buffer_add_byte(out, '}');
	buffer_add_byte(out, ' ');
}

void
family_sample(struct buffer *out, enum family family,
    const struct text *labels, struct text value)
{
	family_open(out, family, "", labels, NULL, TEXT_ABSENT);
	buffer_add_text(out, value);
	buffer_add_byte(out, '\n');
}

void
family_integer(struct buffer *out, enum family family,
    const struct text *labels, int64_t value)
{
	family_open(out, family, "", labels, NULL, TEXT_ABSENT);
	buffer_printf(out, "%" PRId64 "\n", value);
}

void
print_seconds(struct buffer *out, int64_t us)
{
	buffer_printf(out, "%" PRId64 ".%06d\n", us / 1000000,
	    (int)(us % 1000000));
}

void
family_seconds(struct buffer *out, enum family family,
    const struct text *labels, int64_t us)
{
	family_open(out, family, "", labels, NULL, TEXT_ABSENT);
	print_seconds(out, us);
}
