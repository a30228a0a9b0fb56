/*
 * The error catalogue as a table.
 */
#include "fcgi/error.h"

#include "fcgi/must.h"

static const struct error_facts catalogue[ERRORS] = {
	[E_NONE] = { 200, "none", "no error" },
#define ERROR(name, status, code, sentence) \
	[name] = { status, code, sentence },
#include "fcgi/error.def"
#undef ERROR
};

const struct error_facts *
error_facts(enum error error)
{
	must(error < ERRORS);
	return &catalogue[error];
}
