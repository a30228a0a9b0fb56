/*
 * Names and namespaces of schemas.
 */
#include "fcgi/schema_names.h"

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool
schema_is_name(struct text name)
{
	if (!name.n || !is_letter(name.p[0]))
		return false;
	for (size_t i = 1; i < name.n; i++)
		if (!is_letter(name.p[i]) &&
		    (name.p[i] < '0' || name.p[i] > '9'))
			return false;
	return true;
}

bool
schema_is_full_name(struct text name)
{
	const char *dot;

	while (name.n && (dot = memchr(name.p, '.', name.n))) {
		size_t n = (size_t)(dot - name.p);

		if (!schema_is_name((struct text){ name.p, n }))
			return false;
		name.p += n + 1;
		name.n -= n + 1;
	}
	return schema_is_name(name);
}

struct text
schema_last_name(struct text full_name)
{
	size_t n = full_name.n;

	while (n && full_name.p[n - 1] != '.')
		n--;
	return (struct text){ full_name.p + n, full_name.n - n };
}

struct text
schema_namespace(struct text full_name)
{
	size_t n = full_name.n - schema_last_name(full_name).n;

	return (struct text){ full_name.p, n ? n - 1 : 0 };
}

struct text
schema_full_name(struct arena *arena, struct text name, struct text space)
{
	char *full;

	if (!space.n || memchr(name.p, '.', name.n))
		return arena_text(arena, name);
	full = arena_alloc_raw(arena, space.n + 1 + name.n);
	memcpy(full, space.p, space.n);
	full[space.n] = '.';
	memcpy(full + space.n + 1, name.p, name.n);
	return (struct text){ full, space.n + 1 + name.n };
}
