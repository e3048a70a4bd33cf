#include "queue.h"

void queue_add(struct queue *q)
{
	q->waits = true;
}

void queue_renew(struct queue *q, bool elsewhere)
{
	q->waits = true;
	q->pause = 0;
	if (elsewhere)
		q->pid = 0;
}

bool queue_wants(struct queue const *q, bool over)
{
	return q->waits && !q->pid && (!q->pause || over);
}

void queue_started(struct queue *q, pid_t pid)
{
	q->pid = pid;
}

void queue_empty(struct queue *q)
{
	q->waits = false;
}

void queue_ended(struct queue *q, bool failed)
{
	q->pid = 0;
	q->waits = true;
	if (!failed)
		q->pause = 0;
	else if (q->pause < QUEUE_PAUSE_MAX)
		q->pause =
			q->pause * 2 < QUEUE_PAUSE_MAX ? q->pause * 2 + !q->pause : QUEUE_PAUSE_MAX;
}
