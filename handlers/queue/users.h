/*
 * What the handlers of users and of their grants share.
 */
#ifndef HANDLERS_QUEUE_USERS_H
#define HANDLERS_QUEUE_USERS_H

#include "fcgi/request.h"

/*
 * The id in the path: false after fail(), 404 `user not found`, when it is
 * none.
 */
bool user_parameter(struct request *r, uint8_t user[16]);

#endif
