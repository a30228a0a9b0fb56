/*
 * FastCGI on one connection: libfcgi reads, we write. This is the only module
 * that names libfcgi; its .c file says which private fields it touches, and
 * what it leaves to us, and why.
 */
#ifndef FCGI_FASTCGI_H
#define FCGI_FASTCGI_H

#include <stdbool.h>

#include "fcgi/request.h"

struct fastcgi;

void fastcgi_start(void);

/* Take over an accepted descriptor. */
struct fastcgi *fastcgi_open(int take_fd);
/* Close the descriptor, if it still is open, and forget the rest. */
void fastcgi_close(struct fastcgi *take_f);

int fastcgi_fd(const struct fastcgi *f);

/*
 * Read the next request, variables and body, into r. It blocks only as long
 * as nginx, which has buffered the request, takes to write it. False when
 * the connection ended instead.
 */
bool fastcgi_read(struct fastcgi *f, struct request *r);

/*
 * What r's reply holds is what is to be sent next: behind its header block if
 * it `begins`, in front of the end of the request if it `ends`. Its bytes stay
 * where they are until all are sent.
 */
void fastcgi_put(struct fastcgi *f, struct request *r, bool begins, bool ends);

/* Send as much of it as there is room for, without waiting for more. */
enum fastcgi_sent {
	FASTCGI_SENT_ALL,
	FASTCGI_SENT_SOME,
	FASTCGI_SENT_NONE,
	FASTCGI_SENT_FAILED
};

enum fastcgi_sent fastcgi_send(struct fastcgi *f);

/*
 * Forget the request, whose end has been sent. True if the connection is
 * kept, as nginx has asked; else it is closed.
 */
bool fastcgi_end(struct fastcgi *f);

/* One of the request's CGI variables; absent text if it was not sent. */
struct text fastcgi_variable(const struct fastcgi *f, const char *name);

/*
 * What is there to read? Nothing is consumed, and nobody waits. A peer that
 * has closed its end is gone, whatever it sent before.
 */
enum fastcgi_input { FASTCGI_NOTHING, FASTCGI_BYTES, FASTCGI_END };

enum fastcgi_input fastcgi_input(const struct fastcgi *f);

#endif
