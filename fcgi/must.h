/*
 * What can only fail through our own fault. It stays on in production: the
 * process says where and stops, and the supervisor starts it again. Input
 * never reaches a must.
 */
#ifndef FCGI_MUST_H
#define FCGI_MUST_H

void must_failed(const char *what, const char *file, int line)
    __attribute__((noreturn));

#define must(condition) \
	((condition) ? (void)0 : must_failed(#condition, __FILE__, __LINE__))

#endif
