/*
 * The description of the whole API, in OpenAPI 3.1.
 */
#ifndef HANDLERS_OPENAPI_H
#define HANDLERS_OPENAPI_H

#include <stdio.h>

/* The document, for `sluice help openapi`. */
void openapi_print(FILE *out);

#endif
