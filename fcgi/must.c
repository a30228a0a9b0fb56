/*
 * Where a broken promise ends: one line on stderr, then abort, so that a core
 * dump shows the place. Nothing is allocated and no lock is taken on the way,
 * since either may be what is broken.
 */
#include "fcgi/must.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void
must_failed(const char *what, const char *file, int line)
{
	char said[512];
	int n = snprintf(said, sizeof said,
	    "level=fatal msg=\"must failed\" at=%s:%d promise=\"%s\"\n", file,
	    line, what);

	if (n >= (int)sizeof said)
		n = sizeof said - 1;
	/* Nobody is left to tell when this fails. */
	if (n > 0 && write(STDERR_FILENO, said, (size_t)n) < 0)
		abort();
	abort();
}
