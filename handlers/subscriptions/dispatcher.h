/*
 * The dispatcher notices that streams of subscriptions have new entries, and
 * calls their webhooks: a thread of every worker, of which one at a time, in
 * the whole cluster, has the lease to do it. While there are no subscriptions
 * all of them sleep, and nobody else pays anything.
 */
#ifndef HANDLERS_STREAMS_DISPATCHER_H
#define HANDLERS_STREAMS_DISPATCHER_H

void dispatcher_start(void);
/* After the requests have ended, before wake_stop(). */
void dispatcher_stop(void);

/* Something is due sooner than it was, for some dispatcher to look at. */
void dispatcher_tell_due(void);

/* The same, and a subscription has streams that it had not. */
void dispatcher_tell_changed(void);

/* The epoch 'subscriptions' has moved: there may be others than before. */
void dispatcher_epoch_moved(void);

#endif
