/*
 * The error catalogue as an enum; fcgi/error.def is the table.
 */
#ifndef FCGI_ERROR_H
#define FCGI_ERROR_H

enum error {
	E_NONE,
#define ERROR(name, status, code, sentence) name,
#include "fcgi/error.def"
#undef ERROR
	ERRORS
};

struct error_facts {
	int status;
	const char *code;
	const char *sentence;
};

const struct error_facts *error_facts(enum error error);

#endif
