/*
 * The header block of a reply, as CGI has it: a Status header in place of the
 * status line.
 */
#ifndef FCGI_REPLY_HEAD_H
#define FCGI_REPLY_HEAD_H

#include "fcgi/request.h"

/* In r's arena. */
struct text reply_head(struct request *r);

#endif
