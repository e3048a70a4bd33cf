#ifndef TEND_QUEUE_H
#define TEND_QUEUE_H

#include <stdbool.h>
#include <sys/types.h>

/* When a directory's files are processed: one at a time, and not at once again after a failure.
 * Pure; the files themselves are the queue, here is only whether to look for one. */
struct queue {
	pid_t pid;          /* of the child that processes; 0: none */
	bool waits;         /* there may be a file */
	unsigned int pause; /* seconds to wait after the failures in a row; 0: there was none */
};

/* The most that is waited between two attempts, seconds. */
#define QUEUE_PAUSE_MAX 60

/* There may be one more file. */
void queue_add(struct queue *q);

/* A new start, by somebody who has changed something: the failures are forgotten, and in another
 * directory the child, too, which goes on in its own. */
void queue_renew(struct queue *q, bool elsewhere);

/* Whether a child is to be started, if the pause after the last failure is over. */
bool queue_wants(struct queue const *q, bool over);

/* It was (pid > 0). */
void queue_started(struct queue *q, pid_t pid);

/* There was nothing to be processed. */
void queue_empty(struct queue *q);

/* It has ended, or (failed) could not be started. Afterwards q->pause is how long to wait. */
void queue_ended(struct queue *q, bool failed);

#endif
